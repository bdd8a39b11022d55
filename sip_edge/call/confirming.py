"""Who answers is asked first: an outside number whether somebody is there who presses 1 (SF-107), or everybody, where
the caller was asked for a name, whether they want that call (SF-099).

Rules of this file:
- What follows from a key is decided in `call.call`; here the media engine asks, and listens.
- The audio of such a leg passes through the engine. Phones of the company are asked only where there is a name to be
  heard (AM-57).
- Whoever does not get the call that they were just asked about, hears so before it is over.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sip_edge.call.audio import peer_of
from sip_edge.call.call import CONFIRM, SCREEN
from sip_edge.call.command import Ask, Join, Release
from sip_edge.call.conversation import Conversation
from sip_edge.call.leg import Leg
from sip_edge.call.placing import ELSEWHERE
from sip_edge.dialog import Key
from sip_edge.media.engine import Clip, File, MediaEngine, Silence
from sip_edge.media.event import CallLost, Dtmf, MediaEvent, PlayEnded
from sip_edge.media.prompts import DEFAULT, SHIPPED
from sip_edge.stack_request import ServerRequest
from sip_edge.timers import Timer

if TYPE_CHECKING:
    from sip_edge.call.controller import Controller

PAUSE = 2.0
TAKES, REFERS, REFUSES = "1", "2", "3"
DECLINED = 603
"""Who has heard the name and does not want the call, is busy for that caller (AM-51, AM-55)."""
GOODBYE = 8.0
"""Seconds after which who did not get the call is hung up, whether or not the sentence has ended."""


@dataclass(slots=True)
class Leaving:
    """A leg that hears that the call is not theirs; it is in no call any more."""

    one: Conversation
    leg: Leg
    why: str
    timer: Timer
    play: str = ""


class Confirming:
    """One a controller."""

    def __init__(self, controller: Controller) -> None:
        self._controller = controller
        self._heard: MediaEngine | None = None
        """The engine that tells us keys."""
        self._leaving: dict[Key, Leaving] = {}
        self.sentence: Callable[[str, str], Path] = lambda name, _domain: SHIPPED / DEFAULT / f"{name}.wav"
        """The file of a sentence as a company has it."""

    def __len__(self) -> int:
        return len(self._leaving)

    def answered(self, one: Conversation, leg: Leg, body: bytes) -> None:
        """A leg that is to be asked was answered."""
        leg.theirs = body or leg.theirs
        one.invitations[leg.number].acknowledge()
        seconds = SCREEN if self._controller.screening.screens(one) else CONFIRM
        self._controller.carry_out(one, one.call.asked(leg.number, seconds))

    def do(self, one: Conversation, command: Ask | Join | Release) -> None:
        """What the call machine says."""
        leg = one.legs.get(command.leg)
        if leg is None:
            return
        match command:
            case Ask():
                self._ask(one, leg)
            case Join():
                self._join(one, leg)
            case Release(_, why):
                self._release(one, leg, why)

    def hung_up(self, one: Conversation, leg: Leg) -> None:
        """A leg that is asked has hung up: it does not want the call."""
        self._declines(one, leg.number)

    def _declines(self, one: Conversation, number: int) -> None:
        status = DECLINED if self._controller.screening.screens(one) else 480
        self._controller.carry_out(one, one.call.declined(number, status=status))

    # The question

    def _ask(self, one: Conversation, leg: Leg) -> None:
        controller, engine = self._controller, self._controller.audio.engine
        assert engine is not None
        controller.book.found(leg)
        controller.keep(one, leg)
        screens = controller.screening.screens(one)
        controller.note(one, "asked", leg, reason="screening" if screens else "confirmation")
        if self._heard is not engine:
            engine.subscribe(self._told)
            self._heard = engine

        def asked(body: bytes | None) -> None:
            if body is None:
                controller.carry_out(one, one.call.declined(leg.number, "failed"))

        controller.audio.later(self._asking(engine, one, leg, self._question(one, screens=screens)), one, asked)

    def _question(self, one: Conversation, *, screens: bool) -> list[Clip]:
        menu = "screen-menu" if screens and self._mailbox(one) else "confirm-menu"
        call = self._controller.screening.clips(one) if screens else [self._file("confirm-call", one)]
        return [*call, self._file(menu, one), Silence(PAUSE)]

    async def _asking(self, engine: MediaEngine, one: Conversation, leg: Leg, clips: list[Clip]) -> bytes:
        name = str(leg.number)
        await engine.answer(one.id, name, leg.theirs, peer=peer_of(leg))
        await engine.listen(one.id, name)
        await engine.play(one.id, name, clips, repeat=0)
        return b"asked"

    def _file(self, name: str, one: Conversation) -> File:
        return File(str(self.sentence(name, one.domain)))

    def _mailbox(self, one: Conversation) -> bool:
        owner = one.decision.owner if one.decision is not None else ""
        person = one.known.company.people.get(owner)
        return person is not None and person.voicemail

    # The answer

    def _told(self, event: MediaEvent) -> None:
        for gone in [gone for gone in self._leaving.values() if gone.one.id == event.call]:
            if isinstance(event, CallLost) or (isinstance(event, PlayEnded) and event.play == gone.play):
                self._gone(gone)
        one = self._controller.book.conversations.get(event.call)
        if one is None or one.over:
            return
        if isinstance(event, CallLost):
            for number in one.call.asking:
                self._controller.carry_out(one, one.call.declined(number, "failed"))
        elif isinstance(event, Dtmf) and event.leg.isdecimal():
            self._key(one, int(event.leg), event.digit)

    def pressed(self, one: Conversation, leg: Leg, digit: str) -> bool:
        """A key that a phone tells of by SIP INFO; False when nobody here waits for one."""
        if leg.number not in one.call.asking:
            return False
        self._key(one, leg.number, digit)
        return True

    def _key(self, one: Conversation, number: int, digit: str) -> None:
        """A key was pressed; what it means once the call is somebody's, the machine knows."""
        controller, leg = self._controller, one.legs.get(number)
        if number not in one.call.asking or leg is None:
            return
        screens = controller.screening.screens(one)
        if digit == TAKES:
            controller.carry_out(one, one.call.accepts(number))
        elif screens and digit == REFERS and self._mailbox(one):
            controller.carry_out(one, one.call.refers(number))
        elif not screens or digit in (REFERS, REFUSES):
            self._declines(one, number)

    def _join(self, one: Conversation, leg: Leg) -> None:
        """Connect the audio of a leg that takes the call."""
        controller, engine = self._controller, self._controller.audio.engine
        assert engine is not None
        controller.note(one, "accepted", leg)

        def joined(body: bytes | None) -> None:
            leg.passed = body or b""
            follows = one.call.confirmed(leg.number) if body else one.call.declined(leg.number, "failed")
            controller.carry_out(one, follows)

        controller.audio.later(self._joining(engine, one, leg), one, joined)

    async def _joining(self, engine: MediaEngine, one: Conversation, leg: Leg) -> bytes:
        """What the caller is to be told: an answer, or the offer that was never made."""
        name, caller = str(leg.number), str(one.caller.number)
        await engine.stop(one.id, name)
        await engine.listen(one.id, name, on=False)
        if self._controller.screening.has(one):
            return await self._controller.screening.bridge(engine, one, leg)
        if one.offer:
            return await engine.answer(one.id, name, leg.theirs, to=caller, peer=peer_of(leg))
        one.hosted.add(leg.number)
        return await engine.invite(one.id, caller, like=name, peer=peer_of(one.caller))

    # The end of those who do not get the call

    def _release(self, one: Conversation, leg: Leg, why: str) -> None:
        controller, engine = self._controller, self._controller.audio.engine
        controller.note(one, "not_answered", leg, status=487, reason=why)
        controller.ending.leave(one, leg)
        if why in ("elsewhere", "cancelled") and engine is not None and leg.key is not None and not leg.over:
            timer = controller.stack.timers.after(GOODBYE, self._late, leg.key)
            gone = self._leaving[leg.key] = Leaving(one, leg, why, timer)
            controller.audio.later(self._goodbye(engine, gone), one, lambda said: None if said else self._gone(gone))
            return
        controller.wire.bye(leg)
        self._free(one, leg)

    async def _goodbye(self, engine: MediaEngine, gone: Leaving) -> bytes:
        clips = [self._file("confirm-gone", gone.one)]
        await engine.listen(gone.one.id, str(gone.leg.number), on=False)
        gone.play = await engine.play(gone.one.id, str(gone.leg.number), clips)
        return b"said"

    def leaves(self, one: Conversation) -> bool:
        """Does somebody still hear that this call is not theirs? Its audio is needed until then."""
        return any(gone.one is one for gone in self._leaving.values())

    def bye(self, key: Key, asked: ServerRequest) -> bool:
        """A BYE of somebody who hears that; False when the dialog is none of theirs."""
        gone = self._leaving.get(key)
        if gone is None:
            return False
        gone.leg.received(asked.request)
        asked.reply(200)
        gone.leg.ended()
        self._gone(gone)
        return True

    def _late(self, key: Key) -> None:
        if key in self._leaving:
            self._gone(self._leaving[key])

    def _gone(self, gone: Leaving) -> None:
        if gone.leg.key is None or self._leaving.pop(gone.leg.key, None) is None:
            return
        gone.timer.cancel()
        self._controller.wire.bye(gone.leg, ELSEWHERE if gone.why == "elsewhere" else "")
        if not gone.one.over:
            self._free(gone.one, gone.leg)
        elif not self.leaves(gone.one):
            self._controller.audio.over(gone.one)

    def _free(self, one: Conversation, leg: Leg) -> None:
        engine = self._controller.audio.engine
        if engine is not None:
            self._controller.audio.later(_freed(engine, one.id, str(leg.number)), one, lambda _body: None)

    def stop(self) -> None:
        """The server stops: nobody is left listening."""
        for gone in list(self._leaving.values()):
            self._gone(gone)


async def _freed(engine: MediaEngine, call: str, leg: str) -> bytes:
    await engine.delete(call, leg)
    return b""
