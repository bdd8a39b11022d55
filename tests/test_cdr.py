"""What calls come to in the history: who called whom, who was reached in the end, how it ended."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from provd.cdr import Cdr, cdrs, flow
from sip_edge.call.event import KINDS, CallEvent


def events(*steps: tuple[str, float, dict[str, Any]]) -> list[CallEvent]:
    return [CallEvent("c1", at, 1, kind, **more) for kind, at, more in steps]


CALLER = {"leg": 1, "number": "+12145550199", "name": "Bob"}
BEGAN = ("began", 100.0, {**CALLER, "called": "+12145550100", "detail": {"direction": "in"}})
TO_107 = {"leg": 2, "extension": "107", "device": "107", "name": "Donald Knuth"}
TO_108 = {"leg": 3, "extension": "108", "device": "108", "name": "Radia Perlman"}


def only(*steps: tuple[str, float, dict[str, Any]]) -> Cdr:
    (found,) = cdrs(events(*steps))
    return found


def test_a_call_that_somebody_answered() -> None:
    one = only(
        BEGAN, ("ringing", 101, TO_107), ("ringing", 101, TO_108), ("alerting", 102, TO_107),
        ("answered", 110, TO_108), ("answered", 110, {"leg": 1}),
        ("not_answered", 110, {**TO_107, "reason": "elsewhere", "status": 487}),
        ("left", 170, TO_108), ("ended", 170, {"status": 200}),
    )  # fmt: skip
    assert (one.direction, one.disposition, one.missed, one.seconds) == ("inbound", "answered", False, 60)
    assert (one.from_number, one.dialed, one.to_number, one.to_name) == (
        "+12145550199", "+12145550100", "108", "Radia Perlman",
    )  # fmt: skip
    assert one.people == ("107", "108")


def test_a_missed_call_that_left_a_message() -> None:
    one = only(
        BEGAN, ("decided", 100, {"detail": {"action": "ring", "owner": "107"}}), ("ringing", 101, TO_107),
        ("not_answered", 126, {**TO_107, "status": 487}),
        ("forwarded", 126, {"reason": "no_answer", "detail": {"to": "Voicemail 107"}}), ("answered", 126, {"leg": 1}),
        ("application", 126, {"leg": 1, "detail": {"application": "voicemail", "argument": "107"}}),
        ("left", 150, {"leg": 1}), ("ended", 150, {"status": 200}),
    )  # fmt: skip
    assert (one.disposition, one.missed, one.to_number, one.to_name) == ("voicemail", True, "107", "Voicemail")


def test_calls_that_nobody_answered() -> None:
    ends = {486: "busy", 480: "no_answer", 487: "cancelled", 603: "declined", 503: "failed"}
    for status, disposition in ends.items():
        one = only(BEGAN, ("ringing", 101, TO_107), ("ended", 120, {"status": status}))
        assert (one.disposition, one.seconds, one.answered) == (disposition, 0, None)
        assert one.missed == (disposition != "failed")


def test_a_call_to_the_outside_is_never_a_missed_one() -> None:
    began = ("began", 1.0, {"leg": 1, "extension": "107", "name": "Donald Knuth", "called": "2145550199"})
    outside = {"leg": 2, "number": "+12145550199"}
    one = only(began, ("ringing", 2, outside), ("ended", 30, {"status": 480}))
    assert (one.direction, one.missed, one.from_number, one.people) == ("outbound", False, "107", ("107",))


def test_a_blocked_call_says_so() -> None:
    one = only(BEGAN, ("decided", 100, {"blocked": True}), ("ended", 100, {"status": 603}))
    assert (one.blocked, one.disposition, one.missed) == (True, "blocked", False)


def test_a_parked_call_is_two_records() -> None:
    first, second = cdrs(
        events(
            BEGAN, ("ringing", 101, TO_107), ("answered", 105, TO_107),
            ("parked", 130, {"leg": 1, "extension": "107", "detail": {"orbit": "701"}}),
            ("retrieved", 160, {**TO_108, "detail": {"orbit": "701"}}), ("ended", 200, {"status": 200}),
        )
    )  # fmt: skip
    assert (first.part, first.to_number, first.answered) == (1, "107", 105)
    assert (second.part, second.dialed, second.to_number, second.at) == (2, "701", "108", 130)
    (_, lost) = cdrs(
        events(
            BEGAN,
            ("answered", 105, TO_107),
            ("parked", 130, {"leg": 1, "detail": {"orbit": "701"}}),
            ("ended", 140, {}),
        )
    )
    assert lost.to_name == "Announce-Park-Info"


def test_a_call_that_is_still_on_has_no_record() -> None:
    assert cdrs(events(BEGAN, ("ringing", 101, TO_107))) == []
    assert cdrs([]) == []


def test_the_flow_tells_every_step_in_a_sentence() -> None:
    told = flow(events(BEGAN, ("ringing", 101, TO_107), ("answered", 110, TO_107), ("ended", 120, {})))
    assert [(step.who, step.text) for step in told] == [
        ("Bob (+12145550199)", "calls +12145550100"), ("Donald Knuth (107)", "is called"),
        ("Donald Knuth (107)", "answers"), ("", "The call is over."),
    ]  # fmt: skip


EVENT = st.builds(
    CallEvent, st.just("c1"), st.floats(100, 1000), st.just(1), st.sampled_from(sorted(KINDS)), st.integers(0, 5),
    st.sampled_from(["", "107", "108"]), st.just(""), st.sampled_from(["", "+12145550199"]), st.text(max_size=5),
    st.text(max_size=5), st.sampled_from([0, 200, 480, 486, 603]), st.text(max_size=5), st.booleans(),
    st.dictionaries(st.sampled_from(["orbit", "owner", "application", "argument"]), st.text(max_size=4)),
)  # fmt: skip


@given(st.lists(EVENT, max_size=15))
def test_whatever_happened_the_records_are_the_same_each_time_and_follow_each_other(some: list[CallEvent]) -> None:
    log = sorted(some, key=lambda one: one.at)
    whole = [CallEvent("c1", 100, 1, "began", 1), *log, CallEvent("c1", 1000, 1, "ended")]
    found = cdrs(whole)
    assert found == cdrs(list(whole)) and len(flow(whole)) == len(whole)
    assert [one.part for one in found] == list(range(1, len(found) + 1))
    assert all(one.at <= one.ended and one.seconds >= 0 for one in found)


def test_every_kind_of_event_has_a_sentence_in_the_flow() -> None:
    told = flow(events(*((kind, 100.0, {**TO_107, "reason": "behind a NAT"}) for kind in KINDS)))
    assert not [step for step in told if step.text in KINDS]
