"""An attended transfer: the far ends of two calls of one phone are connected with each other (RFC 5589 section 7).

Rules of this file: until both have agreed, either call can go on as it was. When one of the two refuses, each is with
who gave it away again, as far as that one is still there.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from sip_edge.call.conversation import Conversation
from sip_edge.call.leg import Leg
from sip_edge.call.notice import Notice
from sip_edge.dialog.dialog import State
from sip_edge.routing.facts import Call as Facts

if TYPE_CHECKING:
    from sip_edge.call.controller import Controller

LEAVE = 2.0
"""Seconds that a phone has for hanging up itself once its transfer has succeeded."""


@dataclass(frozen=True, slots=True)
class Given:
    """One of the two calls: `leg` is the phone's own, `far` is given away; `described` is what that had said before."""

    one: Conversation
    leg: Leg
    far: Leg
    described: bytes

    @property
    def stands(self) -> bool:
        """Can it go on as it was?"""
        return not (self.one.over or self.leg.over or self.far.over)


class Attended:
    """One transfer. `begin` starts it."""

    def __init__(self, controller: Controller, first: Given, second: Given, notice: Notice) -> None:
        self._controller, self._first, self._second, self._notice = controller, first, second, notice

    def begin(self) -> None:
        """Connect the two in a conversation of their own."""
        controller, peer, far, end = self._controller, self._first.far, self._second.far, self._first.leg.end
        one = self._first.one
        controller.note(one, "transferred", self._first.leg, reason="attended", detail={"to": far.end.shown})
        new = controller.again(one.known, Facts(far.end.shown, name=end.name, extension=end.extension), peer)
        new.call.taken()
        new.callee = far
        controller.book.enter(new, far)
        controller.transfers.join(new, peer, far, partial(self._joined, new))

    def _joined(self, new: Conversation, status: int) -> None:
        controller = self._controller
        self._notice.say(status)
        if status >= 300 and not new.over:
            self._back(new, status)
            return
        if not new.over:
            controller.note(new, "answered", self._second.far)
        for given in (self._first, self._second):
            controller.stack.timers.after(LEAVE, controller.end, given.one, None, "transferred")
            if not new.over:
                controller.lamps.show(new, given.far)

    def _back(self, new: Conversation, status: int) -> None:
        """It has failed: whoever can is where they were. The others are hung up."""
        controller, both = self._controller, (self._first, self._second)
        for given in both:
            if given.stands:
                controller.book.enter(given.one, given.far)
        new.callee = None
        controller.end(new, None, "transfer failed", status)
        for given in both:
            if not given.stands:
                controller.end(given.one, None, "failed")
            elif given.far.dialog is None or given.far.dialog.state is State.ENDED:
                given.far.ended()
                controller.hung_up(given.far, "failed")
            else:
                controller.lamps.show(given.one, given.far)
                self._heard(given)

    def _heard(self, given: Given) -> None:
        """What the far end hears now. One that has agreed to the transfer has been told of somebody else meanwhile."""
        one, leg, far = given.one, given.leg, given.far
        holding, rejoin = self._controller.inside.offers.holding, self._controller.transfers.rejoin
        if far in self._controller.waiting:
            holding.given_back(one, leg, far, partial(rejoin, one, leg, far))
        elif far.theirs is not given.described:
            holding.again(one, leg, far, partial(rejoin, one, leg, far))
