"""Answering rules as JSON and as sentences; whatever is sent, it is a rule or a list of sentences."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provd.answering.keeping import PLACES, kept, opened
from provd.answering.reading import doubts, read, write
from provd.answering.rule import DESTINATIONS, FORWARDS, RING_SECONDS, RINGS, Destination, Rule, SimRing
from provd.answering.sentence import told
from provd.errors import Invalid
from provd.timeframe import reading as frames

extensions = st.from_regex(r"\A[1-9][0-9]{2,3}\Z")
inside = st.builds(Destination, st.sampled_from([one for one in DESTINATIONS if one != "external"]), extensions)
numbers = st.integers(0, 99).map(lambda n: f"+121455501{n:02}")
outside = st.builds(Destination, st.just("external"), numbers)
places = st.none() | inside | st.builds(Destination, st.just("external"), numbers, st.booleans())
ringable = st.builds(Destination, st.sampled_from(["user", "device"]), extensions)
others = st.lists(
    st.builds(SimRing, ringable, st.integers(0, 300)) | st.builds(SimRing, outside, confirm=st.booleans())
)
rules = st.builds(
    Rule, st.none() | st.integers(1, 99), st.booleans(), st.booleans(), st.booleans(), st.sampled_from(sorted(RINGS)),
    st.just(True), st.booleans(), others.map(lambda found: tuple(found[:20])), st.sampled_from(RING_SECONDS),
    **dict.fromkeys(FORWARDS, places),
)  # fmt: skip


@given(rules)
def test_a_rule_is_the_same_after_writing_and_reading(rule: Rule) -> None:
    assert read(write(rule), "US") == rule
    ids = {(PLACES[to.kind], to.value): place for place, (_, to) in enumerate(rule.targets(), 1) if to.kind in PLACES}
    names = {(noun, number): name for (noun, name), number in ids.items()}
    assert opened(json.loads(json.dumps(kept(rule, ids))), rule.frame, rule.enabled, names) == rule
    assert told(rule) and all(problem.severity == "warning" for problem in doubts(rule, "101"))
    assert {name for name, _ in rule.targets()} >= {name for name, _ in rule.forwards()}


def test_the_ring_times_are_those_of_the_guide_each_once() -> None:
    assert len(RING_SECONDS) == len(set(RING_SECONDS))
    assert RING_SECONDS[0] == 5 and 90 in RING_SECONDS and 95 not in RING_SECONDS and RING_SECONDS[-2:] == (1200, None)
    for seconds in (0, 7, 95, 100, 600, True, 25.0, "25"):
        with pytest.raises(Invalid, match="steps of"):
            read({"seconds": seconds}, "US")


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"timeframe": "Night"}, "timeframe"), ({"ring": "loud"}, "ring"), ({"screening": "yes"}, "screening"),
        ({"always": {"kind": "user", "value": "Ada"}}, "always"), ({"busy": {"kind": "moon", "value": "1"}}, "busy"),
        ({"no_answer": {"kind": "external", "value": "12"}}, "no_answer"), ({"offline": "102"}, "offline"),
        ({"ring": "several", "own": False}, "others"), ({"colour": "red"}, "colour"),
        ({"others": [{"to": {"kind": "voicemail", "value": "101"}}]}, "others.0.to"),
        ({"others": [{"to": {"kind": "device", "value": "101A"}}]}, "others.0.to"),
        ({"others": [{"to": {"kind": "user", "value": "101"}, "delay": 301}]}, "others.0"),
        ({"always": {"kind": "external", "value": "2145550190", "confirm": "yes"}}, "always"),
        ({"others": [{}] * 21}, "others"), ({"others": {"to": 1}}, "others"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_field(said: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        read(said, "US")
    assert field in [problem.field for problem in refused.value.problems]


def test_a_number_is_of_the_companys_country_and_area() -> None:
    said = {"no_answer": {"kind": "external", "value": "555-0190"}}
    assert read(said, "US", "214").no_answer == Destination("external", "+12145550190")
    said = {"no_answer": {"kind": "external", "value": "020 7946 0100"}}
    assert read(said, "GB").no_answer == Destination("external", "+442079460100")


def test_what_may_surprise_is_told() -> None:
    late = Rule(ring="several", others=(SimRing(Destination("device", "102"), 25),))
    assert [problem.field for problem in doubts(late, "101")] == ["others.0.delay"]
    always = Rule(always=Destination("user", "101"), screening=True)
    assert [problem.field for problem in doubts(always, "101")] == ["always", "always"]
    assert doubts(Rule(), "101") == []


def test_rules_read_as_sentences() -> None:
    people = {"102": "Grace Hopper"}
    assert told(Rule(2), "Weekdays") == "Weekdays: ring all my phones for 25 seconds, then voicemail"
    grace = Destination("user", "102")
    several = Rule(
        2, ring="several", seconds=None, others=(SimRing(Destination("external", "+12145550190"), 10),), no_answer=grace
    )
    assert told(several, "Weekdays", people) == (
        "Weekdays: ring my extension and +12145550190 after 10 seconds until somebody answers, "
        "then User 102 Grace Hopper"
    )
    cell = replace(several, no_answer=Destination("external", "+12145550191", confirm=True), others=())
    assert told(cell, "Weekdays").endswith("then +12145550191 (press 1 to take it)")
    assert told(Rule(always=grace), names=people) == "Otherwise: send every call to User 102 Grace Hopper"
    assert told(Rule(2, enabled=False, do_not_disturb=True), "Lunch") == (
        "Lunch (switched off): do not disturb, send calls to voicemail"
    )
    assert told(Rule(), voicemail=False).endswith("then the call ends")


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12)
    | st.sampled_from(["2027-01-31", "2027-01-31T08:00", "08:00", "US", "mon", "days", "weeks", "Christmas Day"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ["start", "end", "kind", "every", "starts", "ends", "repeat", "mon", "sun", "country", "region", "name",
             "year", "observance", "workweek", "to", "value", "delay"]
        ), inner, max_size=4,
    ),
    max_leaves=8,
)  # fmt: skip
TIMES = ["when", "days", "repeat", "dates", "holidays"]


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from(TIMES), values), st.sampled_from(["days_of_week", "custom", "holidays", ""]))
def test_any_json_is_a_frame_or_sentences(said: dict[str, Any], when: str) -> None:
    try:
        frames.read(said | ({"when": when} if when else {}))
    except Invalid as refused:
        assert all(problem.text.endswith(".") for problem in refused.problems)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from(["timeframe", "ring", "seconds", "others", "enabled", *FORWARDS]), values))
def test_any_json_is_a_rule_or_sentences(said: dict[str, Any]) -> None:
    try:
        read(said, "US")
    except Invalid as refused:
        assert all(problem.text.endswith(".") for problem in refused.problems)
