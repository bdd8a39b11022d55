"""Call screening: the caller says a name, hears ringing, and is connected with whoever presses 1 (SF-099, AM-54 to 56).

Rules of this file:
- The audio of the caller and of everybody who is rung is with the engine, in G.711, and passes there once connected.
- What was recorded is heard by whoever answers this call, and is gone with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sip_edge.call.conversation import Conversation
from sip_edge.call.leg import Leg
from sip_edge.call.naming import Naming, Screened
from sip_edge.call.stage import Phase
from sip_edge.media.engine import Clip, File, MediaEngine
from sip_edge.media.event import CallLost, Dtmf, MediaEvent, PlayEnded
from sip_edge.routing.decision import Decision

if TYPE_CHECKING:
    from sip_edge.call.controller import Controller

REGRET = 8.0
"""Seconds after which who could not be put through is hung up, whether or not the sentence has ended."""


class Screening:
    """One a controller."""

    def __init__(self, controller: Controller) -> None:
        self._controller = controller
        self._on: dict[str, Screened] = {}
        self._heard: MediaEngine | None = None
        self.naming = Naming(controller)

    def has(self, one: Conversation) -> bool:
        """Is this a call whose caller was asked for a name, and whose audio is with the engine?"""
        return one.id in self._on

    def wants(self, one: Conversation, decision: Decision) -> bool:
        """Is the caller to be asked for a name now? Once in a call, and not who comes back from having been parked;
        never without an engine."""
        able = self._controller.audio.engine is not None and one.id not in self._on
        return decision.screening and able and not self._controller.orbits.recalls(one)

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
        self._controller.audio.later(self.naming.ask(engine, one, screened), one, lambda done: self._asked(one, done))

    def _asked(self, one: Conversation, done: bytes | None) -> None:
        if done is None:
            self.over(one)
        self._controller.carry_out(one, one.call.named() if done is not None else one.call.unnamed(480))

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
        screened.forget()

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
        self.naming.stop()


async def _quiet(engine: MediaEngine, one: Conversation) -> bytes:
    await engine.stop(one.id, str(one.caller.number))
    return b"quiet"
