"""Days that come again: the recurrences of platform-facts' specific dates, as RFC 5545 counts them.  (pure)"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

MOST_APART = 99
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")

KINDS = MappingProxyType(
    {
        "days": "every day",
        "weeks": "every week on the same weekday",
        "monthly_date": "every month on the same date",
        "monthly_last_day": "every month on its last day",
        "monthly_ordinal_weekday": "every month on the same weekday of the same week, such as the second Tuesday",
        "monthly_first_weekday": "every month on the first such weekday",
        "monthly_last_weekday": "every month on the last such weekday",
        "yearly_date": "every year on the same date",
        "yearly_ordinal_weekday": "every year on the same weekday of the same week, such as the fourth Thursday",
        "yearly_first_weekday": "every year on the first such weekday of the month",
        "yearly_last_weekday": "every year on the last such weekday of the month",
    }
)
"""What people choose, in words. Each may be every n-th: every second week, every third month."""


@dataclass(frozen=True, slots=True)
class Recurrence:
    """`starts` is the first day, `every` how many days, weeks, months or years apart, `ends` the last day if any."""

    kind: str
    starts: date
    every: int = 1
    ends: date | None = None

    @property
    def by_year(self) -> bool:
        """Whether it counts years rather than months."""
        return self.kind.startswith("yearly")


def days(rule: Recurrence, first: int, last: int) -> Iterator[int]:
    """The days (ordinals) from `first` to `last`, both in it, on which it occurs, in order.

    A date that a month or a year does not have is skipped (RFC 5545 section 3.3.10). Takes as many steps as there are
    periods in the window, whenever the rule began.
    """
    start = rule.starts.toordinal()
    low, high = max(first, start), last if rule.ends is None else min(last, rule.ends.toordinal())
    if low > high:
        return
    if rule.kind in ("days", "weeks"):
        step = rule.every * (7 if rule.kind == "weeks" else 1)
        yield from range(start + -(-(low - start) // step) * step, high + 1, step)
        return
    pick = _PICKS[rule.kind.partition("_")[2]]
    for year, month in _months(rule, date.fromordinal(low), date.fromordinal(high)):
        found = pick(rule.starts, year, month)
        if found is not None and low <= found <= high:
            yield found


def rrule(rule: Recurrence) -> str:
    """The recurrence as a calendar program reads it (RFC 5545 section 3.3.10)."""
    unit = {"days": "DAILY", "weeks": "WEEKLY"}.get(rule.kind, "YEARLY" if rule.by_year else "MONTHLY")
    parts = [f"FREQ={unit}"] + ([f"INTERVAL={rule.every}"] if rule.every > 1 else [])
    pattern, weekday = rule.kind.partition("_")[2], _WEEKDAYS[rule.starts.weekday()]
    if rule.by_year:
        parts.append(f"BYMONTH={rule.starts.month}")
    if pattern == "date":
        parts.append(f"BYMONTHDAY={rule.starts.day}")
    elif pattern == "last_day":
        parts.append("BYMONTHDAY=-1")
    elif pattern:
        number = {"first_weekday": 1, "last_weekday": -1}.get(pattern, ordinal(rule.starts))
        parts.append(f"BYDAY={number}{weekday}")
    if rule.ends is not None:
        parts.append(f"UNTIL={rule.ends:%Y%m%d}")
    return ";".join(parts)


def begins_right(rule: Recurrence) -> bool:
    """Whether the first day is one that the recurrence itself names: else nobody could say what was meant."""
    start = rule.starts.toordinal()
    return next(days(Recurrence(rule.kind, rule.starts, rule.every), start, start), None) == start


def ordinal(day: date) -> int:
    """Which of its weekday in the month a day is: 1 for the first Monday, 2 for the second."""
    return (day.day - 1) // 7 + 1


def weekday_in(year: int, month: int, weekday: int, number: int) -> int | None:
    """The number-th such weekday of a month as an ordinal; -1 is the last. None where there is no fifth."""
    if number > 0:
        first = date(year, month, 1)
        day = 1 + (weekday - first.weekday()) % 7 + 7 * (number - 1)
        return first.toordinal() + day - 1 if day <= month_length(year, month) else None
    last = last_of(year, month)
    return last.toordinal() - (last.weekday() - weekday) % 7


def month_length(year: int, month: int) -> int:
    """How many days a month has."""
    return last_of(year, month).day


def last_of(year: int, month: int) -> date:
    """The last day of a month."""
    return date.fromordinal(date(year + month // 12, month % 12 + 1, 1).toordinal() - 1)


def _months(rule: Recurrence, low: date, high: date) -> Iterator[tuple[int, int]]:
    """The months between two days that the recurrence counts."""
    step = rule.every * (12 if rule.by_year else 1)
    start = rule.starts.year * 12 + rule.starts.month - 1
    first = start + max(0, -(-(low.year * 12 + low.month - 1 - start) // step)) * step
    for month in range(first, high.year * 12 + high.month, step):
        yield month // 12, month % 12 + 1


def _same_date(starts: date, year: int, month: int) -> int | None:
    return date(year, month, starts.day).toordinal() if starts.day <= month_length(year, month) else None


_PICKS: dict[str, Callable[[date, int, int], int | None]] = {
    "date": _same_date,
    "last_day": lambda _, year, month: last_of(year, month).toordinal(),
    "ordinal_weekday": lambda starts, year, month: weekday_in(year, month, starts.weekday(), ordinal(starts)),
    "first_weekday": lambda starts, year, month: weekday_in(year, month, starts.weekday(), 1),
    "last_weekday": lambda starts, year, month: weekday_in(year, month, starts.weekday(), -1),
}
