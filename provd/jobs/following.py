"""What a phone's item becomes when something of the phone is heard, or nothing is for too long.  (pure)

Rules of this file: a phone has a change when it has taken the revision that the change made, or a later one, or when it
runs the wished firmware; no other sign counts. Whatever is heard twice changes nothing the second time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from provd.stages import APPLIED, FAILED, FETCH_WITHIN, FETCHED, INSTALL_WITHIN, NOTIFIED, RETURN_WITHIN, WRITTEN

TEMPLATE_PART = 4
"""Where the template's revision stands in a phone's stamp (PhoneSnapshot.stamp); the phone's own is the first."""
HEARD = ("fetched", "unchanged", "registered", "resync_sent", "resync_waiting", "resync_done", "resync_stopped")


@dataclass(frozen=True, slots=True)
class Heard:
    """Something that a phone did: the kind of its event, when, and the event's sentence."""

    kind: str
    at: float
    reason: str


@dataclass(frozen=True, slots=True)
class Followed:
    """An item on its way, with its phone as that is now: `stamp` of the configuration that it took last, `firmware`
    that it runs, `refused` why it did not get its configuration. `firmware_wish` is empty but for a rollout, `part` is
    where in the stamp the item's `revision` stands."""

    id: int
    job_id: int
    mac: str
    state: str
    text: str
    revision: int
    written: float
    notified: float | None
    fetched: float | None
    stamp: str = ""
    firmware: str = ""
    refused: str = ""
    firmware_wish: str = ""
    part: int = 0


def took(stamp: str, part: int, revision: int) -> bool:
    """Whether the stamp that a phone took has this revision, or a later one, in its place `part`."""
    parts = stamp.split(".")
    return len(parts) > part and parts[part].isdecimal() and int(parts[part]) >= revision > 0


def follow(item: Followed, heard: Iterable[Heard], *, restarting: bool, now: float) -> Followed:
    """The item after its phone did this. `restarting`: it was told to restart, and is not back yet."""
    has_it = took(item.stamp, item.part, item.revision)
    runs_it = bool(item.firmware_wish) and item.firmware == item.firmware_wish
    for one in heard:
        if one.at >= item.written and item.state != APPLIED:
            item = _step(item, one, has_it)
    if item.state == APPLIED:
        return item
    if runs_it or (has_it and not item.firmware_wish and not restarting):
        text = f"It runs {item.firmware} now." if runs_it else "It has fetched its new configuration."
        return replace(item, state=APPLIED, text=text, fetched=item.fetched or now)
    if has_it and item.state in (WRITTEN, NOTIFIED):
        text = "It has fetched its new configuration and "
        text += f"is to load {item.firmware_wish}." if item.firmware_wish else "restarts."
        return replace(item, state=FETCHED, text=text, fetched=now)
    return item


def _step(item: Followed, one: Heard, has_it: bool) -> Followed:
    match one.kind, item.state:
        case "resync_sent", "written":
            return replace(item, state=NOTIFIED, text=one.reason, notified=one.at)
        case "resync_waiting", "written":
            return replace(item, text=one.reason)
        case "resync_stopped", "written" | "notified" | "fetched":
            return replace(item, state=FAILED, text=one.reason)
        case "resync_done", "written" | "notified" | "fetched" if has_it and not item.firmware_wish:
            return replace(item, state=APPLIED, text=one.reason, fetched=item.fetched or one.at)
    return item


def overdue(item: Followed, now: float, tell_within: float | None) -> Followed:
    """The item when nothing came for too long; the same item while there is time. `tell_within`: how long it may wait
    to be told, None where that is the resync's own business."""
    if item.state == WRITTEN and tell_within is not None and now - item.written > tell_within:
        text = f"It could not be told within {_span(tell_within)}. {item.text}"
        return replace(item, state=FAILED, text=text)
    if item.state == NOTIFIED and now - (item.notified or item.written) > FETCH_WITHIN:
        why = item.refused or "look whether it is on and can reach this server."
        text = f"It was told and has not taken its new configuration within {_span(FETCH_WITHIN)}; {why}"
        return replace(item, state=FAILED, text=text)
    if item.state == FETCHED:
        waited = now - (item.fetched or item.written)
        if item.firmware_wish and waited > INSTALL_WITHIN:
            runs = f"it still runs {item.firmware}" if item.firmware else "what it runs is not known"
            text = f"It fetched its configuration, but {_span(INSTALL_WITHIN)} later {runs}; look at the phone."
            return replace(item, state=FAILED, text=text)
        if not item.firmware_wish and waited > RETURN_WITHIN:
            return replace(item, state=APPLIED, text="It has fetched its new configuration.")
    return item


def _span(seconds: float) -> str:
    return f"{round(seconds / 60)} minutes" if seconds < 7200 else f"{round(seconds / 3600)} hours"
