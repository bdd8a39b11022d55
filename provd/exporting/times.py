"""When an export of the call history runs, and which calls are in it (SF-298).  (pure)

Rules of this file: times are those of the company's wall clock. An hour that a night leaves out is the one after it;
of an hour that comes twice, the first counts: an export runs once a day, whatever the clock does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

KINDS = ("monthly", "weekly", "daily", "custom")
MOST_DAYS = 31
WEEK = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class Rhythm:
    """`kind` of KINDS; `minutes` after midnight; `weekdays` (0 is Monday) for weekly (its one) and custom (its some);
    `days`: how many days, the current one included, a custom export is about, 1 to MOST_DAYS."""

    kind: str
    minutes: int
    weekdays: Sequence[int] = (0,)
    days: int = 7


def next_run(rhythm: Rhythm, after: float, zone: tzinfo) -> int:
    """The first moment after `after` (epoch seconds) at which the export runs, epoch seconds."""
    day = datetime.fromtimestamp(after, zone).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    for ahead in range(-1, 63):  # a day before, as an hour that was left out may lie beyond midnight
        one = day + timedelta(days=ahead)
        at = int((one + timedelta(minutes=rhythm.minutes)).replace(fold=0).timestamp())
        if at > after and _runs(rhythm, one):
            return at
    raise ValueError("An export needs a day on which it runs.")


def _runs(rhythm: Rhythm, day: datetime) -> bool:
    if rhythm.kind == "monthly":
        return day.day == 1
    return rhythm.kind == "daily" or day.weekday() in rhythm.weekdays


def span(rhythm: Rhythm, at: float, zone: tzinfo) -> tuple[int, int]:
    """Which calls are in the export of the moment `at`: (from, before), epoch seconds.

    Monthly: the month before. Daily: since the same time of the day before. Weekly and custom: the last 7 or `days`
    days with the current one, from midnight.
    """
    now = datetime.fromtimestamp(at, zone)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    if rhythm.kind == "monthly":
        this = midnight.replace(day=1)
        before = (this - timedelta(days=1)).replace(day=1)
        return int(before.timestamp()), int(this.timestamp())
    if rhythm.kind == "daily":
        yesterday = midnight - timedelta(days=1)
        since = (yesterday + timedelta(minutes=rhythm.minutes)).replace(fold=0).timestamp()
        planned = (midnight + timedelta(minutes=rhythm.minutes)).replace(fold=0).timestamp()
        return (int(since), int(at)) if planned <= at else (int(at) - 86_400, int(at))
    days = 7 if rhythm.kind == "weekly" else rhythm.days
    if int(midnight.timestamp()) >= int(at):  # at midnight the current day is the one that is just over
        midnight -= timedelta(days=1)
    return int((midnight - timedelta(days=days - 1)).timestamp()), int(at)


def sentence(rhythm: Rhythm) -> str:
    """The rhythm in words: `Every Monday at 06:00`."""
    hour = f"{rhythm.minutes // 60:02}:{rhythm.minutes % 60:02}"
    if rhythm.kind == "monthly":
        return f"On the 1st of each month at {hour}, the month before"
    if rhythm.kind == "daily":
        return f"Every day at {hour}, the calls since the day before"
    named = _named(rhythm.weekdays)
    if rhythm.kind == "weekly":
        return f"Every {named} at {hour}, the last 7 days"
    count = "that day" if rhythm.days == 1 else f"the last {rhythm.days} days"
    return f"Every {named} at {hour}, {count}"


def _named(weekdays: Sequence[int]) -> str:
    some = [WEEK[one] for one in sorted(set(weekdays))]
    if len(some) == 7:
        return "day"
    return " and ".join([", ".join(some[:-1]), some[-1]]) if len(some) > 1 else "".join(some)
