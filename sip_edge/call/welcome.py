"""The caller's side of a new call: who it is, what it asks for, and everything that it is answered."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable
from typing import TYPE_CHECKING

from sip_edge import stack_route
from sip_edge.call import description, identity
from sip_edge.call.conversation import Conversation
from sip_edge.call.description import CONTENT_TYPE
from sip_edge.call.invites import ALLOW, OnAck
from sip_edge.call.known import Known
from sip_edge.call.leg import End, Leg
from sip_edge.call.trunk import Trunk
from sip_edge.dialog import reliable
from sip_edge.message import Request, SipError
from sip_edge.presence.subscription import user_of
from sip_edge.registrar.accounts import Account
from sip_edge.registrar.authenticator import identity as claimed
from sip_edge.routing.facts import Call as Facts
from sip_edge.routing.numbers import known_number
from sip_edge.stack_request import ServerRequest

if TYPE_CHECKING:
    from sip_edge.call.controller import Controller

MOST_OF_DEVICE = 20
"""Calls of one device; a phone that makes more is broken, or is not one."""
LONGEST_DIALLED = 128


class Welcome:
    """One a controller."""

    def __init__(self, controller: Controller) -> None:
        self._controller = controller

    # Who it is

    def invite(self, asked: ServerRequest) -> Awaitable[None] | None:
        """A new INVITE; at once, unless the company has to be read first."""
        controller = self._controller
        trunks = controller.trunks_at(asked.flow.remote[0])
        # A carrier may write our company's name into From; it is a phone of ours where it names one.
        if trunks and controller.registrar.accounts.get(*claimed(asked.request)) is None:
            return self._from_outside(asked, trunks)
        account = controller.registrar.authenticate(asked)
        if account is None:
            return None
        known = controller.directory.get(account.domain)
        if known is not None:
            self._from_device(asked, account, known)
            return None
        return self._when_known(asked, account)

    async def _when_known(self, asked: ServerRequest, account: Account) -> None:
        known = await self._controller.directory.of(account.domain)
        if known is None:
            raise SipError(403, "There is no such company.")
        if not asked.answered:
            self._from_device(asked, account, known)

    def _from_device(self, asked: ServerRequest, account: Account, known: Known) -> None:
        request = asked.request
        extension = user_of(account.name)
        forwards = _checked(request)
        called = _called(request)
        others = len(self._controller.book.of_person(account.domain, extension))
        if others >= MOST_OF_DEVICE and called not in known.company.emergency:
            raise SipError(503, f"{account.name} has {MOST_OF_DEVICE} calls, and can have no more.")
        person = known.company.people.get(extension)
        name = person.name if person is not None else ""
        end = End(account.domain, account.name, extension, name=name)
        facts = Facts(called, name=name, extension=extension, hops=identity.hops(request), most_forwards=forwards)
        self._go(asked, known, facts, end)

    def _from_outside(self, asked: ServerRequest, trunks: tuple[Trunk, ...]) -> Awaitable[None] | None:
        """A carrier calls: the company is the trunk's, or the one that has the number."""
        named = next((trunk for trunk in trunks if trunk.domain), None)
        if named is not None and self._controller.directory.get(named.domain) is not None:
            self._outside(asked, trunks)
            return None
        return self._outside_later(asked, trunks)

    async def _outside_later(self, asked: ServerRequest, trunks: tuple[Trunk, ...]) -> None:
        for trunk in trunks:
            if trunk.domain:
                await self._controller.directory.of(trunk.domain)
        owner = await self._controller.owner_of(_brought(asked.request, trunks))
        if owner:
            await self._controller.directory.of(owner)
        if not asked.answered:
            self._outside(asked, trunks, owner)

    def _outside(self, asked: ServerRequest, trunks: tuple[Trunk, ...], owner: str = "") -> None:
        controller, request = self._controller, asked.request
        forwards, digits = _checked(request), _digits(_brought(request, trunks))
        for trunk in trunks:
            known = controller.directory.get(trunk.domain or owner)
            if known is None or known_number(digits, known.company) not in known.company.numbers:
                continue
            if controller.book.trunk_calls.get(trunk.name, 0) >= trunk.most_calls:
                raise SipError(503, f"The trunk {trunk.name} has {trunk.most_calls} calls, and takes no more.")
            shown = identity.who(request)
            number = known_number(shown.number, known.company) if shown.number else ""
            facts = Facts(
                digits, number, shown.name, "", identity.proven(request), identity.hops(request), most_forwards=forwards
            )
            end = End(known.company.domain, number=number, name=shown.name, trunk=trunk.name)
            self._go(asked, known, facts, end)
            return
        raise SipError(404, "The number is not in service here.")

    def _go(self, asked: ServerRequest, known: Known, facts: Facts, end: End) -> None:
        controller = self._controller
        one = controller.begin(asked, known, facts, end)
        if reliable.wanted(asked.request):
            one.caller.reliable = reliable.Sending(secrets.randbelow(2**30) + 1)
        try:
            if "replaces" in asked.request.headers.index:
                controller.taking.replaces(one, asked.request)
            else:
                controller.decide(one)
        except SipError as error:
            one.asked = None  # the stack answers it with the error
            controller.end(one, None, "refused", error.code)
            raise

    # What it is answered

    def progress(self, one: Conversation, leg: Leg | None, status: int, *, media: bool) -> None:
        """Somebody rings."""
        if one.on_alerting is not None:
            one.on_alerting(status)
        self._controller.waiting.rings(one)
        asked = one.asked
        if asked is None or asked.answered or (asked.status == status and not media):
            return
        caller = one.caller
        headers = [self._controller.wire.contact(caller), ("Allow", ALLOW)]
        body = caller.described(leg.passed) if media and leg is not None else b""
        if caller.reliable is not None:
            if not caller.reliable.may_send:
                return  # one at a time (RFC 3262 section 3); the final answer says the rest
            caller.reliable, rows = caller.reliable.sending()
            headers += rows
        response = asked.reply(
            status, None, headers, body, CONTENT_TYPE if body else None, reliable=caller.reliable is not None
        )
        if response is not None and caller.dialog is None:
            caller.replied(asked.request, response, over_tls=asked.flow.secure)
            self._controller.book.found(caller)
            self._controller.lamps.show(one, caller)

    def connect(self, one: Conversation, leg: Leg) -> None:
        """`leg` has won. A caller who is talking already is joined with it; else the INVITE is answered."""
        controller = self._controller
        if one.begun is not None:
            controller.originating.connected(one, leg)
            return
        one.callee = leg
        controller.talks(one, leg)
        if one.asked is None:
            controller.transfers.connect(one, leg)
        elif one.offer:
            self.answer(one, leg.passed)
        else:
            self.answer(one, leg.passed, lambda ack: self._answer_comes(one, leg, ack))

    def _answer_comes(self, one: Conversation, leg: Leg, ack: Request | None) -> None:
        """The caller offered nothing, so the ACK has the answer (RFC 3261 section 13.2.1)."""
        body = ack.body if ack is not None else b""
        one.caller.theirs = body
        invitation = one.invitations[leg.number]
        self._controller.audio.answer(
            one, one.caller, leg, body, lambda passed: invitation.acknowledge(leg.described(passed or b""))
        )

    def answer(self, one: Conversation, body: bytes, on_ack: OnAck | None = None) -> None:
        """Answer the caller's INVITE with 200 and what the other side describes."""
        controller, asked, caller = self._controller, one.asked, one.caller
        assert asked is not None
        one.asked = None
        headers = self._session(caller, asked.request)
        asked.on_failed = lambda _reason: self._unacknowledged(caller)
        try:
            controller.wire.accept(caller, asked, headers, caller.described(body), on_ack)
        except SipError as error:  # it has told no Contact: there is nobody to talk to
            asked.reply(error.code)
        if not caller.talking:
            controller.end(one, caller, "failed", 400)
            return
        one.answered = True
        controller.counts["answered"] += 1
        controller.talks(one, caller)

    def _session(self, caller: Leg, request: Request) -> list[tuple[str, str]]:
        try:
            return self._controller.sessions.agreed_with(caller, request)
        except SipError:
            return []

    def _unacknowledged(self, caller: Leg) -> None:
        self._controller.wire.never_acknowledged(caller)
        self._controller.wire.bye(caller)
        self._controller.hung_up(caller, "failed")


def _checked(request: Request) -> int:
    """The Max-Forwards that goes on. Raises SipError: 483, 488 for an offer without audio, 421, 400."""
    if request.body:
        description.checked(request.body)
    if len(request.contacts) != 1:
        raise SipError(400, "An INVITE needs exactly one Contact.")
    return stack_route.forwarded(request)


def _brought(request: Request, trunks: tuple[Trunk, ...]) -> str:
    """The number that a carrier calls. One that we have registered with calls us by our user name (it is our contact),
    and has the number in To."""
    digits = identity.dialled(request.uri)
    named = any(trunk.registers and trunk.user == digits for trunk in trunks)
    return identity.dialled(request.to.uri) if named else digits


def _called(request: Request) -> str:
    return _digits(identity.dialled(request.uri))


def _digits(digits: str) -> str:
    if not digits or len(digits) > LONGEST_DIALLED or not digits.isprintable():
        raise SipError(484, "The INVITE names nobody to call.")
    return digits
