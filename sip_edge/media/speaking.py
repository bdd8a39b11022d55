"""Numbers, dates and times as the prompts that say them (English; prompts/en.yaml).  (pure)"""

from __future__ import annotations

from datetime import date, datetime

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
SIGNS = {"*": "star", "#": "pound", "+": "plus"}
LARGEST = 999_999_999


def number(value: int) -> list[str]:
    """A whole number up to nine digits: 1042 → one thousand forty two. Raises ValueError for a larger one."""
    if abs(value) > LARGEST:
        raise ValueError(f"Numbers up to {LARGEST} can be spoken.")
    if value < 0:
        return ["minus", *number(-value)]
    for size in (1_000_000, 1_000, 100):
        if value >= size:
            rest = number(value % size) if value % size else []
            return [*number(value // size), f"n-{size}", *rest]
    if value > 20 and value % 10:
        return [f"n-{value // 10 * 10}", f"n-{value % 10}"]
    return [f"n-{value}"]


def digits(text: str) -> list[str]:
    """A telephone number or extension, digit by digit; what is no key is left out."""
    return [SIGNS.get(one) or f"n-{one}" for one in text if one in SIGNS or one in "0123456789"]


def ordinal(value: int) -> list[str]:
    """First to thirty-first. Raises ValueError for others."""
    if not 1 <= value <= 31:
        raise ValueError("Ordinals go from 1 to 31.")
    if value > 20 and value % 10:
        return [f"n-{value // 10 * 10}", f"o-{value % 10}"]
    return [f"o-{value}"]


def day(value: date, today: date) -> list[str]:
    """Today, yesterday, the weekday within the last week, else month and day, with the year when it is another."""
    past = (today - value).days
    if past in (0, 1):
        return [("today", "yesterday")[past]]
    if 1 < past < 7:
        return [DAYS[value.weekday()]]
    return [f"month-{value.month}", *ordinal(value.day), *(year(value.year) if value.year != today.year else [])]


def year(value: int) -> list[str]:
    """A year from 1000 to 9999: 1999 → nineteen ninety nine, 2008 → two thousand eight, 2026 → twenty twenty six."""
    if not 1000 <= value <= 9999:
        raise ValueError("Years go from 1000 to 9999.")
    century, rest = divmod(value, 100)
    if century % 10 == 0 and rest < 10:
        return number(value)
    if rest == 0:
        return [*number(century), "n-100"]
    return [*number(century), *(["oh"] if rest < 10 else []), *number(rest)]


def clock(hour: int, minute: int, *, twelve: bool = True) -> list[str]:
    """A time of day: 14:05 → two oh five P M, or in 24 hours fourteen oh five."""
    shown = (hour % 12 or 12) if twelve else hour
    minutes = ["oh", *number(minute)] if 0 < minute < 10 else number(minute) if minute else []
    if twelve:
        return [*number(shown), *minutes, "am" if hour < 12 else "pm"]
    return [*number(shown), *(minutes or ["oclock"])]


def moment(value: datetime, now: datetime, *, twelve: bool = True) -> list[str]:
    """When something was, both in the listener's time zone: yesterday at nine thirty A M."""
    return [*day(value.date(), now.date()), "at", *clock(value.hour, value.minute, twelve=twelve)]


def messages(new: int, saved: int) -> list[str]:
    """How many messages there are in a mailbox."""
    if not new and not saved:
        return ["no-messages"]
    parts = [
        [*number(count), f"{kind}-message" + ("s" if count != 1 else "")]
        for count, kind in ((new, "new"), (saved, "saved"))
        if count
    ]
    return ["you-have", *(one for place, part in enumerate(parts) for one in (["and"] if place else []) + part)]
