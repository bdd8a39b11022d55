"""Mailboxes as people read them.  (pure)"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from phone_manager.views.history import clock
from provd.mailbox import REMINDER_MINUTES

MAILS: tuple[tuple[str, str], ...] = (
    ("no", "No mail"), ("link", "With a link to the message"), ("attachment", "With the message attached"),
)  # fmt: skip
AFTER: tuple[tuple[str, str], ...] = (
    ("leave", "Leave it as new"), ("save", "Move it to Saved"), ("trash", "Move it to the trash"),
)  # fmt: skip
MINUTES: tuple[tuple[int, str], ...] = tuple(
    (one, "Never" if not one else f"Every {one} minutes" if one < 60 else "Every hour" if one == 60
     else f"Every {one // 60} hours") for one in REMINDER_MINUTES
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One message: `who` left it, `number` to call back (empty when `who` is the number), `length` as m:ss."""

    id: int
    folder: str
    at: int
    who: str
    number: str
    length: str
    urgent: bool
    copied_from: str


def line(row: Mapping[str, Any]) -> Line:
    """A message of the API as the page shows it."""
    who = row["name"] or row["number"] or "A caller who hides the number"
    number = row["number"] if row["name"] else ""
    return Line(row["id"], row["folder"], row["at"], who, number, clock(round(row["seconds"])), row["urgent"],
                row["copied_from"])  # fmt: skip


@dataclass(frozen=True, slots=True)
class Space:
    """How full a mailbox is, in percent and in words."""

    percent: int
    words: str


def space(used: int, quota: int) -> Space:
    """Octets used of those there are."""
    percent = min(100, -(-used * 100 // quota)) if quota else 100
    return Space(percent, f"{used / 1024 / 1024:.1f} of {quota // 1024 // 1024} MB used")
