"""Mailboxes as people read them.  (pure)"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
GATEWAYS: tuple[tuple[str, str], ...] = (
    ("T-Mobile", "tmomail.net"), ("Virgin Mobile", "vmobl.com"), ("AT&T", "txt.att.net"),
    ("Sprint", "messaging.sprintpcs.com"), ("Verizon", "vtext.com"), ("Tracfone", "mmst5.tracfone.com"),
    ("Ting", "message.ting.com"), ("Boost Mobile", "myboostmobile.com"), ("U.S. Cellular", "email.uscc.net"),
    ("Metro", "mymetropcs.com"),
)  # fmt: skip
"""Carriers and where they take mails that become text messages (SF-063)."""
MINUTES: tuple[tuple[int, str], ...] = tuple(
    (one, "Never" if not one else f"Every {one} minutes" if one < 60 else "Every hour" if one == 60
     else f"Every {one // 60} hours") for one in REMINDER_MINUTES
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One message: `who` left it, `number` (empty when `who` is the number), `length` as m:ss; `back` is the number to
    call back, empty where the caller hid it."""

    id: int
    folder: str
    at: int
    who: str
    number: str
    length: str
    urgent: bool
    copied_from: str
    back: str = ""


def line(row: Mapping[str, Any]) -> Line:
    """A message of the API as the page shows it."""
    who = row["name"] or row["number"] or "A caller who hides the number"
    number = row["number"] if row["name"] else ""
    return Line(row["id"], row["folder"], row["at"], who, number, clock(round(row["seconds"])), row["urgent"],
                row["copied_from"], row["number"])  # fmt: skip


@dataclass(frozen=True, slots=True)
class Space:
    """How full a mailbox is, in percent and in words."""

    percent: int
    words: str


def space(used: int, quota: int) -> Space:
    """Octets used of those there are."""
    percent = min(100, -(-used * 100 // quota)) if quota else 100
    return Space(percent, f"{used / 1024 / 1024:.1f} of {quota // 1024 // 1024} MB used")


@dataclass(frozen=True, slots=True)
class Recording:
    """How far a call for a recording is: its state as `title` with `look`; `words` say what to do, or what came."""

    id: str
    over: bool
    title: str
    look: str
    words: str


_RECORDINGS: Mapping[str, tuple[str, str, str]] = {
    "ringing": ("Ringing", "wait", "{to} rings: answer it and press 1."),
    "talking": ("Talking", "wait", "Speak after the tone, press # when you are done, and 1 to keep it."),
    "kept": ("Recorded", "ok", "It is among the greetings."),
    "unanswered": ("Not answered", "bad", "Nobody answered at {to}."),
    "busy": ("Busy", "bad", "{to} was busy, or declined the call."),
    "ended": ("Ended", "off", "The call has ended, and nothing was kept."),
}


def recording(row: Mapping[str, Any]) -> Recording:
    """A call of the API as the page shows it."""
    title, look, words = _RECORDINGS[row["state"]]
    told = row["reason"] or words.format(to=row["to"])
    return Recording(row["id"], row["state"] not in ("ringing", "talking"), title, look, told)


def by_language(voices: Sequence[Mapping[str, Any]]) -> list[tuple[str, list[Mapping[str, Any]]]]:
    """The voices of each language, in the order in which they came."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for one in voices:
        found.setdefault(one["language"], []).append(one)
    return list(found.items())
