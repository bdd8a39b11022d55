"""A caller who is to say a name, as the machine has it: one question, one recording, soon over."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sip_edge.apps.machine import (
    BEEP,
    Digit,
    Discard,
    Event,
    HungUp,
    Keep,
    Late,
    Play,
    Played,
    Record,
    Recorded,
    Say,
    StopRecording,
)
from sip_edge.apps.screening import LONGEST, SHORTEST, SILENCE, NameAsked


def test_a_name_is_asked_for_recorded_and_kept() -> None:
    one = NameAsked()
    assert one.begin() == [Play((Say("screen_name"), Say(BEEP)))]
    assert one.hear(Played()) == [Record(LONGEST, SILENCE)]
    assert one.hear(Recorded("silence", 1.2)) == [Keep("name")]
    assert one.over and one.seconds == 1.2


def test_keys_are_for_those_who_know_the_question() -> None:
    one = NameAsked()
    one.begin()
    assert one.hear(Digit("#")) == [Play((Say(BEEP),))]
    one.hear(Played())
    assert one.hear(Digit("#")) == [StopRecording()]
    assert one.hear(Recorded("stopped", 0.9)) == [Keep("name")]


def test_a_click_is_no_name() -> None:
    one = NameAsked()
    one.begin()
    one.hear(Played())
    assert one.hear(Recorded("silence", SHORTEST / 2)) == [Discard()]
    assert one.over and one.seconds == 0


EVENTS = st.one_of(
    st.builds(Digit, st.sampled_from("0123456789*#")), st.just(Played()), st.just(Late()), st.just(HungUp()),
    st.builds(Recorded, st.sampled_from(("silence", "limit", "gone", "failed")), st.floats(0, 5)),
)  # fmt: skip


@given(st.lists(EVENTS, max_size=12))
def test_one_recording_at_most_whatever_happens(events: list[Event]) -> None:
    one = NameAsked()
    done = one.begin()
    for event in events:
        done += one.hear(event)
    records = [command for command in done if isinstance(command, Record)]
    settled = [command for command in done if isinstance(command, Keep | Discard)]
    assert len(records) <= 1 and len(settled) <= len(records)
    if one.over:
        assert len(settled) == len(records) and one.hear(Played()) == []
