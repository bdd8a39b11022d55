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
        "after_mail": "leave",
        "mail_when_full": False,
        "mail_when_missed": False,
        "reminder_minutes": 0,
        "reminder_mails": (),
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
    minutes = int(settings["reminder_minutes"])
    if not minutes or not settings["reminder_mails"] or oldest_new is None:
        return False
    return now - max(oldest_new, reminded) >= minutes * 60
