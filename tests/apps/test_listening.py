"""Somebody at their own mailbox by phone: PIN, menu, messages, greeting."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from sip_edge.apps.listening import ATTEMPTS, Listening
from sip_edge.apps.machine import (
    BEEP,
    Counted,
    Digit,
    Digits,
    Discard,
    Draft,
    Event,
    HangUp,
    Hear,
    HungUp,
    Keep,
    Kept,
    Late,
    Message,
    Move,
    Open,
    Opened,
    Play,
    Played,
    Record,
    Recorded,
    Refused,
    Say,
    StopRecording,
    Wait,
    When,
)

FIRST = Message(1, "1.wav", 1000, "+12145550199")
SECOND = Message(2, "2.wav", 2000, "", urgent=True)
OLD = Message(3, "3.wav", 500, "102")
BOX = Opened((FIRST, SECOND), (OLD,))


def at_the_menu(box: Opened = BOX) -> Listening:
    machine = Listening("107")
    machine.begin()
    for event in (*map(Digit, "1234#"), box):
        machine.hear(event)
    return machine


def sentences(commands: list[object]) -> list[str]:
    plays = [command for command in commands if isinstance(command, Play)]
    return [item.sentence for play in plays for item in play.items if isinstance(item, Say)]


def test_a_phone_without_a_person_is_asked_for_mailbox_and_pin() -> None:
    machine = Listening()
    assert machine.begin() == [Play((Say("enter_mailbox"),))]
    for key in "107":
        assert machine.hear(Digit(key)) == [Wait(10.0)]
    assert machine.hear(Digit("#")) == [Play((Say("enter_pin"),))]
    for key in "1234":
        machine.hear(Digit(key))
    assert machine.hear(Late()) == [Open("107", "1234")]


def test_a_mistyped_pin_can_be_begun_again_and_the_third_wrong_one_ends_the_call() -> None:
    machine = Listening("107")
    machine.begin()
    for key in "99*1234#":
        said = machine.hear(Digit(key))
    assert said == [Open("107", "1234")]
    for _ in range(ATTEMPTS - 1):
        assert machine.hear(Refused()) == [Play((Say("wrong_pin"), Say("enter_pin")))]
        machine.hear(Digit("#"))
    assert machine.hear(Refused()) == [Play((Say("too_many_tries"), Say("goodbye")))]
    assert machine.hear(Played()) == [HangUp()]


def test_the_menu_counts_what_there_is() -> None:
    machine = Listening("107")
    machine.begin()
    machine.hear(Digit("#"))
    assert machine.hear(BOX) == [Play((Counted(2, 1), Say("mailbox_menu")))]


def test_a_message_says_who_and_when_and_is_saved_once_heard() -> None:
    machine = at_the_menu()
    assert machine.hear(Digit("1")) == [
        Play((
            Say("from"), Digits("12145550199"), Say("received"), When(1000), Hear("1.wav"),
            Say("after_message_menu"),
        ))
    ]  # fmt: skip
    assert machine.hear(Played()) == [Move(1, "saved"), Wait(10.0)]
    (said,) = machine.hear(Digit("#"))
    assert isinstance(said, Play) and said.items[0] == Say("urgent") and Hear("2.wav") in said.items
    assert machine.hear(Digit("3"))[0] == Move(2, "trash")
    assert machine.phase == "menu"
    (back,) = machine.hear(Digit("2"))
    assert isinstance(back, Play) and Hear("1.wav") in back.items, "what was heard is among the saved"


def test_who_and_when_are_left_out_when_the_owner_wants() -> None:
    machine = at_the_menu(Opened((FIRST,), (), announce_time=False, announce_caller=False))
    assert machine.hear(Digit("1")) == [Play((Hear("1.wav"), Say("after_message_menu")))]


def test_skipping_leaves_a_message_new() -> None:
    machine = at_the_menu()
    machine.hear(Digit("1"))
    assert not any(isinstance(command, Move) for command in machine.hear(Digit("#")))


def test_a_greeting_is_recorded_heard_and_kept() -> None:
    machine = at_the_menu()
    assert machine.hear(Digit("3")) == [Play((Say("record_greeting"), Say(BEEP)))]
    assert machine.hear(Played()) == [Record(120.0)]
    assert machine.hear(Digit("#")) == [StopRecording()]
    assert machine.hear(Recorded("stopped", 5.0)) == [Play((Draft(), Say("recording_menu")))]
    assert machine.hear(Digit("1")) == [Keep("greeting")]
    assert machine.hear(Kept(True)) == [Play((Say("greeting_saved"), Say("mailbox_menu")))]


def test_a_greeting_that_does_not_fit_is_not_said_to_be_saved() -> None:
    machine = at_the_menu()
    for event in (Digit("3"), Played(), Recorded("limit", 120.0), Digit("1")):
        machine.hear(event)
    assert sentences(machine.hear(Kept(False))) == ["not_recorded", "mailbox_menu"]


def test_at_somebody_elses_phone_star_asks_whose_mailbox_it_is() -> None:
    machine = Listening("101")
    machine.begin()
    assert machine.hear(Digit("*")) == [Play((Say("enter_mailbox"),))]
    for key in "107":
        machine.hear(Digit(key))
    assert machine.hear(Digit("#")) == [Play((Say("enter_pin"),))]
    machine.hear(Digit("1"))
    assert machine.hear(Digit("*")) == [Wait(10.0)], "once digits were typed, it only takes them back"
    machine.hear(Digit("2"))
    assert machine.hear(Digit("#")) == [Open("107", "2")]


def test_a_name_nobody_agreed_to_is_not_kept() -> None:
    machine = at_the_menu()
    machine.hear(Digit("4"))
    assert machine.hear(Played()) == [Record(10.0)]
    assert machine.hear(HungUp()) == [StopRecording()]
    assert machine.hear(Recorded("gone", 2.0)) == [Discard()]
    assert machine.over


def test_who_does_nothing_is_let_go() -> None:
    machine = at_the_menu()
    said: list[object] = []
    for _ in range(ATTEMPTS):
        machine.hear(Played())
        said = list(machine.hear(Late()))
    assert sentences(said) == ["goodbye"]


EVENTS: st.SearchStrategy[Event] = st.one_of(
    st.builds(Digit, st.sampled_from("0123456789*#")), st.just(Played()), st.just(Late()), st.just(Refused()),
    st.just(BOX), st.builds(Recorded, st.sampled_from(["stopped", "limit"]), st.floats(0, 120)),
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(EVENTS, max_size=60))
def test_nothing_happens_to_messages_before_the_pin_and_every_recording_is_settled(events: list[Event]) -> None:
    machine = Listening("107")
    machine.begin()
    opened = draft = recording = ended = False
    for event in [*events, HungUp(), Recorded("gone", 1.0)]:
        if isinstance(event, Recorded):
            if not recording:
                continue
            recording = False
        opened = opened or (isinstance(event, Opened) and machine.phase == "checking")
        for command in machine.hear(event):
            assert not ended
            assert opened or not isinstance(command, Move | Record | Keep)
            if isinstance(command, Record):
                assert not draft
                draft = recording = True
            if isinstance(command, Keep | Discard):
                assert draft and not recording
                draft = False
            ended = isinstance(command, HangUp)
    assert machine.over and not draft
