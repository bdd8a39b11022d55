"""The trail of changes as people read it: sentences, old and new, and where the thing is.  (pure)"""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from provd.answering.rule import DESTINATIONS

LONGEST = 300
DONE: Mapping[str, str] = {
    "create": "added", "update": "changed", "delete": "deleted", "set": "set", "ask": "asked for a new",
    "clear": "cleared",
    "show": "looked at", "renew": "renewed", "copy": "copied", "resync": "asked for a resync of", "swap": "swapped",
    "toggle": "switched", "rotate": "made a new", "promote": "retired the old", "revoke": "revoked", "open": "opened",
    "close": "closed", "restore": "restored", "apply": "applied", "recycle": "recycled",
    "welcome": "sent a welcome mail to",
    "begin": "began with the", "confirm": "confirmed the", "remove": "took away the", "import": "imported",
    "roll out": "rolled out", "adopt": "adopted", "call": "had a phone called for the", "run": "ran",
    "send": "sent again",
    "reorder": "put into another order", "upload": "uploaded", "speak": "had spoken", "shipped": "took back",
}  # fmt: skip
NOUNS: Mapping[str, str] = {
    "user": "user", "password": "password of", "second factor": "second factor of", "device": "device",
    "phone": "phone",
    "phone layer": "settings and keys of phone", "template layer": "settings and keys of template",
    "company layer": "settings of the company", "site layer": "settings of site", "brand layer": "settings of brand",
    "model layer": "settings of model", "server layer": "settings of the server", "template": "template",
    "site": "site", "department": "department", "domain": "company", "token": "token of",
    "bootstrap": "bootstrap window of", "api key": "API key", "timeframe": "time frame", "phone_number": "phone number",
    "registration": "registration", "file": "file", "firmware": "firmware", "resellers": "resellers of", "job": "job",
    "answer_rule": "answering rule of", "answering": "answering of", "number_filter": "blocked or allowed number",
    "test_call": "test call", "dialling": "dialling of", "trunk": "trunk", "call export": "export of calls",
    "call": "call", "music": "music on hold", "mailbox": "mailbox of", "voicemails": "voicemails of",
    "greeting": "greeting of", "recorded name": "recorded name of", "status": "status message of",
    "sentence": "system sentence", "phones": "phones", "contact": "contact",
}  # fmt: skip
# What people choose from; the others are found by who and when.
KINDS: tuple[tuple[str, str], ...] = (
    ("", "Everything"), ("user", "Users"), ("password", "Passwords"), ("second factor", "Second factors"),
    ("device", "Devices"), ("phone", "Phones"), ("phone layer", "Settings and keys of phones"),
    ("template", "Templates"), ("template layer", "Settings and keys of templates"), ("site", "Sites"),
    ("department", "Departments"),
    ("domain", "The company"), ("company layer", "Settings of the company"), ("timeframe", "Time frames"),
    ("phone_number", "Phone numbers"), ("firmware", "Firmware"), ("api key", "API keys"), ("contact", "Contacts"),
)  # fmt: skip
ACTIONS: tuple[tuple[str, str], ...] = (
    ("", "Any change"), ("create", "Added"), ("update", "Changed"), ("delete", "Deleted"), ("recycle", "Recycled"),
    ("welcome", "Welcome mails"), ("resync", "Resyncs"), ("show", "Secrets looked at"), ("import", "Imports"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One change: `what` was done to `ref`; `place` is where it is (parts of an address), empty for nowhere;
    `changes` are (field, old, new) as text."""

    at: int
    who: str
    what: str
    ref: str
    place: tuple[str, ...]
    changes: tuple[tuple[str, str, str], ...]


def line(row: Mapping[str, Any]) -> Line:
    """A row of the API's trail as the page shows it."""
    done, noun = DONE.get(row["action"], row["action"]), NOUNS.get(row["noun"], row["noun"])
    changes = tuple(
        (name.replace("_", " "), told(pair[0]), told(pair[1]))
        for name, pair in sorted(row["changed"].items())
        if isinstance(pair, Sequence) and not isinstance(pair, str) and len(pair) == 2
    )
    if row["action"] == "import" and row["noun"] in NOUNS:
        noun += "s of"
    ref = row["ref"].removesuffix(" *") + " Default" if row["ref"].endswith(" *") else row["ref"]
    return Line(row["at"], row["who"], f"{done} {noun}", ref, place(row["noun"], row["ref"], row["action"]), changes)


def told(value: Any) -> str:
    """A value of the trail as text."""
    if value is None or value == "" or value == [] or value == {}:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = _words(value)
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"


def _words(value: Any) -> str:
    """`Voicemail 102` for a destination; `busy: Voicemail 102, seconds: 20` for what has parts, without the empty."""
    if isinstance(value, Mapping):
        kind = value.get("kind")
        if isinstance(kind, str) and kind in DESTINATIONS and {"value"} < value.keys() <= {"kind", "value", "confirm"}:
            return f"{DESTINATIONS[kind]} {value['value']}" + (" (press 1 to take it)" if value.get("confirm") else "")
        parts = ((str(name).replace("_", " "), told(part)) for name, part in sorted(value.items()))
        return ", ".join(f"{name}: {part}" for name, part in parts if part)
    if isinstance(value, list):
        return ("; " if any(isinstance(one, Mapping) for one in value) else ", ").join(map(_words, value))
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def place(noun: str, ref: str, action: str) -> tuple[str, ...]:
    """Where the thing is, as parts of an address of the company; empty when there is no page of it, or no more."""
    first = ref.partition(" ")[0]
    digits = first.partition("@")[0].rstrip("abcdefghijklmnopqrstuvwxyz")
    if action == "delete":
        return ()
    if noun in ("user", "device", "password", "second factor") and digits.isascii() and digits.isdecimal():
        return ("users", digits)
    if noun in ("phone", "phone layer", "token", "bootstrap", "file") and _is_mac(first):
        return ("phones", first)
    pages = {
        "site": "sites", "site layer": "sites", "department": "sites", "template": "templates", "firmware": "firmware",
        "template layer": "templates", "company layer": "settings", "domain": "settings", "timeframe": "timeframes",
        "phone_number": "numbers", "job": "jobs",
    }  # fmt: skip
    return (pages[noun],) if noun in pages else ()


def _is_mac(text: str) -> bool:
    return len(text) == 12 and all(one in "0123456789abcdef" for one in text)


def day(text: str, zone: str, *, end: bool = False) -> int | None:
    """The first second of a day (`2026-11-22`) in a time zone, or that of the day after it; None for what is no day."""
    try:
        found = datetime.date.fromisoformat(text)
        if end:
            found += datetime.timedelta(days=1)
        return int(datetime.datetime.combine(found, datetime.time(), ZoneInfo(zone)).timestamp())
    except (ValueError, OverflowError):
        return None
