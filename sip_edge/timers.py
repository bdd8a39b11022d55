"""Every timer of the edge on one heap, with one call of the loop for the earliest.

A phone system has tens of thousands of timers that mostly never fire (transactions, connections, subscriptions):
setting one is a push, cancelling one is a mark.
"""

from __future__ import annotations

import asyncio
import heapq
import logging
from collections.abc import Callable
from typing import Any, Protocol

log = logging.getLogger(__name__)

SLICE = 500
"""How many timers run in one turn of the loop: after a clock jump or a stall they do not hold up the sockets."""
_FEW = 64


class Scheduler(Protocol):
    """What an asyncio loop offers, and tests/fakes.py too: monotonic seconds, and a call at one of them."""

    def time(self) -> float:
        """Monotonic seconds."""

    def call_at(self, when: float, callback: Callable[..., object], *args: Any) -> Any:
        """Call it then; what comes back has cancel()."""


class Timer:
    """One call in the future; `cancel` may be called any number of times, also after it has run."""

    __slots__ = ("_timers", "args", "callback", "number", "when")

    def __init__(
        self, timers: Timers, when: float, number: int, callback: Callable[..., object], args: tuple[Any, ...]
    ) -> None:
        self._timers = timers
        self.when = when
        self.number = number
        self.callback: Callable[..., object] | None = callback
        self.args = args

    def __lt__(self, other: Timer) -> bool:
        return self.when < other.when or (self.when == other.when and self.number < other.number)

    @property
    def waiting(self) -> bool:
        """Is the call still to come?"""
        return self.callback is not None

    def cancel(self) -> None:
        """Do not call; what the call would have needed is let go at once."""
        if self.callback is not None:
            self.callback, self.args = None, ()
            self._timers.forget()


class Timers:
    """Timers in seconds of the loop's monotonic clock."""

    def __init__(self, loop: Scheduler) -> None:
        self._loop = loop
        self._heap: list[Timer] = []
        self._count = 0
        self._cancelled = 0
        self._call: Any = None
        self._call_at = float("inf")

    def now(self) -> float:
        """Monotonic seconds."""
        return self._loop.time()

    def __len__(self) -> int:
        return len(self._heap) - self._cancelled

    def after(self, seconds: float, callback: Callable[..., object], *args: Any) -> Timer:
        """Call `callback(*args)` in `seconds`."""
        return self.at(self._loop.time() + seconds, callback, *args)

    def at(self, when: float, callback: Callable[..., object], *args: Any) -> Timer:
        """Call `callback(*args)` at `when`, or as soon as possible when that has passed."""
        self._count += 1
        timer = Timer(self, when, self._count, callback, args)
        heapq.heappush(self._heap, timer)
        if when < self._call_at:
            self._arm(when)
        return timer

    async def pause(self, seconds: float) -> None:
        """Wait by these timers, so that one clock rules all of SIP."""
        over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        timer = self.after(seconds, over.set_result, None)
        try:
            await over
        finally:
            timer.cancel()

    def close(self) -> None:
        """Forget every timer."""
        for timer in self._heap:
            timer.callback, timer.args = None, ()
        self._heap.clear()
        self._cancelled = 0
        if self._call is not None:
            self._call.cancel()
        self._call, self._call_at = None, float("inf")

    def forget(self) -> None:
        """A timer has been cancelled; when half of them are, the heap is made anew without them."""
        self._cancelled += 1
        if self._cancelled > _FEW and self._cancelled * 2 > len(self._heap):
            self._heap = [timer for timer in self._heap if timer.callback is not None]
            heapq.heapify(self._heap)
            self._cancelled = 0

    def _arm(self, when: float) -> None:
        if self._call is not None:
            self._call.cancel()
        self._call_at = when
        self._call = self._loop.call_at(when, self._run)

    def _run(self) -> None:
        self._call, self._call_at = None, float("inf")
        now, done = self._loop.time(), 0
        while self._heap and done < SLICE:
            timer = self._heap[0]
            if timer.callback is not None and timer.when > now:
                break
            heapq.heappop(self._heap)
            done += 1
            callback, args = timer.callback, timer.args
            if callback is None:
                self._cancelled -= 1
                continue
            timer.callback, timer.args = None, ()
            try:
                callback(*args)
            except Exception:
                log.exception("A timer of the SIP edge failed.")
        if self._heap and self._heap[0].when < self._call_at:
            self._arm(max(now, self._heap[0].when))
