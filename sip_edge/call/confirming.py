"""Answer confirmation: who answers an outside number hears that a call has come, and has it by pressing 1 (SF-107).

Rules of this file:
- What follows from a key is decided in `call.call`; here the media engine asks, and listens.
- The audio of such a leg passes through the engine; phones of the company are never asked (AM-57).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from sip_edge.call.audio import peer_of
from sip_edge.call.call import Ask, Release
from sip_edge.call.conversation import Conversation
from sip_edge.call.leg import Leg
from sip_edge.call.placing import ELSEWHERE
from sip_edge.media.engine import Clip, File, MediaEngine, Silence
from sip_edge.media.event import CallLost, Dtmf, MediaEvent
from sip_edge.media.prompts import DEFAULT, SHIPPED

if TYPE_CHECKING:
    from sip_edge.call.controller import Controller

SENTENCES = ("confirm-call", "confirm-menu")
PAUSE = 2.0
TAKES = "1"


class Confirming:
    """One a controller."""

    def __init__(self, controller: Controller) -> None:
        self._controller = controller
        self._heard: MediaEngine | None = None
        """The engine that tells us keys."""
        self._pressed: set[int] = set()
        self.sentence: Callable[[str, str], Path] = lambda name, _domain: SHIPPED / DEFAULT / f"{name}.wav"
        """The file of a sentence as a company has it."""

    def answered(self, one: Conversation, leg: Leg, body: bytes) -> None:
        """A leg that is to confirm was answered."""
        leg.theirs = body or leg.theirs
        one.invitations[leg.number].acknowledge()
        self._controller.carry_out(one, one.call.asked(leg.number))

    def do(self, one: Conversation, command: Ask | Release) -> None:
        """What the call machine says."""
        leg = one.legs.get(command.leg)
        if leg is None:
            return
        if isinstance(command, Ask):
            self._ask(one, leg)
        else:
            self._release(one, leg, elsewhere=command.elsewhere)

    def _ask(self, one: Conversation, leg: Leg) -> None:
        controller, engine = self._controller, self._controller.audio.engine
        assert engine is not None
        controller.book.found(leg)
        controller.keep(one, leg)
        if self._heard is not engine:
            engine.subscribe(self._told)
            self._heard = engine

        def asked(body: bytes | None) -> None:
            if body is None:
                controller.carry_out(one, one.call.declined(leg.number))

        controller.audio.later(self._asking(engine, one, leg), one, asked)

    async def _asking(self, engine: MediaEngine, one: Conversation, leg: Leg) -> bytes:
        name = str(leg.number)
        clips: list[Clip] = [*(File(str(self.sentence(each, one.domain))) for each in SENTENCES), Silence(PAUSE)]
        await engine.answer(one.id, name, leg.theirs, peer=peer_of(leg))
        await engine.listen(one.id, name)
        await engine.play(one.id, name, clips, repeat=0)
        return b"asked"

    def _told(self, event: MediaEvent) -> None:
        one = self._controller.book.conversations.get(event.call)
        if one is None or one.over:
            return
        if isinstance(event, CallLost):
            for number in one.call.asking:
                self._controller.carry_out(one, one.call.declined(number))
        elif isinstance(event, Dtmf) and event.leg.isdecimal():
            self._key(one, int(event.leg), event.digit)

    def _key(self, one: Conversation, number: int, digit: str) -> None:
        """A key was pressed; while the audio is being connected, more of them mean nothing."""
        controller, engine, leg = self._controller, self._controller.audio.engine, one.legs.get(number)
        if number not in one.call.asking or number in self._pressed or leg is None or engine is None:
            return
        if digit != TAKES:
            controller.carry_out(one, one.call.declined(number))
            return
        self._pressed.add(number)

        def joined(body: bytes | None) -> None:
            self._pressed.discard(number)
            leg.passed = body or b""
            follows = one.call.confirmed if body else one.call.declined
            controller.carry_out(one, follows(number))

        controller.audio.later(self._joining(engine, one, leg), one, joined)

    async def _joining(self, engine: MediaEngine, one: Conversation, leg: Leg) -> bytes:
        """What the caller is to be told: an answer, or the offer that was never made."""
        name, caller = str(leg.number), str(one.caller.number)
        await engine.stop(one.id, name)
        await engine.listen(one.id, name, on=False)
        if one.offer:
            return await engine.answer(one.id, name, leg.theirs, to=caller, peer=peer_of(leg))
        one.hosted.add(leg.number)
        return await engine.invite(one.id, caller, like=name, peer=peer_of(one.caller))

    def _release(self, one: Conversation, leg: Leg, *, elsewhere: bool) -> None:
        controller, engine = self._controller, self._controller.audio.engine
        controller.wire.bye(leg, ELSEWHERE if elsewhere else "")
        controller.note(one, "not_answered", leg, status=487, reason="elsewhere" if elsewhere else "declined")
        controller.ending.leave(one, leg)
        if engine is not None:
            controller.audio.later(_freed(engine, one.id, str(leg.number)), one, lambda _body: None)


async def _freed(engine: MediaEngine, call: str, leg: str) -> bytes:
    await engine.delete(call, leg)
    return b""
