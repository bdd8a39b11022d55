"""Any frame in any zone: it agrees with a model that asks the clock minute by minute, and always comes to an end."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from provd.timeframe import recurrence
from provd.timeframe.active import active_ranges, is_active, next_changes
from provd.timeframe.frame import WEEKDAYS, TimeFrame
from provd.timeframe.reading import read
from provd.timeframe.week import copied

# Half an hour of summer time, none, the far east, a zone whose clock changes at midnight, and two ordinary ones.
ZONES = ("America/Chicago", "Europe/London", "Australia/Lord_Howe", "Asia/Kolkata", "Pacific/Chatham", "Africa/Cairo")
MINUTE = 60

clocks = st.builds(lambda hour, minute: f"{hour:02}:{minute:02}", st.integers(0, 23), st.integers(0, 59))
ranges = st.fixed_dictionaries({"start": clocks, "end": clocks})
weeks = st.dictionaries(st.sampled_from(WEEKDAYS), st.lists(ranges, min_size=1, max_size=3), min_size=1)
frames = st.builds(lambda days: {"when": "days_of_week", "days": days}, weeks)
# The nights on which a clock of ZONES is changed in 2027, and a week around each.
nights = st.sampled_from(
    [date(2027, 3, 14), date(2027, 3, 28), date(2027, 4, 4), date(2027, 10, 31), date(2027, 11, 7)]
)


def by_the_clock(times: dict[str, Any], zone: str, instant: int) -> bool:
    """The plainest model: what does the wall show, and does today's or yesterday's list have it?"""
    shown = datetime.fromtimestamp(instant, ZoneInfo(zone))
    now = shown.hour * 60 + shown.minute
    for ago, minute in ((0, now), (1, now + 1440)):
        day = WEEKDAYS[(shown.weekday() - ago) % 7]
        for one in times["days"].get(day, ()):
            start, end = (int(one[name][:2]) * 60 + int(one[name][3:]) for name in ("start", "end"))
            end = 1440 if end == 1439 else end
            end += 1440 if end <= start else 0
            if start <= minute < end:
                return True
    return False


@settings(max_examples=40, deadline=None)
@given(frames, st.sampled_from(ZONES), nights, st.integers(-3, 2))
def test_a_frame_agrees_with_the_clock_minute_by_minute(times: Any, zone: str, night: date, days: int) -> None:
    frame = read(times)
    noon = datetime.combine(night + timedelta(days), datetime.min.time(), UTC)
    start = int(noon.timestamp())
    end = start + 2 * 86400
    found = active_ranges(frame, zone, start, end)
    inside = {at for begin, finish in found for at in range(begin, finish, MINUTE)}
    for instant in range(start, end, MINUTE):
        assert (instant in inside) == by_the_clock(times, zone, instant), datetime.fromtimestamp(instant, UTC)
    for instant in range(start, end, 61 * MINUTE):
        assert is_active(frame, zone, instant + 59.9).active == by_the_clock(times, zone, instant)


@settings(max_examples=40, deadline=None)
@given(frames, st.sampled_from(ZONES), nights, st.integers(1, 20))
def test_changes_alternate_and_are_where_the_clock_changes_its_mind(
    times: Any, zone: str, night: date, count: int
) -> None:
    frame = read(times)
    start = int(datetime.combine(night - timedelta(4), datetime.min.time(), UTC).timestamp())
    found = next_changes(frame, zone, start, count)
    now = is_active(frame, zone, start).active
    assert len(found) <= count and [change.at for change in found] == sorted({change.at for change in found})
    for change in found:
        assert change.active is not now and change.at > start
        now = change.active
        assert by_the_clock(times, zone, change.at) is now
        assert by_the_clock(times, zone, change.at - 1) is not now
    if not all(one == {"start": one["start"], "end": one["start"]} for day in times["days"].values() for one in day):
        assert found or len(times["days"]) == 7


kinds = st.sampled_from(sorted(recurrence.KINDS))
dates = st.dates(date(1995, 1, 1), date(2100, 12, 31))


@settings(max_examples=300, deadline=None)
@given(kinds, dates, st.integers(1, 13), st.integers(0, 4000), st.none() | st.integers(0, 3000))
def test_recurrences_are_what_rfc_5545_says(kind: str, starts: date, every: int, later: int, last: int | None) -> None:
    ends = None if last is None else starts + timedelta(last)
    rule = recurrence.Recurrence(kind, starts, every, ends)
    first = starts.toordinal() + later
    found = [date.fromordinal(day) for day in recurrence.days(rule, first, first + 2000)]
    known = rrulestr(recurrence.rrule(rule), dtstart=datetime.combine(starts, datetime.min.time()))
    low, high = (datetime.combine(date.fromordinal(day), datetime.min.time()) for day in (first, first + 2000))
    assert found == [one.date() for one in known.between(low, high, inc=True)]


def costly() -> list[TimeFrame]:
    """Frames as large as they may be, and frames that never come."""
    daily = [
        {"start": f"2027-01-01T00:{n:02}", "end": "2027-01-01T23:00", "repeat": {"kind": "days"}} for n in range(50)
    ]
    rare = {"start": "2028-02-29T00:00", "end": "2028-03-01T00:00", "repeat": {"kind": "yearly_date", "every": 99}}
    over = {"start": "1999-01-01T00:00", "end": "1999-01-02T00:00", "repeat": {"kind": "days", "ends": "1999-02-01"}}
    many = [{"start": f"{n:02}:00", "end": f"{n:02}:30"} for n in range(24)]
    odd = {"kind": "monthly_ordinal_weekday", "every": 99, "starts": "2027-01-29"}
    names = ["New Year's Day", "Memorial Day", "Labor Day", "Thanksgiving Day", "Christmas Day"] * 10
    kept = [{"country": "US", "region": "TX", "name": name, "observance": {"sun": "next_workday"}} for name in names]
    return [
        read({"when": "specific_dates", "dates": daily}),
        read({"when": "specific_dates", "dates": [rare] * 50}),
        read({"when": "specific_dates", "dates": [over]}),
        read({"when": "days_of_week", "days": dict.fromkeys(WEEKDAYS, many)}),
        read({"when": "days_of_week", "days": {"mon": many}, "repeat": odd}),
        read({"when": "holidays", "holidays": kept}),
    ]


def test_looking_ahead_is_bounded_whatever_the_frame() -> None:
    start = datetime(2027, 6, 1, tzinfo=UTC).timestamp()
    for frame in costly():
        next_changes(frame, "America/Chicago", start, 100)  # countries and years are read once
        begun = time.process_time()
        assert len(next_changes(frame, "America/Chicago", start, 100)) <= 100
        assert time.process_time() - begun < 0.1
    assert next_changes(costly()[2], "UTC", start, 5) == []
    assert [change.at for change in next_changes(costly()[1], "UTC", start, 2)] == [
        datetime(2028, 2, 29, tzinfo=UTC).timestamp(), datetime(2028, 3, 1, tzinfo=UTC).timestamp()
    ]  # fmt: skip


@given(weeks, st.sampled_from(range(7)), st.sets(st.sampled_from(range(7))))
def test_copy_to_all_touches_the_days_named_only(days: Any, source: int, targets: set[int]) -> None:
    week = read({"when": "days_of_week", "days": days}).weekly
    assert week is not None
    after = copied(week, source, targets)
    for day in range(7):
        assert after.days[day] == week.days[source if day in targets else day]
