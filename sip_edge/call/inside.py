"""Requests inside calls: BYE ends, PRACK acknowledges, keys pass to the other side. Offers have a room of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sip_edge.call.conversation import Conversation
from sip_edge.call.keys import digit
from sip_edge.call.leg import Leg, Stage
from sip_edge.call.offers import PROMPT, Offers
from sip_edge.call.passing import told
from sip_edge.dialog import key_at_server
from sip_edge.message import SipError
from sip_edge.stack_request import ServerRequest

if TYPE_CHECKING:
    from sip_edge.call.controller import Controller

PASSED_TYPES = ("application/dtmf-relay", "application/dtmf", "application/media_control+xml")
"""Bodies of INFO that pass."""


class Inside:
    """One a controller."""

    def __init__(self, controller: Controller) -> None:
        self._controller = controller
        self.offers = Offers(controller)
        self.invite = self.offers.invite

    def handle(self) -> None:
        """Answer these methods from now on."""
        for method in ("BYE", "INFO", "PRACK", "REFER", "UPDATE"):
            self._controller.stack.handle(method, getattr(self, method.lower()))

    def found(self, asked: ServerRequest) -> tuple[Leg, Conversation]:
        """Whose dialog a request is in. Raises SipError: 481 for nobody's, 500 when it is out of order."""
        book = self._controller.book
        leg = book.by_key(key_at_server(asked.request))
        one = book.of(leg) if leg is not None else None
        if leg is None or one is None:
            raise SipError(481, "There is no such call.")
        leg.received(asked.request)
        if not leg.end.trunk and leg.flow != asked.flow:
            leg.flow = asked.flow  # the phone has come back over another connection
        return leg, one

    def bye(self, asked: ServerRequest) -> None:
        """They hang up."""
        if self._controller.confirming.bye(key_at_server(asked.request), asked):
            return
        leg, _ = self.found(asked)
        asked.reply(200)
        leg.ended()
        self._controller.hung_up(leg)

    def prack(self, asked: ServerRequest) -> None:
        """They have heard our reliable answer."""
        leg, one = self.found(asked)
        if leg.reliable is None or one.asked is None:
            raise SipError(481, "The PRACK acknowledges no response of this server.")
        leg.reliable = leg.reliable.acknowledged(asked.request, one.asked.request)
        self._controller.stack.layer.prack(asked.request, self._controller.stack.timers.now())
        asked.reply(200)

    def update(self, asked: ServerRequest) -> None:
        """A session refreshed, or changed. A phone that rings still has our offer before it, which it has not answered:
        one of its own comes too early (RFC 3311 section 5.2)."""
        leg = self._ringing(asked)
        if leg is None:
            self.offers.update(asked)
        elif asked.request.body:
            raise SipError(491, "The call has not been answered yet.")
        else:
            asked.reply(200, None, [self._controller.wire.contact(leg)])

    def _ringing(self, asked: ServerRequest) -> Leg | None:
        """The phone that rings whose request this is."""
        leg = self._controller.book.by_call_id(asked.request.call_id)
        one = self._controller.book.of(leg) if leg is not None else None
        if leg is None or one is None or leg.stage is not Stage.EARLY or leg.cancelled:
            return None
        ours = one.invitations[leg.number].request.from_.tag
        return leg if asked.request.to.tag == ours else None

    def refer(self, asked: ServerRequest) -> None:
        """They give the call away."""
        leg, one = self.found(asked)
        self._controller.transfers.refer(asked, one, leg)

    def info(self, asked: ServerRequest) -> None:
        """Keys that were pressed, and their like: the other side is to know."""
        leg, one = self.found(asked)
        peer, kind = one.peer(leg), asked.request.headers.first("content-type") or ""
        pressed = digit(kind, asked.request.body)
        asking = (self._controller.confirming, self._controller.screening)
        taken = bool(pressed) and any(each.pressed(one, leg, pressed) for each in asking)
        if taken or peer is None or not peer.talking or not asked.request.body:
            asked.reply(200)
            return
        self._controller.stack.timers.after(PROMPT, asked.reply, 408)
        self._controller.wire.ask(
            peer, "INFO", [("Content-Type", kind)], asked.request.body, lambda response: told(asked, response.status)
        )
