"""Who rings when by the rules of people: several at once, with delays, and every forward there is."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any

import pytest

from tests.clients.call_office import CallOffice, call_office

pytestmark = pytest.mark.client


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CallOffice]:
    yield from call_office(tmp_path_factory.mktemp("ringing"))


def user(extension: str) -> dict[str, Any]:
    return {"kind": "user", "value": extension}


def device(name: str) -> dict[str, Any]:
    return {"kind": "device", "value": name}


def test_others_ring_later_and_who_loses_is_told_that_it_was_answered(office: CallOffice) -> None:
    others = [{"to": device("107"), "delay": 1}, {"to": device("106"), "delay": 200}]
    with (
        office.rule("108", ring="several", own_all=True, others=others),
        office.phones("101", "108", "107", "106", tones=False) as (ada, radia, donald, katherine),
    ):
        out = ada.call("108")
        first, began = radia.rung(), time.monotonic()
        first.reply(180)
        second = donald.rung()
        assert 0.8 < time.monotonic() - began < 2.5
        second.reply(180)
        second.accept()
        out.answered()
        assert "Call completed elsewhere" in str(radia.asked("CANCEL").headers.first("reason"))
        out.bye()
        second.hung_up()
        assert not katherine.has("INVITE")
    reasons = [(row.device, row.reason) for row in office.events("not_answered")]
    assert ("108", "elsewhere") in reasons and ("106", "elsewhere") not in reasons


def test_who_gives_up_is_told_of_as_a_missed_call(office: CallOffice) -> None:
    with office.phones("101", "108", tones=False) as (ada, radia):
        out = ada.call("108")
        radia.rung().reply(180)
        out.response(180)
        out.cancel()
        assert "elsewhere" not in str(radia.asked("CANCEL").headers.first("reason"))
        out.refused(487)


@pytest.mark.parametrize("kind", ["always", "busy", "offline", "on_active", "no_answer", "on_dnd"])
def test_each_forward(office: CallOffice, kind: str) -> None:
    besides: dict[str, dict[str, Any]] = {"no_answer": {"seconds": 5}, "on_dnd": {"do_not_disturb": True}}
    more = besides.get(kind, {})
    names = ("101", "107", "106") if kind == "offline" else ("101", "107", "106", "108")
    hurry = office.hurried() if kind == "no_answer" else nullcontext()
    with office.rule("108", **{kind: user("107")}, **more), hurry, office.phones(*names, tones=False) as phones:
        ada, donald, katherine, *rest = phones
        talk = None
        if kind == "on_active":
            talk = katherine.call("108")
            rest[0].rung().accept()
            talk.answered()
        out = ada.call("108")
        if kind in ("busy", "no_answer"):
            rest[0].rung().reply(486 if kind == "busy" else 180)
        into = donald.rung().accept()
        out.answered()
        assert into.invite.headers.first("diversion") or into.invite.headers.first("history-info")
        if kind != "on_active":
            assert not rest or not rest[0].has("INVITE")
        out.bye()
        into.hung_up()
        if talk is not None:
            talk.bye()


def test_rules_that_forward_in_a_ring(office: CallOffice) -> None:
    with (
        office.rule("106", always=user("107")),
        office.rule("107", always=user("108")),
        office.rule("108", always=user("106")),
        office.phones("101", "106", "107", "108", tones=False) as (ada, *others),
    ):
        ada.call("108").refused(482)
        assert not any(one.has("INVITE") for one in others)
        (ended,) = office.events("ended")
        assert ended.status == 482
        assert "the rules go in a ring" in office.events("decided")[-1].reason


def test_a_busy_person_forwards_to_one_who_forwards_back(office: CallOffice) -> None:
    with (
        office.rule("107", always=user("108")),
        office.rule("108", busy=user("107")),
        office.phones("101", "108", tones=False) as (ada, radia),
    ):
        out = ada.call("108")
        radia.rung().reply(486)
        out.refused(482)
    assert "the rules go in a ring" in office.events("decided")[-1].reason
