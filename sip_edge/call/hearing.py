"""What phones that are called say: they ring, they are answered, they refuse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sip_edge.call import description
from sip_edge.call.call import BUSY
from sip_edge.call.conversation import Conversation
from sip_edge.call.leg import Leg
from sip_edge.message import Response

if TYPE_CHECKING:
    from sip_edge.call.controller import Controller


class Hearing:
    """One a controller."""

    def __init__(self, controller: Controller) -> None:
        self._controller = controller

    def alerting(self, one: Conversation, leg: Leg, response: Response) -> None:
        """A phone rings."""
        controller = self._controller
        if not leg.alerted:
            leg.alerted = True
            controller.note(one, "alerting", leg)
            controller.lamps.show(one, leg)
        media = response.content_type is not None and response.content_type.name == description.CONTENT_TYPE
        if media and response.body and one.offer and not one.targets[leg.number].confirm:
            leg.theirs = response.body
            controller.audio.answer(one, leg, one.caller, response.body, lambda body: self._early(one, leg, body))
        else:
            controller.carry_out(one, one.call.progress(leg.number, media=False))

    def _early(self, one: Conversation, leg: Leg, body: bytes | None) -> None:
        leg.passed = body or b""
        self._controller.carry_out(one, one.call.progress(leg.number, media=bool(body)))

    def answered(self, one: Conversation, leg: Leg, body: bytes) -> None:
        """A phone was answered; what it describes is an offer, where it got none. Who comes second, is hung up before
        the engine hears of it: it would connect the latest."""
        controller = self._controller
        leg.theirs = body or leg.theirs
        controller.carry_out(one, one.call.answers(leg.number))
        if not one.call.joins(leg.number):
            return
        controller.book.found(leg)  # it may hang up before its audio is connected
        if one.offer:
            one.invitations[leg.number].acknowledge()
        through = controller.audio.answer if one.offer else controller.audio.offer
        through(one, leg, one.caller, leg.theirs, lambda passed: self._passed(one, leg, passed))

    def _passed(self, one: Conversation, leg: Leg, body: bytes | None) -> None:
        controller = self._controller
        if not body and leg.number in one.legs:
            one.invitations[leg.number].acknowledge()
            controller.wire.bye(leg)
            self.failed(one, leg, 488)
            return
        leg.passed = body or b""
        controller.carry_out(one, one.call.answered(leg.number))

    def failed(self, one: Conversation, leg: Leg, status: int) -> None:
        """A phone refused, or was not reached."""
        controller = self._controller
        leg.ended()
        if leg.number in one.legs:
            reason = "busy" if status in BUSY else "failed"
            controller.note(one, "not_answered", leg, status=status, reason=reason)
            controller.ending.leave(one, leg)
        controller.carry_out(one, one.call.failed(leg.number, status))
