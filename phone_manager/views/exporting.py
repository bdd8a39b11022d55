"""Exports of the call history and archives as people read them.  (pure)"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from provd.exporting.times import WEEK as WEEK

RHYTHMS: tuple[tuple[str, str], ...] = (
    ("monthly", "Monthly: the month before"), ("weekly", "Weekly: the last 7 days"),
    ("daily", "Daily: since the day before"), ("custom", "Custom: on some days of the week"),
)  # fmt: skip
THENS: tuple[tuple[str, str], ...] = (
    ("keep", "Keep it for download here"), ("mail", "Send it by mail"),
    ("sftp", "Send it by SFTP"), ("ftps", "Send it by FTPS (encrypted)"),
    ("ftp", "Send it by FTP (not encrypted)"),
)  # fmt: skip
LAYOUTS: tuple[tuple[str, str], ...] = (
    ("basic", "Basic: who, when, how long"), ("standard", "Standard: as listed here"),
    ("advanced", "Advanced: all that is known"),
)  # fmt: skip
_WHERE = {"keep": "For download here", "mail": "By mail", "sftp": "SFTP", "ftps": "FTPS", "ftp": "FTP"}
_STATES = {
    "ready": ("Ready", "ok"), "sent": ("Sent", "ok"), "waiting": ("To be sent", "wait"), "failed": ("Not sent", "bad"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ScheduleLine:
    """One scheduled export: `where` its files go, `word` and `kind` its state, `text` what is wrong."""

    id: int
    name: str
    sentence: str
    where: str
    paused: bool
    asked: bool
    next_at: int | None
    word: str
    kind: str
    text: str


def schedule(one: Mapping[str, Any]) -> ScheduleLine:
    """A scheduled export of the API as the page shows it."""
    where = _WHERE[one["then"]] + (f" to {one['host']}" if one["host"] and one["then"] not in ("keep", "mail") else "")
    if one["then"] == "mail":
        where = f"By mail to {', '.join(one['mails'])}"
    word, kind = ("Paused", "off") if one["paused"] else ("Runs in a moment", "wait") if one["asked"] else ("On", "ok")
    if one["text"]:
        word, kind = "Failed", "bad"
    return ScheduleLine(
        one["id"], one["name"], one["sentence"], where, one["paused"], one["asked"], one["next_at"], word, kind,
        one["text"],
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class FileLine:
    """A file of an export: `size` for people, `try_at` when it is tried again, `sends` whether it can be."""

    id: int
    name: str
    at: int
    since: int
    until: int
    calls: str
    size: str
    word: str
    kind: str
    text: str
    try_at: int | None
    sends: bool


def file(one: Mapping[str, Any]) -> FileLine:
    """A file of the API as the page shows it."""
    word, kind = _STATES[one["state"]]
    again = one["state"] == "waiting" and one["tries"] > 0
    return FileLine(
        one["id"], one["name"], one["at"], one["since"], one["until"], f"{one['calls']:,}", size(one["octets"]),
        "Not sent yet" if again else word, "warn" if again else kind, one["text"], one["try_at"],
        one["schedule_id"] is not None and one["state"] in ("failed", "sent"),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class ArchiveLine:
    """The calls of a month."""

    id: int
    month: str
    calls: str
    size: str
    changed: int


def archive(one: Mapping[str, Any]) -> ArchiveLine:
    """An archive of the API as the page shows it."""
    month = datetime.date.fromisoformat(f"{one['month']}-01")
    return ArchiveLine(one["id"], f"{month:%B %Y}", f"{one['calls']:,}", size(one["octets"]), one["changed"])


def size(octets: int) -> str:
    """A file's size: `312 bytes`, `4.2 KB`, `1.3 MB`."""
    if octets < 1000:
        return f"{octets} bytes"
    if octets < 1_000_000:
        return f"{octets / 1000:.1f} KB"
    return f"{octets / 1_000_000:.1f} MB"
