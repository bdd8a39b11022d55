"""Calls on the wire: an INVITE comes in, routing decides, legs ring, one wins, the two are connected, all are released.

Rules of this file:
- What is decided, is decided in `routing` and in `call.call`, which are pure; here it is carried out.
- A conversation ends in `Ending.end`, whatever happened: there every leg is released, and the caller has an answer.
"""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from provd.store.call_events import DialogRow
from sip_edge.call import command as machine
from sip_edge.call.audio import Audio
from sip_edge.call.command import Command
from sip_edge.call.confirming import Confirming
from sip_edge.call.conversation import Book, Conversation
from sip_edge.call.deciding import Deciding
from sip_edge.call.description import Origin
from sip_edge.call.ending import Ending
from sip_edge.call.event import CallEvent
from sip_edge.call.features import Features
from sip_edge.call.hearing import Hearing
from sip_edge.call.inside import Inside
from sip_edge.call.invites import Wire
from sip_edge.call.journal import Journal
from sip_edge.call.known import Directory, Known
from sip_edge.call.lamps import Lamps
from sip_edge.call.leg import End, Leg
from sip_edge.call.mending import Mending
from sip_edge.call.orbits import Orbits
from sip_edge.call.originating import Originating
from sip_edge.call.placing import Placing
from sip_edge.call.screening import Screening
from sip_edge.call.sessions import Sessions
from sip_edge.call.taking import Taking
from sip_edge.call.transfers import Transfers
from sip_edge.call.trunk import Trunk, from_address, in_order
from sip_edge.call.waiting import Waiting
from sip_edge.call.welcome import Welcome
from sip_edge.message import SipError, Uri
from sip_edge.presence import call_info
from sip_edge.registrar.service import Registrar
from sip_edge.routing.decision import Decision
from sip_edge.routing.facts import Call as Facts
from sip_edge.stack import Stack
from sip_edge.stack_request import ServerRequest
from sip_edge.transport.flow import Flow

MOST_CALLS = 5_000
"""Calls of one process; more are answered 503."""
RETRY_AFTER = (("Retry-After", "10"),)


class Controller:
    """`handle` puts it on the stack. Everybody in this package works on what it holds."""

    def __init__(
        self,
        stack: Stack,
        registrar: Registrar,
        directory: Directory,
        lamps: Lamps,
        journal: Journal,
        *,
        flow_to: Callable[[Uri], Awaitable[Flow]],
        udp_flow: Callable[[str, int], Flow | None],
        mark: str = "",
    ) -> None:
        """`flow_to` and `udp_flow` find ways (`Listeners`); `mark` is what our tags begin with."""
        self.stack = stack
        self.registrar = registrar
        self.now: Callable[[], float] = registrar.now
        """Epoch seconds: by them rules are chosen, and calls written down."""
        self.directory = directory
        self.lamps = lamps
        self.journal = journal
        self.flow_to = flow_to
        self.mark = mark
        self.book = Book()
        self.wire = Wire(stack, udp_flow, self._come_back)
        self.placing = Placing(self)
        self.hearing = Hearing(self)
        self.failed = self.hearing.failed
        self.deciding = Deciding(self)
        self.decide, self.carry_on, self.ring = self.deciding.decide, self.deciding.carry_on, self.deciding.ring
        self.welcome = Welcome(self)
        self.inside = Inside(self)
        self.sessions = Sessions(self)
        self.audio = Audio(self)
        self.confirming = Confirming(self)
        self.screening = Screening(self)
        self.ending = Ending(self)
        self.end, self.dissolve, self.hung_up = self.ending.end, self.ending.dissolve, self.ending.hung_up
        self.transfers = Transfers(self)
        self.taking = Taking(self)
        self.waiting = Waiting(self)
        self.mending = Mending(self)
        self.originating = Originating(self)
        self.orbits = Orbits(self)
        self.features = Features(self)
        self.trunks: Callable[[], Sequence[Trunk]] = lambda: ()
        """Every trunk there is."""
        self.owner_of: Callable[[str], Awaitable[str]] = _nobody
        """Whose company a number is that a carrier calls, where the trunk is everybody's; empty for nobody's."""
        self.applications: Callable[[Conversation, Decision], bool] = lambda _one, _decision: False
        """Takes a call that goes to no phone: voicemail, an announcement. False: it cannot."""
        self.started = secrets.token_hex(6)
        """Names this process among those that came before and after it."""
        self._numbers = itertools.count(1)
        self.counts = {"calls": 0, "answered": 0, "refused": 0}

    def handle(self) -> None:
        """Answer INVITE and everything that calls need from now on."""
        self.stack.handle("INVITE", self.invite)
        self.registrar.gate.carrier = lambda address: bool(self.trunks_at(address))
        self.inside.handle()

    # Small things that everybody needs

    def next_number(self) -> int:
        """A number for a leg."""
        return next(self._numbers)

    def trunks_for(self, domain: str, *, emergency: bool = False) -> Sequence[Trunk]:
        """The trunks for a call out of a company, the first to be tried first."""
        return in_order(self.trunks(), domain, self.book.trunk_calls, emergency=emergency)

    def trunks_at(self, address: str) -> tuple[Trunk, ...]:
        """The trunks that calls from an address belong to."""
        return from_address(self.trunks(), address)

    def note(self, one: Conversation, kind: str, leg: Leg | None = None, **more: object) -> None:
        """Put an event into the journal."""
        end = leg.end if leg is not None else End("")
        number, name = (leg.number if leg is not None else 0), end.name
        event = CallEvent(
            one.id, self.now(), one.known.domain_id, kind, number, end.extension, end.device, end.number, name
        )
        self.journal.add(replace(event, **more) if more else event)  # type: ignore[arg-type]

    def _come_back(self, leg: Leg) -> Flow | None:
        """The phone's new connection: of the contact that it is in the call with, or of the only one there is."""
        bindings = self.registrar.bindings(leg.end.domain, leg.end.device) if leg.end.device else ()
        target = leg.dialog.target if leg.dialog is not None else None
        same = [
            one for one in bindings if target is not None and (one.uri.host, one.uri.port) == (target.host, target.port)
        ]
        chosen = same[:1] or (bindings if len(bindings) == 1 else ())
        return next((flow for one in chosen if (flow := self.registrar.flow(one)) is not None), None)

    # A new call

    def invite(self, asked: ServerRequest) -> Awaitable[None] | None:
        """An INVITE: of a call that is on, or a new one."""
        if asked.request.to.tag is not None:
            self.inside.invite(asked)
            return None
        if len(self.book.conversations) >= MOST_CALLS:
            raise SipError(503, "This server has as many calls as it takes.", RETRY_AFTER)
        return self.welcome.invite(asked)

    def begin(self, asked: ServerRequest, known: Known, facts: Facts, end: End) -> Conversation:
        """The conversation of a new INVITE; nothing has been decided yet."""
        leg = Leg(self.next_number(), True, end, asked.flow, Origin(secrets.randbits(31), self.stack.host))
        leg.theirs = asked.request.body
        leg.nat = not end.trunk and asked.request.contacts[0].uri.host.strip("[]") != asked.flow.remote[0]
        one = Conversation(
            f"{leg.number}-{secrets.token_hex(8)}", known, facts, leg, self.now(), asked, asked.request.body
        )
        self.lamps.appearance(leg, call_info.wanted(asked.request.headers.all("call-info")) or 0)
        self._enter(one, leg)
        asked.on_cancel = lambda: self._cancelled(one)
        self.counts["calls"] += 1
        direction = "inside" if facts.internal else "in"
        self.note(one, "began", leg, called=facts.called, name=facts.name, detail={"direction": direction})
        return one

    def again(self, known: Known, facts: Facts, leg: Leg) -> Conversation:
        """A conversation that a leg of another one, who is talking already, goes on in."""
        one = Conversation(f"{leg.number}-{secrets.token_hex(8)}", known, facts, leg, self.now(), answered=True)
        self._enter(one, leg)
        self.note(one, "began", leg, called=facts.called, detail={"direction": "transferred"})
        return one

    def _enter(self, one: Conversation, leg: Leg) -> None:
        self.book.conversations[one.id] = one
        self.book.enter(one, leg)
        self.lamps.show(one, leg)

    def reached(self, domain: str, device: str) -> bool:
        """Is a device registered?"""
        return bool(self.registrar.bindings(domain, device))

    # What the call machine says

    def carry_out(self, one: Conversation, commands: list[Command]) -> None:
        """Do what the machine says, in order."""
        for command in commands:
            match command:
                case machine.Invite(leg):
                    self.placing.invite(one, one.legs[leg])
                case machine.Cancel(leg, elsewhere):
                    self.ending.cancel(one, one.legs.get(leg), elsewhere=elsewhere)
                case machine.Connect(leg):
                    if not self.screening.connect(one, one.legs[leg]):
                        self.welcome.connect(one, one.legs[leg])
                case machine.Progress(leg, status, media):
                    self.welcome.progress(one, one.legs.get(leg), status, media=media)
                case machine.GoOn(why, status):
                    self.deciding.go_on(one, why, status)
                case machine.Refuse(status):
                    self.ending.refuse(one, status)
                case machine.Wait(name, seconds):
                    self._forget(one, name)
                    one.timers[name] = self.stack.timers.after(seconds, self._due, one, name)
                case machine.Forget(name):
                    self._forget(one, name)
                case machine.Ask() | machine.Join() | machine.Release():
                    self.confirming.do(one, command)
                case machine.Name():
                    self.screening.begin(one)
                case machine.Proceed():
                    self.deciding.proceed(one)
                case machine.HangUp(leg):
                    self.ending.too_late(one, leg)

    def _due(self, one: Conversation, name: str) -> None:
        one.timers.pop(name, None)
        self.carry_out(one, one.call.due(name))

    def _forget(self, one: Conversation, name: str) -> None:
        timer = one.timers.pop(name, None)
        if timer is not None:
            timer.cancel()

    # What legs say

    def talks(self, one: Conversation, leg: Leg) -> None:
        """A leg is in a confirmed dialog from now on."""
        self.book.found(leg)
        self.sessions.watch(leg)
        if one.callee is not None or not one.screened:
            self.note(one, "answered", leg)  # who is only asked for a name talks to nobody
        self.lamps.show(one, leg)
        self.keep(one, leg)

    def keep(self, one: Conversation, leg: Leg) -> None:
        """Remember the leg's dialog, so that it can be ended after a crash."""
        dialog, flow = leg.dialog, leg.flow
        if dialog is not None and isinstance(flow, Flow):
            self.journal.on(
                DialogRow(
                    self.name_of(leg), one.domain, dialog.call_id, str(dialog.local), str(dialog.remote),
                    str(dialog.target), dialog.routes, dialog.local_cseq or 0, flow.protocol, *flow.remote, self.now(),
                )
            )  # fmt: skip

    def name_of(self, leg: Leg) -> str:
        """What the leg is called where its dialog is written down."""
        return f"{self.started}.{leg.number}"

    def _cancelled(self, one: Conversation) -> None:
        self.carry_out(one, one.call.given_up())
        self.end(one, one.caller, "cancelled", 487)

    async def stop(self) -> None:
        """End every call, so that no phone is left in one."""
        for one in list(self.book.conversations.values()):
            self.end(one, None, "the server stops", 503)
        self.confirming.stop()
        await self.placing.stop()
        await self.audio.stop()
        self.screening.stop()


async def _nobody(_number: str) -> str:
    return ""
