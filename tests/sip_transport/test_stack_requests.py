"""Requests of ours: repeated, answered, cancelled, given up."""

from __future__ import annotations

import asyncio

import pytest

from sip_edge.message import Request, Response
from sip_edge.stack import Stack
from sip_edge.stack_request import ServerRequest
from tests.fakes import FakeClock, FakeFlow
from tests.sip_transport.scenes import UdpPhone, asked, edge, run, still


def ours(method: str = "NOTIFY") -> Request:
    return Request.build(
        method,
        "sip:101@192.0.2.1",
        [
            ("From", "<sip:pbx.example.com>;tag=1"),
            ("To", "<sip:101@example.com>"),
            ("Call-ID", "42"),
            ("CSeq", f"1 {method}"),
        ],
    )


def begin(method: str = "NOTIFY", protocol: str = "UDP") -> tuple[Stack, FakeClock, FakeFlow, list[Response]]:
    stack, clock = still()
    flow, heard = FakeFlow(protocol), list[Response]()
    stack.request(ours(method), flow, on_response=heard.append)
    return stack, clock, flow, heard


def reply(stack: Stack, flow: FakeFlow, status: int, tag: str = "them") -> None:
    """The peer answers the last request it got."""
    stack.received(flow, bytes(asked(flow.sent[-1]).reply(status, to_tag=tag)))


def test_a_request_carries_our_via_and_max_forwards_and_is_repeated_until_answered() -> None:
    stack, clock, flow, heard = begin()
    sent = asked(flow.sent[0])
    assert (sent.via.sent_by, sent.via.parameter("rport"), sent.max_forwards) == (("192.0.2.9", 5060), "", 70)
    clock.advance(1.6)
    assert flow.sent == [flow.sent[0]] * 3
    reply(stack, flow, 200)
    clock.advance(60)
    assert len(flow.sent) == 3
    assert [response.status for response in heard] == [200]
    assert stack.layer.live == 0


def test_every_request_has_a_branch_of_its_own() -> None:
    stack, _ = still()
    flow = FakeFlow()
    for _ in range(50):
        stack.request(ours(), flow)
    assert len({asked(data).via.branch for data in flow.sent}) == 50


def test_nobody_answers() -> None:
    stack, clock, _, heard = begin()
    clock.advance(33)
    assert [(response.status, response.reason) for response in heard] == [(408, "Request Timeout")]
    assert stack.counters.timeouts == 1


def test_a_flow_that_fails_at_once() -> None:
    stack, clock = still()
    flow, heard = FakeFlow(), list[Response]()
    flow.alive = False
    client = stack.request(ours(), flow, on_response=heard.append)
    assert [response.status for response in heard] == [503]
    assert client.failed == "transport"
    clock.advance(40)
    assert len(heard) == 1
    assert len(stack.timers) == 0


@pytest.mark.parametrize("method", ["NOTIFY", "INVITE"])
@pytest.mark.parametrize("ringing", [False, True])
def test_a_connection_that_closes_under_a_request(method: str, ringing: bool) -> None:
    stack, clock, flow, heard = begin(method, "TCP")
    if ringing:
        reply(stack, flow, 180)
    flow.alive = False
    stack.closed(flow)
    assert [response.status for response in heard][-1] == 503
    clock.advance(100)
    assert len(heard) == (2 if ringing else 1)
    assert stack.layer.live + len(stack.timers) == 0


def test_an_answer_twice_or_from_nowhere_reaches_nobody() -> None:
    stack, _, flow, heard = begin()
    reply(stack, flow, 200)
    reply(stack, flow, 200)
    stack.received(flow, flow.sent[0].replace(b"NOTIFY sip:101@192.0.2.1 SIP/2.0", b"SIP/2.0 200 OK", 1)[:-40])
    stack.received(flow, bytes(asked(flow.sent[0].replace(b"branch=z9hG4bK", b"branch=z9hG4bKx")).reply(200)))
    assert len(heard) == 1
    assert (stack.counters.unmatched, stack.counters.malformed) == (1, 1)


def test_our_invite_is_cancelled_once_the_phone_rings() -> None:
    stack, clock = still()
    flow, heard = FakeFlow(), list[Response]()
    client = stack.request(ours("INVITE"), flow, on_response=heard.append)
    invite = flow.sent[0]
    client.cancel()
    assert len(flow.sent) == 1
    stack.received(flow, bytes(asked(invite).reply(180, to_tag="them")))
    cancel = asked(flow.sent[-1])
    assert (cancel.method, cancel.via.branch) == ("CANCEL", asked(invite).via.branch)
    stack.received(flow, bytes(cancel.reply(200, to_tag="them")))
    stack.received(flow, bytes(asked(invite).reply(487, to_tag="them")))
    assert asked(flow.sent[-1]).method == "ACK"
    assert [response.status for response in heard] == [180, 487]
    clock.advance(100)
    assert stack.layer.live + len(stack.timers) == 0


def test_every_fork_that_answers_is_heard() -> None:
    stack, clock, flow, heard = begin("INVITE")
    reply(stack, flow, 200, "first")
    reply(stack, flow, 200, "second")
    assert [response.to.tag for response in heard] == ["first", "second"]
    sent = len(flow.sent)
    assert stack.send(ours("ACK"), flow)
    assert asked(flow.sent[sent]).method == "ACK"
    clock.advance(100)
    assert stack.layer.live + len(stack.timers) == 0


def test_a_service_that_fails_on_a_response_harms_nobody(caplog: pytest.LogCaptureFixture) -> None:
    stack, _ = still()
    flow = FakeFlow()
    stack.request(ours(), flow, on_response=lambda _: 1 // 0)  # type: ignore[arg-type, func-returns-value]
    reply(stack, flow, 200)
    assert "A callback of a SIP service failed" in caplog.text


def test_awaiting_over_udp_from_one_stack_to_another() -> None:
    async def scene() -> None:
        async with edge() as here, edge() as there:

            def handler(request: ServerRequest) -> None:
                request.reply(100)
                request.reply(200, None, [("Event", "check-sync")])

            there.stack.handle("NOTIFY", handler)
            port = await there.listeners.listen_udp("127.0.0.1", 0)
            await here.listeners.listen_udp("127.0.0.1", 0)
            flow = here.listeners.udp_flow("127.0.0.1", port)
            assert flow is not None
            client = here.stack.request(ours(), flow)
            first, second = await asyncio.gather(client, client)
            assert first is second is await client
            assert (first.status, first.headers.first("event")) == (200, "check-sync")

    run(scene)


def test_a_waiter_that_goes_away_leaves_the_request_to_others() -> None:
    async def scene() -> None:
        async with edge() as here:
            await here.listeners.listen_udp("127.0.0.1", 0)
            async with UdpPhone(here.stack.ports["UDP"]) as phone:
                flow = here.listeners.udp_flow("127.0.0.1", phone.port)
                assert flow is not None
                client = here.stack.request(ours(), flow)
                with pytest.raises(TimeoutError):
                    await asyncio.wait_for(client, 0)
                phone.send(bytes(asked(await phone.hear()).reply(200, to_tag="them")))
                assert (await client).status == 200

    run(scene)
