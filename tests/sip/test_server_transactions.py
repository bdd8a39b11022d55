"""Server transactions over the layer: what goes out, and when."""

from __future__ import annotations

import pytest

from sip_edge.message import Request
from sip_edge.transaction.effect import Acknowledged, Arrived, Failed, Key, Send
from sip_edge.transaction.table import State
from tests.sip import wire
from tests.sip.clockwork import Clockwork, ack_for

INVITE = wire.request("INVITE")


def invited(clock: Clockwork) -> tuple[Key, Request]:
    (arrived,) = clock.receive(INVITE)
    assert isinstance(arrived, Arrived)
    return arrived.key, arrived.request


def test_an_invite_nobody_answers_gets_100_after_200_ms_and_again_when_repeated() -> None:
    clock = Clockwork()
    key, _ = invited(clock)
    assert clock.receive(INVITE) == []
    clock.wind(1.0)
    assert clock.times(b"SIP/2.0 100 Trying") == [0.2]
    (again,) = clock.receive(INVITE)
    assert isinstance(again, Send) and again.data.startswith(b"SIP/2.0 100")
    assert clock.layer.state(key) is State.PROCEEDING


def test_a_quick_ringing_makes_100_needless() -> None:
    clock = Clockwork()
    key, request = invited(clock)
    clock.respond(key, request.reply(180, to_tag="t"))
    clock.wind(5.0)
    assert clock.times(b"SIP/2.0 1") == [0.0]
    (again,) = clock.receive(INVITE)
    assert isinstance(again, Send) and again.data.startswith(b"SIP/2.0 180")


def test_timer_g_resends_a_refusal_until_timer_h() -> None:
    clock = Clockwork()
    key, request = invited(clock)
    clock.respond(key, request.reply(486, to_tag="t"))
    clock.wind(60.0)
    assert clock.times(b"SIP/2.0 486") == [0, 0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5]
    assert clock.seen[-1] == (32.0, Failed(key, "timeout"))
    assert clock.at_rest()


def test_an_ack_ends_the_repetition_and_is_absorbed_for_5_s() -> None:
    clock = Clockwork()
    key, request = invited(clock)
    (sent,) = clock.respond(key, request.reply(486, to_tag="t"))
    assert isinstance(sent, Send)
    clock.wind(0.7)
    assert clock.receive(ack_for(sent.data)) == []
    assert clock.receive(ack_for(sent.data)) == []
    assert clock.receive(INVITE) == []
    assert clock.layer.state(key) is State.CONFIRMED
    clock.wind(5.8)
    assert clock.times(b"SIP/2.0 486") == [0, 0.5]
    assert clock.at_rest()


def test_over_tcp_a_refusal_is_sent_once_and_its_ack_ends_it() -> None:
    clock = Clockwork(reliable=True)
    key, request = invited(clock)
    (sent,) = clock.respond(key, request.reply(486, to_tag="t"))
    assert isinstance(sent, Send)
    clock.wind(10.0)
    assert clock.times(b"SIP/2.0 486") == [0]
    clock.receive(ack_for(sent.data))
    assert clock.at_rest()


@pytest.mark.parametrize("reliable", [False, True])
def test_the_core_repeats_a_2xx_until_its_ack_over_every_transport(reliable: bool) -> None:
    clock = Clockwork(reliable=reliable)
    key, request = invited(clock)
    clock.respond(key, request.reply(200, to_tag="t"))
    clock.wind(4.0)
    assert clock.times(b"SIP/2.0 200") == [0, 0.5, 1.5, 3.5]
    (heard,) = clock.receive(ack_for(clock.sent()[-1][1], branch="z9hG4bKnew"))
    assert isinstance(heard, Acknowledged) and heard.key is not None
    clock.wind(40.0)
    assert len(clock.times(b"SIP/2.0 200")) == 4
    assert clock.at_rest()


def test_a_repeated_invite_after_the_2xx_is_absorbed() -> None:
    """RFC 6026 section 7.1: it must not become a new call."""
    clock = Clockwork()
    key, request = invited(clock)
    clock.respond(key, request.reply(200, to_tag="t"))
    assert clock.receive(INVITE) == []
    assert clock.layer.state(key) is State.ACCEPTED


def test_an_ack_that_reuses_the_branch_counts_too() -> None:
    clock = Clockwork()
    key, request = invited(clock)
    clock.respond(key, request.reply(200, to_tag="t"))
    (heard,) = clock.receive(ack_for(clock.sent()[-1][1]))
    assert isinstance(heard, Acknowledged)
    clock.wind(40.0)
    assert clock.times(b"SIP/2.0 200") == [0]


def test_a_2xx_without_ack_is_reported_after_32_s() -> None:
    clock = Clockwork()
    key, request = invited(clock)
    clock.respond(key, request.reply(200, to_tag="t"))
    clock.wind(60.0)
    failures = [(when, effect) for when, effect in clock.seen if isinstance(effect, Failed)]
    assert [when for when, _ in failures] == [32.0]
    assert failures[0][1].key == ("2xx", request.call_id, "9fxced76sl", "t", 1)
    assert clock.at_rest()


def test_a_second_2xx_of_the_user_goes_out_once_more() -> None:
    clock = Clockwork()
    key, request = invited(clock)
    clock.respond(key, request.reply(200, to_tag="t"))
    (again,) = clock.respond(key, request.reply(200, to_tag="t"))
    assert isinstance(again, Send)
    assert clock.respond(key, request.reply(486, to_tag="t")) == []


def test_an_ack_for_nothing_is_told_and_forgotten() -> None:
    clock = Clockwork()
    (heard,) = clock.receive(wire.request("ACK", "To: <sip:102@example.com>;tag=x"))
    assert isinstance(heard, Acknowledged) and heard.key is None
    assert clock.at_rest()


def test_a_broken_transport_is_told_and_the_invite_still_absorbed() -> None:
    clock = Clockwork()
    key, request = invited(clock)
    clock.respond(key, request.reply(486, to_tag="t"))
    assert clock.take(clock.layer.transport_error(key, clock.now)) == [Failed(key, "transport")]
    assert clock.layer.state(key) is State.COMPLETED
    assert clock.layer.transport_error(("nothing",), 0.0) == []


@pytest.mark.parametrize(("reliable", "rest"), [(False, 32.0), (True, 0.0)])
def test_a_bye_is_answered_again_until_timer_j(reliable: bool, rest: float) -> None:
    clock = Clockwork(reliable=reliable)
    bye = wire.request("BYE")
    (arrived,) = clock.receive(bye)
    assert isinstance(arrived, Arrived)
    assert clock.receive(bye) == []
    clock.respond(arrived.key, arrived.request.reply(100))
    (trying,) = clock.receive(bye)
    assert isinstance(trying, Send) and trying.data.startswith(b"SIP/2.0 100")
    clock.respond(arrived.key, arrived.request.reply(200, to_tag="t"))
    if not reliable:
        (again,) = clock.receive(bye)
        assert isinstance(again, Send) and again.data.startswith(b"SIP/2.0 200")
    clock.wind(rest)
    assert clock.at_rest()


def test_requests_of_rfc_2543_are_told_apart_without_branch() -> None:
    clock = Clockwork()
    old = wire.request("BYE", "Via: SIP/2.0/UDP 192.0.2.1")
    (arrived,) = clock.receive(old)
    assert isinstance(arrived, Arrived)
    assert clock.receive(old) == []
    (other,) = clock.receive(wire.request("BYE", "Via: SIP/2.0/UDP 192.0.2.1", "CSeq: 2 BYE"))
    assert isinstance(other, Arrived) and other.key != arrived.key


def test_a_spoofed_branch_from_another_sent_by_is_another_transaction() -> None:
    clock = Clockwork()
    first = wire.request("BYE", "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKsame")
    second = wire.request("BYE", "Via: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bKsame", "Call-ID: other")
    assert isinstance(clock.receive(first)[0], Arrived)
    assert isinstance(clock.receive(second)[0], Arrived)
