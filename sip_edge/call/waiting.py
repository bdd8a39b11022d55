"""What somebody hears who waits: on hold, parked, while another phone rings. The media engine plays it to one leg.

Rules of this file:
- A leg that waits has an engine call of its own, whatever conversation it is in and wherever it goes. That is over once
  the leg is connected with somebody, or has ended (`end`).
- A leg is asked by re-INVITE to listen to the engine; who is told that it does not goes on without it.
"""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING

from sip_edge.call import description
from sip_edge.call.conversation import Conversation
from sip_edge.call.invites import Invitation
from sip_edge.call.leg import Leg
from sip_edge.call.music import Begin, Music
from sip_edge.call.playing import Playing
from sip_edge.call.waiter import LEG, RINGBACK, Sound, Then, Waiter
from sip_edge.dialog.exchange import pause
from sip_edge.media.engine import MediaEngine, Peer
from sip_edge.media.event import MediaEvent, RtpSilence
from sip_edge.message import Response
from sip_edge.transport.flow import Flow

if TYPE_CHECKING:
    from sip_edge.call.controller import Controller

TRIES = 4
PAUSE = 0.5
"""Seconds until a leg that is just being asked something else is asked."""
GONE = frozenset((408, 481))
FAILED, ENDED = 488, 487


class Waiting:
    """One a controller."""

    def __init__(self, controller: Controller) -> None:
        self._controller = controller
        self._waiters: dict[int, Waiter] = {}
        self._calls: dict[str, Waiter] = {}
        self._names = itertools.count(1)
        self._playing = Playing(controller, self._lost, self._anew)
        self._heard: MediaEngine | None = None
        self.music: Music | None = None
        """What those hear who wait for somebody of a company."""

    def __len__(self) -> int:
        return len(self._waiters)

    def __contains__(self, leg: Leg) -> bool:
        return leg.number in self._waiters

    def fetch(self, one: Conversation, extension: str, then: Callable[[Sound | None], None]) -> None:
        """Have `then` called with the music of somebody of the company; None when nothing is played, or can be."""
        if self.music is None or self._controller.audio.engine is None:
            then(None)
            return
        found: list[Begin | None] = []

        def fetched(_body: bytes | None) -> None:
            begin = found[0] if found else None
            then(None if begin is None else Sound(extension, begin))

        self._controller.audio.later(_found(self.music(one.domain, extension), found), one, fetched)

    # Who waits

    def begin(self, one: Conversation, leg: Leg, sound: Sound, then: Then = lambda _status: None) -> None:
        """Have a leg that talks hear something; `then` gets 0 when it does, else the SIP status why it does not."""
        engine = self._engine()
        if engine is None or not leg.talking:
            then(FAILED)
            return
        waiter = self._waiter(one, leg)
        if waiter.agreed:
            self.hear(leg, sound)
            then(0)
            return
        waiter.sound = sound
        waiter.thens.append(then)
        if not waiter.asking:
            waiter.asking = True
            work = engine.invite(waiter.call, LEG, peer=_peer(waiter.one, leg))
            self._controller.audio.later(work, one, partial(self._described, waiter))

    def accept(self, one: Conversation, leg: Leg, body: bytes, then: Callable[[bytes | None], None]) -> None:
        """Answer an offer of a leg ourselves; `then` gets the answer, None when the engine cannot. It hears what `hear`
        says, as far as it wants to hear anything."""
        engine = self._engine()
        if engine is None:
            then(None)
            return
        new = leg not in self
        waiter = self._waiter(one, leg)

        def accepted(answer: bytes | None) -> None:
            if answer is None and new and not waiter.gone:
                self._drop(waiter, FAILED)
            elif answer is not None and not waiter.gone:
                self._accepted(waiter)
            then(answer)

        self._controller.audio.later(engine.accept(waiter.call, LEG, body, peer=_peer(waiter.one, leg)), one, accepted)

    def _accepted(self, waiter: Waiter) -> None:
        """Its own offer was faster than ours, which it need not be sent any more."""
        waiter.agreed = True
        if waiter.asking and not waiter.sent:
            waiter.asking = False
            self._playing.start(waiter)
            waiter.tell(0)

    def hear(self, leg: Leg, sound: Sound | None) -> None:
        """What a leg that waits hears from now on; the same as before goes on where it is."""
        waiter, engine = self._waiters.get(leg.number), self._controller.audio.engine
        if waiter is None or engine is None or waiter.hears(sound):
            return
        waiter.sound = sound
        if sound is None and waiter.agreed:
            self._playing.stop(waiter)
        elif waiter.agreed:
            self._playing.start(waiter)

    def rings(self, one: Conversation) -> None:
        """Somebody rings for a caller who is talking already: transferred, or rung back."""
        screened = self._controller.screening.has(one)  # it hears ringing there
        if one.asked is None and not one.over and one.callee is None and not screened:
            self.begin(one, one.caller, RINGBACK)

    def postpones(self, leg: Leg, again: Callable[[], None]) -> bool:
        """Is a leg, which is to be connected, just being asked to wait? Then `again` is called when that is over. What
        has not been asked yet never is."""
        waiter = self._waiters.get(leg.number)
        if waiter is None or not waiter.asking:
            return False
        if not waiter.sent:
            self.end(leg)
            return False
        waiter.after.append(again)
        return True

    def end(self, leg: Leg) -> None:
        """The leg is connected, or gone."""
        waiter = self._waiters.get(leg.number)
        if waiter is not None:
            self._drop(waiter, ENDED)

    # Asking the leg

    def _engine(self) -> MediaEngine | None:
        engine = self._controller.audio.engine
        if engine is not None and self._heard is not engine:
            engine.subscribe(self._told)
            self._heard = engine
        return engine

    def _waiter(self, one: Conversation, leg: Leg) -> Waiter:
        found = self._waiters.get(leg.number)
        if found is None:
            found = self._waiters[leg.number] = Waiter(one, leg, f"waits-{leg.number}-{next(self._names)}")
            self._calls[found.call] = found
        return found

    def _described(self, waiter: Waiter, body: bytes | None) -> None:
        if waiter.gone or not waiter.asking:
            return
        if body is None:
            self._drop(waiter, FAILED)
        else:
            self._ask(waiter, description.placed(body, waiter.leg.ours), TRIES)

    def _ask(self, waiter: Waiter, body: bytes, tries: int) -> None:
        leg, controller = waiter.leg, self._controller
        waiter.timer = None
        if waiter.gone or not waiter.asking:
            return
        if leg.exchange.may_invite:
            waiter.sent = True
            heard = partial(self._answered, waiter, body, tries)
            controller.wire.invite_again(leg, leg.described(body), (), heard)
        elif tries:
            waiter.timer = controller.stack.timers.after(PAUSE, self._ask, waiter, body, tries - 1)
        else:
            self._drop(waiter, 491)

    def _answered(self, waiter: Waiter, body: bytes, tries: int, invitation: Invitation, response: Response) -> None:
        waiter.sent = False
        status, leg = response.status, waiter.leg
        if status < 300:
            invitation.acknowledge()
        if waiter.gone:
            return
        if status == 491 and tries and not waiter.after:
            wait = pause(ours=not leg.incoming, chance=0.5)
            waiter.timer = self._controller.stack.timers.after(wait, self._ask, waiter, body, tries - 1)
            return
        engine = self._controller.audio.engine
        if status >= 300 or not response.body or engine is None:
            self._drop(waiter, status if status >= 300 else FAILED)
            if status in GONE:
                leg.ended()
                self._controller.hung_up(leg, "failed")
            return
        leg.theirs = response.body
        self._controller.sessions.watch(leg)
        work = engine.answer(waiter.call, LEG, response.body, peer=_peer(waiter.one, leg))
        self._playing.do(waiter, work, partial(self._agreed, waiter))
        waiter.free()

    def _agreed(self, waiter: Waiter, body: bytes | None) -> None:
        if waiter.gone:
            return
        if body is None:
            self._drop(waiter, FAILED)
            return
        waiter.agreed, waiter.asking = True, False
        self._playing.start(waiter)
        waiter.tell(0)

    def _drop(self, waiter: Waiter, status: int) -> None:
        """It waits no more; its ports are free."""
        del self._waiters[waiter.leg.number], self._calls[waiter.call]
        waiter.gone = True
        if waiter.timer is not None:
            waiter.timer.cancel()
        engine = self._controller.audio.engine
        if engine is not None:
            self._playing.do(waiter, _freed(engine, waiter.call))
        waiter.tell(status)
        waiter.free()

    # What the engine tells

    def _told(self, event: MediaEvent) -> None:
        waiter = self._calls.get(event.call)
        if waiter is not None and isinstance(event, RtpSilence):
            self._controller.sessions.silent(waiter.leg)
        elif waiter is not None:
            self._playing.told(waiter, event)

    def _anew(self, waiter: Waiter) -> None:
        """What it was to hear could not be played: what is there now is."""
        waiter.timer = None
        one, sound = self._controller.book.of(waiter.leg), waiter.sound
        if not waiter.agreed or sound is None or one is None:
            return

        def fetched(found: Sound | None) -> None:
            if not waiter.gone and waiter.agreed and waiter.sound is sound and found is not None:
                waiter.sound = found
                self._playing.start(waiter)

        self.fetch(one, sound.whose, fetched)

    def _lost(self, waiter: Waiter) -> None:
        """The engine has forgotten it: the leg is asked once more."""
        waiter.timer = None
        one = self._controller.book.of(waiter.leg)
        if not waiter.asking and waiter.sound is not None and one is not None:
            self.begin(one, waiter.leg, waiter.sound)


def _peer(one: Conversation, leg: Leg) -> Peer:
    """A leg's far end as the engine is to know it: spoken to in SRTP when it has asked for that itself, under the key
    that it knows where that is ours and not another phone's."""
    flow = leg.flow
    if not isinstance(flow, Flow):
        return Peer()
    ours = any(relayed for pair, relayed in one.relayed.items() if leg.number in pair)
    secure = b"RTP/SAVP" in leg.theirs if leg.theirs else flow.secure
    return Peer(flow.remote[0], secure, description.key(leg.ours) if secure and ours else b"")


async def _freed(engine: MediaEngine, call: str) -> bytes:
    await engine.delete(call)
    return b""


async def _found(music: Awaitable[Begin | None], found: list[Begin | None]) -> bytes:
    found.append(await music)
    return b""
