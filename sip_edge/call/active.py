"""The calls of a company at this moment, as lists of active calls show them (SF-009)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sip_edge.call.conversation import Conversation
from sip_edge.call.leg import Leg
from sip_edge.routing.decision import Decision
from sip_edge.routing.facts import Company

STATES = ("ringing", "talking", "held", "parked", "application")
"""What a call does: it rings, two talk, one has put the other on hold, it waits in an orbit, or an application of the
server has it (voicemail, an announcement)."""


@dataclass(frozen=True, slots=True)
class Party:
    """One end of a call: `extension` of a person of the company, or `number` (empty for an anonymous one)."""

    name: str = ""
    extension: str = ""
    number: str = ""


@dataclass(frozen=True, slots=True)
class ActiveCall:
    """`began` is epoch seconds. `place`: the orbit of a parked call, or what application has it (`voicemail 103`,
    `announcement`, `feature voicemail_access`, `screening` while the caller is asked for a name). `ringing`: who is
    rung at this moment."""

    id: str
    direction: str
    caller: Party
    called: Party
    dialed: str
    state: str
    began: float
    place: str
    ringing: tuple[Party, ...]


def active_call(one: Conversation) -> ActiveCall:
    """A conversation as a row of the list."""
    company, caller, callee = one.known.company, one.caller, one.peer(one.caller)
    rung = _parties(leg for leg in one.legs.values() if leg is not caller and leg is not callee and not leg.cancelled)
    called = _party(callee) if callee is not None else _dialed(one.facts.called, company)
    state = _state(one, callee)
    return ActiveCall(
        one.id, _direction(one, callee), _party(caller), called, one.facts.called, state, one.began,
        _place(one, state), rung if state == "ringing" else (),
    )  # fmt: skip


def active_calls(
    conversations: Iterable[Conversation], domain: str, mine: frozenset[str] | None = None, most: int = 500
) -> tuple[list[ActiveCall], int]:
    """The first `most` calls of a company, the oldest first, and how many there are. `mine`: only those that have to do
    with one of these extensions."""
    found = [one for one in conversations if one.known.company.domain == domain and not (one.over or _left_alone(one))]
    if mine is not None:
        found = [one for one in found if mine & people(one)]
    found.sort(key=lambda one: (one.began, one.id))
    return [active_call(one) for one in found[:most]], len(found)


def people(one: Conversation) -> frozenset[str]:
    """Every extension that has to do with a call."""
    called = one.facts.called
    dialed = {called} if called in one.known.company.people else set()
    return frozenset({leg.end.extension for leg in one.legs.values()} | dialed) - {""}


def _left_alone(one: Conversation) -> bool:
    """Has the other end gone on in another call? Who transferred it is about to hang up."""
    return one.callee is not None and len(one.legs) == 1


def _state(one: Conversation, callee: Leg | None) -> str:
    if one.orbit:
        return "parked"
    if callee is not None and callee.talking:
        return "held" if one.caller.held or callee.held else "talking"
    if one.caller.talking and not any(leg is not one.caller for leg in one.legs.values()):
        return "application"
    return "ringing"


def _place(one: Conversation, state: str) -> str:
    if state == "parked":
        return one.orbit
    return _application(one.decision) if state == "application" and one.decision is not None else ""


def _application(decision: Decision) -> str:
    to = decision.destination
    if decision.action == "send" and to is not None:
        return f"{to.kind} {to.value}".strip()
    if decision.action == "ring":
        return "screening"
    return "announcement" if decision.action == "announce" else f"feature {decision.feature}".strip()


def _direction(one: Conversation, callee: Leg | None) -> str:
    if one.caller.end.extension:
        out = callee if callee is not None else next((leg for leg in one.legs.values() if leg is not one.caller), None)
        return "outbound" if out is not None and out.end.trunk else "internal"
    return "inbound"


def _party(leg: Leg) -> Party:
    end = leg.end
    return Party(end.name, end.extension, "" if end.extension else end.number)


def _parties(legs: Iterable[Leg]) -> tuple[Party, ...]:
    """Each once, however many phones of theirs there are."""
    return tuple(dict.fromkeys(_party(leg) for leg in legs))


def _dialed(called: str, company: Company) -> Party:
    person = company.people.get(called)
    return Party(person.name, called) if person is not None else Party(number=called)
