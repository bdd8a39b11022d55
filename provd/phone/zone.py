"""A time zone as phones want it: an offset and a rule for summer time.  (pure)

Phones know no IANA names; most take an offset and two change days. Both are in the POSIX TZ string that ends every
TZif file (RFC 9636 §3.3, POSIX.1-2024 §8.3).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_NAME = r"(?:[A-Za-z]{3,}|<[A-Za-z0-9+-]+>)"
_TIME = r"[+-]?\d{1,3}(?::\d{2}){0,2}"
_POSIX = re.compile(
    rf"({_NAME})({_TIME})(?:({_NAME})({_TIME})?,M(\d+\.\d\.\d)(?:/({_TIME}))?,M(\d+\.\d\.\d)(?:/({_TIME}))?)?"
)


@dataclass(frozen=True, slots=True)
class Change:
    """When the clock changes: month 1–12, week 1–5 (5 = last), weekday 0 = Sunday, minutes after midnight."""

    month: int
    week: int
    weekday: int
    minutes: int

    @property
    def hour(self) -> int:
        """The full hour of the change, 0–23."""
        return min(23, max(0, self.minutes // 60))

    @property
    def iso_weekday(self) -> int:
        """The weekday as ISO 8601 counts it: 1 = Monday … 7 = Sunday."""
        return self.weekday or 7


@dataclass(frozen=True, slots=True)
class Summer:
    """Summer time: how many minutes it adds, from one change to the other."""

    minutes: int
    start: Change
    end: Change


@dataclass(frozen=True, slots=True)
class Zone:
    """A zone: its IANA name, minutes east of UTC in winter, its POSIX string, and summer time if it has one."""

    name: str
    offset: int
    posix: str
    summer: Summer | None = None

    @property
    def hours(self) -> str:
        """The offset as `-6`, `+5:30`, `0`."""
        sign = "-" if self.offset < 0 else "+" if self.offset else ""
        hours, minutes = divmod(abs(self.offset), 60)
        return f"{sign}{hours}:{minutes:02d}" if minutes else f"{sign}{hours}"

    @property
    def clock(self) -> str:
        """The offset as `-06:00`, `+05:30`, `+00:00`."""
        hours, minutes = divmod(abs(self.offset), 60)
        return f"{'-' if self.offset < 0 else '+'}{hours:02d}:{minutes:02d}"


def parse_posix(name: str, posix: str) -> Zone:
    """Read the POSIX TZ string of zone `name`. A rule in another form than Mm.w.d is read as having no summer time.

    Raises ValueError when the string is none.
    """
    found = _POSIX.match(posix)
    if not found:
        raise ValueError(f"“{posix[:60]}” is not a POSIX time zone.")
    offset = -_minutes(found[2])
    if not found[3] or not found[5]:
        return Zone(name, offset, posix)
    saving = (-_minutes(found[4]) if found[4] else offset + 60) - offset
    start, end = _change(found[5], found[6]), _change(found[7], found[8])
    if saving < 0:  # Ireland: its standard time is the summer one, and winter takes an hour away.
        return Zone(name, offset + saving, posix, Summer(-saving, end, start))
    return Zone(name, offset, posix, Summer(saving, start, end))


def _minutes(text: str) -> int:
    sign = -1 if text.startswith("-") else 1
    parts = [int(part) for part in text.lstrip("+-").split(":")]
    return sign * (parts[0] * 60 + (parts[1] if len(parts) > 1 else 0))


def _change(rule: str, time: str | None) -> Change:
    month, week, weekday = (int(part) for part in rule.split("."))
    return Change(month, week, weekday, _minutes(time) if time else 120)
