"""What a mailbox is set to, and what its days and its space mean.  (pure)"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

FOLDERS = ("new", "saved", "trash")
MAILS = ("no", "link", "attachment")
AFTER_MAIL = ("leave", "save", "trash")
QUOTA = 10 * 1024 * 1024
"""Octets of a user's messages, greetings and name together (SF-057)."""
LONGEST_MESSAGE = 180
LONGEST_GREETING = 120
MOST_COPIES = 20
MOST_NUMBERS = 3
"""That are called because of new messages."""
REMINDER_MINUTES = (0, 5, 10, 15, 30, 60, 120, 240)

DEFAULTS: Mapping[str, Any] = MappingProxyType(
    {
        "enabled": True,
        "latest_first": False,
        "announce_time": True,
        "announce_caller": True,
        "operator": "",
        "copies": (),
        "mail": "no",
        "mail_brief": False,
        "after_mail": "leave",
        "mail_when_full": False,
        "mail_when_missed": False,
        "reminder_minutes": 0,
        "reminder_mails": (),
        "reminder_numbers": (),
    }
)
"""SF-042 to SF-048, SF-050, SF-051, SF-059 to SF-064."""


def complete(saved: Mapping[str, Any]) -> dict[str, Any]:
    """Settings as saved, with the defaults of those that were not."""
    return {name: saved.get(name, value) for name, value in DEFAULTS.items()}


def folder_after_mail(settings: Mapping[str, Any], *, mailed: bool) -> str:
    """The folder that a new message begins in: the mail may stand for hearing it (SF-060), but only one that left."""
    if not mailed:
        return "new"
    return {"leave": "new", "save": "saved", "trash": "trash"}[settings["after_mail"]]


def day_began(now: float, zone: str) -> int:
    """Epoch seconds of the midnight before `now` where the user is: what went to the trash earlier is over (SF-061)."""
    here = datetime.datetime.fromtimestamp(now, ZoneInfo(zone or "UTC"))
    return int(here.replace(hour=0, minute=0, second=0, microsecond=0).timestamp())


def order(ids_and_times: Iterable[tuple[int, int]], *, latest_first: bool) -> list[int]:
    """The ids of messages in the order in which they are spoken (SF-043)."""
    return [one for one, _ in sorted(ids_and_times, key=lambda pair: (pair[1], pair[0]), reverse=latest_first)]


def room(used: int, octets: int) -> bool:
    """Whether `octets` more fit beside the `used` ones."""
    return used + octets <= QUOTA


def reminder_due(settings: Mapping[str, Any], oldest_new: int | None, reminded: int, now: int) -> bool:
    """Whether a new message has waited for another interval since it came, or since the last reminder (SF-064)."""
    return bool(settings["reminder_mails"]) and _waited(settings, oldest_new, reminded, now)


def call_due(settings: Mapping[str, Any], oldest_new: int | None, called: int, now: int) -> bool:
    """The same of reminders by phone."""
    return bool(settings["reminder_numbers"]) and _waited(settings, oldest_new, called, now)


def _waited(settings: Mapping[str, Any], oldest_new: int | None, since: int, now: int) -> bool:
    minutes = int(settings["reminder_minutes"])
    return bool(minutes) and oldest_new is not None and now - max(oldest_new, since) >= minutes * 60
