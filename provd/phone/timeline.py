"""What happened to a phone as a picture: strips of being registered, and ticks for what it did and was told.  (pure)"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

TICKS: Mapping[str, str] = {
    "fetched": "fetch", "unchanged": "unchanged", "refused": "refused", "not_found": "refused", "failed": "refused",
    "auth_failed": "refused", "uploaded": "fetch", "resync_sent": "notify", "resync_acknowledged": "notify",
    "resync_waiting": "notify", "resync_done": "applied", "resync_stopped": "refused", "config_changed": "change",
}  # fmt: skip
"""Kind of event → kind of tick: fetch, unchanged, refused, notify, applied, change; firmware is found out."""
KINDS = ("fetch", "unchanged", "refused", "notify", "applied", "change", "firmware")
_BEGINS, _ENDS = frozenset({"registered", "refreshed"}), frozenset({"unregistered", "expired", "replaced"})
MOST_TICKS = 500


class Event(Protocol):
    """What is needed of a phone's event; `file` is `device@company` for events of registrations."""

    @property
    def at(self) -> float: ...
    @property
    def kind(self) -> str: ...
    @property
    def file(self) -> str: ...
    @property
    def firmware(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def id(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Strip:
    """A device was registered `start` to `end` (epoch seconds); `open` when it still is."""

    device: str
    start: float
    end: float
    open: bool


@dataclass(slots=True)
class Tick:
    """Something at one moment; `count` of the same kind were so close together that one tick stands for them."""

    at: float
    kind: str
    text: str
    event: int
    count: int = 1


@dataclass(frozen=True, slots=True)
class Timeline:
    """What to draw between `start` and `end`. `share` is the part of that time in which the phone was registered."""

    start: float
    end: float
    strips: tuple[Strip, ...]
    ticks: tuple[Tick, ...]
    share: float


@dataclass(slots=True)
class _Open:
    """Devices that are registered while events are read: since when each, and when it was last heard of."""

    since: dict[str, float] = field(default_factory=dict)
    heard: dict[str, float] = field(default_factory=dict)
    done: list[Strip] = field(default_factory=list)

    def end(self, device: str, at: float, earliest: float, *, still: bool = False) -> None:
        started = self.since.pop(device, None)
        if started is not None and at > earliest:
            self.done.append(Strip(device, max(started, earliest), at, still))


def timeline(
    events: Iterable[Event], start: float, end: float, now: float, registered: Mapping[str, float], firmware: str = ""
) -> Timeline:
    """The picture of a phone between two moments (epoch seconds).

    `events` are those of the phone up to `end`, oldest first, from as long before `start` as there are, so that what
    had begun before is known. `registered` are the devices that are registered from it now, each since when, and
    `firmware` what it ran before the first of the events.
    """
    open_, ticks, last = _Open(), [], min(end, now)
    for event in events:
        if event.at > last:
            break
        if event.kind in _BEGINS:
            open_.since.setdefault(event.file, event.at)
            open_.heard[event.file] = event.at
        elif event.kind in _ENDS:
            _ended(open_, event, start)
        if event.firmware and event.firmware != firmware:
            if firmware and event.at >= start:
                ticks.append(Tick(event.at, "firmware", f"Firmware {firmware} → {event.firmware}.", event.id))
            firmware = event.firmware
        if event.kind in TICKS and event.at >= start:
            ticks.append(Tick(event.at, TICKS[event.kind], event.reason or event.kind, event.id))
    for device, since in registered.items():
        if since <= last:
            open_.since[device] = min(since, open_.since.get(device, since))
    for device in list(open_.since):
        lost = end >= now and device not in registered  # its end was not written: it was there when last heard of
        open_.end(device, open_.heard.get(device, last) if lost else last, start, still=not lost and end >= now)
    strips = _joined(open_.done)
    return Timeline(start, end, strips, _thinned(ticks, (end - start) / MOST_TICKS), _share(strips, start, last))


def _ended(open_: _Open, event: Event, start: float) -> None:
    if event.file not in open_.since and event.kind != "replaced":
        open_.since[event.file] = start  # it had begun before the first event that is kept
    if event.kind != "replaced":  # a newer registration took the place: the device stays registered
        open_.end(event.file, event.at, start)


def _joined(strips: Iterable[Strip]) -> tuple[Strip, ...]:
    """By device and time; those of one device that overlap, as two contacts of it do, are one."""
    found: list[Strip] = []
    for strip in sorted(strips, key=lambda strip: (strip.device, strip.start)):
        before = found[-1] if found else None
        if before is not None and before.device == strip.device and strip.start <= before.end:
            later = strip if strip.end > before.end else before
            found[-1] = Strip(strip.device, before.start, later.end, before.open or strip.open)
        else:
            found.append(strip)
    return tuple(found)


def _thinned(ticks: Sequence[Tick], gap: float) -> tuple[Tick, ...]:
    """At most one tick of a kind where the picture has room for one; the newest text stands."""
    kept: list[Tick] = []
    last: dict[str, Tick] = {}
    for tick in ticks:
        before = last.get(tick.kind)
        if before is not None and tick.at - before.at < gap:
            before.count += 1
            before.text, before.event = tick.text, tick.event
        else:
            kept.append(tick)
            last[tick.kind] = tick
    return tuple(kept)


def _share(strips: Sequence[Strip], start: float, end: float) -> float:
    """The part of the time in which any device was registered."""
    covered, until = 0.0, start
    for strip in sorted(strips, key=lambda strip: strip.start):
        covered += max(0.0, strip.end - max(strip.start, until))
        until = max(until, strip.end)
    return round(covered / (end - start), 4) if end > start else 0.0
