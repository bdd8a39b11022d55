"""Client transactions over the layer: what goes out, when, and what the user hears."""

from __future__ import annotations

import pytest

from sip_edge.message import Response, parse
from sip_edge.transaction.effect import Answered, Failed, Send, Unmatched
from sip_edge.transaction.table import State
from tests.sip import wire
from tests.sip.clockwork import Clockwork, request


def test_timer_a_doubles_until_timer_b_gives_up() -> None:
    clock = Clockwork()
    key = clock.send(request("INVITE"))
    clock.wind(60.0)
    assert clock.times(b"INVITE") == [0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5]
    assert clock.seen[-1] == (32.0, Failed(key, "timeout"))
    assert clock.at_rest()


def test_over_tcp_an_invite_is_sent_once() -> None:
    clock = Clockwork(reliable=True)
    key = clock.send(request("INVITE"))
    clock.wind(60.0)
    assert clock.times(b"INVITE") == [0]
    assert clock.seen[-1] == (32.0, Failed(key, "timeout"))


def test_a_ringing_call_may_ring_for_ever() -> None:
    clock = Clockwork()
    invite = request("INVITE")
    key = clock.send(invite)
    assert clock.receive(invite.reply(180, to_tag="t")) == [Answered(key, invite.reply(180, to_tag="t"))]
    clock.wind(600.0)
    assert clock.times(b"INVITE") == [0]
    assert clock.layer.state(key) is State.PROCEEDING


def test_a_refusal_is_acknowledged_every_time_it_comes() -> None:
    clock = Clockwork()
    invite = request("INVITE", "Route: <sip:a;lr>", "Route: <sip:b;lr>")
    key = clock.send(invite)
    refusal = invite.reply(486, to_tag="theirs")
    told = clock.receive(refusal)
    assert [type(effect) for effect in told] == [Send, Answered]
    assert [type(effect) for effect in clock.receive(refusal)] == [Send]
    ack = parse(clock.sent()[-1][1])
    assert bytes(ack).startswith(b"ACK sip:pbx.example.com SIP/2.0\r\n")
    assert ack.headers.values("route") == ["<sip:a;lr>", "<sip:b;lr>"]
    assert (ack.to.tag, ack.from_, ack.call_id) == ("theirs", invite.from_, invite.call_id)
    assert (ack.cseq.number, ack.cseq.method, ack.via) == (1, "ACK", invite.via)
    assert clock.layer.state(key) is State.COMPLETED
    clock.wind(33.0)
    assert clock.at_rest()


def test_every_fork_that_answers_is_told() -> None:
    """RFC 6026: the transaction stays 32 s for 2xx of other forks, and their repetitions, which the user ACKs."""
    clock = Clockwork()
    invite = request("INVITE")
    key = clock.send(invite)
    for tag in ("one", "two", "one"):
        (told,) = clock.receive(invite.reply(200, to_tag=tag))
        assert isinstance(told, Answered) and told.response.to.tag == tag
    assert clock.layer.state(key) is State.ACCEPTED
    clock.wind(32.0)
    assert clock.at_rest()
    assert clock.receive(invite.reply(200, to_tag="late")) == [Unmatched(invite.reply(200, to_tag="late"))]


def test_timer_e_doubles_up_to_t2_until_timer_f() -> None:
    clock = Clockwork()
    key = clock.send(request("NOTIFY"))
    clock.wind(60.0)
    assert clock.times(b"NOTIFY") == [0, 0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5]
    assert clock.seen[-1] == (32.0, Failed(key, "timeout"))
    assert clock.at_rest()


def test_after_a_provisional_response_a_request_is_repeated_every_4_s() -> None:
    clock = Clockwork()
    notify = request("NOTIFY")
    clock.send(notify)
    clock.receive(notify.reply(100))
    clock.wind(13.0)
    assert clock.times(b"NOTIFY") == [0, 0.5, 4.5, 8.5, 12.5]


@pytest.mark.parametrize(("reliable", "rest"), [(False, 5.0), (True, 0.0)])
def test_a_final_response_is_told_once(reliable: bool, rest: float) -> None:
    clock = Clockwork(reliable=reliable)
    notify = request("NOTIFY")
    key = clock.send(notify)
    answer = notify.reply(200, to_tag="t")
    assert clock.receive(answer) == [Answered(key, answer)]
    if not reliable:
        assert clock.receive(answer) == []
    clock.wind(rest)
    assert clock.at_rest()
    assert clock.receive(answer) == [Unmatched(answer)]


def test_a_broken_transport_ends_the_request() -> None:
    clock = Clockwork()
    for method in ("INVITE", "NOTIFY"):
        key = clock.send(request(method))
        assert clock.layer.transport_error(key, clock.now) == [Failed(key, "transport")]
    assert clock.at_rest()


def test_a_connection_that_breaks_ends_a_ringing_invite() -> None:
    clock = Clockwork()
    invite = request("INVITE")
    key = clock.send(invite)
    clock.receive(invite.reply(180, to_tag="t"))
    assert clock.layer.transport_error(key, clock.now) == [Failed(key, "transport")]
    assert clock.at_rest()


def test_a_connection_that_breaks_ends_a_cancelled_invite_too() -> None:
    clock = Clockwork()
    invite = request("INVITE")
    key = clock.send(invite)
    clock.receive(invite.reply(180, to_tag="t"))
    clock.take(clock.layer.cancel(key, clock.now))
    assert clock.layer.transport_error(key, clock.now) == [Failed(key, "transport")]
    clock.wind(40.0)
    assert (32.0, Failed(key, "timeout")) not in clock.seen
    assert clock.at_rest()


def test_a_response_must_match_branch_and_method() -> None:
    clock = Clockwork()
    clock.send(request("NOTIFY"))
    for wrong in (request("BYE"), request("NOTIFY", "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKother")):
        answer = wrong.reply(200, to_tag="t")
        assert clock.receive(answer) == [Unmatched(answer)]


def test_a_branch_is_used_once() -> None:
    clock = Clockwork()
    clock.send(request("NOTIFY"))
    with pytest.raises(ValueError, match="branch"):
        clock.send(request("NOTIFY"))


def test_cancel_waits_for_a_provisional_response() -> None:
    clock = Clockwork()
    invite = request("INVITE", "Route: <sip:a;lr>")
    key = clock.send(invite)
    assert clock.layer.cancel(key, clock.now) == []
    assert clock.times(b"CANCEL") == []
    clock.wind(1.0)
    clock.receive(invite.reply(180, to_tag="t"))
    cancel = parse(clock.sent()[-1][1])
    assert bytes(cancel).startswith(b"CANCEL sip:pbx.example.com SIP/2.0\r\n")
    assert (cancel.via, cancel.to.tag, cancel.cseq.method) == (invite.via, None, "CANCEL")
    assert cancel.headers.values("route") == ["<sip:a;lr>"]
    assert clock.layer.cancel(key, clock.now) == []


def test_a_cancelled_invite_ends_with_487() -> None:
    clock = Clockwork()
    invite = request("INVITE")
    key = clock.send(invite)
    clock.receive(invite.reply(180, to_tag="t"))
    (sent,) = clock.take(clock.layer.cancel(key, clock.now))
    assert isinstance(sent, Send)
    (ok,) = clock.receive(wire.request("CANCEL").replace(b"CANCEL sip:pbx.example.com SIP/2.0", b"SIP/2.0 200 OK"))
    assert isinstance(ok, Answered) and ok.key != key
    told = clock.receive(invite.reply(487, to_tag="t"))
    assert isinstance(told[-1], Answered) and told[-1].response.status == 487
    clock.wind(33.0)
    assert clock.at_rest()


def test_a_cancelled_invite_nobody_ends_is_given_up_after_32_s() -> None:
    clock = Clockwork()
    invite = request("INVITE")
    key = clock.send(invite)
    clock.receive(invite.reply(180, to_tag="t"))
    clock.take(clock.layer.cancel(key, clock.now))
    clock.wind(40.0)
    assert (32.0, Failed(key, "timeout")) in clock.seen
    assert clock.at_rest()


def test_there_is_nothing_to_cancel_after_the_end() -> None:
    clock = Clockwork()
    invite = request("INVITE")
    key = clock.send(invite)
    clock.layer.cancel(key, clock.now)
    clock.receive(invite.reply(200, to_tag="t"))
    assert clock.times(b"CANCEL") == []
    assert clock.layer.cancel(key, clock.now) == []
    assert clock.layer.cancel(("nothing",), clock.now) == []


def test_a_response_without_key_is_the_callers_error() -> None:
    clock = Clockwork()
    with pytest.raises(ValueError, match="Via"):
        clock.receive(wire.lines("SIP/2.0 200 OK", "CSeq: 1 BYE"))
    assert isinstance(parse(wire.lines("SIP/2.0 200 OK", "CSeq: 1 BYE")), Response)
