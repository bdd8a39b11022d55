"""What the key editor says: changes, effects, and how far a saved change is.  (pure)"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from phone_manager.views.drawing import words as drawn
from provd.phone.key import Position
from provd.phone.parameter import PARAMETERS

Told = Mapping[str, Any]

TARGET_WORDS = {
    "extension": "Person",
    "number": "Number to dial",
    "digits": "Digits to send",
    "orbit": "Park orbit",
    "timeframe": "Time frame",
    "url": "Address",
    "filter": "Department",
}
TARGET_HINTS = {
    "extension": "An extension, or part of a name.",
    "number": "Inside or outside the company, such as 103 or +12145550100.",
    "digits": "Digits, * and #.",
    "orbit": "The orbit’s number, such as 701.",
    "timeframe": "The number of a time frame that is in the rules.",
    "url": "Such as http://intranet.example/.",
    "filter": "Everybody, or the people of one department.",
}
WHENS = (
    ("idle", "Save and update when idle", "A call that is going on is waited for."),
    ("now", "Save and update now", "Also during a call."),
    ("tonight", "Save and update tonight", "In the nightly window."),
    ("", "Save only", "Taken at the nightly update, or when the phone restarts."),
)


def change_title(name: str) -> str:
    """`keys.m1.7` → `Module 1 key 7`, `values.language` → `Language`."""
    part, _, rest = name.partition(".")
    if part == "keys":
        return drawn.place(Position.parse(rest))
    if part == "values":
        return PARAMETERS[rest].title if rest in PARAMETERS else rest
    return {"source": "Directory: source", "sort": "Directory: order", "hidden": "Directory: hidden contacts"}.get(
        rest, rest
    ) if part == "directory" else rest  # fmt: skip


def content(name: str, value: Any) -> str:
    """One side of a change in words: `busy lamp 103`, `nothing of its own`."""
    part = name.partition(".")[0]
    if value is None:
        return "nothing of its own" if part != "raw" else "not said"
    if part == "keys":
        said = [
            drawn.spoken(value["kind"]),
            value.get("target", ""),
            f"“{value['label']}”" if value.get("label") else "",
        ]
        return " ".join([*(one for one in said if one), *(["locked"] if value.get("locked") else [])])
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, list):
        return f"{len(value)} hidden" if name == "directory.hidden" else ", ".join(map(str, value))
    return str(value) or "empty"


def summary(changes: Sequence[Told], most: int = 4) -> str:
    """What is not saved, in short: `Key 3, Key 4 and 2 more`."""
    names = [change_title(one["name"]) for one in changes]
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def effect(kind: str, phones: int | None) -> str:
    """What the button does: `Save and update 1 phone`, `Save: 34 phones use it`."""
    if kind == "template":
        count = phones or 0
        return (
            "Save: no phone uses it yet"
            if not count
            else f"Save: {count:,} {'phones use' if count > 1 else 'phone uses'} it"
        )
    return "Save and update 1 phone"


STEPS = (
    ("saved", "Saved"),
    ("queued", "Queued"),
    ("notified", "Notified"),
    ("fetched", "Fetched"),
    ("applied", "Applied"),
)
_REACHED = {"waiting": 1, "sending": 2, "acknowledged": 2, "fetched": 3, "done": 4}


@dataclass(frozen=True, slots=True)
class Progress:
    """`reached` counts the steps; `stopped` when it goes no further by itself."""

    reached: int
    text: str
    stopped: bool

    @property
    def applied(self) -> bool:
        """Whether the phone has taken it."""
        return self.reached == len(STEPS) - 1


def progress(phone: Told, resync: Told | None) -> Progress:
    """How far the phone is with what is saved. It is applied only once the phone itself has taken the newest."""
    if phone["up_to_date"] and (resync is None or resync["phase"] in ("done", "stopped")):
        return Progress(
            len(STEPS) - 1, resync["text"] if resync and resync["phase"] == "done" else phone["state_text"], False
        )
    if resync is None or resync["phase"] == "done":
        return Progress(0, phone["state_text"], False)
    if resync["phase"] == "stopped":
        reached = 3 if resync["fetched"] else 2 if resync["sent"] else 1
        return Progress(reached, resync["text"], True)
    reached = _REACHED[resync["phase"]]
    if phone["up_to_date"]:
        reached = max(reached, 3)
    return Progress(reached, resync["text"], False)
