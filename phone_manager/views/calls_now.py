"""The calls that are on, and who is in them, in words.  (pure)"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

SIGNS: Mapping[str, str] = {
    "inbound": "phone-incoming", "outbound": "phone-outgoing", "internal": "arrows-exchange",
}  # fmt: skip
DIRECTIONS: Mapping[str, str] = {"inbound": "Inbound", "outbound": "Outbound", "internal": "Internal"}
STATES: Mapping[str, tuple[str, str]] = {
    "ringing": ("Ringing", "wait"),
    "talking": ("Talking", "ok"),
    "held": ("On hold", "warn"),
    "parked": ("Parked", "warn"),
    "application": ("With the server", "off"),
}
MOST_RUNG = 4


@dataclass(frozen=True, slots=True)
class End:
    """One end of a call: a name, and digits (empty where the name says it all)."""

    name: str
    digits: str


@dataclass(frozen=True, slots=True)
class Line:
    """One call; `since` is when its talk began, or it itself; `more` says who rings."""

    id: str
    sign: str
    direction: str
    caller: End
    called: End
    word: str
    kind: str
    more: str
    since: float


def lines(found: Iterable[Mapping[str, Any]]) -> list[Line]:
    """The calls of the API as lines."""
    return [_line(one) for one in found]


def end(party: Mapping[str, str]) -> End:
    """One end: `Ada Lovelace` 101; `+13035550190`; `Hidden number`."""
    digits = party["extension"] or party["number"]
    name = party["name"] if party["name"] != digits else ""
    return End(name or ("" if digits else "Hidden number"), digits)


def _line(one: Mapping[str, Any]) -> Line:
    word, kind = STATES[one["state"]]
    place = one["place"]
    if one["state"] == "parked":
        word = f"Parked in {place}"
    elif one["state"] == "application":
        word = _application(place)
    return Line(
        one["id"], SIGNS[one["direction"]], DIRECTIONS[one["direction"]], end(one["caller"]), end(one["called"]),
        word, kind, _rung(one["ringing"], end(one["called"])), one["answered"] or one["began"],
    )  # fmt: skip


def _application(place: str) -> str:
    kind, _, whose = place.partition(" ")
    if kind == "voicemail":
        return f"In the voicemail of {whose}" if whose else "In voicemail"
    if kind == "feature" and whose.startswith("voicemail"):
        return "Listening to voicemail"
    if kind == "screening":
        return "Is asked for a name"
    return "Hears an announcement" if kind == "announcement" else STATES["application"][0]


def _rung(ringing: Sequence[Mapping[str, str]], called: End) -> str:
    """Who rings, where that is not simply who was called."""
    names = [found.name or found.digits for found in map(end, ringing)]
    if not names or names == [called.name or called.digits]:
        return ""
    more = f" and {len(names) - MOST_RUNG} more" if len(names) > MOST_RUNG else ""
    return f"rings {', '.join(names[:MOST_RUNG])}{more}"
