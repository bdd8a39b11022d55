"""Reliable provisional responses are repeated by the core until PRACK (RFC 3262 section 3)."""

from __future__ import annotations

import pytest

from sip_edge.message import Request
from sip_edge.transaction.effect import Arrived, Failed, Key
from tests.sip import wire
from tests.sip.clockwork import Clockwork, request


def arrived(clock: Clockwork, data: bytes) -> tuple[Key, Request]:
    (effect,) = clock.receive(data)
    assert isinstance(effect, Arrived)
    return effect.key, effect.request


def test_reliable_provisional_responses_are_repeated_until_prack() -> None:
    clock = Clockwork()
    key, invite = arrived(clock, wire.request("INVITE"))
    ringing = invite.reply(183, to_tag="t", headers=[("RSeq", "7"), ("Require", "100rel")])
    clock.take(clock.layer.repeat_provisional(key, ringing, clock.now))
    clock.wind(2.0)
    assert clock.times(b"SIP/2.0 183") == [0, 0.5, 1.5]
    wrong = request("PRACK", "To: <sip:102@example.com>;tag=t", "RAck: 8 1 INVITE", "CSeq: 2 PRACK")
    right = request("PRACK", "To: <sip:102@example.com>;tag=t", "RAck: 7 1 INVITE", "CSeq: 2 PRACK")
    assert not clock.layer.prack(wrong, clock.now)
    assert not clock.layer.prack(request("PRACK"), clock.now)
    assert clock.layer.prack(right, clock.now)
    assert not clock.layer.prack(right, clock.now)
    clock.wind(20.0)
    assert len(clock.times(b"SIP/2.0 183")) == 3


@pytest.mark.parametrize("code", [200, 486])
def test_a_final_answer_ends_the_repetition_of_what_rang(code: int) -> None:
    clock = Clockwork()
    key, invite = arrived(clock, wire.request("INVITE"))
    ringing = invite.reply(180, to_tag="t", headers=[("RSeq", "1"), ("Require", "100rel")])
    clock.take(clock.layer.repeat_provisional(key, ringing, clock.now))
    clock.respond(key, invite.reply(code, to_tag="t"))
    clock.wind(10.0)
    assert clock.times(b"SIP/2.0 180") == [0]


def test_a_reliable_response_nobody_acknowledges_is_told_after_32_s() -> None:
    clock = Clockwork()
    key, invite = arrived(clock, wire.request("INVITE"))
    ringing = invite.reply(180, to_tag="t", headers=[("RSeq", "1"), ("Require", "100rel")])
    clock.take(clock.layer.repeat_provisional(key, ringing, clock.now))
    (told,) = [effect for effect in clock.wind(60.0) if isinstance(effect, Failed)]
    assert told.key[0] == "1xx"
    assert clock.take(clock.layer.repeat_provisional(("over",), ringing, clock.now)) == []
