"""Call detail records: what the events of a call come to, for the history of calls (SF-290 to SF-292).  (pure)

Rules of this file: the same events always make the same records. A call that was parked is two records, as the
platform has it: up to the parking, and from there on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import Protocol

DIRECTIONS = ("inbound", "outbound", "internal")
DISPOSITIONS: Mapping[str, str] = MappingProxyType(
    {
        "answered": "Answered",
        "voicemail": "Voicemail",
        "announced": "Heard an announcement",
        "done": "Feature code",
        "no_answer": "Not answered",
        "busy": "Busy",
        "declined": "Declined",
        "cancelled": "Hung up before an answer",
        "blocked": "Blocked",
        "failed": "Failed",
    }
)
_BY_STATUS = {486: "busy", 600: "busy", 603: "declined", 607: "declined", 487: "cancelled"}
_NOT_ANSWERED = frozenset((404, 408, 410, 480, 484))
_MISSED = frozenset(("voicemail", "no_answer", "busy", "declined", "cancelled"))
MOST_PEOPLE = 50
KEPT_DAYS = 184
"""Six months: as far back as the history goes (AM-87). What is older is in the archives."""


class Event(Protocol):
    """The fields of sip_edge.call.event.CallEvent that records are made from."""

    @property
    def call(self) -> str: ...
    @property
    def at(self) -> float: ...
    @property
    def kind(self) -> str: ...
    @property
    def leg(self) -> int: ...
    @property
    def extension(self) -> str: ...
    @property
    def number(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def called(self) -> str: ...
    @property
    def status(self) -> int: ...
    @property
    def reason(self) -> str: ...
    @property
    def blocked(self) -> bool: ...
    @property
    def detail(self) -> Mapping[str, str]: ...


@dataclass(frozen=True, slots=True)
class Cdr:
    """One line of the history. Times are epoch seconds; `answered` None where nobody talked. `to_number` is an
    extension or a number and differs from `dialed` where the call was sent on; `people` are the extensions that had to
    do with it."""

    call: str
    part: int
    at: float
    answered: float | None
    ended: float
    direction: str
    from_name: str
    from_number: str
    from_extension: str
    dialed: str
    to_number: str
    to_name: str
    disposition: str
    status: int
    blocked: bool
    missed: bool
    people: tuple[str, ...]

    @property
    def seconds(self) -> int:
        """How long they talked."""
        return max(0, round(self.ended - self.answered)) if self.answered is not None else 0


def cdrs(events: Sequence[Event]) -> list[Cdr]:
    """The records of one call from its events, in their order; none before it has ended, or without a beginning."""
    if not events or events[0].kind != "began" or not any(one.kind == "ended" for one in events):
        return []
    last = next(place for place, one in enumerate(events) if one.kind == "ended")
    return [_record(events[0], part, some) for part, some in enumerate(_parts(events[: last + 1]), 1)]


def _parts(events: Sequence[Event]) -> Iterator[Sequence[Event]]:
    """The events of each record: the next one begins where a call is parked, and has that event first."""
    begins = [0, *(place for place, one in enumerate(events) if one.kind == "parked"), len(events)]
    for start, end in pairwise(begins):
        yield events[start:end]


def _record(began: Event, part: int, events: Sequence[Event]) -> Cdr:
    first, over = events[0], events[-1]
    talked = [one for one in events if one.kind in ("answered", "retrieved") and one.leg != began.leg]
    applied = [one for one in events if one.kind == "application"]
    answered = next((one.at for one in events if one.kind in ("answered", "parked", "retrieved")), None)
    status = over.status if over.kind == "ended" else 200
    disposition = _disposition(events, bool(talked) or first.kind == "parked", applied, status)
    to_number, to_name = _to(events, talked, applied)
    direction = _direction(began, events)
    return Cdr(
        began.call, part, first.at, answered, max(over.at, first.at), direction, began.name,
        began.number or began.extension, began.extension,
        first.detail.get("orbit", "") if first.kind == "parked" else began.called, to_number, to_name, disposition,
        status, any(one.blocked for one in events), disposition in _MISSED and direction != "outbound",
        _people(began, events),
    )  # fmt: skip


def _direction(began: Event, events: Sequence[Event]) -> str:
    if not began.extension:
        return "inbound"
    rung = [one for one in events if one.kind == "ringing"]
    return "outbound" if rung and all(one.number and not one.extension for one in rung) else "internal"


def _disposition(events: Sequence[Event], talked: bool, applied: Sequence[Event], status: int) -> str:
    if talked:
        return "answered"
    if applied:
        names = {one.detail.get("application", "") for one in applied}
        if any(one.blocked for one in events):
            return "blocked"
        return "voicemail" if "voicemail" in names else "announced" if "announce" in names else "done"
    if any(one.blocked for one in events):
        return "blocked"
    if status < 300 and any(one.kind == "feature" for one in events):
        return "done"
    return _BY_STATUS.get(status, "no_answer" if status in _NOT_ANSWERED else "failed")


def _to(events: Sequence[Event], talked: Sequence[Event], applied: Sequence[Event]) -> tuple[str, str]:
    """Who the caller came to in the end."""
    if talked:
        return talked[-1].extension or talked[-1].number, talked[-1].name
    if events[0].kind == "parked":
        return events[0].detail.get("orbit", ""), "Announce-Park-Info"
    if applied:
        name = applied[-1].detail.get("application", "")
        words = {"voicemail": "Voicemail", "mailbox": "SpeakAccount", "announce": "Announcement"}
        number = applied[-1].detail.get("argument", "") if name != "announce" else ""
        return number, words.get(name, name)
    rung = next((one for one in events if one.kind in ("ringing", "alerting")), None)
    if rung is not None:
        return rung.extension or rung.number, rung.name
    sent = next((one.detail.get("destination", "") for one in events if one.kind == "decided"), "")
    return "", sent


def _people(began: Event, events: Sequence[Event]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for one in (began, *events):
        found[one.extension] = None
        found[one.detail.get("owner", "")] = None
        if one.kind == "application" and one.detail.get("application") in ("voicemail", "mailbox"):
            found[one.detail.get("argument", "")] = None
    found.pop("", None)
    return tuple(found)[:MOST_PEOPLE]


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a call's flow (SF-293): when, who (empty: the call as a whole), and what in a sentence."""

    at: float
    kind: str
    who: str
    text: str


def flow(events: Sequence[Event]) -> list[Step]:
    """A call step by step, from its events."""
    return [Step(one.at, one.kind, _who(one), _sentence(one)) for one in events]


def _who(one: Event) -> str:
    number = one.extension or one.number
    if one.name and number and one.name != number:
        return f"{one.name} ({number})"
    return one.name or number


def _sentence(one: Event) -> str:
    said = dict(one.detail)
    match one.kind:
        case "began":
            return f"calls {one.called}" if one.called else "calls"
        case "decided":
            return one.reason or "It was decided where the call goes."
        case "ringing":
            return "is called"
        case "alerting":
            return "rings"
        case "screened" | "asked" | "accepted":
            return _asked(one.kind, one.reason)
        case "answered":
            return "answers"
        case "not_answered":
            why = {
                "elsewhere": "stops ringing: somebody else answered", "cancelled": "stops ringing", "busy": "is busy",
                "declined": "declines", "no_key": "presses no key", "voicemail": "sends the caller to the mailbox",
            }  # fmt: skip
            return why.get(one.reason, f"cannot be reached{f' ({one.status})' if one.status else ''}")
        case "forwarded":
            forwards = {"busy": "busy", "voicemail": "as who answered wants it"}
            return f"The call is sent on to {said.get('to', '')}: {forwards.get(one.reason, 'no answer')}."
        case "transferred":
            return f"is given away to {said.get('to', '')}"
        case "parked" | "retrieved" | "recalled":
            words = {"parked": "parks the call in", "retrieved": "is taken out of", "recalled": "comes back from"}
            return f"{words[one.kind]} {said.get('orbit', 'park')}"
        case "feature":
            return f"uses the feature code {said.get('feature', '')} {said.get('argument', '')}".strip()
        case "application":
            names = {
                "voicemail": "is at the voicemail of", "mailbox": "is at the mailbox", "announce": "hears",
                "record": "records something for",
            }  # fmt: skip
            return f"{names.get(said.get('application', ''), 'is at')} {said.get('argument', '')}".strip()
        case "relayed":
            return f"is heard through the server: {one.reason}" if one.reason else "is heard through the server"
        case "left":
            return "hangs up" if one.reason == "hung_up" else "is out of the call"
        case "ended":
            return "The call is over."
    return {"held": "puts the other on hold", "resumed": "comes back", "replaced": "takes the place of another"}.get(
        one.kind, one.kind
    )


def _asked(kind: str, reason: str) -> str:
    """What is said of a caller's name, and of those who are asked to press 1 (SF-099, SF-107)."""
    if kind == "screened":
        return {"named": "says a name", "unnamed": "says no name"}.get(reason, "is asked for a name")
    if kind == "asked":
        return "hears who calls, and is asked to press 1" if reason == "screening" else "is asked to press 1"
    return "presses 1"
