"""What the stack does with requests: handlers, refusals, policy, the trace."""

from __future__ import annotations

from sip_edge.message import SipError
from sip_edge.stack import Stack
from sip_edge.stack_request import ServerRequest
from sip_edge.timers import Timers
from tests.fakes import FakeClock, FakeFlow
from tests.sip import wire
from tests.sip_transport.scenes import answer, over, statuses, still

VIA = "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1;rport"


def test_what_no_handler_serves_is_refused_with_what_is_served() -> None:
    stack, _ = still()
    flow = FakeFlow()
    for method, status in (("MESSAGE", 405), ("DANCE", 501)):
        stack.received(flow, over("UDP", 1, method))
        response = answer(flow.take()[0])
        assert response.status == status
        assert response.headers.first("allow") == "ACK, CANCEL, OPTIONS"
        assert (response.headers.first("warning") or "").startswith('399 192.0.2.9 "This server does not')


def test_a_syntax_error_is_told_in_the_reason_phrase() -> None:
    stack, _ = still()
    flow = FakeFlow()
    stack.received(flow, wire.request("OPTIONS", VIA, "Max-Forwards: many"))
    response = answer(flow.take()[0])
    assert (response.status, response.reason) == (400, "Max-Forwards must be a number")
    assert stack.counters.refused == 1


def test_a_broken_ack_is_never_answered() -> None:
    stack, _ = still()
    flow = FakeFlow()
    stack.received(flow, wire.request("ACK", VIA, "Max-Forwards: many"))
    assert flow.sent == []


def test_policy_drops_without_a_word_before_and_after_parsing() -> None:
    stack, _ = still()
    flow = FakeFlow()
    stack.admit = lambda _, data: b"friendly-scanner" not in data
    stack.admit_request = lambda _, request: request.method != "OPTIONS" or request.user_agent != "sipvicious"
    stack.received(flow, over("UDP", 1, "OPTIONS", "User-Agent: friendly-scanner"))
    stack.received(flow, over("UDP", 2, "OPTIONS", "User-Agent: sipvicious"))
    stack.broken(flow, SipError(400, "Bad."), over("TCP", 3, "OPTIONS", "User-Agent: sipvicious"))
    assert flow.sent == []
    assert stack.counters.not_admitted == 2
    stack.received(flow, over("UDP", 4))
    assert statuses(flow) == [200]


def test_the_trace_hears_both_ways() -> None:
    stack, _ = still()
    flow, ladder = FakeFlow(), list[tuple[str, bytes]]()
    stack.on_message = lambda direction, _, data: ladder.append((direction, data))
    stack.received(flow, over("UDP", 1))
    assert ladder == [("in", over("UDP", 1)), ("out", flow.sent[0])]


def test_every_torture_message_is_answered_or_dropped_and_the_next_one_served() -> None:
    stack, clock = still()
    stack.handle("INVITE", lambda asked: asked.reply(486) and None)
    stack.handle("REGISTER", lambda asked: asked.reply(200) and None)
    for name in wire.NAMES:
        for data in (wire.load(name), wire.load(name)[:-30], wire.load(name)[:200]):
            stack.received(FakeFlow(), data)
            stack.broken(FakeFlow("TCP"), SipError(400, "Bad."), data)
    flow = FakeFlow()
    stack.received(flow, over("UDP", 1))
    assert statuses(flow) == [200]
    clock.advance(100)
    assert stack.layer.live + stack.layer.kept + len(stack.handlers) + len(stack.timers) == 0


def test_path_and_route_are_given_without_our_own_entries() -> None:
    stack, _ = still()
    flow, held = FakeFlow(), list[ServerRequest]()
    stack.handle("REGISTER", held.append)
    rows = (
        "Route: <sip:192.0.2.9;lr>, <sip:next.example.com;lr>",
        "Path: <sip:proxy.example.com;lr>, <sip:edge.example.com;lr>",
    )
    stack.received(flow, over("UDP", 1, "REGISTER", *rows))
    assert [route.target for route in held[0].routes] == ["sip:next.example.com;lr"]
    assert [hop.target for hop in held[0].path] == ["sip:proxy.example.com;lr", "sip:edge.example.com;lr"]
    stack.received(flow, over("UDP", 2, "REGISTER"))
    assert held[1].routes == held[1].path == ()
    assert stack.record_route(flow) == "<sip:192.0.2.9:5060;lr>"


def test_peers_with_ipv6_are_given_our_ipv6_address() -> None:
    stack = Stack(Timers(FakeClock()), "192.0.2.9", host6="2001:db8::9")
    assert str(stack.uri(FakeFlow("TLS"), "101")) == "sip:101@192.0.2.9:5061;transport=tls"
    six = FakeFlow(remote=("2001:db8::1", 5060))
    assert stack.record_route(six) == "<sip:[2001:db8::9]:5060;lr>"
    assert ("2001:db8::9", 5061) in stack.own
