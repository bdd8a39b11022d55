"""Another PIN by phone: twice the same, of the right length; nothing changes otherwise."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from sip_edge.apps.listening import Listening
from sip_edge.apps.machine import ChangePin, Command, Digit, Event, HungUp, Late, PinChanged, Play, Played, Say
from tests.apps.test_listening import at_the_menu

KEYS = st.sampled_from("0123456789*#").map(Digit)


def pressed(machine: Listening, keys: str) -> list[Command]:
    said: list[Command] = []
    for key in keys:
        said = machine.hear(Digit(key))
    return said


def test_a_pin_is_typed_twice_and_saved() -> None:
    machine = at_the_menu()
    assert pressed(machine, "5") == [Play((Say("new_pin"),))]
    assert pressed(machine, "80*8046#") == [Play((Say("new_pin_again"),))]
    assert pressed(machine, "8046#") == [ChangePin("8046")]
    assert machine.hear(PinChanged(True)) == [Play((Say("pin_changed"), Say("mailbox_menu")))]
    assert machine.phase == "menu" and "8046" not in repr(machine)


def test_two_that_differ_or_one_too_short_or_too_long_are_asked_for_anew_three_times() -> None:
    machine = at_the_menu()
    assert pressed(machine, "5123#") == [Play((Say("pin_length"), Say("new_pin")))]
    assert pressed(machine, "1234567890123#") == [Play((Say("pin_length"), Say("new_pin")))]
    assert pressed(machine, "8046#8047#") == [Play((Say("pins_differ"), Say("mailbox_menu")))]


def test_who_thinks_better_of_it_or_says_nothing_is_at_the_menu_again() -> None:
    endings: list[list[Event]] = [[Digit("*")], [Played(), Late()]]
    for ends in endings:
        machine = at_the_menu()
        pressed(machine, "5")
        said = [machine.hear(event) for event in ends]
        assert said[-1] == [Play((Say("mailbox_menu"),))]


def test_who_hangs_up_between_the_two_has_the_old_pin() -> None:
    machine = at_the_menu()
    pressed(machine, "58046#80")
    assert machine.hear(HungUp()) == [] and machine.over


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(KEYS, st.just(Late()), st.just(Played()), st.builds(PinChanged, st.booleans())), max_size=60))
def test_whatever_is_pressed_only_four_to_twelve_digits_are_saved(events: list[Event]) -> None:
    machine = at_the_menu()
    for event in [Digit("5"), *events]:
        for command in machine.hear(event):
            if isinstance(command, ChangePin):
                assert command.pin.isdecimal() and 4 <= len(command.pin) <= 12
