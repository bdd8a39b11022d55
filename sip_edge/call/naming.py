"""A caller who is asked for a name: answered, heard by the media engine, recorded (SF-099).

Rules of this file:
- The caller is answered, for carriers pass nothing of what a caller says before that: early audio is for hearing only.
  It is what makes the call cost something from then on, also when nobody takes it, as with a mailbox.
- What is asked and when it is over, `apps.screening` decides.
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
from sip_edge.media.engine import Clip, File, MediaEngine, RecordLimits, Tone
from sip_edge.media.event import CallLost, Dtmf, MediaEvent, PlayEnded, RecordEnded
from sip_edge.message import Request, Response, SipError

if TYPE_CHECKING:
    from sip_edge.call.controller import Controller

BEEP_SECONDS = 0.4


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

    def forget(self) -> None:
        """What was said is forgotten."""
        if self.name is not None:
            with contextlib.suppress(OSError):
                self.name.unlink(missing_ok=True)
            self.name = None


class Naming:
    """One a controller."""

    def __init__(self, controller: Controller) -> None:
        self._controller = controller
        self.folder: Path | None = None
        """Where names are while they are needed."""

    async def ask(self, engine: MediaEngine, one: Conversation, screened: Screened) -> bytes:
        """Ask the caller of a call, who hears ringing afterwards. Raises SipError when that cannot be."""
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
                screened.forget()

    def _spoken(self, one: Conversation, items: Sequence[Item]) -> list[Clip]:
        found: list[Clip] = []
        say = self._controller.confirming.sentence
        for item in items:
            if item == Say(BEEP):
                found.append(Tone(BEEP, seconds=BEEP_SECONDS))
            else:
                found += [File(str(say(name, one.domain))) for name in prompts(item, 0.0, "UTC")]
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
