"""A caller at a mailbox: what is said, when it is recorded, and that what somebody said is never lost."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from sip_edge.apps.machine import (
    BEEP,
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
    Open,
    Play,
    Played,
    Record,
    Recorded,
    Say,
    SendOn,
    StopRecording,
    Wait,
)
from sip_edge.apps.voicemail import ATTEMPTS, Announcement, Box, Deposit

BOX = Box("107", operator="101")


def after(*events: Event, box: Box = BOX) -> tuple[Deposit, list[object]]:
    """A caller to whom these things have happened; → what was asked for upon the last."""
    machine = Deposit(box)
    said: list[object] = list(machine.begin())
    for event in events:
        said = list(machine.hear(event))
    return machine, said


def test_the_systems_greeting_names_the_extension_and_ends_with_a_beep() -> None:
    _, said = after()
    assert said == [Play((Say("the_person_at"), Digits("107"), Say("is_unavailable"), Say("leave_message"), Say(BEEP)))]


def test_the_own_greeting_replaces_it_and_the_name_is_part_of_it() -> None:
    assert after(box=Box("107", greeting="g.wav"))[1] == [Play((Hear("g.wav"), Say(BEEP)))]
    items = (Hear("n.wav"), Say("is_unavailable"), Say("leave_message"), Say(BEEP))
    assert after(box=Box("107", name="n.wav"))[1] == [Play(items)]


def test_a_message_is_recorded_after_the_beep_and_sent_when_nothing_is_pressed() -> None:
    assert after(Played())[1] == [Record(180.0, 8.0)]
    assert after(Played(), Recorded("silence", 7.5))[1] == [Play((Say("message_menu"),))]
    assert after(Played(), Recorded("silence", 7.5), Played())[1] == [Wait(8.0)]
    machine, said = after(Played(), Recorded("silence", 7.5), Played(), Late())
    assert said == [Keep("message")]
    assert machine.hear(Kept(True)) == [Play((Say("message_sent"), Say("goodbye")))]
    assert machine.hear(Played()) == [HangUp()]
    assert machine.over


def test_a_key_ends_the_recording_and_is_not_taken_for_the_menu() -> None:
    machine, said = after(Played(), Digit("#"))
    assert said == [StopRecording()]
    assert machine.hear(Recorded("stopped", 4.0)) == [Play((Say("message_menu"),))]


def test_whoever_hangs_up_while_speaking_has_left_a_message() -> None:
    machine, said = after(Played(), HungUp())
    assert said == [StopRecording()]
    assert not machine.over
    assert machine.hear(Recorded("gone", 3.0)) == [Keep("message")]
    assert machine.over


def test_a_click_is_no_message() -> None:
    machine, _ = after(Played(), HungUp())
    assert machine.hear(Recorded("gone", 0.4)) == [Discard()]


def test_a_message_can_be_heard_said_again_and_marked_urgent() -> None:
    spoken = (Played(), Recorded("stopped", 4.0))
    assert after(*spoken, Digit("2"))[1] == [Play((Draft(), Say("message_menu")))]
    machine, said = after(*spoken, Digit("3"))
    assert said == [Discard(), Play((Say(BEEP),))]
    assert machine.hear(Played()) == [Record(180.0, 8.0)]
    machine, _ = after(*spoken, Digit("4"))
    assert machine.hear(HungUp()) == [Keep("message", urgent=True)]


def test_zero_leads_to_the_operator_where_there_is_one() -> None:
    assert after(Digit("0"))[1] == [SendOn("101")]
    assert after(Digit("0"), box=Box("107"))[1] == []
    assert after(Played(), Digit("0"), Recorded("stopped", 4.0))[1] == [Keep("message"), SendOn("101")]
    assert after(Played(), Digit("0"), Recorded("stopped", 0.3))[1] == [Discard(), SendOn("101")]


def test_a_full_mailbox_says_so_and_records_nothing() -> None:
    machine, said = after(box=Box("107", room=False))
    assert said == [Play((Say("mailbox_full"), Say("goodbye")))]
    assert machine.hear(Played()) == [HangUp()]


def test_a_message_that_cannot_be_kept_is_not_said_to_be_sent() -> None:
    recorded = (Played(), Recorded("stopped", 4.0), Digit("1"))
    assert after(*recorded, Kept(False))[1] == [Play((Say("not_recorded"), Say("goodbye")))]


def test_a_disk_that_takes_nothing_is_told_and_not_tried_again() -> None:
    for reason in ("failed", "full"):
        machine, said = after(Played(), Recorded(reason, 0.0))
        assert said == [Discard(), Play((Say("not_recorded"), Say("goodbye")))]
        assert machine.hear(Played()) == [HangUp()]
    assert after(Played(), Recorded("full", 9.0))[1] == [Play((Say("message_menu"),))], "what there is can be sent"


def test_the_owner_presses_star_at_the_greeting_and_hears_messages() -> None:
    machine, said = after(Digit("*"))
    assert said == [Play((Say("enter_pin"),))]
    for key in "1234":
        machine.hear(Digit(key))
    assert machine.hear(Digit("#")) == [Open("107", "1234")]
    assert after(Digit("*"), box=Box("107", room=False))[1] == said, "also at a full mailbox, which needs it most"
    machine.hear(HungUp())
    assert machine.over


def test_silence_is_asked_again_and_then_let_go() -> None:
    events: list[Event] = []
    for _ in range(ATTEMPTS):
        events += [Played(), Recorded("silence", 0.0)]
    assert after(*events)[1] == [Discard(), Play((Say("goodbye"),))]


def test_a_sentence_is_said_and_the_call_is_over() -> None:
    machine = Announcement((Say("not_in_service"),))
    assert machine.begin() == [Play((Say("not_in_service"),))]
    assert machine.hear(Digit("1")) == []
    assert machine.hear(Played()) == [HangUp()]
    assert machine.hear(Played()) == []


EVENTS: st.SearchStrategy[Event] = st.one_of(
    st.builds(Digit, st.sampled_from("0123456789*#")), st.just(Played()), st.just(Late()), st.just(Kept(True)),
    st.builds(Recorded, st.sampled_from(["stopped", "silence", "limit", "full", "failed"]), st.floats(0, 180)),
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(EVENTS, max_size=40), st.sampled_from(["", "101"]))
def test_every_call_ends_and_every_recording_is_kept_or_thrown_away(events: list[Event], operator: str) -> None:
    machine = Deposit(Box("107", operator=operator))
    open_draft = recording = ended = False
    asked: list[object] = list(machine.begin())

    def follow(asked: list[object]) -> None:
        nonlocal open_draft, recording, ended
        for command in asked:
            assert not ended, "nothing follows the end"
            if isinstance(command, Record):
                assert not open_draft
                open_draft = recording = True
            if isinstance(command, Keep | Discard):
                assert open_draft and not recording
                open_draft = False
            ended = isinstance(command, SendOn | HangUp)

    follow(asked)
    for event in [*events, HungUp()]:
        if isinstance(event, Recorded):
            if not recording:
                continue
            recording = False
        follow(list(machine.hear(event)))
    if recording:
        recording = False
        follow(list(machine.hear(Recorded("gone", 2.0))))
    assert machine.over
    assert not open_draft
