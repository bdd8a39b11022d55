"""Answering rules as forms: what a form sent as the API wants it, and what it offers.  (pure)"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from provd.answering.rule import DESTINATIONS, FORWARDS, RING_SECONDS, RINGS
from provd.answering.unwanted import SPAM
from provd.errors import Problem

SPARE = 2
"""Empty rows for more phones that a form offers."""
FORWARD_WORDS: Mapping[str, tuple[str, str]] = {
    "always": ("Always", "At once; nothing else of the rule is looked at."),
    "on_active": ("On Active", "When already on a call."),
    "busy": ("When busy", "When the call is rejected, or all lines are taken."),
    "no_answer": ("When unanswered", "After the ring time. Not set: voicemail."),
    "offline": ("When offline", "When no phone is registered."),
    "on_dnd": ("On do not disturb", "Not set: where busy calls go, else voicemail."),
    "on_spam": ("On spam", "When the carrier could not prove the caller's number."),
}
KINDS: list[tuple[str, str]] = [("", "Not set"), *DESTINATIONS.items()]
RINGABLE: list[tuple[str, str]] = [
    ("", "Nobody"), *((kind, DESTINATIONS[kind]) for kind in ("user", "device", "external"))
]  # fmt: skip
RING_WORDS: list[tuple[str, str, str]] = [
    ("all", "All my phones", "Every phone of the user rings at once."),
    ("extension", "Just the extension", "Only the phone that is registered with the bare extension."),
    ("several", "Several phones at once", "Choose below what rings, and after how many seconds."),
]
SPAM_WORDS: list[tuple[str, str]] = list(SPAM.items())
CODE_FORWARDS: list[tuple[str, str]] = [
    ("always", "Every call"), ("busy", "When busy"), ("no_answer", "When unanswered"),
]  # fmt: skip
_SWITCHES = ("do_not_disturb", "screening", "own", "own_all")


def seconds() -> list[tuple[str, str]]:
    """The ring times to choose from (SF-109)."""
    found = []
    for one in RING_SECONDS:
        length = "" if one is None or one < 120 or one % 60 else f" ({one // 60} min)"
        found.append(("", "Unlimited") if one is None else (str(one), f"{one} seconds{length}"))
    return found


def body(sent: Mapping[str, Sequence[str]], *, default: bool) -> dict[str, Any]:
    """What a form of a rule sent, as the API's body; the default rule has no switch."""

    def field(name: str) -> str:
        return sent.get(name, [""])[-1].strip()

    made: dict[str, Any] = {name: field(name) == "1" for name in _SWITCHES}
    if not default:
        made["enabled"] = field("enabled") == "1"
    made["ring"] = field("ring") or next(iter(RINGS))
    made["seconds"] = _number(field("seconds"))
    made |= {name: sent_place(sent, name) for name in FORWARDS}
    made["others"] = []
    for row in range(40):
        to = place(field(f"others.{row}.kind"), field(f"others.{row}.value"))
        if to is not None:
            delay = _number(field(f"others.{row}.delay")) or 0
            made["others"].append({"to": to, "delay": delay, "confirm": field(f"others.{row}.confirm") == "1"})
    return made


def sent_place(sent: Mapping[str, Sequence[str]], name: str) -> dict[str, Any] | None:
    """The destination that a form sent for the field `name`: its kind, its value, and whether it is to confirm."""
    kind, value, confirm = (sent.get(f"{name}.{part}", [""])[-1].strip() for part in ("kind", "value", "confirm"))
    found: dict[str, Any] | None = place(kind, value)
    return {**found, "confirm": True} if found and found["kind"] == "external" and confirm == "1" else found


def place(kind: str, value: str) -> dict[str, Any] | None:
    """A destination of two fields. Of what was picked from the list, `Voicemail 102 Grace Hopper`, the words say the
    kind, whatever stands beside it, and the extension counts. A value without a kind is unsaid()."""
    for one, words in DESTINATIONS.items():
        if value.lower().startswith(f"{words.lower()} "):
            kind, value = one, value[len(words) :].strip()
    if not kind and not value:
        return None
    return {"kind": kind, "value": value if kind == "external" else value.partition(" ")[0]}


def unsaid(made: Mapping[str, Any]) -> list[Problem]:
    """What is wrong with a body whose form says where, and not what kind of place that is."""
    places = [(name, made.get(name)) for name in FORWARDS]
    places += [(f"others.{row}.to", one["to"]) for row, one in enumerate(made.get("others", ()))]
    places += [(f"forwards.{kind}", to) for kind, to in made.get("forwards", {}).items()]
    text = "Say what kind of place “{}” is, or empty the field."
    return [Problem(name, text.format(to["value"][:60])) for name, to in places if to and not to["kind"]]


def choices(people: Sequence[tuple[str, str]], devices: Sequence[str]) -> list[str]:
    """What a destination's field offers while one types: `User 102 Grace Hopper`, `Voicemail 102 …`, `Phone 102a`."""
    named = [f"{extension} {name}".strip() for extension, name in people]
    kinds = [DESTINATIONS[kind] for kind in ("user", "voicemail")]
    return [f"{kind} {one}" for kind in kinds for one in named] + [f"{DESTINATIONS['device']} {one}" for one in devices]


def moved_words(moved: Sequence[Mapping[str, Any]]) -> str:
    """What to say of test calls after a change: empty when they go where they did."""
    if not moved:
        return ""
    names = ", ".join(str(one["name"]) for one in moved[:3]) + (" and more" if len(moved) > 3 else "")
    count = "A test call goes" if len(moved) == 1 else f"{len(moved)} test calls go"
    return f" {count} elsewhere now: {names}."


def shifted(frames: Sequence[int], frame: int, step: int) -> list[int]:
    """The order with one moved up (-1) or down (1)."""
    found = list(frames)
    if frame in found:
        at = found.index(frame)
        found.insert(max(0, at + step), found.pop(at))
    return found


def _number(text: str) -> Any:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 8 else text or None
