"""Hundreds of lamps for one person: rendered once, told in slices, no memory left behind."""

from __future__ import annotations

import pytest

from sip_edge.presence import notifier, packages
from sip_edge.presence.situation import Call, Lamp
from tests.presence.desk import DOMAIN, Desk, Handset, lamps


def test_five_hundred_lamps_are_one_document() -> None:
    desk = Desk()
    phones = [Handset(desk, str(1000 + number)) for number in range(500)]
    for phone in phones:
        phone.subscribe()
        phone.take()
    before = desk.presence.notifier.renderings.rendered
    desk.set("102", "busy")
    assert [lamps(phone.take()) for phone in phones] == [["confirmed"]] * 500
    assert desk.presence.notifier.renderings.rendered == before + 1


def test_a_slice_ends_when_its_time_is_up(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk()
    phones = [Handset(desk, str(1000 + number)) for number in range(20)]
    for phone in phones:
        phone.subscribe()
        phone.take()
    monkeypatch.setattr(notifier, "SLICE", 0.010)
    build = packages.Renderings.news

    def slow(*arguments: object) -> object:
        desk.clock._now += 0.004  # what a rendering may take on a small machine
        return build(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(packages.Renderings, "news", slow)
    told: list[int] = []
    drain = desk.presence.notifier._drain

    def counted() -> None:
        drain()
        told.append(sum(len(phone.take()) for phone in phones))

    monkeypatch.setattr(desk.presence.notifier, "_drain", counted)
    desk.state.set_state(DOMAIN, "102", "busy")
    desk.clock.advance(1.0)
    assert told == [3, 3, 3, 3, 3, 3, 2]


def test_nothing_is_left_when_everybody_has_gone() -> None:
    desk = Desk()
    phones = [Handset(desk, str(1000 + number)) for number in range(50)]
    for phone in phones:
        phone.subscribe("102")
        phone.subscribe("701", call="2")
    for word in ("busy", "idle"):
        desk.set("102", word)
    for phone in phones:
        phone.subscribe(expires=0)
        phone.subscribe(call="2", expires=0)
    presence = desk.presence
    assert (len(presence.book), presence.book.watched(), presence.notifier.waiting, len(desk.state)) == (0, 0, 0, 0)
    assert not presence.notifier.renderings._whole
    assert not presence.notifier.renderings._changes
    desk.pass_time(7300)
    assert len(desk.stack.timers) == 0


def test_many_calls_are_told_as_changes_and_a_refresh_tells_all() -> None:
    desk = Desk()
    phone = Handset(desk)
    phone.subscribe("8900")
    for number in range(6):
        desk.state.set_call(DOMAIN, "8900", Call(f"c{number}", Lamp.RINGING, True))
        desk.pass_time(0.0)
    told = phone.take()
    assert ['state="partial"' in message.body for message in told] == [False] * 4 + [True] * 3
    assert told[-1].body.count("<dialog ") == 1
    phone.subscribe("8900")
    (whole,) = phone.take()
    assert 'state="full"' in whole.body
    assert whole.body.count("<dialog ") == 6


def test_an_unanswered_change_is_not_built_upon() -> None:
    """Partial state only tells somebody who has what it changes."""
    desk = Desk()
    phone = Handset(desk)
    phone.subscribe("8900")
    for number in range(5):
        desk.state.set_call(DOMAIN, "8900", Call(f"c{number}", Lamp.RINGING, True))
        desk.pass_time(0.0)
    phone.take()
    phone.answers = lambda _message: 500
    desk.state.end_call(DOMAIN, "8900", "c0")
    desk.pass_time(0.0)
    phone.answers = lambda _message: 200
    desk.pass_time(6)
    first, again = phone.take()
    assert 'state="partial"' in first.body
    assert 'state="full"' in again.body
