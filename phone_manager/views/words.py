"""Times, sizes and MACs as people read them: the filters of the templates.  (pure)"""

from __future__ import annotations

import datetime
from zoneinfo import ZoneInfo

from markupsafe import Markup

_STEPS = ((60, 1, "s"), (3600, 60, "min"), (86_400, 3600, "h"), (14 * 86_400, 86_400, "d"))


def when(at: float | None, zone: str) -> str:
    """An instant (epoch seconds) in a time zone, to the second: `2026-11-22 14:05:09`."""
    if at is None:
        return "never"
    return datetime.datetime.fromtimestamp(at, ZoneInfo(zone or "UTC")).strftime("%Y-%m-%d %H:%M:%S")


def ago(at: float | None, now: float) -> str:
    """How long ago, or in how long: `12 min ago`, `in 3 h`; a date when it is more than two weeks."""
    if at is None:
        return "never"
    seconds = abs(now - at)
    for below, unit, name in _STEPS:
        if seconds < below:
            count = int(seconds // unit)
            if not count:
                return "just now"
            return f"{count} {name} ago" if at <= now else f"in {count} {name}"
    return datetime.datetime.fromtimestamp(at, datetime.UTC).strftime("%Y-%m-%d")


def moment(at: float | None, now: float, zone: str) -> Markup:
    """A `<time>` that reads as `12 min ago` and tells the exact time on hover."""
    if at is None:
        return Markup("never")
    exact = datetime.datetime.fromtimestamp(at, datetime.UTC).isoformat(timespec="seconds")
    return Markup('<time datetime="{}" title="{}">{}</time>').format(exact, when(at, zone), ago(at, now))


def counted(count: int, one: str, many: str = "") -> str:
    """`1 phone`, `3 phones`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
