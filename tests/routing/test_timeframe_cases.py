"""When a time frame is in force, case by case (call-centre scenarios of time frames, worked by hand)."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from provd.timeframe.active import active_ranges, is_active, next_changes
from provd.timeframe.frame import TimeFrame
from provd.timeframe.reading import read

CASES: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "cases" / "timeframes.yaml").read_text())


def instant(text: str, zone: str) -> float:
    if text.endswith("Z"):
        return datetime.fromisoformat(text.removesuffix("Z")).replace(tzinfo=UTC).timestamp()
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_frame_is_in_force_when_its_case_says_so(case: dict[str, Any]) -> None:
    zone, frame = case.get("zone", "America/Chicago"), read(case["times"], case.get("forced", "schedule"))
    assert case.get("active") or case.get("inactive")
    for active, moments in ((True, case.get("active", ())), (False, case.get("inactive", ()))):
        for moment in moments:
            verdict = is_active(frame, zone, instant(moment, zone))
            assert verdict.active is active, (moment, verdict.reason)
            assert verdict.reason
    if "lasting" in case:
        assert lasting(frame, zone, case["lasting"]) == case["lasting"]["minutes"]


ELSEWHERE = ("Europe/London", "Asia/Kolkata", "Australia/Lord_Howe", "UTC")
EVERYWHERE = [case for case in CASES if "zone" not in case and "lasting" not in case]


@pytest.mark.parametrize("zone", ELSEWHERE)
@pytest.mark.parametrize("case", EVERYWHERE, ids=lambda case: case["name"])
def test_wall_times_mean_the_same_in_every_zone(case: dict[str, Any], zone: str) -> None:
    """Moments in UTC are about Chicago's clock changes; Lord Howe's clock moves by half an hour."""
    frame = read(case["times"], case.get("forced", "schedule"))
    for active, moments in ((True, case.get("active", ())), (False, case.get("inactive", ()))):
        for moment in (one for one in moments if not one.endswith("Z")):
            assert is_active(frame, zone, instant(moment, zone)).active is active, moment


def lasting(frame: TimeFrame, zone: str, window: dict[str, Any]) -> float:
    """Real minutes in force within a window."""
    ranges = active_ranges(frame, zone, instant(window["from"], zone), instant(window["to"], zone))
    return sum(end - start for start, end in ranges) / 60


def test_the_reason_names_the_range_that_holds() -> None:
    zone = "America/Chicago"
    week = read({"when": "days_of_week", "days": {"fri": [{"start": "22:00", "end": "02:00"}]}})
    assert is_active(week, zone, instant("2027-04-03T01:00", zone)).reason == "Friday 22:00–02:00 the next day"
    assert is_active(week, zone, instant("2027-04-04T01:00", zone)).reason == (
        "nothing of it is at Sunday 2027-04-04 01:00"
    )
    kept = {"country": "US", "name": "Independence Day", "observance": {"sun": "next_workday"}}
    frame = read({"when": "holidays", "holidays": [kept]})
    found = is_active(frame, zone, instant("2027-07-05T01:00", zone))
    assert found.reason == "Independence Day, kept on 2027-07-05"


def test_a_frame_that_is_held_is_a_calendar_without_changes() -> None:
    week = {"when": "days_of_week", "days": {"mon": [{"start": "09:00", "end": "17:00"}]}}
    for times, forced, whole in (
        ({"when": "always"}, "schedule", True),
        ({"when": "always"}, "off", False),
        (week, "on", True),
        (week, "off", False),
    ):
        frame = read(times, forced)
        assert active_ranges(frame, "UTC", 1_800_000_000, 1_800_086_400) == [(1_800_000_000, 1_800_086_400)] * whole
        assert next_changes(frame, "UTC", 1_800_000_000, 5) == []
        assert is_active(frame, "UTC", 1_800_000_000).active is whole
    frame = read(week)
    assert len(next_changes(frame, "UTC", 1_800_000_000, 100)) == 100
    assert active_ranges(frame, "UTC", 1_800_000_000, 1_800_000_000) == []
    assert active_ranges(frame, "UTC", 1_900_000_000, 1_800_000_000) == []


def test_the_same_frame_is_another_instant_for_people_elsewhere() -> None:
    frame = read({"when": "days_of_week", "days": {"mon": [{"start": "09:00", "end": "17:00"}]}})
    moment = instant("2027-04-05T14:30Z", "UTC")
    assert is_active(frame, "America/Chicago", moment).active
    assert not is_active(frame, "America/Denver", moment).active
    with pytest.raises(KeyError):
        is_active(frame, "Mars/Base", moment)
