"""Calls that somebody else answers, or goes on with: Replaces (RFC 3891), pickup, taking over from another phone."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from sip_edge.call import description
from sip_edge.call.conversation import Conversation
from sip_edge.call.invites import Invitation
from sip_edge.call.leg import Leg
from sip_edge.call.passing import asserted
from sip_edge.message import Request, Response, SipError
from sip_edge.message.field import Field

if TYPE_CHECKING:
    from sip_edge.call.controller import Controller


class Taking:
    """One a controller."""

    def __init__(self, controller: Controller) -> None:
        self._controller = controller

    def replaces(self, one: Conversation, request: Request) -> None:
        """An INVITE that takes the place of another leg. Raises SipError 481 or 486."""
        field = request.field("replaces")
        leg = self.named(field, one.domain) if field is not None else None
        if leg is None:
            raise SipError(481, "There is no such call to take over.")
        other = self._controller.book.of(leg)
        if other is None or other is one:
            raise SipError(481, "There is no such call to take over.")
        if leg.talking:
            if field is not None and field.parameter("early-only") is not None:
                raise SipError(486, "The call has been answered already.")
            self.take_over(one, other, leg, "replaces")
        elif not leg.incoming and not leg.cancelled:
            self.pick_up(one, other)
        else:
            raise SipError(481, "There is no such call to take over.")

    def named(self, field: Field, domain: str) -> Leg | None:
        """The leg of this company that a Replaces value names."""
        call_id, one, other = field.value, field.parameter("to-tag") or "", field.parameter("from-tag") or ""
        book = self._controller.book
        leg = book.by_key((call_id, one, other)) or book.by_key((call_id, other, one)) or book.by_call_id(call_id)
        return leg if leg is not None and leg.end.domain == domain else None

    def take_over(self, one: Conversation, other: Conversation, leg: Leg | None, why: str) -> None:
        """The caller of `one`, whose INVITE waits, takes the place of `leg` in `other`: its peer is the caller's now.
        `leg` None: nobody is in that place (a parked call). Raises SipError when that cannot be."""
        controller = self._controller
        peer = other.peer(leg) if leg is not None else other.caller
        if peer is None or not peer.talking or one.asked is None:
            raise SipError(481, "There is nobody to talk to in that call.")
        controller.carry_out(one, one.call.taken())

        def heard(invitation: Invitation | None, response: Response | None) -> None:
            if invitation is None or response is None or response.status >= 300 or one.over or other.over:
                self._not_taken(one, other, leg, peer, invitation, response)
                return
            peer.theirs = response.body
            through = audio.answer if one.offer else audio.offer
            through(one, peer, one.caller, response.body, partial(passed, invitation))

        def passed(invitation: Invitation, body: bytes | None) -> None:
            if body is None or one.over or other.over or one.asked is None:
                invitation.acknowledge()
                self._not_taken(one, other, leg, peer, None, None)
                return
            self._moved(one, other, leg, peer, why)
            if one.offer:
                invitation.acknowledge()
                controller.welcome.answer(one, body)
            else:
                controller.welcome.answer(one, body, partial(self._late, one, peer, invitation))
            controller.lamps.show(one, peer)

        def offered(body: bytes | None) -> None:
            if body is None:
                self._not_taken(one, other, leg, peer, None, None)
            else:
                controller.transfers.offer(peer, body, asserted(one, one.caller), heard)

        audio = controller.audio
        audio.offer(one, one.caller, peer, one.offer, offered)

    def _late(self, one: Conversation, peer: Leg, invitation: Invitation, ack: Request | None) -> None:
        """The taker's INVITE had no offer: its answer is in the ACK."""
        body = ack.body if ack is not None else b""
        one.caller.theirs = body
        self._controller.audio.answer(
            one, one.caller, peer, body, lambda passed: invitation.acknowledge(peer.described(passed or b""))
        )

    def _not_taken(
        self, one: Conversation, other: Conversation, leg: Leg | None, peer: Leg, invitation: Invitation | None,
        response: Response | None,
    ) -> None:  # fmt: skip
        """It did not come to that: whoever was connected still is."""
        if invitation is not None and response is not None and response.status < 300:
            invitation.acknowledge()
            if leg is not None and not other.over:
                self._controller.transfers.offer(peer, leg.theirs, asserted(other, leg), _acknowledged)
        self._controller.end(one, None, "failed", 480)
        if leg is None and not other.orbit:
            self._controller.end(other, None, "failed", 480)

    def _moved(self, one: Conversation, other: Conversation, leg: Leg | None, peer: Leg, why: str) -> None:
        controller = self._controller
        replaced = str(leg.number) if leg is not None else ""
        controller.note(one, "replaced", one.caller, reason=why, detail={"leg": replaced, "call": other.id})
        if other.orbit:
            controller.orbits.taken(other)
        controller.book.enter(one, peer)
        controller.note(one, "answered", peer)
        one.callee = peer
        if leg is None:
            controller.dissolve(other, why)
        else:
            controller.end(other, None, why)

    def pick_up(self, one: Conversation, other: Conversation) -> None:
        """The caller of `one`, whose INVITE waits, answers `other`, which rings. Raises SipError when it cannot be."""
        controller = self._controller
        if other.asked is None or other.asked.answered:
            other.on_refused = None
            controller.carry_out(other, other.call.taken())
            if other.on_connected is not None:
                other.on_connected()
            self.take_over(one, other, None, "picked up")
            return
        if not one.offer and not other.offer:
            raise SipError(488, "Neither the caller nor who picks the call up offers a session.")
        if not one.offer or not other.offer:
            self._pick_up_late(one, other)
            return
        if not controller.audio.relayed(other, other.caller, one.caller, other.offer):
            self._picked_up(one, other, description.joined(other.offer, one.offer))
            return
        controller.carry_out(other, other.call.taken())
        controller.audio.joined(other, other.caller, one.caller, partial(self._picked_up, one, other))

    def _pick_up_late(self, one: Conversation, other: Conversation) -> None:
        """Only one of the two has offered: the 200 to the other carries that offer, and its ACK the answer."""
        controller = self._controller
        first, second = (one, other) if one.offer else (other, one)

        def offered(body: bytes | None) -> None:
            if body is None or first.over or second.over or second.asked is None:
                self._neither(one, other)
                return
            controller.carry_out(second, second.call.taken())
            second.on_over = lambda: controller.end(first, None, "failed", 480)
            controller.welcome.answer(second, body, acknowledged)

        def acknowledged(ack: Request | None) -> None:
            second.caller.theirs = ack.body if ack is not None else b""
            audio.answer(other, second.caller, first.caller, second.caller.theirs, answered)

        def answered(body: bytes | None) -> None:
            if not body or first.over or second.over or first.asked is None:
                self._neither(one, other)
                return
            second.on_over = None
            controller.carry_out(first, first.call.taken())
            controller.welcome.answer(first, body)
            self._together(one, other)

        audio = controller.audio
        controller.carry_out(other, other.call.taken())
        audio.offer(other, first.caller, second.caller, first.offer, offered)

    def _neither(self, one: Conversation, other: Conversation) -> None:
        self._controller.end(one, None, "failed", 480)
        self._controller.end(other, None, "failed", 480)

    def _picked_up(self, one: Conversation, other: Conversation, answers: tuple[bytes, bytes] | None) -> None:
        """Both who offered get their answers."""
        controller = self._controller
        if answers is None or one.over or other.over or one.asked is None:
            self._neither(one, other)
            return
        to_caller, to_taker = answers
        controller.carry_out(one, one.call.taken())
        controller.carry_out(other, other.call.taken())
        controller.welcome.answer(one, to_taker)
        if not one.over:
            controller.welcome.answer(other, to_caller)
        self._together(one, other)

    def _together(self, one: Conversation, other: Conversation) -> None:
        """Both are answered: the taker is in the conversation of the caller."""
        controller = self._controller
        if one.over or other.over:
            self._neither(one, other)
            return
        controller.note(other, "replaced", one.caller, reason="picked up", detail={"call": one.id})
        controller.note(other, "answered", one.caller)
        controller.book.enter(other, one.caller)
        other.callee = one.caller
        controller.dissolve(one, "picked up")
        controller.lamps.show(other, other.caller)
        controller.lamps.show(other, one.caller)


def _acknowledged(invitation: Invitation | None, response: Response | None) -> None:
    if invitation is not None and response is not None and response.status < 300:
        invitation.acknowledge()
