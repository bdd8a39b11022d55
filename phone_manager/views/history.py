"""The history of calls as people read it.  (pure)"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from provd.cdr import DISPOSITIONS

TYPES: tuple[tuple[str, str], ...] = (
    ("", "All calls"), ("inbound", "Inbound"), ("outbound", "Outbound"), ("internal", "Internal"),
    ("missed", "Missed"),
)  # fmt: skip
_SIGNS = {"inbound": "phone-incoming", "outbound": "phone-outgoing", "internal": "arrows-exchange"}
_STATES = {
    "answered": "ok", "voicemail": "warn", "announced": "off", "done": "off", "no_answer": "warn", "busy": "warn",
    "declined": "warn", "cancelled": "off", "blocked": "bad", "failed": "bad",
}  # fmt: skip
_KINDS = {"began": "phone", "answered": "phone-call", "not_answered": "phone-x", "ended": "phone-off"}


@dataclass(frozen=True, slots=True)
class Line:
    """One call: `state` is a kind of ui.state, `talked` minutes and seconds, `note` what somebody noted."""

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


def line(row: Mapping[str, Any]) -> Line:
    """A record of the API as the page shows it."""
    return Line(
        row["id"], row["at"], "phone-x" if row["missed"] else _SIGNS[row["direction"]],
        "Missed" if row["missed"] else row["direction"].capitalize(), row["from_name"],
        row["from_number"] or "Hidden number", row["dialed"], row["to_name"], row["to_number"],
        clock(row["seconds"]), DISPOSITIONS[row["disposition"]], _STATES[row["disposition"]], row["note"],
    )  # fmt: skip


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
