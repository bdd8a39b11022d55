"""Is a frame in force at an instant, when does that change, and what does a calendar show of it.  (pure)

Rules of this file: a frame is the union of ranges on the wall clock, each with the words that name it. What is asked
for an instant is looked up in the ranges of that day, which are worked out once.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from provd.timeframe import clock, holidays
from provd.timeframe.clock import DAY, LATEST, Range, day_of, wall_of
from provd.timeframe.frame import DateEntry, HolidayEntry, TimeFrame
from provd.timeframe.recurrence import days
from provd.timeframe.sentence import date_title, holiday_title, hours_title
from provd.timeframe.week import hours_of

HORIZON = 12 * 366
"""Days that next_changes() looks ahead: 29 February comes again within them."""
MOST_LOOKED_AT = 5000
"""Ranges that next_changes() looks through before it gives up: some milliseconds."""


class Verdict(NamedTuple):
    """Whether a frame is in force, and why, in words for a call's trace and for pages."""

    active: bool
    reason: str


class Change(NamedTuple):
    """At this instant (epoch seconds) the frame begins (`active`) or ends."""

    at: int
    active: bool


class Titled(NamedTuple):
    """A range on the wall clock and the words for it."""

    start: int
    end: int
    title: str


def is_active(frame: TimeFrame, zone: str, instant: float) -> Verdict:
    """Whether the frame is in force at an instant (epoch seconds) for somebody in a zone (IANA name).

    Raises KeyError for a zone that is not known.
    """
    wall = clock.to_wall(zone, instant)
    title = title_at(frame, wall)
    if title is not None:
        return Verdict(True, title)
    if frame.forced == "off":
        return Verdict(False, "it is switched off, whatever its times say")
    return Verdict(False, f"nothing of it is at {_shown(wall)}")


def title_at(frame: TimeFrame, wall: int) -> str | None:
    """The words for what holds at a wall time (seconds), None when nothing does: the quick way for many frames."""
    if frame.forced != "schedule":
        return "it is switched on, whatever its times say" if frame.forced == "on" else None
    if frame.when == "always":
        return "always"
    for start, end, title in _of_day(frame, wall // DAY):
        if start <= wall < end:
            return title
    return None


def active_ranges(frame: TimeFrame, zone: str, start: float, end: float) -> list[Range]:
    """The stretches of [start, end), in epoch seconds, in which the frame is in force: merged, in order."""
    low, high = int(clock.bounded(start)), int(clock.bounded(end))
    if low >= high or frame.forced == "off":
        return []
    if frame.forced == "on" or frame.when == "always":
        return [(low, high)]
    ranges = titled_ranges(frame, clock.to_wall(zone, low) - DAY, clock.to_wall(zone, high) + DAY)
    return clock.to_instants(zone, clock.merged((one.start, one.end) for one in ranges), low, high)


def next_changes(frame: TimeFrame, zone: str, start: float, count: int) -> list[Change]:
    """The next `count` beginnings and ends after an instant, in order.

    Fewer when there are no more within twelve years, or when what would have to be looked through is too much.
    """
    if frame.forced != "schedule" or frame.when == "always":
        return []
    low, step, looked = int(clock.bounded(start)), 8 * DAY, 0
    last = min(low + HORIZON * DAY, LATEST)
    ranges: list[Range] = []
    found: list[Change] = []
    while low < last and len(found) < count and looked < MOST_LOOKED_AT:
        high = min(low + step, last)
        ranges = clock.merged([*ranges, *active_ranges(frame, zone, low, high)])
        # A range that is cut at the end of the window may go on behind it.
        edges = [Change(edge, edge == begin) for begin, end in ranges for edge in (begin, end)]
        found = [change for change in edges if start < change.at < high]
        looked += _size(frame, step // DAY)
        low, step = high, min(step * 2, 366 * DAY)
    return found[:count]


def titled_ranges(frame: TimeFrame, start: int, end: int) -> Iterator[Titled]:
    """Every range of a frame that touches the wall times [start, end), with its words, in no order."""
    first, last = day_of(start), day_of(end - 1)
    if frame.weekly is not None:
        for day, hours in hours_of(frame.weekly, first - 2, last):
            if wall_of(day, hours.end) > start and wall_of(day, hours.start) < end:
                yield Titled(wall_of(day, hours.start), wall_of(day, hours.end), hours_title(day, hours))
    for entry in frame.dates:
        yield from (one for one in _dates(entry, first, last) if one.end > start and one.start < end)
    for holiday in frame.holidays:
        yield from (one for one in _holidays(holiday, first, last) if one.end > start and one.start < end)


@lru_cache(20_000)
def _of_day(frame: TimeFrame, day: int) -> tuple[Titled, ...]:
    """The ranges that touch one day, which is counted from 1970 on."""
    return tuple(titled_ranges(frame, day * DAY, (day + 1) * DAY))


def _dates(entry: DateEntry, first: int, last: int) -> Iterator[Titled]:
    reach = (entry.start + entry.length) // clock.MINUTES_A_DAY + 1
    begin = entry.day.toordinal()
    found = (begin,) if entry.repeat is None else days(entry.repeat, first - reach, last)
    for day in found:
        start = wall_of(day, entry.start)
        yield Titled(start, start + entry.length * 60, date_title(entry, day))


def _holidays(entry: HolidayEntry, first: int, last: int) -> Iterator[Titled]:
    low, high = first - holidays.FARTHEST - 2, last + holidays.FARTHEST
    for year in range(date.fromordinal(low).year, date.fromordinal(high).year + 1):
        if entry.year not in (None, year):
            continue
        for day in holidays.named(entry.country, entry.region, entry.name, year):
            if entry.ends is not None and day > entry.ends.toordinal():
                continue
            for kept in holidays.observed(day, entry.observances[(day - 1) % 7], entry.workweek):
                start, end = wall_of(kept, entry.hours.start), wall_of(kept, entry.hours.end)
                yield Titled(start, end, holiday_title(entry, day, kept))


def _size(frame: TimeFrame, length: int) -> int:
    """About how many ranges a frame has in so many days."""
    week = sum(len(ranges) for ranges in frame.weekly.days) if frame.weekly else 0
    often = sum(1 for entry in frame.dates if entry.repeat is not None and entry.repeat.kind == "days")
    return week * length // 7 + often * length + len(frame.dates) + len(frame.holidays) + length // 7


def _shown(wall: int) -> str:
    day = date.fromordinal(day_of(wall))
    minutes = wall % DAY // 60
    return f"{day:%A} {day.isoformat()} {minutes // 60:02}:{minutes % 60:02}"
