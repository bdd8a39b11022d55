"""What a time frame is: always, days of the week, specific dates, holidays, or several of these.  (pure)"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from provd.timeframe.recurrence import Recurrence

WHENS = MappingProxyType(
    {
        "always": "Always",
        "days_of_week": "Days of the week",
        "specific_dates": "Specific dates",
        "holidays": "Holidays",
        "custom": "Custom",
    }
)
FORCES = MappingProxyType({"schedule": "by its times", "on": "always on", "off": "always off"})
"""How a frame can be held in place, whatever its times say."""
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEKDAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
WORKWEEK = (0, 1, 2, 3, 4)

MOST_RANGES = 24
"""Ranges of one weekday."""
MOST_ENTRIES = 50
"""Dates, and holidays, of one frame."""
LONGEST_DATE = 366
"""Days that one specific date may last; 31 for one that comes again."""
LONGEST_RECURRING = 31


@dataclass(frozen=True, slots=True)
class Hours:
    """Minutes from the start of a day; `end` is not in it, and may be on the next day (AM-67)."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Weeks:
    """Which weeks or days of the month a week's ranges are for; see week.py. `kind` is one of its KINDS."""

    kind: str
    every: int
    starts: date
    ends: date | None = None


@dataclass(frozen=True, slots=True)
class Weekly:
    """Ranges by weekday, Monday first; `repeat` None is every week."""

    days: tuple[tuple[Hours, ...], ...]
    repeat: Weeks | None = None


@dataclass(frozen=True, slots=True)
class DateEntry:
    """A stretch of so many minutes from a day and minute on; it may span days. It comes again with `repeat`."""

    day: date
    start: int
    length: int
    repeat: Recurrence | None = None


@dataclass(frozen=True, slots=True)
class HolidayEntry:
    """A holiday by its name. `year` None is every year, until `ends`. `observances` by weekday, Monday first."""

    country: str
    region: str
    name: str
    hours: Hours
    year: int | None
    observances: tuple[str, ...]
    workweek: tuple[int, ...] = WORKWEEK
    ends: date | None = None


@dataclass(frozen=True, slots=True, eq=False)
class TimeFrame:
    """The times of a frame, ready to be asked (active.py). Compared by identity: reading.py makes equal ones once."""

    when: str
    weekly: Weekly | None = None
    dates: tuple[DateEntry, ...] = ()
    holidays: tuple[HolidayEntry, ...] = ()
    forced: str = "schedule"


ALWAYS = TimeFrame("always")
