"""The only stand-ins of the tests: a clock that moves when told, a flow that keeps what is sent, a recorder."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable
from typing import Any

from sip_edge.message import SipError
from sip_edge.transport.flow import Endpoint, Flow


class Call:
    """What `FakeClock.call_at` returns."""

    def __init__(self, callback: Callable[..., object], args: tuple[Any, ...]) -> None:
        self._callback: Callable[..., object] | None = callback
        self._args = args

    def cancel(self) -> None:
        """Do not call."""
        self._callback = None

    def run(self) -> None:
        """Call, unless cancelled."""
        if self._callback is not None:
            self._callback(*self._args)


class FakeClock:
    """Monotonic seconds that pass only by `advance`; takes the place of the loop in `Timers`."""

    def __init__(self, now: float = 1_000.0) -> None:
        self._now = now
        self._calls: list[tuple[float, int, Call]] = []
        self._count = itertools.count()

    def time(self) -> float:
        """The present moment."""
        return self._now

    __call__ = time

    def call_at(self, when: float, callback: Callable[..., object], *args: Any) -> Call:
        """Have `callback` called when `advance` comes by `when`."""
        call = Call(callback, args)
        heapq.heappush(self._calls, (when, next(self._count), call))
        return call

    def advance(self, seconds: float) -> None:
        """Let time pass; what falls due is called at its moment, in order."""
        end = self._now + seconds
        while self._calls and self._calls[0][0] <= end:
            when, _, call = heapq.heappop(self._calls)
            self._now = max(self._now, when)
            call.run()
        self._now = max(self._now, end)  # a call may have let time pass itself: it never goes back


class FakeFlow(Flow):
    """A peer that only listens: `sent` is what it got, in order. Set `alive` to False and sending fails."""

    __slots__ = ("alive", "back", "sent")

    def __init__(
        self, protocol: str = "UDP", remote: Endpoint = ("192.0.2.1", 5060), local: Endpoint = ("192.0.2.9", 5060)
    ) -> None:
        self.protocol = protocol
        self.remote = remote
        self.local = local
        self.sent: list[bytes] = []
        self.alive = True
        self.back: Callable[[bytes], None] | None = None
        """The other end, when there is one: called with every message."""

    def send(self, data: bytes) -> bool:
        if self.alive:
            self.sent.append(data)
            if self.back is not None:
                self.back(data)
        return self.alive

    def close(self) -> None:
        self.alive = False

    @property
    def open(self) -> bool:
        return self.alive

    def take(self) -> list[bytes]:
        """What came since the last time."""
        taken, self.sent = self.sent, []
        return taken


class Recorder:
    """A receiver that keeps what the transports hand in."""

    def __init__(self) -> None:
        self.messages: list[tuple[Flow, bytes]] = []
        self.breaks: list[tuple[Flow, SipError, bytes]] = []
        self.ends: list[Flow] = []

    def received(self, flow: Flow, data: bytes) -> None:
        """A message came in."""
        self.messages.append((flow, data))

    def broken(self, flow: Flow, error: SipError, head: bytes) -> None:
        """A stream lost its framing."""
        self.breaks.append((flow, error, head))

    def closed(self, flow: Flow) -> None:
        """A connection is gone."""
        self.ends.append(flow)
