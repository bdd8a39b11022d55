"""Where calls go, case by case; every decision says why."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from provd.answering.rule import DESTINATIONS, Destination, Rule, SimRing
from provd.timeframe.reading import read
from sip_edge.routing.decide import decide, onward
from sip_edge.routing.facts import MOST_HOPS, Call, Company, Frame, Live, Person
from tests.routing.company import call, company, live, told

SAID: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "cases" / "decisions.yaml").read_text())
NOON = "2027-04-06T12:00"


def acme(case: dict[str, Any]) -> Company:
    people = {str(one): more for one, more in SAID["company"]["people"].items()}
    people |= {str(one): more for one, more in case.get("people", {}).items()}
    return company({**SAID["company"], "people": people, **case.get("company", {})})


def instant(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("America/Chicago")).timestamp()


@pytest.mark.parametrize("case", SAID["cases"], ids=lambda case: case["name"])
def test_a_call_goes_where_its_case_says(case: dict[str, Any]) -> None:
    of = acme(case)
    found = decide(call(case["call"]), of, live(case.get("live", {}), of), instant(case.get("at", NOON)))
    said = told(found)
    assert {name: said[name] for name in case["says"]} == case["says"], found.steps
    assert found.steps and all(step.endswith(".") for step in found.steps)


def test_an_unanswered_call_is_sent_on_by_the_rules_of_that_moment() -> None:
    people = {
        102: {"rules": [{"no_answer": "user 101", "busy": "external +12145550190"}]},
        101: {"rules": [{"frame": 6, "always": "voicemail 103"}, {"no_answer": "user 102"}]},
    }
    of = acme({"people": people})
    now = live({}, of)
    asked = Call("102", extension="103")
    first = decide(asked, of, now, instant("2027-04-06T11:59"))
    assert first.no_answer == Destination("user", "101") and first.owner == "102"
    assert told(onward(asked, first, first.no_answer, of, now, instant("2027-04-06T12:00")))["to"] == "voicemail 103"
    second = onward(asked, first, first.no_answer, of, now, instant("2027-04-06T11:59:59"))
    assert second.action == "ring" and second.hops == ("102",) and second.owner == "101"
    assert second.steps[0] == "102 sends it on to User 101."
    assert second.no_answer is not None
    third = onward(asked, second, second.no_answer, of, now, instant(NOON))
    assert third.status == 482, "102 has had it before"
    assert first.busy is not None
    outside = onward(asked, first, first.busy, of, now, instant(NOON))
    assert told(outside)["to"] == "external +12145550190" and outside.hops == ("102",)


def test_no_more_than_twenty_phones_ring_the_first_to_begin_first() -> None:
    others = tuple(SimRing(Destination("external", f"+121455502{n:02}"), 24 - n) for n in range(24))
    of = company({"people": {"101": {}}})
    asked = Person("101", rules=(Rule(ring="several", own=False, others=others, seconds=None),))
    found = decide(Call("101", extension="100"), replace(of, people={"101": asked}), {}, 0)
    assert [leg.delay for leg in found.legs] == list(range(1, 21))
    assert found.steps[-2:] == (
        "Only the first 20 of 24 phones ring.", "20 of the phones of 101 ring until it is answered.",
    )  # fmt: skip
    twenty = replace(asked, rules=(Rule(ring="several", own=False, others=others[4:]),))
    found = decide(Call("101", extension="100"), replace(of, people={"101": twenty}), {}, 0)
    assert found.steps[-1] == "20 of the phones of 101 ring for 25 s." and "Only" not in found.steps[-2]


EXTENSIONS = [str(number) for number in range(100, 106)]
places = st.builds(Destination, st.sampled_from(sorted(DESTINATIONS)), st.sampled_from([*EXTENSIONS, "199"]))
maybe = st.none() | places
rules = st.builds(
    Rule, st.none() | st.sampled_from([1, 2]), st.booleans(), st.booleans(), st.booleans(),
    st.sampled_from(["all", "extension", "several"]), always=maybe, busy=maybe, no_answer=maybe, offline=maybe,
    on_active=maybe, on_dnd=maybe, on_spam=maybe,
)  # fmt: skip
FRAMES = {1: Frame(1, "Always", read({"when": "always"})), 2: Frame(2, "Never", read({"when": "always"}, "off"))}


@st.composite
def companies(draw: st.DrawFn) -> Company:
    people = {
        one: Person(one, rules=tuple(draw(st.lists(rules, max_size=3))), devices=(one,), voicemail=draw(st.booleans()))
        for one in EXTENSIONS
    }
    return Company("acme.example", people=people, frames=FRAMES)


@settings(max_examples=300, deadline=None)
@given(companies(), st.sampled_from(EXTENSIONS), st.data())
def test_every_way_of_sending_on_ends(of: Company, called: str, data: st.DataObject) -> None:
    asked = Call(called, number="+12145550199", extension="100", proven=data.draw(st.sampled_from(["", "failed"])))
    now = {
        one: Live(frozenset([one]) if data.draw(st.booleans()) else frozenset(), data.draw(st.integers(0, 1)))
        for one in EXTENSIONS
    }
    found = decide(asked, of, now, 0)
    for _ in range(MOST_HOPS + 1):
        assert found.steps and len(set(found.hops)) == len(found.hops) <= MOST_HOPS
        assert (found.action == "ring") == bool(found.legs)
        following = data.draw(st.sampled_from(["busy", "no_answer"]))
        after = found.busy if following == "busy" else found.no_answer
        if after is None:
            return
        found = onward(asked, found, after, of, now, 0)
    raise AssertionError("a call that is never over")


@given(st.text(max_size=60), st.booleans(), st.text(max_size=20))
def test_whatever_is_dialled_is_decided(dialled: str, inside: bool, number: str) -> None:
    of = acme({})
    asked = Call(dialled, number=number, name=number, extension="101" if inside else "")
    assert decide(asked, of, live({}, of), 0).action in ("ring", "send", "feature", "announce", "refuse")


def test_two_hundred_rules_are_decided() -> None:
    days = {"sun": [{"start": "03:00", "end": "03:01"}]}
    frames = {n: Frame(n, f"F{n}", read({"when": "days_of_week", "days": days})) for n in range(1, 200)}
    many = tuple(Rule(n, always=Destination("voicemail", "101")) for n in range(1, 200))
    busy = Person("101", rules=(*many, Rule()), devices=("101",), zone="America/Chicago")
    of = Company("acme.example", people={"101": busy}, frames=frames)
    now, asked, start = {"101": Live(frozenset(["101"]))}, Call("101", extension="102"), instant(NOON)
    assert all(decide(asked, of, now, start + second).legs for second in range(50))
