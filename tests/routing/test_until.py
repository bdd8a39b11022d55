"""Until when a person's rule is in force: the picker on Home says it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sip_edge.routing.facts import Company
from sip_edge.routing.rules import in_force, until
from tests.routing.company import company

ZONE = "America/Chicago"
HOURS = {day: [{"start": "09:00", "end": "17:00"}] for day in ("mon", "tue", "wed", "thu", "fri")}
FRAMES = {
    1: {"name": "Business hours", "times": {"when": "days_of_week", "days": HOURS}},
    2: {
        "name": "Independence Day",
        "times": {
            "when": "holidays",
            "holidays": [{"country": "US", "name": "Independence Day", "start": "00:00", "end": "23:59"}],
        },
    },
    3: {"name": "Always", "times": {"when": "always"}},
}  # fmt: skip


def acme(*rules: dict[str, Any], **person: Any) -> Company:
    people = {"101": {"rules": [*rules, {}], "zone": ZONE, **person}}
    return company({"zone": ZONE, "frames": FRAMES, "people": people})


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(ZONE)).timestamp()


@pytest.mark.parametrize(
    ("now", "end"),
    [
        ("2027-04-06T10:00", "2027-04-06T17:00"), ("2027-04-06T17:00", "2027-04-07T09:00"),
        ("2027-04-09T18:00", "2027-04-12T09:00"), ("2027-03-12T18:00", "2027-03-15T09:00"),
    ],
)  # fmt: skip
def test_it_ends_with_the_hours_and_begins_with_the_next(now: str, end: str) -> None:
    found = acme({"frame": 1})
    assert until(found.people["101"], found, at(now)) == at(end)


def test_a_holiday_above_ends_the_hours_sooner() -> None:
    found = acme({"frame": 2}, {"frame": 1})
    # In 2028 Independence Day is a Tuesday; Monday evening to Wednesday morning nothing but the holiday changes.
    assert until(found.people["101"], found, at("2028-07-03T18:00")) == at("2028-07-04T00:00")
    assert until(found.people["101"], found, at("2028-07-04T10:00")) == at("2028-07-05T00:00")


def test_what_lies_below_a_rule_that_always_holds_changes_nothing() -> None:
    found = acme({"frame": 3}, {"frame": 1})
    assert until(found.people["101"], found, at("2027-04-06T10:00")) is None


def test_a_disabled_rule_changes_nothing() -> None:
    found = acme({"frame": 1, "enabled": False})
    assert until(found.people["101"], found, at("2027-04-06T10:00")) is None


@pytest.mark.parametrize("chosen", [0, 1])
def test_a_chosen_rule_has_no_end(chosen: int) -> None:
    found = acme({"frame": 1}, chosen=chosen)
    assert (in_force(found.people["101"], found, at("2027-04-06T20:00")).rule.frame or 0) == chosen
    assert until(found.people["101"], found, at("2027-04-06T20:00")) is None


def test_a_frame_that_is_switched_off_for_a_person_changes_nothing() -> None:
    found = acme({"frame": 1}, switched_off=[1])
    assert until(found.people["101"], found, at("2027-04-06T10:00")) is None


@settings(deadline=None, max_examples=60)
@given(st.integers(int(at("2027-01-01T00:00")), int(at("2029-01-01T00:00"))), st.permutations([1, 2]))
def test_until_then_nothing_changes_and_then_it_does(now: int, order: list[int]) -> None:
    found = acme(*({"frame": frame} for frame in order))
    person = found.people["101"]
    end = until(person, found, now)
    assert end is not None
    rule = in_force(person, found, now).rule
    assert in_force(person, found, end - 1).rule == rule != in_force(person, found, end).rule
    assert all(in_force(person, found, moment).rule == rule for moment in range(now, end, 3600))
