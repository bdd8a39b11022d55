"""What a phone answers to a NOTIFY, or does not, and what becomes of its subscription (RFC 6665 section 4.2.2)."""

from __future__ import annotations

import pytest

from tests.presence.desk import Desk, Handset, lamps


@pytest.mark.parametrize("status", [481, 404, 489, 480])
def test_a_phone_that_knows_no_such_subscription_has_none(status: int) -> None:
    desk = Desk()
    phone = Handset(desk)
    phone.subscribe()
    phone.answers = lambda _message: status
    desk.set("102", "busy")
    assert len(desk.presence.book) == 0
    phone.take()
    desk.set("102", "idle")
    assert phone.take() == []


def test_silence_ends_it_too_after_the_notify_was_repeated() -> None:
    desk = Desk()
    phone = Handset(desk)
    phone.subscribe()
    phone.take()
    phone.answers = lambda _message: None
    desk.set("102", "busy")
    desk.pass_time(31)
    assert len(desk.presence.book) == 1
    desk.pass_time(2)
    assert len(desk.presence.book) == 0
    sent = phone.take()
    assert len(sent) == 11  # RFC 3261 figure 6: at 0, 0.5, 1.5, 3.5 and then every 4 s
    assert len({message.headers["via"] for message in sent}) == 1
    assert desk.presence.notifier.counters.unanswered == 1


def test_what_changed_while_a_notify_was_under_way_is_told_in_one_go() -> None:
    desk = Desk()
    phone = Handset(desk)
    phone.subscribe()
    phone.take()
    phone.answers = lambda _message: None
    for state in ("ringing", "busy", "held"):
        desk.set("102", state)
    (first,) = phone.take()
    assert lamps([first]) == ["early"]
    phone.answers = lambda _message: 200
    phone.answer(first, 200)
    desk.pass_time(0.0)
    (second,) = phone.take()
    assert "+sip.rendering" in second.body


def test_there_and_back_while_a_notify_was_under_way_is_told_as_well() -> None:
    desk = Desk()
    phone = Handset(desk)
    phone.subscribe()
    phone.take()
    phone.answers = lambda _message: None
    desk.set("102", "busy")
    desk.set("102", "idle")
    (first,) = phone.take()
    phone.answers = lambda _message: 200
    phone.answer(first, 200)
    desk.pass_time(0.0)
    assert lamps(phone.take()) == ["terminated"]


def test_an_error_of_the_moment_is_tried_again_with_everything() -> None:
    desk = Desk()
    phone = Handset(desk)
    phone.subscribe()
    phone.take()
    phone.answers, phone.more = lambda _message: 503, "Retry-After: 30\r\n"
    desk.set("102", "busy")
    assert len(phone.take()) == 1
    phone.answers, phone.more = lambda _message: 200, ""
    desk.pass_time(29)
    assert phone.take() == []
    desk.pass_time(2)
    assert lamps(phone.take()) == ["confirmed"]
    assert len(desk.presence.book) == 1


def test_a_broken_connection_keeps_the_subscription_for_its_refresh() -> None:
    desk = Desk()
    phone = Handset(desk, protocol="TLS")
    phone.subscribe()
    phone.flow.alive = False
    desk.stack.closed(phone.flow)
    phone.take()
    desk.set("102", "busy")
    assert phone.take() == []
    phone.flow = type(phone.flow)("TLS", ("192.0.2.50", 33_000))
    phone.flow.back = phone._received
    assert phone.subscribe().status == 200
    assert lamps(phone.take()) == ["confirmed"]


def test_nothing_is_told_twice() -> None:
    desk = Desk()
    phone = Handset(desk)
    phone.subscribe()
    phone.take()
    desk.set("102", "busy")
    desk.set("102", "busy")
    desk.state.set_registered("acme.example", "102", "102", True)  # a lamp shows calls, not registrations
    desk.pass_time(1)
    assert len(phone.take()) == 1
