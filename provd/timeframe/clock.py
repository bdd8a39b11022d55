"""Between instants and the clock on a wall, across every change of it.  (pure)"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

DAY = 86_400
MINUTES_A_DAY = 1440
EPOCH = date(1970, 1, 1).toordinal()
FIRST_YEAR, LAST_YEAR = 1990, 2190
"""Years for which frames are computed; the edges stand for all beyond them."""
EARLIEST = int(datetime(FIRST_YEAR, 1, 1, tzinfo=UTC).timestamp())
LATEST = int(datetime(LAST_YEAR, 12, 31, tzinfo=UTC).timestamp())

Range = tuple[int, int]
"""Seconds, from and to; the end is not in it (AM-66)."""


def bounded(instant: float) -> float:
    """The instant, or the nearest one for which frames are computed."""
    return min(max(instant, EARLIEST), LATEST)


def to_wall(zone: str, instant: float) -> int:
    """What the clock of a zone shows at an instant, in wall seconds. Raises KeyError for an unknown zone."""
    known = bounded(instant)
    return int(known // 1) + _offset(zone, known)


def to_instants(zone: str, ranges: Iterable[Range], start: float, end: float) -> list[Range]:
    """The instants within [start, end) at which the clock shows something in one of these wall ranges.

    A time that the clock skips in spring gives nothing; one that it shows twice in autumn gives both. Ranges may
    touch and overlap; the answer is in order, merged.
    """
    found: list[Range] = []
    wanted = list(ranges)
    low, high = int(bounded(start)), int(bounded(end))
    for begin, finish, offset in _stretches(zone, low, high):
        for first, last in wanted:
            since, until = max(begin, first - offset, low), min(finish, last - offset, high)
            if since < until:
                found.append((since, until))
    return merged(found)


def merged(ranges: Iterable[Range]) -> list[Range]:
    """Ranges in order; those that touch or overlap are one."""
    found: list[Range] = []
    for start, end in sorted(ranges):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def day_of(wall: int) -> int:
    """The day of a wall time, as date.toordinal() counts days."""
    return wall // DAY + EPOCH


def wall_of(day: int, minutes: int = 0) -> int:
    """The wall time so many minutes after the start of a day."""
    return (day - EPOCH) * DAY + minutes * 60


def _offset(zone: str, instant: float) -> int:
    year = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=instant)).year
    stretches = _year(zone, year)
    return stretches[bisect_right(stretches, instant, key=lambda one: one[0]) - 1][2]


def _stretches(zone: str, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    first, last = datetime.fromtimestamp(start, UTC).year, datetime.fromtimestamp(end, UTC).year
    for year in range(first, last + 1):
        for begin, finish, offset in _year(zone, year):
            if begin < end and finish > start:
                yield begin, finish, offset


@lru_cache(2048)
def _year(zone: str, year: int) -> tuple[tuple[int, int, int], ...]:
    """The stretches of one UTC year in which the clock is not changed: from, to, its distance to UTC in seconds."""
    known = ZoneInfo(zone)

    def offset(instant: int) -> int:
        distance = datetime.fromtimestamp(instant, known).utcoffset()
        return int(distance.total_seconds()) if distance is not None else 0

    start, end = (int(datetime(one, 1, 1, tzinfo=UTC).timestamp()) for one in (year, year + 1))
    found: list[tuple[int, int, int]] = []
    since, now = start, offset(start)
    for low in range(start, end, DAY):
        high = min(low + DAY, end - 1)
        if offset(high) != now:
            change = _bisected(offset, low, high, now)
            found.append((since, change, now))
            since, now = change, offset(high)
    return (*found, (since, end, now))


def _bisected(offset: object, low: int, high: int, before: int) -> int:
    """The second at which the offset is not `before` any more; it is at `low` and is not at `high`."""
    assert callable(offset)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if offset(middle) == before else (low, middle)
    return high
