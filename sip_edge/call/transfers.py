"""Calls that change hands: transfers by REFER (RFC 3515, RFC 5589), Replaces (RFC 3891), pickup, taking over.

Rules of this file:
- Who is transferred is talking already, so a new phone is asked for its offer, which the other answers by re-INVITE
  (RFC 3725 section 4.1): no phone ever hears of an address that is none any more.
- Nobody reaches into another company: a dialog that is not of the own company does not exist.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from sip_edge.call import description
from sip_edge.call.attended import LEAVE, Attended, Given
from sip_edge.call.conversation import Conversation
from sip_edge.call.invites import Invitation
from sip_edge.call.leg import Leg
from sip_edge.call.notice import Notice
from sip_edge.call.passing import asserted
from sip_edge.dialog.exchange import pause
from sip_edge.message import Address, Request, Response, SipError
from sip_edge.message.field import Field
from sip_edge.routing.decision import CallerId
from sip_edge.routing.facts import Call as Facts
from sip_edge.stack_request import ServerRequest

if TYPE_CHECKING:
    from sip_edge.call.controller import Controller

TRIES = 4
NOT_TOGETHER = 488
"""The two were there, and what they described cannot be brought together."""
Hear = Callable[[Invitation | None, Response | None], None]


class Transfers:
    """One a controller."""

    def __init__(self, controller: Controller) -> None:
        self._controller = controller

    # REFER

    def refer(self, asked: ServerRequest, one: Conversation, leg: Leg) -> None:
        """`leg` gives its peer to somebody else. Raises SipError for what cannot be."""
        target = _refer_to(asked.request)
        peer = one.peer(leg)
        if leg.end.trunk or not leg.end.extension:
            raise SipError(403, "Only phones of the company may transfer calls.")
        if peer is None or not peer.talking or not leg.talking:
            raise SipError(480, "There is nobody to be transferred.")
        replaces = target.uri.header("replaces")
        other = self._controller.taking.named(Field.parse(replaces), one.domain) if replaces is not None else None
        digits = target.uri.number or target.uri.username.partition(";")[0]
        if replaces is not None and (other is None or self._controller.book.of(other) is one):
            raise SipError(481, "There is no such call to transfer to.")
        if other is None and digits in (leg.end.extension, leg.end.device, peer.end.extension or "-"):
            raise SipError(403, "A call cannot be transferred to one of its own two ends.")
        asked.reply(202, None, [self._controller.wire.contact(leg)])
        notice = Notice(self._controller.wire, leg, asked.request.cseq.number)
        notice.say(100)
        if other is not None:
            self._attended(one, leg, peer, other, notice)
        else:
            self._blind(one, leg, peer, digits, notice)

    def _blind(self, one: Conversation, leg: Leg, peer: Leg, digits: str, notice: Notice) -> None:
        controller, end = self._controller, leg.end
        controller.note(one, "transferred", leg, reason="blind", detail={"to": digits})
        facts = Facts(digits, name=end.name, extension=end.extension)
        new = controller.again(one.known, facts, peer)
        new.shows = CallerId(peer.end.shown, peer.end.name)
        new.on_alerting = notice.say
        new.on_connected = lambda: self._succeeded(one, new, notice)
        new.on_refused = lambda status: self._back(one, leg, new, peer, notice, status)
        new.on_over = lambda: self._given_up(one, notice)
        controller.decide(new)

    def _succeeded(self, one: Conversation, new: Conversation, notice: Notice) -> None:
        new.on_connected = new.on_refused = new.on_over = None
        notice.say(200)
        self._controller.stack.timers.after(LEAVE, self._controller.end, one, None, "transferred")

    def _back(self, one: Conversation, leg: Leg, new: Conversation, peer: Leg, notice: Notice, status: int) -> bool:
        """The transfer has failed: who gave the call away has it again, if still there."""
        notice.say(status)
        if one.over or leg.over or peer.over:
            return False
        new.on_over = None
        self._controller.book.enter(one, peer)
        self._controller.dissolve(new, "transfer failed", status)
        self._controller.lamps.show(one, peer)
        self._controller.inside.offers.holding.given_back(one, leg, peer, lambda: self.rejoin(one, leg, peer))
        return True

    def rejoin(self, one: Conversation, leg: Leg, peer: Leg) -> None:
        """Connect two once more who have heard something else, or have been told different things, meanwhile."""

        def joined(status: int) -> None:
            if status >= 300:
                self._controller.end(one, None, "failed")

        self.join(one, leg, peer, joined)

    def _given_up(self, one: Conversation, notice: Notice) -> None:
        """Who was transferred has hung up."""
        notice.say(487)
        self._controller.end(one, None, "ended")

    def _attended(self, one: Conversation, leg: Leg, peer: Leg, other: Leg, notice: Notice) -> None:
        """`other` is the transferor's leg of a second call, whose far end `peer` is to be connected with."""
        controller = self._controller
        second = controller.book.of(other)
        assert second is not None
        far = second.peer(other)
        if far is None or not far.talking:  # it rings still: the call is sent there as if it had not been made
            digits = second.facts.called
            controller.end(second, other, "transferred", 487)
            self._blind(one, leg, peer, digits, notice)
            return
        given = Given(one, leg, peer, peer.theirs), Given(second, other, far, far.theirs)
        Attended(controller, *given, notice).begin()

    def join(self, one: Conversation, first: Leg, second: Leg, done: Callable[[int], None]) -> None:
        """Connect two legs that talk: the first offers, the second answers. `done` gets 200, else the SIP status why
        they are not connected."""

        def answered(offer: Invitation, invitation: Invitation | None, response: Response | None) -> None:
            if invitation is None or response is None or response.status >= 300:
                offer.acknowledge(first.described(_silence(first.theirs)))
                done(_refusal(response))
                return
            invitation.acknowledge()
            second.theirs = response.body
            audio.answer(one, second, first, response.body, lambda body: acknowledged(offer, body))

        def acknowledged(offer: Invitation, body: bytes | None) -> None:
            offer.acknowledge(first.described(body or _silence(first.theirs)))
            done(200 if body else NOT_TOGETHER)

        def offered(invitation: Invitation | None, response: Response | None) -> None:
            if invitation is None or response is None or response.status >= 300 or not response.body:
                if invitation is not None and response is not None and response.status < 300:
                    invitation.acknowledge()
                done(_refusal(response))
                return
            first.theirs = response.body
            audio.offer(one, first, second, response.body, partial(passed, invitation))

        def passed(offer: Invitation, body: bytes | None) -> None:
            if body is None:
                offer.acknowledge(first.described(_silence(first.theirs)))
                done(NOT_TOGETHER)
            else:
                self.offer(second, body, asserted(one, first), partial(answered, offer))

        audio = self._controller.audio
        self.offer(first, b"", asserted(one, second), offered)

    def offer(self, leg: Leg, body: bytes, headers: list[tuple[str, str]], hear: Hear, tries: int = TRIES) -> None:
        """Send a leg that talks a re-INVITE, again when it crosses another (RFC 3261 section 14.1). `hear` gets None
        when it cannot be."""
        controller = self._controller

        def later() -> None:
            self.offer(leg, body, headers, hear, tries - 1)

        def heard(invitation: Invitation, response: Response) -> None:
            if response.status >= 300:
                leg.ours = before  # what was agreed on holds (RFC 3261 section 14.1)
            if response.status == 491 and tries and not leg.over:
                controller.stack.timers.after(wait, later)
                return
            if response.status < 300:
                controller.waiting.end(leg)
            hear(invitation, response)

        if controller.waiting.postpones(leg, partial(self.offer, leg, body, headers, hear, tries)):
            return
        before = leg.ours
        wait = pause(ours=not leg.incoming, chance=secrets.randbelow(1000) / 1000)
        if leg.over or not leg.talking or not tries:
            hear(None, None)
        elif not leg.exchange.may_invite:
            controller.stack.timers.after(wait, later)
        else:
            controller.wire.invite_again(leg, leg.described(body), headers, heard)

    def connect(self, one: Conversation, leg: Leg) -> None:
        """`leg`, which was asked for its offer, has answered a call whose caller is talking already."""
        controller, caller = self._controller, one.caller
        theirs = one.invitations[leg.number]
        if one.on_connected is not None:
            one.on_connected()
        one.on_refused = None

        def heard(invitation: Invitation | None, response: Response | None) -> None:
            good = invitation is not None and response is not None and response.status < 300
            if invitation is not None and good:
                invitation.acknowledge()
            if response is None or not good:
                theirs.acknowledge()
                controller.end(one, None, "failed")
                return
            caller.theirs = response.body
            controller.lamps.show(one, caller)
            controller.audio.answer(
                one, caller, leg, response.body, lambda body: theirs.acknowledge(leg.described(body or b""))
            )

        self.offer(caller, leg.passed, asserted(one, leg), heard)


def _refer_to(request: Request) -> Address:
    found = request.addresses("refer-to")
    if len(found) != 1 or not (found[0].uri.is_sip or found[0].uri.scheme == "tel"):
        raise SipError(400, "A REFER needs one Refer-To with a sip or tel URI.")
    uri = found[0].uri
    if not (uri.number or uri.username) or (uri.parameter("method") or "INVITE").upper() != "INVITE":
        raise SipError(400, "The Refer-To names nobody to call.")
    return found[0]


def _silence(offer: bytes) -> bytes:
    """An answer to an offer that came to nothing: an ACK without one would leave the phone in doubt (RFC 3261 section
    13.2.1). b"" where there is none."""
    try:
        return description.on_hold(offer)
    except SipError:
        return b""


def _refusal(response: Response | None) -> int:
    return response.status if response is not None and response.status >= 300 else 500
