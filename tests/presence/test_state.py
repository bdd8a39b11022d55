"""The one place of state: what is so, who is told, and what is personal."""

from __future__ import annotations

import pytest

from sip_edge.presence.situation import NOTHING, Call, Forward, Lamp, Situation, Subject, subject
from sip_edge.presence.state import State

A = "acme.example"


def test_listeners_hear_of_changes_and_of_nothing_else() -> None:
    state = State()
    heard: list[tuple[Subject, Lamp, Lamp]] = []
    end = state.listen(lambda one, before, now: heard.append((one, before.lamp, now.lamp)))
    state.set_state(A, "102", "busy")
    state.set_state(A, "102", "busy")
    state.set_state(A, "102", "idle")
    end()
    state.set_state(A, "102", "busy")
    one = Subject(A, "102")
    assert heard == [(one, Lamp.IDLE, Lamp.BUSY), (one, Lamp.BUSY, Lamp.IDLE)]


def test_what_is_idle_takes_no_room() -> None:
    state = State()
    for number in range(100):
        state.set_state(A, str(number), "busy")
        state.set_registered(A, str(number), f"{number}a", True)
        state.set_dnd(A, str(number), True)
    for number in range(100):
        state.set_state(A, str(number), "idle")
        state.set_registered(A, str(number), f"{number}a", False)
        state.set_dnd(A, str(number), False)
    assert len(state) == 0
    assert state.look(A, "5") is NOTHING


def test_a_call_that_rings_wins_over_one_that_goes_on() -> None:
    state = State()
    state.set_call(A, "102", Call("1", Lamp.BUSY))
    state.set_call(A, "102", Call("2", Lamp.RINGING, True))
    assert state.look(A, "102").lamp is Lamp.RINGING
    state.end_call(A, "102", "2")
    assert state.look(A, "102").lamp is Lamp.BUSY
    state.end_call(A, "102", "1")
    assert state.look(A, "102").lamp is Lamp.IDLE


@pytest.mark.parametrize("name", ["*53", "*54night", "#9", "dnd"])
def test_feature_lamps_are_each_persons_own(name: str) -> None:
    state = State()
    state.set_state(A, name, "on", owner="101")
    assert state.look(A, name, "101").lamp is Lamp.ON
    assert state.look(A, name, "102").lamp is Lamp.IDLE
    assert subject("ACME.example", name, "101") == Subject(A, name, "101")


def test_a_park_orbit_is_everybodys() -> None:
    state = State()
    state.set_state(A, "701", "parked")
    assert state.look(A, "701", "101") == state.look(A, "701", "102") != NOTHING


def test_do_not_disturb_lights_its_own_lamp() -> None:
    state = State()
    state.set_dnd(A, "101", True)
    assert state.look(A, "101").dnd
    assert state.look(A, "dnd", "101").lamp is Lamp.ON
    assert state.look(A, "101").lamp is Lamp.IDLE


def test_a_person_is_registered_while_one_device_is() -> None:
    state = State()
    state.set_registered(A, "101", "101", True)
    state.set_registered(A, "101", "101m", True)
    state.set_registered(A, "101", "101", False)
    assert state.look(A, "101").registered == 1
    state.set_registered(A, "101", "101m", False)
    state.set_registered(A, "101", "101m", False)
    assert state.look(A, "101").registered == 0


def test_forwards_are_the_same_in_any_order() -> None:
    always, busy = Forward("always", "103"), Forward("busy", "104")
    state = State()
    state.set_forwards(A, "101", [busy, always])
    changes = state.changes
    state.set_forwards(A, "101", [always, busy])
    assert state.changes == changes
    assert state.look(A, "101") == Situation(forwards=(always, busy))


def test_a_word_nobody_knows() -> None:
    with pytest.raises(ValueError, match="sleeping"):
        State().set_state(A, "101", "sleeping")
