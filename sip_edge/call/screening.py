"""Call screening: the caller says a name, hears ringing, and is connected with whoever presses 1 (SF-099, AM-54 to 56).

Rules of this file:
- The caller is answered, for carriers pass nothing of what a caller says before that: early audio is for hearing only.
  It is what makes the call cost something from then on, also when nobody takes it, as with a mailbox.
- The audio of the caller and of everybody who is rung is with the engine, in G.711, and passes there once connected.
- What was recorded is heard by whoever answers this call, and is gone with it.
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from sip_edge.apps.machine import BEEP, Command, Digit, Discard, Event, Item, Play, Played, Record, Recorded, Say
from sip_edge.apps.machine import StopRecording as Stop
from sip_edge.apps.screening import NameAsked
from sip_edge.apps.spoken import prompts
from sip_edge.call.audio import peer_of
from sip_edge.call.conversation import Conversation
from sip_edge.call.invites import Invitation
from sip_edge.call.leg import Leg
from sip_edge.call.stage import Phase
from sip_edge.media.engine import Clip, File, MediaEngine, RecordLimits, Tone
from sip_edge.media.event import CallLost, Dtmf, MediaEvent, PlayEnded, RecordEnded
from sip_edge.message import Request, Response, SipError
from sip_edge.routing.decision import Decision

if TYPE_CHECKING:
    from sip_edge.call.controller import Controller

BEEP_SECONDS = 0.4
REGRET = 8.0
"""Seconds after which who could not be put through is hung up, whether or not the sentence has ended."""
LONE = "UTC"


@dataclass(slots=True)
class Screened:
    """One caller whose audio is here. `name` is the file of what was said, None where that is nothing."""

    name: Path | None = None
    play: str = ""
    record: str = ""
    answer: asyncio.Future[bytes] | None = None
    """What the caller's phone describes, while that is waited for."""
    regrets: int = 0
    """The status with which it ends, while the caller hears that it does."""
    events: asyncio.Queue[MediaEvent] = field(default_factory=asyncio.Queue)


class Screening:
    """One a controller."""

    def __init__(self, controller: Controller) -> None:
        self._controller = controller
        self._on: dict[str, Screened] = {}
        self._heard: MediaEngine | None = None
        self.folder: Path | None = None
        """Where names are while they are needed."""

    def has(self, one: Conversation) -> bool:
        """Is this a call whose caller was asked for a name, and whose audio is with the engine?"""
        return one.id in self._on

    def wants(self, one: Conversation, decision: Decision) -> bool:
        """Is the caller to be asked for a name now? Once in a call; never without an engine."""
        return decision.screening and self._controller.audio.engine is not None and one.id not in self._on

    def screens(self, one: Conversation) -> bool:
        """Has who answers now to hear the caller's name?"""
        return one.id in self._on and one.decision is not None and one.decision.screening

    def clips(self, one: Conversation) -> list[Clip]:
        """What who answers hears of the caller, ahead of the menu."""
        name = self._on[one.id].name
        said = File(str(name)) if name is not None else self._sentence("screen-unannounced", one)
        return [self._sentence("screen-call-from", one), said]

    def _sentence(self, name: str, one: Conversation) -> File:
        return File(str(self._controller.confirming.sentence(name, one.domain)))

    # The name

    def begin(self, one: Conversation) -> None:
        """Ask the caller for a name."""
        engine = self._controller.audio.engine
        assert engine is not None, "nobody is screened without it"
        if self._heard is not engine:
            engine.subscribe(self._told)
            self._heard = engine
        screened = self._on[one.id] = Screened()
        one.relayed[frozenset((one.caller.number,))] = True
        self._controller.audio.later(self._ask(engine, one, screened), one, lambda done: self._asked(one, done))

    def _asked(self, one: Conversation, done: bytes | None) -> None:
        if done is None:
            self.over(one)
        self._controller.carry_out(one, one.call.named() if done is not None else one.call.unnamed(480))

    async def _ask(self, engine: MediaEngine, one: Conversation, screened: Screened) -> bytes:
        await self._fetch(engine, one, screened)
        if one.over:
            await engine.delete(one.id)
            return b"over"
        self._controller.note(one, "screened", one.caller, reason="asked")
        await engine.listen(one.id, str(one.caller.number))
        machine = NameAsked()
        commands = machine.begin()
        while True:
            for command in commands:
                await self._do(engine, one, screened, command)
            if machine.over or one.over:
                break
            event = _meaning(screened, await screened.events.get())
            commands = machine.hear(event) if event is not None else []
        if one.over or one.callee is not None:
            return b"over"
        said = f"{machine.seconds:.1f}"
        self._controller.note(one, "screened", one.caller, reason="named" if screened.name else "unnamed",
                              detail={"seconds": said})  # fmt: skip
        await engine.listen(one.id, str(one.caller.number), on=False)
        await engine.play(one.id, str(one.caller.number), [Tone("ringback")])
        return b"asked"

    async def _do(self, engine: MediaEngine, one: Conversation, screened: Screened, command: Command) -> None:
        leg = str(one.caller.number)
        match command:
            case Play(items):
                screened.play = await engine.play(one.id, leg, self._spoken(one, items))
            case Record(seconds, silence):
                screened.name = path = self._file(one)
                limits = RecordLimits(seconds, silence)
                screened.record = await engine.record(one.id, [leg], str(path), limits)
                if screened.name is None:  # the call has ended meanwhile
                    path.unlink(missing_ok=True)
            case Stop():
                await engine.stop_record(one.id, screened.record)
            case Discard():
                _forget(screened)

    def _spoken(self, one: Conversation, items: Sequence[Item]) -> list[Clip]:
        found: list[Clip] = []
        for item in items:
            if item == Say(BEEP):
                found.append(Tone(BEEP, seconds=BEEP_SECONDS))
            else:
                found += [self._sentence(name, one) for name in prompts(item, 0.0, LONE)]
        return found

    def _file(self, one: Conversation) -> Path:
        if self.folder is None:
            self.folder = Path(tempfile.mkdtemp(prefix="provd-names-"))
        return self.folder / f"{one.id}.wav"

    async def _fetch(self, engine: MediaEngine, one: Conversation, screened: Screened) -> None:
        """The caller's audio is with the engine afterwards, where they are still there. Raises SipError."""
        caller, name, peer = one.caller, str(one.caller.number), peer_of(one.caller)
        offered = one.offer if one.asked is not None else b""
        described = await (
            engine.accept(one.id, name, offered, peer=peer) if offered else engine.invite(one.id, name, peer=peer)
        )
        if one.over:
            return
        screened.answer = asyncio.get_running_loop().create_future()
        if one.asked is None:
            self._fetch_again(one, described, screened.answer)
        else:
            one.offer, one.screened = b"", True  # from here on the caller is somebody who talks already
            hears = partial(_acknowledged, screened.answer)
            self._controller.welcome.answer(one, described, None if offered else hears)
        if offered or one.over:
            return
        body = await screened.answer
        if one.over:
            return
        if not body:
            raise SipError(480, "The caller's phone did not say where its audio is.")
        caller.theirs = body
        await engine.answer(one.id, name, body, peer=peer)

    def _fetch_again(self, one: Conversation, described: bytes, answer: asyncio.Future[bytes]) -> None:
        """Ask a caller who talks already, as after a transfer, which has come to its end with that."""

        def heard(invitation: Invitation | None, response: Response | None) -> None:
            good = invitation is not None and response is not None and response.status < 300
            if invitation is not None and good:
                invitation.acknowledge()
            if not answer.done():
                answer.set_result(response.body if response is not None and good else b"")

        if one.on_connected is not None:
            one.on_connected()
        one.on_connected = one.on_refused = None
        self._controller.transfers.offer(one.caller, described, [], heard)

    # What follows

    def connect(self, one: Conversation, leg: Leg) -> bool:
        """`leg` has won. True: it is one that was asked here, and is connected; False: the caller hears ringing no
        more, and it is for others to connect them."""
        if one.id not in self._on:
            return False
        controller, engine = self._controller, self._controller.audio.engine
        if not one.targets[leg.number].confirm:
            assert engine is not None
            controller.audio.later(_quiet(engine, one), one, lambda _done: None)
            return False
        one.callee = leg
        controller.talks(one, leg)
        controller.talks(one, one.caller)
        return True

    async def bridge(self, engine: MediaEngine, one: Conversation, leg: Leg) -> bytes:
        """The caller and who has pressed 1 hear each other."""
        await engine.stop(one.id, str(one.caller.number))
        await engine.bridge(one.id, str(one.caller.number), str(leg.number))
        return b"joined"

    def regrets(self, one: Conversation, status: int) -> bool:
        """A caller who was answered to say a name, and cannot be put through, is told so before it is over. False:
        there is nobody to be told."""
        screened, engine = self._on.get(one.id), self._controller.audio.engine
        if screened is None or engine is None or not one.caller.talking or screened.regrets:
            return False
        screened.regrets = status
        one.timers["regret"] = self._controller.stack.timers.after(REGRET, self._regretted, one)
        work = engine.play(one.id, str(one.caller.number), [self._sentence("screen-refused", one)])

        async def said() -> bytes:
            screened.play = await work
            return b"said"

        self._controller.audio.later(said(), one, lambda done: None if done else self._regretted(one))
        return True

    def _regretted(self, one: Conversation) -> None:
        screened = self._on.get(one.id)
        if screened is not None:
            self._controller.ending.refused(one, screened.regrets)

    def leaves(self, one: Conversation) -> None:
        """An application has the caller now, and answers them."""
        one.screened = False
        if one.id in self._on:
            self._controller.note(one, "answered", one.caller)
            self.over(one)
            self._controller.audio.over(one)

    def over(self, one: Conversation) -> None:
        """The caller is gone, or in other hands: what was said is forgotten."""
        screened = self._on.pop(one.id, None)
        if screened is None:
            return
        screened.events.put_nowait(CallLost(one.id))  # whoever waits for the name waits no more
        if screened.answer is not None and not screened.answer.done():
            screened.answer.set_result(b"")
        _forget(screened)

    def _told(self, event: MediaEvent) -> None:
        one, screened = self._controller.book.conversations.get(event.call), self._on.get(event.call)
        if one is None or screened is None or one.over:
            return
        if isinstance(event, CallLost) and screened.regrets:
            self._regretted(one)
        elif isinstance(event, CallLost):
            self.over(one)
            self._controller.carry_out(one, one.call.lost())
        elif isinstance(event, PlayEnded) and screened.regrets and event.play == screened.play:
            self._regretted(one)
        elif not isinstance(event, Dtmf) or event.leg == str(one.caller.number):
            screened.events.put_nowait(event)

    def pressed(self, one: Conversation, leg: Leg, digit: str) -> bool:
        """A key that the caller's phone tells of by SIP INFO; False when nobody here waits for one."""
        if leg is not one.caller or one.call.phase is not Phase.NAMING or one.id not in self._on:
            return False
        self._on[one.id].events.put_nowait(Dtmf(one.id, str(leg.number), digit, 0))
        return True

    def stop(self) -> None:
        """The server stops."""
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)


def _meaning(screened: Screened, told: MediaEvent) -> Event | None:
    """What the engine tells, as the machine knows it. Raises SipError when the audio is lost."""
    match told:
        case Dtmf():
            return Digit(told.digit)
        case PlayEnded() if told.play == screened.play and told.reason in ("done", "failed"):
            return Played()
        case RecordEnded() if told.record == screened.record:
            return Recorded(told.reason, told.seconds)
        case CallLost():
            raise SipError(503, "The caller's audio was lost.")
    return None


def _acknowledged(answer: asyncio.Future[bytes], ack: Request | None) -> None:
    if not answer.done():
        answer.set_result(ack.body if ack is not None else b"")


def _forget(screened: Screened) -> None:
    if screened.name is not None:
        with contextlib.suppress(OSError):
            screened.name.unlink(missing_ok=True)
        screened.name = None


async def _quiet(engine: MediaEngine, one: Conversation) -> bytes:
    await engine.stop(one.id, str(one.caller.number))
    return b"quiet"
