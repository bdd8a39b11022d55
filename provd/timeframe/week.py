"""The ranges of the week: on which days they are, and how a day's are copied to others.  (pure)"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import date
from types import MappingProxyType

from provd.timeframe.frame import Hours, Weekly, Weeks
from provd.timeframe.recurrence import month_length, ordinal

KINDS = MappingProxyType(
    {
        "weeks": "every n-th week, counted from the week of the first day",
        "monthly_date": "every n-th month on the date of the first day, when that is one of the weekdays",
        "monthly_ordinal_weekday": "every n-th month on the weekdays of the week in which the first day is",
        "monthly_first_weekday": "every n-th month on the first of each weekday",
        "monthly_last_weekday": "every n-th month on the last of each weekday",
    }
)


def hours_of(weekly: Weekly, first: int, last: int) -> Iterator[tuple[int, Hours]]:
    """Every range that begins on a day (ordinal) from `first` to `last`, both in it, with its day."""
    for day in range(first, last + 1):
        ranges = weekly.days[(day - 1) % 7]
        if ranges and (weekly.repeat is None or counts(weekly.repeat, day)):
            for hours in ranges:
                yield day, hours


def counts(repeat: Weeks, day: int) -> bool:
    """Whether a day (ordinal) is one of those that a repetition names."""
    start = repeat.starts.toordinal()
    if day < start or (repeat.ends is not None and day > repeat.ends.toordinal()):
        return False
    if repeat.kind == "weeks":
        return ((day - 1) // 7 - (start - 1) // 7) % repeat.every == 0
    found = date.fromordinal(day)
    apart = (found.year - repeat.starts.year) * 12 + found.month - repeat.starts.month
    return apart % repeat.every == 0 and _in_month(repeat, found)


def _in_month(repeat: Weeks, day: date) -> bool:
    match repeat.kind:
        case "monthly_date":
            return day.day == repeat.starts.day
        case "monthly_ordinal_weekday":
            return ordinal(day) == ordinal(repeat.starts)
        case "monthly_first_weekday":
            return day.day <= 7
        case _:
            return day.day > month_length(day.year, day.month) - 7


def copied(weekly: Weekly, source: int, targets: Collection[int]) -> Weekly:
    """The same week with the ranges of one weekday (Monday = 0) on the others named too: Copy to All (SF-083)."""
    days = tuple(weekly.days[source if day in targets else day] for day in range(7))
    return replace(weekly, days=days)
