"""Parked calls (platform-facts.md section 9): held in an orbit until somebody takes them, or rung back to who parked
them."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from sip_edge.call import description
from sip_edge.call.call import Call
from sip_edge.call.conversation import Conversation
from sip_edge.call.waiter import RINGBACK, Sound
from sip_edge.message import SipError
from sip_edge.routing.decision import CallerId
from sip_edge.timers import Timer

if TYPE_CHECKING:
    from sip_edge.call.controller import Controller

RING_FOR = 60.0
"""Seconds until a parked call rings back, where the orbit says nothing else."""
MOST_RECALLS = 5
"""Times that a call is rung back and parked again; then it is hung up."""
Place = tuple[str, str]
"""(company, orbit)."""


class Orbits:
    """One a controller. A conversation that is parked has its caller only, who is talking."""

    def __init__(self, controller: Controller) -> None:
        self._controller = controller
        self._parked: dict[Place, Conversation] = {}
        self._timers: dict[Place, Timer] = {}
        self._by: dict[str, str] = {}
        self._recalls: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._parked)

    def free(self, domain: str, orbits: frozenset[str]) -> str:
        """The first orbit that nobody is in; empty when all are taken."""
        return next((one for one in sorted(orbits) if (domain, one) not in self._parked), "")

    def at(self, domain: str, orbit: str) -> Conversation | None:
        """Who is parked there."""
        return self._parked.get((domain, orbit))

    def recalls(self, one: Conversation) -> bool:
        """Is this somebody who was parked, and rings back?"""
        return one.id in self._recalls

    def park(self, one: Conversation, orbit: str, by: str) -> bool:
        """Park the caller, who is talking; `by` is the extension that it rings back. False when the orbit is taken."""
        place = (one.domain, orbit)
        if place in self._parked or not one.caller.talking:
            return False
        self._parked[place] = one
        self._by[one.id] = by
        one.orbit, one.callee = orbit, None
        controller = self._controller
        controller.carry_out(one, one.call.taken())
        controller.waiting.fetch(one, by, partial(self._plays, one))
        controller.lamps.orbit(one.domain, orbit, one.caller)
        person = one.known.company.people.get(by)
        controller.note(
            one, "parked", one.caller, extension=by, name=person.name if person else "", detail={"orbit": orbit}
        )
        self._timers[place] = controller.stack.timers.after(RING_FOR, self._recall, one)
        return True

    def taken(self, one: Conversation) -> None:
        """Somebody has taken the parked call out of its orbit."""
        self._controller.note(one, "retrieved", one.caller, detail={"orbit": one.orbit})
        self.emptied(one)

    def emptied(self, one: Conversation) -> None:
        """The parked call is over, or not parked any more."""
        if one.orbit and self._parked.get((one.domain, one.orbit)) is one:
            place = (one.domain, one.orbit)
            del self._parked[place]
            self._timers.pop(place).cancel()
            self._controller.lamps.orbit(one.domain, one.orbit, None)
            one.orbit = ""
        if one.over:
            self._by.pop(one.id, None)
            self._recalls.pop(one.id, None)

    def _plays(self, one: Conversation, music: Sound | None) -> None:
        """Who is parked hears the music of who parked it, ringback where there is none."""
        if self._parked.get((one.domain, one.orbit)) is one:
            self._controller.waiting.begin(
                one, one.caller, music or RINGBACK, lambda status: self._quiet(one) if status else None
            )

    def _quiet(self, one: Conversation) -> None:
        """The parked phone cannot be played anything: nobody sends it any, and it need not send."""
        leg = one.caller
        if one.over or not one.orbit or not leg.ours or not leg.exchange.may_invite:
            return
        try:
            body = leg.described(description.on_hold(leg.ours))
        except SipError:
            return
        self._controller.wire.invite_again(
            leg, body, (), lambda invitation, response: invitation.acknowledge() if response.status < 300 else None
        )

    def _recall(self, one: Conversation) -> None:
        """Ring whoever parked it; when they do not answer, it is parked again."""
        orbit, by = one.orbit, self._by.get(one.id, "")
        self._recalls[one.id] = self._recalls.get(one.id, 0) + 1
        self.emptied(one)
        controller = self._controller
        controller.note(one, "recalled", one.caller, detail={"orbit": orbit, "to": by})
        if self._recalls[one.id] > MOST_RECALLS or not by:
            controller.end(one, None, "nobody took it", 480)
            return
        one.call, one.offer = Call(), b""
        one.facts = replace(one.facts, called=by, extension=one.facts.extension or by, hops=())
        end = one.caller.end
        one.shows = CallerId(end.shown, f"{orbit}: {end.name or end.shown}")
        one.on_refused = lambda _status: self._again(one, orbit, by)
        controller.decide(one)

    def _again(self, one: Conversation, orbit: str, by: str) -> bool:
        one.call = Call()
        free = orbit if self.at(one.domain, orbit) is None else self.free(one.domain, one.known.company.orbits)
        return bool(free) and self.park(one, free, by)
