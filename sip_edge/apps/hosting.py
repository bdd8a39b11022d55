"""Calls that routing sends to an application: answered with the media engine's description, then handed over.

Rules of this file: a caller who is talking already, as after a transfer, is asked by re-INVITE to send the audio here;
one who offers nothing gets our offer in the 200, and answers it in the ACK (RFC 3261 section 13.2.1).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from functools import partial
from typing import Any

from sip_edge.apps.calling import Calling
from sip_edge.apps.handed import ANNOUNCE, MAILBOX, VOICEMAIL, Handed
from sip_edge.apps.service import Service
from sip_edge.call.controller import Controller
from sip_edge.call.conversation import Conversation
from sip_edge.call.invites import Invitation
from sip_edge.media.engine import MediaEngine, Peer
from sip_edge.message import Response, SipError
from sip_edge.routing.decision import CallerId, Decision
from sip_edge.routing.facts import Call as Facts
from sip_edge.transport.flow import Flow

log = logging.getLogger(__name__)

LEG = "caller"
UNAVAILABLE = 480


class Hosting:
    """One a controller, which asks `take`."""

    def __init__(self, controller: Controller, media: MediaEngine, service: Service) -> None:
        self._controller = controller
        self._media = media
        self.service = service
        self.calling = Calling(controller, service)
        self._tasks: set[asyncio.Task[None]] = set()

    def take(self, one: Conversation, decision: Decision) -> bool:
        """Does an application take this call?"""
        found = application(decision, one.facts)
        if found is None:
            return False
        name, argument = found
        if one.asked is not None:
            welcome = self._welcome if one.offer else self._welcome_without_offer
            self._later(one, welcome(one, name, argument))
        else:
            self._later(one, self._fetch(one, name, argument))
        return True

    def _later(self, one: Conversation, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(partial(self._done, one))

    def _done(self, one: Conversation, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("A call of %s could not be handed to an application.", one.domain, exc_info=task.exception())
            self._controller.end(one, None, "failed", 500)

    def _peer(self, one: Conversation) -> Peer:
        flow = one.caller.flow
        return Peer(flow.remote[0], flow.secure) if isinstance(flow, Flow) else Peer()

    async def _welcome(self, one: Conversation, name: str, argument: str) -> None:
        """Answer a new call."""
        call = f"app-{one.id}"
        described = await self._described(one, call, self._media.accept(call, LEG, one.offer, peer=self._peer(one)))
        if described:
            self._controller.carry_out(one, one.call.taken())
            self._controller.welcome.answer(one, described)
            await self._hand_over(one, call, name, argument)

    async def _welcome_without_offer(self, one: Conversation, name: str, argument: str) -> None:
        """Answer a new call whose INVITE describes nothing: we offer, and the ACK has the answer."""
        call = f"app-{one.id}"
        described = await self._described(one, call, self._media.invite(call, LEG, peer=self._peer(one)))
        if not described:
            return
        answered: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

        def settle(body: bytes) -> None:
            if not answered.done():
                answered.set_result(body)

        one.on_over = lambda: settle(b"")
        self._controller.carry_out(one, one.call.taken())
        self._controller.welcome.answer(one, described, lambda ack: settle(ack.body if ack is not None else b""))
        if await self._agreed(one, call, await answered, 488):
            await self._hand_over(one, call, name, argument)

    async def _described(self, one: Conversation, call: str, asked: Coroutine[Any, Any, bytes]) -> bytes:
        """What the engine describes itself as to a new caller; empty when it cannot, or the caller has gone."""
        try:
            described = await asked
        except SipError as error:
            if not one.over:
                self._controller.carry_out(one, one.call.refuse(error.code))
            return b""
        if one.over or one.asked is None:
            await self._media.delete(call)
            return b""
        return described

    async def _agreed(self, one: Conversation, call: str, body: bytes, status: int) -> bool:
        """Tell the engine what the caller has answered to its offer; without that the call ends, as `status` says."""
        try:
            if not body:
                raise SipError(status, "The phone did not answer the offer.")
            await self._media.answer(call, LEG, body, peer=self._peer(one))
        except SipError:
            await self._media.delete(call)
            self._controller.end(one, None, "failed", status)
            return False
        return True

    async def _fetch(self, one: Conversation, name: str, argument: str) -> None:
        """Ask a caller who talks already for the audio."""
        controller, call = self._controller, f"app-{one.id}"
        answered: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

        def heard(invitation: Invitation | None, response: Response | None) -> None:
            good = invitation is not None and response is not None and response.status < 300
            if invitation is not None and good:
                invitation.acknowledge()
            if not answered.done():
                answered.set_result(response.body if response is not None and good else b"")

        try:
            described = await self._media.invite(call, LEG, peer=self._peer(one))
        except SipError:
            controller.end(one, None, "failed", UNAVAILABLE)
            return
        controller.carry_out(one, one.call.taken())
        if one.on_connected is not None:
            one.on_connected()
        one.on_refused = None
        controller.transfers.offer(one.caller, described, [], heard)
        if await self._agreed(one, call, await answered, UNAVAILABLE):
            await self._hand_over(one, call, name, argument)

    async def _hand_over(self, one: Conversation, call: str, name: str, argument: str) -> None:
        if one.over:
            await self._media.delete(call)
            return
        facts = one.facts
        shown = one.caller.end
        handed = Handed(
            call, LEG, one.known.domain_id, one.domain, shown.number or facts.number or shown.extension,
            shown.name or facts.name, shown.extension,
            hang_up=lambda: self._controller.end(one, None, "ended", 200),
            send_on=lambda to: self._send_on(one, to, argument),
        )  # fmt: skip
        one.on_over = lambda: self.service.gone(call, LEG)
        self._controller.note(one, "application", one.caller, detail={"application": name, "argument": argument})
        if not self.service.take(handed, name, argument):
            await self._media.delete(call)
            self._controller.end(one, None, "failed", 503)

    def _send_on(self, one: Conversation, to: str, owner: str) -> None:
        """The caller leaves the application, as if the mailbox's owner had transferred them."""
        controller, caller = self._controller, one.caller
        if one.over:
            return
        one.on_over = None
        person = one.known.company.people.get(owner)
        controller.note(one, "transferred", caller, reason="application", detail={"to": to})
        new = controller.again(one.known, Facts(to, name=person.name if person else "", extension=owner), caller)
        new.shows = CallerId(caller.end.shown, caller.end.name)
        controller.dissolve(one, "transferred")
        controller.decide(new)

    async def stop(self) -> None:
        """The server stops."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.service.stop()


def application(decision: Decision, facts: Facts) -> tuple[str, str] | None:
    """Which application a decision means, and its argument; None for what no application does."""
    if decision.action == "send" and decision.destination is not None and decision.destination.kind == "voicemail":
        return VOICEMAIL, decision.destination.value
    if decision.action == "announce":
        return ANNOUNCE, decision.announcement
    if decision.action == "feature":
        match decision.feature:
            case "voicemail_direct" if decision.argument:
                return VOICEMAIL, decision.argument
            case "voicemail_access":
                return MAILBOX, decision.argument or facts.extension
    return None
