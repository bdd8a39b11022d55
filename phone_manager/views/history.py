"""The history of calls as people read it.  (pure)"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from provd.cdr import DISPOSITIONS

TYPES: tuple[tuple[str, str], ...] = (
    ("", "All calls"), ("inbound", "Inbound"), ("outbound", "Outbound"), ("internal", "Internal"),
    ("missed", "Missed"),
)  # fmt: skip
TABS: tuple[tuple[str, str], ...] = (
    ("", "All"), ("outbound", "Outbound"), ("inbound", "Inbound"), ("missed", "Missed"),
)  # fmt: skip
COLUMNS: tuple[tuple[str, str], ...] = (
    ("call", "Call"), ("from_name", "From Name"), ("from", "From"), ("dialed", "Dialed"), ("to", "To"),
    ("date", "Date"), ("duration", "Duration"), ("disposition", "Disposition"),
)  # fmt: skip
TERMS: Mapping[str, str] = {
    "Announce-Park-Info": "The call was parked and nobody took it out. A parked call is two lines: up to the parking, "
    "and from there on.",
    "SpeakAccount": "Somebody listened to the messages of a mailbox.",
    "Voicemail": "The caller reached the mailbox.",
    "Announcement": "The caller heard an announcement of the system, which the platform calls NMS.",
}  # fmt: skip
"""What the words under To mean (SF-292)."""
_NUMBER = re.compile(r"\+?[0-9]{5,15}")
_DIALS = re.compile(r"\+?[0-9*#]{2,20}")
_SIGNS = {"inbound": "phone-incoming", "outbound": "phone-outgoing", "internal": "arrows-exchange"}
_STATES = {
    "answered": "ok", "voicemail": "warn", "announced": "off", "done": "off", "no_answer": "warn", "busy": "warn",
    "declined": "warn", "cancelled": "off", "blocked": "bad", "failed": "bad",
}  # fmt: skip
_KINDS = {"began": "phone", "answered": "phone-call", "not_answered": "phone-x", "ended": "phone-off"}


@dataclass(frozen=True, slots=True)
class Line:
    """One call: `state` is a kind of ui.state, `talked` minutes and seconds, `note` what somebody noted; `blocked`: the
    call was, `caller_blocked`: by whose list its caller is now; `back`: what to dial to call back, empty for nothing;
    `term`: what the word under To means."""

    id: int
    at: float
    sign: str
    direction: str
    from_name: str
    from_number: str
    dialed: str
    to_name: str
    to_number: str
    talked: str
    words: str
    state: str
    note: str
    blocked: bool
    caller_blocked: str
    blockable: bool
    back: str
    term: str


def line(row: Mapping[str, Any]) -> Line:
    """A record of the API as the page shows it."""
    return Line(
        row["id"], row["at"], "phone-x" if row["missed"] else _SIGNS[row["direction"]],
        "Missed" if row["missed"] else row["direction"].capitalize(), row["from_name"],
        row["from_number"] or "Hidden number", row["dialed"], row["to_name"], row["to_number"],
        clock(row["seconds"]), DISPOSITIONS[row["disposition"]], _STATES[row["disposition"]], row["note"],
        row["blocked"], row["caller_blocked"], _blockable(row), _back(row), TERMS.get(row["to_name"], ""),
    )  # fmt: skip


def _blockable(row: Mapping[str, Any]) -> bool:
    """Whether the caller has a number of the outside."""
    return not row["from_extension"] and bool(_NUMBER.fullmatch(row["from_number"]))


def _back(row: Mapping[str, Any]) -> str:
    """The other's number: of an outbound call the one that was dialled, else the caller's."""
    number = str(row["dialed"] if row["direction"] == "outbound" else row["from_number"])
    return number if _DIALS.fullmatch(number) else ""


def columns(asked: Sequence[str], kept: str) -> tuple[str, ...]:
    """The columns to show: those asked for, else those kept of the last time (`from.to.date`), else all."""
    known = [name for name, _ in COLUMNS]
    wanted = set(asked) or set(kept.split("."))
    found = tuple(name for name in known if name in wanted)
    return found or tuple(known)


def clock(seconds: int) -> str:
    """A duration as m:ss, or h:mm:ss."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def digits(text: str) -> str:
    """What of a typed number is searched for: `(214) 555-0199` finds +12145550199."""
    return "".join(one for one in text if one in "+0123456789*#")


@dataclass(frozen=True, slots=True)
class StepLine:
    """One step of a call's flow: the time of day, the seconds since it began, who, and sentences."""

    time: str
    after: str
    sign: str
    who: str
    sentences: tuple[str, ...]


def steps(found: Sequence[Mapping[str, Any]], zone: str) -> list[StepLine]:
    """A call's flow as the page shows it."""
    if not found:
        return []
    began = found[0]["at"]
    return [
        StepLine(
            f"{datetime.datetime.fromtimestamp(one['at'], ZoneInfo(zone)):%H:%M:%S}", f"+{one['at'] - began:.1f} s",
            _KINDS.get(one["kind"], "circle"), one["who"], tuple(_lines(one["text"])),
        )
        for one in found
    ]  # fmt: skip


def _lines(text: str) -> Iterable[str]:
    return [part for part in text.split("\n") if part]
