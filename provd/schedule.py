"""When something may happen to a phone: at once but not all at once, or in its nightly window.  (pure)"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta, tzinfo

DAY = 24 * 60


def spread(name: str, width: float) -> float:
    """A number from 0 up to `width` that is always the same for `name`, and evenly spread over many names."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big") / 2**32 * width


def window(now: float, zone: tzinfo, start: int, end: int) -> tuple[float, float]:
    """The nightly window that is open at `now`, or the next one: (opens, closes) in epoch seconds.

    `start` and `end` are minutes after midnight of `zone`; an end not after the start is on the next day. The length
    is that of the wall clock; on nights when the clock is changed it may be an hour longer or shorter.
    """
    local = datetime.fromtimestamp(now, zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    length = end - start if end > start else end - start + DAY
    for days in (-1, 0, 1):
        opens = _at(midnight, days * DAY + start)
        closes = _at(midnight, days * DAY + start + length)
        if closes > now:
            return opens, closes
    raise AssertionError("Two days hold a window.")


def _at(midnight: datetime, minutes: int) -> float:
    # Arithmetic on the wall clock: 02:30 is 02:30, however long the night.
    return (midnight + timedelta(minutes=minutes)).timestamp()


def tonight(now: float, zone: tzinfo, start: int, end: int, name: str) -> float:
    """This phone's own moment in the window, epoch seconds, never before `now`."""
    opens, closes = window(now, zone, start, end)
    begins = max(opens, now)
    return begins + spread(name, max(0.0, closes - begins))


class Pace:
    """Hands out moments at most `per_second` apart, so that a thousand phones do not come back within one."""

    def __init__(self, per_second: float) -> None:
        self._gap = 1.0 / per_second
        self._next = 0.0

    def slot(self, now: float) -> float:
        """The next free moment, `now` or later."""
        taken = max(now, self._next)
        self._next = taken + self._gap
        return taken
