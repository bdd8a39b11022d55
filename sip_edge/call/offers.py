"""Offers inside calls: holds are answered here where music is played; every other change passes to the other side.

Rules of this file: one offer at a time goes through a call (RFC 3261 section 14, RFC 3311); who crosses another's is
told 491 and tries again. What one side is answered of the other is what that has said, never a guess.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from sip_edge.call import description
from sip_edge.call.conversation import Conversation
from sip_edge.call.description import CONTENT_TYPE
from sip_edge.call.holding import Holding
from sip_edge.call.invites import Invitation
from sip_edge.call.leg import Leg
from sip_edge.call.passing import Rows, asserted, told
from sip_edge.call.waiting import GONE
from sip_edge.message import Request, Response, SipError
from sip_edge.stack_request import ServerRequest

if TYPE_CHECKING:
    from sip_edge.call.controller import Controller

Heard = Callable[[Invitation | None, Response], None]
CROSSED = "The call cannot be changed just now."
PROMPT = 10.0
"""Seconds after which an UPDATE or INFO is refused that the other side has not answered."""


class Offers:
    """One a controller."""

    def __init__(self, controller: Controller) -> None:
        self._controller = controller
        self.holding = Holding(controller)

    def invite(self, asked: ServerRequest) -> None:
        """A re-INVITE: hold, another codec, another address."""
        leg, one = self._controller.inside.found(asked)
        body = asked.request.body
        if body:
            description.checked(body)
        leg.exchange = leg.exchange.invited(offer=bool(body), seconds=secrets.randbelow(11))
        asked.on_cancel = lambda: self._withdrawn(one, leg, asked)
        try:
            self._invited(one, leg, asked)
        except SipError:
            leg.exchange = leg.exchange.invite_over(ours=False)
            raise

    def _withdrawn(self, one: Conversation, leg: Leg, asked: ServerRequest) -> None:
        """The offer is answered already, by a refusal: the phone has cancelled it, or has waited for too long."""
        if asked in one.pending:
            one.pending.discard(asked)
            leg.exchange = leg.exchange.answered().invite_over(ours=False)

    def _late(self, one: Conversation, leg: Leg, asked: ServerRequest) -> bool:
        """Has an offer been withdrawn, or its phone gone, before its answer came? The other side has agreed to it: the
        two are connected anew, where they are there still."""
        if not asked.answered and not leg.over:
            return False
        one.pending.discard(asked)
        asked.reply(487)
        peer = one.peer(leg)
        if not one.over and not leg.over and peer is not None and not peer.over:
            self._controller.transfers.rejoin(one, leg, peer)
        return True

    def _invited(self, one: Conversation, leg: Leg, asked: ServerRequest) -> None:
        if not leg.talking:
            raise SipError(491, "The call has not been answered yet.")
        headers = self._controller.sessions.agreed_with(leg, asked.request)
        peer, body = one.peer(leg), asked.request.body
        answer = partial(self._accept, one, leg, asked, headers)
        if peer is None or not peer.talking:
            if not self.holding.alone(one, leg, body, answer):
                self._answer_alone(leg, asked, headers)
            return
        if not peer.exchange.may_invite:
            raise SipError(491, "The other side is changing the call just now.")
        hear = partial(self._invite_answered, one, leg, peer, asked, headers)

        def passed(offer: bytes) -> None:
            self._controller.wire.invite_again(peer, peer.described(offer), asserted(one, leg), hear)

        self._offered(one, leg, peer, asked, answer, passed)

    def _offered(
        self, one: Conversation, leg: Leg, peer: Leg, asked: ServerRequest, answer: Callable[[bytes], None],
        passed: Callable[[bytes], None],
    ) -> None:  # fmt: skip
        """Answer an offer ourselves, by `answer`, or have it pass."""
        one.pending.add(asked)
        body = asked.request.body

        def ready(offer: bytes | None) -> None:
            if self._may_pass(one, leg, peer, asked, offer):
                passed(offer or b"")

        def onward() -> None:
            if self._may_pass(one, leg, peer, asked, b""):
                self._controller.audio.offer(one, leg, peer, body, ready)

        if self.holding.takes(leg, peer, body):
            self.holding.answer(one, leg, peer, body, answer, onward)
        else:
            onward()

    def _may_pass(self, one: Conversation, leg: Leg, peer: Leg, asked: ServerRequest, body: bytes | None) -> bool:
        """Is the offer ready, and the other side too? If not, it is answered."""
        if asked.answered or leg.over:
            one.pending.discard(asked)
            asked.reply(487)
            return False
        if body is not None and peer.talking and peer.exchange.may_invite and one.peer(leg) is peer:
            return True
        one.pending.discard(asked)
        leg.exchange = leg.exchange.answered().invite_over(ours=False)
        asked.reply(488 if body is None else 491)
        return False

    def _answer_alone(self, leg: Leg, asked: ServerRequest, headers: Rows) -> None:
        """Nobody is at the other side: it is parked, or about to be connected. All stays as it is."""
        if asked.request.body and not leg.ours:
            raise SipError(491, "The call is about to be connected.")
        leg.exchange = leg.exchange.answered().invite_over(ours=False)
        self._controller.wire.accept(leg, asked, headers, leg.ours)
        self._controller.sessions.watch(leg)

    def _invite_answered(
        self, one: Conversation, leg: Leg, peer: Leg, asked: ServerRequest, headers: Rows, invitation: Invitation,
        response: Response,
    ) -> None:  # fmt: skip
        if response.status >= 300:
            self._withdrawn(one, leg, asked)
            self._refused(asked, peer, response)
            return
        peer.theirs = response.body or peer.theirs
        if self._late(one, leg, asked):
            invitation.acknowledge()
            return
        audio = self._controller.audio
        if asked.request.body:
            invitation.acknowledge()
            self.holding.connected(leg, peer)
            audio.answer(one, peer, leg, response.body, partial(self._accept, one, leg, asked, headers))
        else:
            audio.offer(one, peer, leg, response.body, partial(self._offer, one, leg, peer, asked, headers, invitation))
        self._controller.sessions.watch(peer)

    def _refused(self, asked: ServerRequest, peer: Leg, response: Response) -> None:
        told(asked, response.status)
        if response.status in GONE:
            peer.ended()
            self._controller.hung_up(peer, "failed")

    def _accept(self, one: Conversation, leg: Leg, asked: ServerRequest, headers: Rows, body: bytes | None) -> None:
        """The answer is here."""
        if self._late(one, leg, asked):
            return
        one.pending.discard(asked)
        leg.exchange = leg.exchange.answered().invite_over(ours=False)
        if body is None:
            asked.reply(488)
            return
        self._holds(one, leg, asked.request.body)
        self._controller.wire.accept(leg, asked, headers, leg.described(body))
        self._controller.sessions.watch(leg)

    def _offer(
        self, one: Conversation, leg: Leg, peer: Leg, asked: ServerRequest, headers: Rows, invitation: Invitation,
        body: bytes | None,
    ) -> None:  # fmt: skip
        """The offer that was asked for is here; its answer comes with the ACK."""
        if self._late(one, leg, asked):
            invitation.acknowledge()
            return
        one.pending.discard(asked)
        if body is None:
            invitation.acknowledge()
            leg.exchange = leg.exchange.invite_over(ours=False)
            asked.reply(488)
            return
        leg.exchange = leg.exchange.invite_over(ours=False).offering()
        hear = partial(self._late_answer, one, leg, peer, invitation)
        self._controller.wire.accept(leg, asked, headers, leg.described(body), hear)
        asked.on_failed = lambda _reason: hear(None)
        self._controller.sessions.watch(leg)

    def _late_answer(self, one: Conversation, leg: Leg, peer: Leg, invitation: Invitation, ack: Request | None) -> None:
        leg.exchange = leg.exchange.answered()
        body = ack.body if ack is not None else b""
        self.holding.connected(leg, peer)
        self._controller.audio.answer(
            one, leg, peer, body, lambda passed: invitation.acknowledge(peer.described(passed or b""))
        )
        if body:
            self._holds(one, leg, body)

    def update(self, asked: ServerRequest) -> None:
        """UPDATE: a session refreshed, or changed."""
        leg, one = self._controller.inside.found(asked)
        body = asked.request.body
        if body:
            description.checked(body)
        headers = self._controller.sessions.agreed_with(leg, asked.request)
        if not body:
            asked.reply(200, None, [self._controller.wire.contact(leg), *headers])
            self._controller.sessions.watch(leg)
            return
        leg.exchange = leg.exchange.updated(offer=True, seconds=secrets.randbelow(11))
        peer = one.peer(leg)
        answer = partial(self._updated, one, leg, asked, headers)
        if peer is None or not peer.talking or not peer.exchange.may_invite:
            if peer is None and self.holding.alone(one, leg, body, answer):
                return
            leg.exchange = leg.exchange.answered()
            raise SipError(491, CROSSED)
        hear = partial(self._update_answered, one, leg, peer, asked, headers)
        self._controller.stack.timers.after(PROMPT, self._waited, one, leg, asked)
        self._offered(one, leg, peer, asked, answer, lambda offer: self._update(one, leg, peer, offer, hear))

    def _waited(self, one: Conversation, leg: Leg, asked: ServerRequest) -> None:
        """An UPDATE is answered at once or not at all (RFC 3311 section 5.2)."""
        if not asked.answered:
            self._withdrawn(one, leg, asked)
            asked.reply(504)

    def _update(self, one: Conversation, leg: Leg, peer: Leg, body: bytes, hear: Heard) -> None:
        wire = self._controller.wire
        if peer.updates:
            peer.exchange = peer.exchange.offering()
            rows = [wire.contact(peer), ("Content-Type", CONTENT_TYPE), *asserted(one, leg)]
            wire.ask(peer, "UPDATE", rows, peer.described(body), partial(hear, None))
        else:
            wire.invite_again(peer, peer.described(body), asserted(one, leg), hear)

    def _update_answered(
        self, one: Conversation, leg: Leg, peer: Leg, asked: ServerRequest, headers: Rows,
        invitation: Invitation | None, response: Response,
    ) -> None:  # fmt: skip
        peer.exchange = peer.exchange.answered()
        if response.status >= 300:
            self._withdrawn(one, leg, asked)
            self._refused(asked, peer, response)
            return
        if invitation is not None:
            invitation.acknowledge()
        peer.theirs = response.body or peer.theirs
        self.holding.connected(leg, peer)
        answer = partial(self._updated, one, leg, asked, headers)
        self._controller.audio.answer(one, peer, leg, response.body, answer)

    def _updated(self, one: Conversation, leg: Leg, asked: ServerRequest, headers: Rows, body: bytes | None) -> None:
        if self._late(one, leg, asked):
            return
        one.pending.discard(asked)
        leg.exchange = leg.exchange.answered()
        if body is None:
            asked.reply(488)
            return
        self._holds(one, leg, asked.request.body)
        wire = self._controller.wire
        rows = [wire.contact(leg), *headers]
        made = asked.reply(200, None, rows, leg.described(body), CONTENT_TYPE if body else None)
        if made is not None:
            leg.accepted(asked.request, made)
        self._controller.sessions.watch(leg)

    def _holds(self, one: Conversation, leg: Leg, body: bytes) -> None:
        """Their offer has been taken: do they hold the other side now?"""
        leg.theirs = body
        held = description.holds(body)
        if held != leg.held:
            leg.held = held
            self._controller.note(one, "held" if held else "resumed", leg)
            self._controller.lamps.show(one, leg)
