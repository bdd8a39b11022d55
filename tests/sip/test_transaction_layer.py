"""What concerns several transactions at once: light entries, merged requests, CANCEL, limits, memory."""

from __future__ import annotations

import pytest

from sip_edge.message import Request, Response, parse
from sip_edge.transaction.effect import Arrived, Cancelled, Key, Send
from sip_edge.transaction.light import METHODS
from tests.sip import wire
from tests.sip.clockwork import Clockwork, request


def arrived(clock: Clockwork, data: bytes) -> tuple[Key, Request]:
    (effect,) = clock.receive(data)
    assert isinstance(effect, Arrived)
    return effect.key, effect.request


def status(effect: object) -> int:
    assert isinstance(effect, Send)
    response = parse(effect.data)
    assert isinstance(response, Response)
    return response.status


@pytest.mark.parametrize("method", sorted(METHODS))
def test_light_requests_are_answered_again_for_32_s(method: str) -> None:
    clock = Clockwork()
    data = wire.request(method)
    key, asked = arrived(clock, data)
    assert (clock.layer.live, clock.layer.kept) == (0, 1)
    assert clock.receive(data) == []
    clock.wind(1.0)
    assert status(clock.respond(key, asked.reply(200, to_tag="t"))[0]) == 200
    clock.wind(32.5)
    (again,) = clock.receive(data)
    assert status(again) == 200
    clock.wind(33.0)
    assert clock.at_rest()
    assert arrived(clock, data)[0] == key


def test_over_tcp_a_light_request_is_forgotten_with_its_answer() -> None:
    clock = Clockwork(reliable=True)
    key, asked = arrived(clock, wire.register())
    clock.respond(key, asked.reply(100))
    assert clock.layer.kept == 1
    clock.respond(key, asked.reply(200, to_tag="t"))
    assert clock.layer.kept == 0
    assert clock.respond(key, asked.reply(200, to_tag="t")) == []
    assert arrived(clock, wire.register())[0] == key


def test_a_light_request_nobody_answers_is_forgotten_too() -> None:
    clock = Clockwork()
    arrived(clock, wire.register())
    clock.wind(32.0)
    assert clock.at_rest()


def test_light_entries_are_bounded_and_the_oldest_go_first() -> None:
    clock = Clockwork(light=10)
    for number in range(100):
        key, asked = arrived(clock, wire.register(number))
        clock.respond(key, asked.reply(200, to_tag="t"))
    assert clock.layer.kept == 10
    assert isinstance(clock.receive(wire.register(99))[0], Send)
    assert isinstance(clock.receive(wire.register(1))[0], Arrived)
    clock.wind(40.0)
    assert clock.at_rest()


def test_provisional_answers_do_not_make_the_queue_grow() -> None:
    clock = Clockwork(light=2)
    key, asked = arrived(clock, wire.register())
    for _ in range(50):
        assert clock.respond(key, asked.reply(200, to_tag="t"))
    clock.wind(32.0)
    assert clock.at_rest()


@pytest.mark.parametrize("method", ["REGISTER", "INVITE", "NOTIFY"])
def test_a_merged_request_is_482(method: str) -> None:
    """The same request by another way: other branch, same tag, Call-ID and CSeq (RFC 3261 section 8.2.2.2)."""
    clock = Clockwork()
    first = wire.request(method)
    second = wire.request(method, "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKotherway")
    key, asked = arrived(clock, first)
    (refused,) = clock.receive(second)
    assert status(refused) == 482
    (again,) = clock.receive(second)
    assert again == refused
    clock.respond(key, asked.reply(200, to_tag="t"))
    clock.wind(100.0)
    assert clock.at_rest()
    assert isinstance(clock.receive(second)[0], Arrived)


def test_inside_a_dialog_nothing_is_merged() -> None:
    clock = Clockwork()
    arrived(clock, wire.request("NOTIFY", "To: <sip:a@h>;tag=x"))
    arrived(clock, wire.request("NOTIFY", "To: <sip:a@h>;tag=x", "Via: SIP/2.0/UDP h;branch=z9hG4bKother"))


def test_the_next_cseq_is_another_request() -> None:
    clock = Clockwork()
    key, asked = arrived(clock, wire.request("REGISTER"))
    clock.respond(key, asked.reply(401, to_tag="t"))
    arrived(clock, wire.request("REGISTER", "CSeq: 2 REGISTER", "Via: SIP/2.0/UDP h;branch=z9hG4bKsecond"))


def test_cancel_reaches_the_user_and_is_answered_200() -> None:
    clock = Clockwork()
    key, invite = arrived(clock, wire.request("INVITE"))
    clock.respond(key, invite.reply(180, to_tag=clock.layer.tag(invite)))
    answered, told = clock.receive(wire.request("CANCEL"))
    assert status(answered) == 200
    assert isinstance(told, Cancelled) and told.key == key
    assert isinstance(answered, Send) and parse(answered.data).to.tag == clock.layer.tag(invite)
    (again,) = clock.receive(wire.request("CANCEL"))
    assert again == answered
    assert status(clock.respond(key, invite.reply(487, to_tag="t"))[0]) == 487


def test_cancel_after_the_final_answer_changes_nothing() -> None:
    clock = Clockwork()
    key, invite = arrived(clock, wire.request("INVITE"))
    clock.respond(key, invite.reply(486, to_tag="t"))
    (answered,) = clock.receive(wire.request("CANCEL"))
    assert status(answered) == 200


@pytest.mark.parametrize("reliable", [False, True])
def test_cancel_for_nothing_is_481(reliable: bool) -> None:
    clock = Clockwork(reliable=reliable)
    (answered,) = clock.receive(wire.request("CANCEL"))
    assert status(answered) == 481
    clock.wind(32.0)
    assert clock.at_rest()


def test_a_full_server_says_so() -> None:
    clock = Clockwork(limit=3)
    for number in range(3):
        arrived(clock, wire.request("INVITE", f"Via: SIP/2.0/UDP h;branch=z9hG4bK{number}", f"Call-ID: {number}"))
    (full,) = clock.receive(wire.request("INVITE", "Call-ID: more"))
    assert status(full) == 503
    assert isinstance(full, Send) and parse(full.data).headers.first("retry-after") == "10"
    assert clock.layer.live == 3


def test_tags_are_the_same_for_a_repetition_and_no_secret_is_guessed_from_them() -> None:
    layer, other = Clockwork().layer, Clockwork().layer
    one, two = request("INVITE"), request("INVITE", "Call-ID: another")
    assert layer.tag(one) == layer.tag(request("INVITE")) == other.tag(one)
    assert layer.tag(one) != layer.tag(two)
    assert len(layer.tag(one)) >= 8  # RFC 3261 section 19.3: at least 32 random bits
    assert layer.tag(request("INVITE", "Via: broken"))


def test_a_thousand_calls_leave_nothing_behind() -> None:
    clock = Clockwork()
    for number in range(1000):
        rows = [f"Via: SIP/2.0/UDP h;branch=z9hG4bK{number}", f"Call-ID: {number}"]
        key, invite = arrived(clock, wire.request("INVITE", *rows))
        clock.respond(key, invite.reply((486, 200, 404)[number % 3], to_tag="t"))
        clock.send(request("NOTIFY", rows[0], rows[1]))
        clock.wind(clock.now + 0.01)
    clock.wind(clock.now + 100)
    assert clock.at_rest()
    assert clock.layer._merged == {}
