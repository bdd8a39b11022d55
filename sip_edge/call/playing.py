"""Programmes as they are played to those who wait: some minutes at a time, begun anew when something was lost.

Rules of this file: the engine plays to a leg that has agreed to hear it; what it tells of an earlier request means
nothing any more.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import partial
from typing import TYPE_CHECKING, Any

from sip_edge.call.waiter import LEG, Waiter
from sip_edge.media.engine import Clip, MediaEngine
from sip_edge.media.event import CallLost, MediaEvent, PlayEnded

if TYPE_CHECKING:
    from sip_edge.call.controller import Controller

AGAIN = 10.0
"""Seconds after which a programme is begun anew that could not be played: a file of it may be gone."""
BACK = 1.0
"""Seconds after which a leg is asked anew whose engine process has died; it is started again meanwhile."""
Turn = Callable[[Waiter], None]
Work = Coroutine[Any, Any, bytes]


class Playing:
    """One a controller. `lost` is called, after a while, with those whom the engine knows no more, `failed` with those
    whose programme it cannot play."""

    def __init__(self, controller: Controller, lost: Turn, failed: Turn) -> None:
        self._controller = controller
        self._lost, self._failed = lost, failed

    def do(self, waiter: Waiter, work: Work, then: Callable[[bytes | None], None] = lambda _body: None) -> None:
        """Have the engine do something for a leg that waits."""
        one = self._controller.book.of(waiter.leg) or waiter.one
        self._controller.audio.later(work, one, then)

    def start(self, waiter: Waiter) -> None:
        """Play what it is to hear, from the beginning."""
        waiter.begin()
        self._go_on(waiter)

    def stop(self, waiter: Waiter) -> None:
        """Play nothing any more."""
        waiter.hush()
        engine = self._controller.audio.engine
        if engine is not None:
            self.do(waiter, _stopped(engine, waiter.call))

    def told(self, waiter: Waiter, event: MediaEvent) -> None:
        """The engine has told something of it."""
        if isinstance(event, CallLost):
            waiter.lost()
            self._later(waiter, BACK, self._lost)
        elif isinstance(event, PlayEnded) and event.reason in ("done", "failed") and waiter.played(event.play):
            if event.reason == "done":
                self._go_on(waiter)
            else:
                self._later(waiter, AGAIN, self._failed)

    def _go_on(self, waiter: Waiter) -> None:
        """Give the engine the next minutes."""
        engine, clips = self._controller.audio.engine, waiter.next()
        if engine is not None and clips:
            self.do(waiter, _played(engine, waiter.call, clips), partial(self._playing, waiter, waiter.turn))

    def _playing(self, waiter: Waiter, turn: int, name: bytes | None) -> None:
        if waiter.gone or turn != waiter.turn:
            return
        if name is None:
            self._later(waiter, AGAIN, self._failed)
        elif waiter.plays(name.decode()):
            self._go_on(waiter)

    def _later(self, waiter: Waiter, seconds: float, what: Turn) -> None:
        if waiter.timer is not None:
            waiter.timer.cancel()
        waiter.timer = self._controller.stack.timers.after(seconds, what, waiter)


async def _played(engine: MediaEngine, call: str, clips: list[Clip]) -> bytes:
    return (await engine.play(call, LEG, clips)).encode()


async def _stopped(engine: MediaEngine, call: str) -> bytes:
    await engine.stop(call, LEG)
    return b""
