"""Calls whose audio was lost, as when the process that passed it has died: the two are connected once more.

Rules of this file:
- Both phones are asked anew, for the ports that they send to are gone; the engine is tried first, so that no phone is
  asked for nothing.
- Who is on hold is left alone: resuming connects the two through new ports anyway.
- A call that has no sound after `LIMIT` seconds is ended: nobody is left talking into nothing.
"""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING

from sip_edge.call.conversation import Conversation
from sip_edge.call.leg import Leg
from sip_edge.media.engine import MediaEngine
from sip_edge.media.event import CallLost, MediaEvent

if TYPE_CHECKING:
    from sip_edge.call.controller import Controller

log = logging.getLogger(__name__)
BACK = 1.0
"""Seconds after which the engine is asked, and asked again: its process is started anew meanwhile."""
APART = 0.005
"""Seconds between two calls that are lost at once, so that a thousand of them do not stop everything else."""
LIMIT = 20.0
LOST = "Its audio was lost; the two are connected anew."


class Mending:
    """One a controller."""

    def __init__(self, controller: Controller) -> None:
        self._controller = controller
        self._turns: dict[str, object] = {}
        """What is under way, by conversation: of two losses the later counts."""

    def __len__(self) -> int:
        return len(self._turns)

    def listen(self, engine: MediaEngine) -> None:
        """Hear of calls that the engine has lost."""
        engine.subscribe(self._told)

    def _told(self, event: MediaEvent) -> None:
        one = self._controller.book.conversations.get(event.call) if isinstance(event, CallLost) else None
        if one is None or not (self._pair(one) or _rings(one)):
            return
        turn, wait = object(), BACK + APART * len(self._turns)
        self._turns[one.id] = turn
        self._controller.stack.timers.after(wait, self._begin, one, turn)

    def _begin(self, one: Conversation, turn: object) -> None:
        if self._turns.get(one.id) is turn and _rings(one):
            for leg in [
                leg for leg in one.legs.values() if one.relayed.get(frozenset((one.caller.number, leg.number)))
            ]:
                self._open(one, turn, leg)
            self._wait(one, turn)
        elif self._current(one, turn) is not None:
            self._controller.stack.timers.after(LIMIT, self._give_up, one, turn)
            self._try(one, turn)

    # While phones ring

    def _open(self, one: Conversation, turn: object, leg: Leg) -> None:
        """Have the engine know a phone again that rings, so that it can be answered."""

        def ready(body: bytes | None) -> None:
            if body is None:
                self._controller.stack.timers.after(BACK, self._open, one, turn, leg)

        if self._turns.get(one.id) is turn and _rings(one) and leg.number in one.legs:
            self._controller.audio.offer(one, one.caller, leg, one.offer, ready)

    def _wait(self, one: Conversation, turn: object) -> None:
        """A phone that answers sends to where nothing is any more: then the two are connected anew."""
        if self._turns.get(one.id) is turn and _rings(one):
            self._controller.stack.timers.after(BACK, self._wait, one, turn)
        else:
            self._begin(one, turn)

    # While two talk

    def _pair(self, one: Conversation) -> tuple[Leg, Leg] | None:
        """The two that talk to each other, the one to be asked for an offer first: a phone, as not every carrier makes
        one. None where nobody does, or one is on hold."""
        caller, callee = one.caller, one.callee
        if one.over or callee is None or one.peer(caller) is not callee or caller.number not in one.legs:
            return None
        waiting = self._controller.waiting
        if any(not leg.talking or leg in waiting or (leg.held and not leg.end.trunk) for leg in (caller, callee)):
            return None
        return (callee, caller) if caller.end.trunk else (caller, callee)

    def _current(self, one: Conversation, turn: object) -> tuple[Leg, Leg] | None:
        if self._turns.get(one.id) is not turn:
            return None
        pair = self._pair(one)
        if pair is None:
            del self._turns[one.id]
        return pair

    def _try(self, one: Conversation, turn: object) -> None:
        pair = self._current(one, turn)
        if pair is None:
            return
        first, second = pair

        def ready(body: bytes | None) -> None:
            if body is None:
                self._controller.stack.timers.after(BACK, self._try, one, turn)
            elif self._current(one, turn) is not None:
                self._controller.note(one, "relayed", second, reason=LOST)
                self._controller.transfers.join(one, first, second, partial(self._joined, one, turn))

        self._controller.audio.offer(one, first, second, first.theirs, ready)

    def _joined(self, one: Conversation, turn: object, status: int) -> None:
        if status >= 300:
            self._give_up(one, turn)
        elif self._turns.get(one.id) is turn:
            del self._turns[one.id]

    def _give_up(self, one: Conversation, turn: object) -> None:
        if self._turns.get(one.id) is not turn:
            return
        del self._turns[one.id]
        if self._pair(one) is not None:
            log.info("A call of %s is ended: its audio was lost and cannot be connected again.", one.domain)
            self._controller.end(one, None, "audio lost")


def _rings(one: Conversation) -> bool:
    """Do phones ring for a caller who has made an offer, of which one at least passes through here?"""
    return (
        not one.over and one.callee is None and one.asked is not None and bool(one.offer) and any(one.relayed.values())
    )
