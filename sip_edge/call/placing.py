"""Calling the phones and trunks that a call rings: their INVITEs, and what they answer to them."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import replace
from typing import TYPE_CHECKING

from sip_edge.call import identity
from sip_edge.call.conversation import Conversation, Target
from sip_edge.call.description import CONTENT_TYPE, Origin
from sip_edge.call.invites import ALLOW, SUPPORTED, Invitation
from sip_edge.call.leg import End, Heard, Leg, stray
from sip_edge.call.sessions import TIMED
from sip_edge.dialog import session_timer
from sip_edge.message import Request, Response, SipError
from sip_edge.message.digest import answer, strongest
from sip_edge.message.uri import Uri
from sip_edge.presence.subscription import user_of
from sip_edge.registrar.binding import Binding
from sip_edge.routing.decision import Leg as Ring
from sip_edge.stack_listeners import Unreachable
from sip_edge.timers import Timer
from sip_edge.transport.flow import Flow

if TYPE_CHECKING:
    from sip_edge.call.controller import Controller

ELSEWHERE = 'SIP;cause=200;text="Call completed elsewhere"'
"""RFC 3326: a phone that is told so lists no missed call."""
NEXT_TRUNK = frozenset((403, 404, 408, 430, 480, 488, 500, 501, 502, 503, 504))
"""Answers of a trunk after which the next one is tried."""
TRUNK_PATIENCE = 4.0
"""Seconds for a trunk's 100 when there is another one: the transaction alone would give up after 32."""
BUSY_OR_OVER = frozenset((486, 487, 600))
"""Answers after which not even an emergency is tried by the next: the call has been where it was going."""


class Placing:
    """One a controller."""

    def __init__(self, controller: Controller) -> None:
        self._controller = controller
        self._tasks: set[asyncio.Task[None]] = set()
        self._unheard: dict[int, Timer] = {}
        """Legs of trunks that have said nothing yet."""

    # Who is to be called

    def phones(self, one: Conversation, ring: Ring, *, confirm: bool = False) -> list[Leg]:
        """The legs of one phone of a decision: one for each place where it is registered. `confirm`: who answers has to
        press 1."""
        bindings = self._controller.registrar.bindings(one.domain, ring.target)
        return [self._phone(one, ring, binding, confirm=confirm) for binding in bindings]

    def _phone(self, one: Conversation, ring: Ring, binding: Binding, *, confirm: bool) -> Leg:
        extension = user_of(ring.target)
        person = one.known.company.people.get(extension)
        end = End(one.domain, ring.target, extension, name=person.name if person else "")
        return self._leg(one, end, Target(binding, number=ring.target, delay=ring.delay, confirm=confirm))

    def outside(self, one: Conversation, number: str, delay: float = 0.0, *, confirm: bool = False) -> Leg | None:
        """The leg of an outside number; None where no trunk takes it. `confirm`: who answers has to press 1."""
        emergency = one.decision is not None and one.decision.emergency
        trunks = self._controller.trunks_for(one.domain, emergency=emergency)
        if not trunks:
            return None
        end = End(one.domain, number=number, trunk=trunks[0].name)
        confirm = confirm and self._controller.audio.engine is not None
        others = tuple(trunks[1:])
        return self._leg(one, end, Target(None, trunks[0], others, number=number, delay=delay, confirm=confirm))

    def _leg(self, one: Conversation, end: End, target: Target) -> Leg:
        controller = self._controller
        leg = Leg(controller.next_number(), False, end, None, Origin(secrets.randbits(31), controller.stack.host))
        one.targets[leg.number] = target
        controller.book.enter(one, leg)
        return leg

    # Calling them

    def invite(self, one: Conversation, leg: Leg) -> None:
        """Send the leg's INVITE, at once where there is a way; else as soon as one is found."""
        target = one.targets[leg.number]
        self._controller.note(one, "ringing", leg)
        flow = None
        if target.binding is not None:
            flow = self._controller.registrar.flow(target.binding)
            if flow is None and target.binding.outbound:
                self._controller.hearing.failed(one, leg, 430)  # RFC 5626 section 5.3: its flow or none
                return
        if flow is not None:
            self._send(one, leg, target, flow)
        else:
            task = asyncio.ensure_future(self._find_way(one, leg, target))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _find_way(self, one: Conversation, leg: Leg, target: Target) -> None:
        try:
            flow = await self._controller.flow_to(_first_hop(target))
        except (Unreachable, SipError):
            self._refused(one, leg, 503)
            return
        if not one.over and not leg.cancelled and not leg.over:
            self._send(one, leg, target, flow)

    def _send(
        self, one: Conversation, leg: Leg, target: Target, flow: Flow, proof: tuple[str, str] | None = None
    ) -> None:
        leg.flow = flow
        leg.nat = target.binding is not None and target.binding.translated
        audio = self._controller.audio

        def sent(body: bytes | None) -> None:
            self._sent(one, leg, target, flow, proof, body)

        if one.begun is not None:
            self._controller.originating.ask(one, leg, sent)
        elif target.confirm:
            audio.ask(one, leg, sent)
        else:
            audio.offer(one, one.caller, leg, one.offer, sent)

    def _sent(
        self, one: Conversation, leg: Leg, target: Target, flow: Flow, proof: tuple[str, str] | None,
        offer: bytes | None,
    ) -> None:  # fmt: skip
        if one.over or leg.cancelled or leg.over:
            return
        if offer is None:
            self._controller.hearing.failed(one, leg, 488)
            return
        body = leg.described(offer)
        try:
            request = self._request(one, leg, target, body, proof)
        except (SipError, ValueError):
            self._controller.hearing.failed(one, leg, 480)  # the phone's contact is none that a request can go to
            return
        controller = self._controller
        controller.book.enter(one, leg, request.call_id)
        one.invitations[leg.number] = Invitation(
            controller.wire, leg, request, flow, lambda response: self._heard(one, leg, response)
        )
        if target.trunk is not None and target.others:
            wait = controller.stack.timers.after(TRUNK_PATIENCE, self._silent, one, leg, one.invitations[leg.number])
            self._unheard[leg.number] = wait
        controller.lamps.show(one, leg)

    def _request(
        self, one: Conversation, leg: Leg, target: Target, body: bytes, proof: tuple[str, str] | None
    ) -> Request:
        controller = self._controller
        # With a proof it is the same request once more (RFC 3261 section 22.2), which carriers insist on.
        before = one.invitations[leg.number].request if proof is not None else None
        tag = (before.from_.tag if before else None) or controller.mark + secrets.token_hex(8)
        call_id = before.call_id if before else f"{secrets.token_hex(16)}@{controller.stack.host}"
        host = target.trunk.host if target.trunk is not None else one.domain
        uri = str(_uri(target))
        rows = [
            *(("Route", hop) for hop in (target.binding.path if target.binding else ())),
            ("Max-Forwards", str(one.facts.most_forwards)),
            *identity.caller_headers(one.shows if one.shows and target.binding else one.shown, host, tag),
            ("To", f"<{_to(one, target)}>"),
            ("Call-ID", call_id),
            ("CSeq", f"{before.cseq.number + 1 if before else 1} INVITE"),
            controller.wire.contact(leg),
            ("Allow", ALLOW),
            ("Supported", SUPPORTED),
            ("Session-Expires", str(TIMED.interval)),
            *identity.diversions(one.decision.hops if one.decision else (), one.domain, one.sent_on),
            *(one.headers if target.binding is not None else ()),
            *controller.lamps.call_info(leg),
            *([proof] if proof is not None else []),
        ]
        if body:
            rows.append(("Content-Type", CONTENT_TYPE))
        return Request.build("INVITE", uri, rows, body)

    def cancel(self, invitation: Invitation, reason: str) -> None:
        """Cancel an INVITE that is on its way; `reason` says why, for the phone's list of missed calls."""
        invitation.client.cancel(reason)

    # What they answer

    def _silent(self, one: Conversation, leg: Leg, invitation: Invitation) -> None:
        """A trunk has not even said that it tries: its INVITE is given up, and the next one is asked."""
        self._unheard.pop(leg.number, None)
        if one.over or leg.over or leg.cancelled or one.invitations.get(leg.number) is not invitation:
            return
        flow = leg.flow
        invitation.forsake(lambda response: self._hang_up_stray(flow, invitation.request, response))
        self._refused(one, leg, 408)

    def _heard(self, one: Conversation, leg: Leg, response: Response) -> None:
        wait = self._unheard.pop(leg.number, None)
        if wait is not None:
            wait.cancel()
        controller, invitation = self._controller, one.invitations[leg.number]
        if response.status in (401, 407) and self._proves(one, leg, invitation, response):
            return
        match leg.heard(invitation.request, response):
            case Heard.RINGING:
                controller.hearing.alerting(one, leg, response)
            case Heard.ANSWERED:
                leg.session = _session(response)
                leg.nat = leg.nat or (not leg.end.trunk and _elsewhere(leg))
                confirms = one.targets[leg.number].confirm
                ours = controller.originating if one.begun is not None else None
                (ours or (controller.confirming if confirms else controller.hearing)).answered(one, leg, response.body)
            case Heard.STRAY:
                elsewhere = ELSEWHERE if one.answered or one.call.winner else ""
                self._hang_up_stray(leg.flow, invitation.request, response, elsewhere)
                if not leg.talking:  # of a second fork: the first, which has the call, keeps it
                    controller.hearing.failed(one, leg, 487)
            case Heard.REFUSED:
                self._refused(one, leg, response.status)
            case Heard.AGAIN | Heard.NOTHING:
                pass

    def _hang_up_stray(self, flow: object, request: Request, response: Response, reason: str = "") -> None:
        made = stray(request, response, reason) if 200 <= response.status < 300 else None
        if made is not None and isinstance(flow, Flow):
            self._controller.stack.send(made[0], flow)
            self._controller.stack.request(made[1], flow)

    def _refused(self, one: Conversation, leg: Leg, status: int) -> None:
        target = one.targets[leg.number]
        emergency = one.decision is not None and one.decision.emergency
        refused = status in NEXT_TRUNK or (emergency and status not in BUSY_OR_OVER)
        if target.trunk is not None and refused and self._next_trunk(one, leg, target):
            return
        if status in (404, 410) and target.binding is not None and leg.cancelled is False:
            status = 480  # its phone does not know itself by that contact: that is not the caller's mistake
        self._controller.hearing.failed(one, leg, status)

    def _next_trunk(self, one: Conversation, leg: Leg, target: Target) -> bool:
        """Try the next trunk."""
        if not target.others or one.over or leg.cancelled:
            return False
        trunk, *others = target.others
        leg.revive(trunk.name)
        self._controller.book.renamed(leg)
        one.targets[leg.number] = replace(target, trunk=trunk, others=tuple(others))
        self.invite(one, leg)
        return True

    def _proves(self, one: Conversation, leg: Leg, invitation: Invitation, response: Response) -> bool:
        """Answer the challenge of a trunk, once (RFC 3261 section 22.2)."""
        trunk = one.targets[leg.number].trunk
        name = "proxy-authenticate" if response.status == 407 else "www-authenticate"
        header = "Proxy-Authorization" if response.status == 407 else "Authorization"
        if trunk is None or not trunk.password or leg.cancelled or header.lower() in invitation.request.headers:
            return False
        challenge = strongest(response.headers.all(name))
        if challenge is None:
            return False
        uri = invitation.request.target
        given = answer(challenge, "INVITE", uri, trunk.user, trunk.password, secrets.token_hex(8), 1)
        assert isinstance(leg.flow, Flow)
        self._send(one, leg, one.targets[leg.number], leg.flow, (header, str(given)))
        return True

    async def stop(self) -> None:
        """Let go of who is still looked for."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


def _uri(target: Target) -> str:
    if target.binding is not None:
        return target.binding.contact
    assert target.trunk is not None
    return str(target.trunk.uri(target.number))


def _to(one: Conversation, target: Target) -> str:
    return f"sip:{target.number}@{one.domain}" if target.binding is not None else _uri(target)


def _first_hop(target: Target) -> Uri:
    path = target.binding.path if target.binding is not None else ()
    return Uri.parse(path[0].strip().strip("<>").partition(">")[0]) if path else Uri.parse(_uri(target))


def _elsewhere(leg: Leg) -> bool:
    """Does the phone say that it is somewhere else than where its messages come from?"""
    flow = leg.flow
    assert leg.dialog is not None and isinstance(flow, Flow)
    return leg.dialog.target.host.strip("[]") != flow.remote[0]


def _session(response: Response) -> session_timer.SessionTimer | None:
    try:
        return session_timer.at_caller(response, TIMED.interval)
    except SipError:
        return session_timer.SessionTimer(TIMED.interval, session_timer.Refresher.CALLER, ours=True)
