"""One leg with its application: the machine's commands done on the media engine, what happens told to the machine.

Rules of this file: commands are done one after the other, in one task a leg; what happens meanwhile waits. Whatever
goes wrong ends the application as if the caller had hung up, so that what was said is kept and the leg is let go of.
"""

from __future__ import annotations

import asyncio
import logging
import time
from pathlib import Path
from typing import Protocol

from provd.errors import ProvdError
from sip_edge.apps.handed import Handed
from sip_edge.apps.machine import (
    BEEP,
    ChangePin,
    Command,
    Digit,
    Discard,
    Draft,
    Event,
    HangUp,
    Hear,
    HungUp,
    Item,
    Keep,
    Kept,
    Late,
    Machine,
    Move,
    Open,
    Opened,
    PinChanged,
    Play,
    Played,
    Record,
    Recorded,
    Refused,
    Say,
    SendOn,
    StopRecording,
    Wait,
)
from sip_edge.apps.spoken import prompts
from sip_edge.media.engine import Clip, File, MediaEngine, RecordLimits, Tone
from sip_edge.media.event import CallLost, Dtmf, MediaEvent, PlayEnded, RecordEnded
from sip_edge.message import SipError

log = logging.getLogger(__name__)

BEEP_SECONDS = 0.4
LAST_SECONDS = 5.0
"""How long the end of a recording is waited for when the caller is gone."""
LONGEST = 3600.0
"""Of one application on one leg: somebody who never hangs up is let go."""


class Desk(Protocol):
    """What a session needs done that is neither audio nor call; see sip_edge.apps.desk."""

    zone: str

    def prompt(self, name: str) -> Path:
        """The file of a prompt."""

    async def draft(self) -> Path:
        """The path that a recording is to be written to."""

    async def keep(self, draft: Path, seconds: float, what: str, *, urgent: bool) -> bool:
        """The draft becomes a message, greeting, name or recording; False, and it is gone, when it cannot be kept."""

    async def discard(self, draft: Path) -> None:
        """The draft is thrown away."""

    async def open(self, extension: str, pin: str) -> Event:
        """Opened or Refused."""

    async def change_pin(self, pin: str) -> bool:
        """The open mailbox has this PIN from now on; False when it is none that the rules take."""

    async def move(self, message: int, folder: str) -> None:
        """A message goes to another folder."""


class Session:
    """`hear` takes what the engine tells of this leg, `gone` that the caller has hung up; `run` does it all."""

    def __init__(self, handed: Handed, machine: Machine, media: MediaEngine, desk: Desk) -> None:
        self.handed = handed
        self._machine = machine
        self._media = media
        self._desk = desk
        self._events: asyncio.Queue[MediaEvent | Event] = asyncio.Queue()
        self._play = self._record = ""
        self._draft: Path | None = None
        self._seconds = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._gone = False

    def hear(self, event: MediaEvent) -> None:
        """The engine has told something of this leg."""
        self._events.put_nowait(event)

    def gone(self) -> None:
        """The caller has hung up."""
        self._gone = True
        self._events.put_nowait(HungUp())

    async def run(self) -> None:
        """Until the application is over; the engine's call is free then, unless the caller goes on."""
        handed, onward = self.handed, None
        try:
            async with asyncio.timeout(LONGEST):
                onward = await self._work()
        except TimeoutError:
            await self._finish()
        except (SipError, ProvdError, OSError) as error:
            log.warning("An application on a call of %s ended early: %s", handed.domain, error)
            await self._finish()
        self._stop_timer()
        await self._media.delete(handed.call)
        if onward is not None and not self._gone:
            handed.send_on(onward)
        elif not self._gone:
            handed.hang_up()

    async def _work(self) -> str | None:
        await self._media.listen(self.handed.call, self.handed.leg)
        to = await self._do(self._machine.begin())
        while not self._machine.over:
            event = self._meaning(await self._events.get())
            if event is not None:
                to = await self._do(self._machine.hear(event)) or to
        return to

    async def _finish(self) -> None:
        """The caller counts as gone: keep what there is."""
        try:
            for event in (HungUp(), Recorded("gone", self._seconds)):
                if not self._machine.over:
                    for command in self._machine.hear(event):
                        if isinstance(command, Keep | Discard | Move):
                            await self._settle(command)
        except (ProvdError, OSError) as error:
            log.error("What a caller of %s said could not be kept: %s", self.handed.domain, error)

    def _meaning(self, told: MediaEvent | Event) -> Event | None:
        """What the engine tells, as the machine knows it; None for what is old or not for it."""
        match told:
            case Dtmf():
                self._stop_timer()
                return Digit(told.digit)
            case PlayEnded():
                mine = told.play == self._play and told.reason in ("done", "failed")
                self._play = "" if told.play == self._play else self._play
                return Played() if mine else None
            case RecordEnded():
                if told.record != self._record:
                    return None
                self._record, self._seconds = "", told.seconds
                return Recorded(told.reason, told.seconds)
            case CallLost():
                raise SipError(503, "The call's audio was lost.")
            case HungUp():
                asyncio.get_running_loop().call_later(LAST_SECONDS, self._give_up)
                return told
            case Late() | Opened() | Refused() | Recorded() | Kept() | PinChanged():
                return told
        return None

    def _give_up(self) -> None:
        """The end of a recording was never told."""
        if self._record:
            self._events.put_nowait(RecordEnded(self.handed.call, self._record, "gone", self._seconds))

    async def _do(self, commands: list[Command]) -> str | None:
        """Do what the machine asks for; → where the caller goes on."""
        media, call, leg = self._media, self.handed.call, self.handed.leg
        to: str | None = None
        for command in commands:
            match command:
                case Play(items):
                    self._stop_timer()
                    self._play = await media.play(call, leg, await self._clips(items))
                case Record(seconds, silence):
                    await self._begin_recording(RecordLimits(seconds, silence))
                case StopRecording():
                    if self._record:
                        await media.stop_record(call, self._record)
                case Wait(seconds):
                    await self._wait(seconds)
                case SendOn(target):
                    to = target
                case HangUp():
                    pass  # the machine is over, and so is the call
                case Keep() | Discard() | Move():
                    await self._settle(command)
                case Open(extension, pin):
                    self._events.put_nowait(await self._desk.open(extension, pin))
                case ChangePin(pin):
                    self._events.put_nowait(PinChanged(await self._desk.change_pin(pin)))
        return to

    async def _begin_recording(self, limits: RecordLimits) -> None:
        """A disk that takes nothing is something that the caller is told, not the end of the call."""
        call, leg = self.handed.call, self.handed.leg
        try:
            self._draft = await self._desk.draft()
            self._record = await self._media.record(call, [leg], str(self._draft), limits)
        except (SipError, ProvdError, OSError) as error:
            log.error("What a caller of %s says cannot be recorded: %s", self.handed.domain, error)
            self._events.put_nowait(Recorded("failed", 0.0))

    async def _settle(self, command: Keep | Discard | Move) -> None:
        draft = self._draft
        match command:
            case Move(message, folder):
                await self._desk.move(message, folder)
            case Keep(what, urgent) if draft is not None:
                self._draft = None
                kept = await self._desk.keep(draft, self._seconds, what, urgent=urgent)
                self._events.put_nowait(Kept(kept))
            case Keep():
                self._events.put_nowait(Kept(False))
            case Discard() if draft is not None:
                self._draft = None
                await self._desk.discard(draft)

    async def _wait(self, seconds: float) -> None:
        if self._play:
            self._play = ""
            await self._media.stop(self.handed.call, self.handed.leg)
        self._stop_timer()
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(seconds, self._events.put_nowait, Late())

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    async def _clips(self, items: tuple[Item, ...]) -> list[Clip]:
        found: list[Clip] = []
        for item in items:
            match item:
                case Say("beep"):
                    found.append(Tone(BEEP, seconds=BEEP_SECONDS))
                case Hear(path):
                    found.append(File(path))
                case Draft() if self._draft is not None:
                    found.append(File(str(self._draft)))
                case _:
                    names = prompts(item, time.time(), self._desk.zone)
                    found += [File(str(self._desk.prompt(name))) for name in names]
        return found
