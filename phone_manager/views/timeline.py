"""What happened to a phone as a picture: where each strip and tick stands, and the same in words.  (pure)"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

TICKS: Mapping[str, tuple[str, str, int]] = {
    "fetch": ("Fetched", "ok", 0), "unchanged": ("Unchanged", "off", 0), "refused": ("Refused", "bad", 0),
    "notify": ("Told", "wait", 1), "applied": ("Applied", "ok", 1),
    "change": ("Changed by a person", "warn", 2), "firmware": ("Firmware", "wait", 2),
}  # fmt: skip
"""Kind of tick → its word, the kind of its mark, and its lane."""
LANES = ("Files", "Updates", "Changes")
EVENTS: Mapping[str, tuple[str, str]] = {
    "fetched": ("Fetched a file", "ok"), "unchanged": ("Had the file already", "off"), "refused": ("Refused", "bad"),
    "not_found": ("Asked for a file that is not there", "bad"), "failed": ("Failed", "bad"),
    "uploaded": ("Uploaded", "ok"), "registered": ("Registered", "ok"), "refreshed": ("Registered again", "ok"),
    "unregistered": ("Unregistered", "bad"), "expired": ("Registration expired", "bad"),
    "replaced": ("Replaced by a newer one", "off"), "auth_failed": ("Wrong password", "bad"),
    "unreachable": ("Connection gone", "bad"), "resync_waiting": ("Update waits", "wait"),
    "resync_sent": ("Told to update", "wait"), "resync_acknowledged": ("Answered the update", "wait"),
    "resync_done": ("Update done", "ok"), "resync_stopped": ("Update stopped", "bad"),
    "config_changed": ("Changed by a person", "warn"),
}  # fmt: skip
"""Kind of event → its words and the kind of its mark."""
STRIP, LANE, TOP = 20, 24, 4


@dataclass(frozen=True, slots=True)
class Bar:
    """A strip: percent from the left and wide, the row's y, and its words."""

    x: float
    width: float
    y: int
    words: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A tick: percent from the left, y, kind, and what it says."""

    x: float
    y: int
    kind: str
    words: str
    at: float


@dataclass(frozen=True, slots=True)
class Label:
    """A moment of the axis."""

    x: float
    words: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """Everything of the picture; `rows` are the labels of its rows with their y, `height` is in pixels."""

    rows: tuple[tuple[str, int], ...]
    bars: tuple[Bar, ...]
    marks: tuple[Mark, ...]
    axis: tuple[Label, ...]
    height: int
    summary: str
    cut: bool


def draw(found: Mapping[str, Any], zone: str) -> Drawing:
    """The API's timeline (strips, ticks, start, end: epoch seconds) as places in a picture as wide as it gets."""
    start, end = float(found["start"]), float(found["end"])
    devices = list(dict.fromkeys(one["device"] for one in found["strips"])) or [""]
    rows = [(name.partition("@")[0], TOP + place * STRIP) for place, name in enumerate(devices)]
    lanes_at = TOP + len(devices) * STRIP
    rows += [(name, lanes_at + place * LANE) for place, name in enumerate(LANES)]
    rows[0] = (rows[0][0] or "Registered", rows[0][1])
    span = max(end - start, 1.0)
    bars = tuple(
        Bar(
            _percent((one["start"] - start) / span), max(0.15, _percent((one["end"] - one["start"]) / span)),
            TOP + devices.index(one["device"]) * STRIP, _strip(one, zone),
        )
        for one in found["strips"]
    )  # fmt: skip
    marks = tuple(
        Mark(
            _percent((one["at"] - start) / span), lanes_at + TICKS[one["kind"]][2] * LANE + LANE // 2, one["kind"],
            _tick(one, zone), one["at"],
        )
        for one in found["ticks"] if one["kind"] in TICKS
    )  # fmt: skip
    height = lanes_at + len(LANES) * LANE + 20
    return Drawing(tuple(rows), bars, marks, tuple(_axis(start, end, zone)), height, summary(found), found["cut"])


def summary(found: Mapping[str, Any]) -> str:
    """The picture in a sentence."""
    kinds: dict[str, int] = {}
    for one in found["ticks"]:
        kinds[one["kind"]] = kinds.get(one["kind"], 0) + one["count"]
    told = [f"{count} × {TICKS[kind][0].lower()}" for kind, count in kinds.items() if kind in TICKS]
    hours = round((found["end"] - found["start"]) / 3600)
    share = found["share"] * 100
    spoken = f"{share:.0f} %" if share >= 1 or not share else "less than 1 %"
    return (
        f"In the last {hours} h it was registered {spoken} of the time. {', '.join(told) or 'Nothing else happened'}."
    )


def event(one: Mapping[str, Any]) -> tuple[str, str]:
    """The words and the mark of an event."""
    return EVENTS.get(one["kind"], (str(one["kind"]).replace("_", " ").capitalize(), "off"))


def _percent(share: float) -> float:
    return round(100 * min(max(share, 0.0), 1.0), 3)


def _clock(at: float, zone: str) -> str:
    return datetime.datetime.fromtimestamp(at, ZoneInfo(zone)).strftime("%a %H:%M:%S")


def _strip(one: Mapping[str, Any], zone: str) -> str:
    device, since, until = one["device"].partition("@")[0], _clock(one["start"], zone), _clock(one["end"], zone)
    return f"{device} registered since {since}" if one["open"] else f"{device} registered {since} to {until}"


def _tick(one: Mapping[str, Any], zone: str) -> str:
    many = f" ({one['count']} times)" if one["count"] > 1 else ""
    return f"{_clock(one['at'], zone)} · {TICKS[one['kind']][0]}{many}: {one['text']}"


def _axis(start: float, end: float, zone: str) -> Iterator[Label]:
    """Whole hours, every fourth, of a day; midnights of a longer time."""
    days = end - start > 2 * 86_400
    at = datetime.datetime.fromtimestamp(start, ZoneInfo(zone)).replace(minute=0, second=0, microsecond=0)
    at += datetime.timedelta(hours=1)
    while at.timestamp() < end:
        share = (at.timestamp() - start) / (end - start)
        if at.hour % (24 if days else 4) == 0 and 0.02 < share < 0.96:
            yield Label(_percent(share), at.strftime("%a" if days else "%H:%M"))
        at += datetime.timedelta(hours=1)
