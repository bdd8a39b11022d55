"""The only stand-ins of the tests: a clock that moves when told, a flow that keeps what is sent, a recorder, a media
engine without audio."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable, Sequence
from typing import Any

from sip_edge.media.engine import ANYONE, Clip, File, Listener, Peer, RecordLimits
from sip_edge.media.event import MediaEvent
from sip_edge.media.negotiation import REVERSE, read
from sip_edge.message import SipError
from sip_edge.message.sdp import Session
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


class FakeMedia:
    """A media engine (sip_edge.media.engine) without audio: `told` keeps what it was asked, in order; `tell` makes it
    say something. Descriptions come back with another port, as from a relay."""

    def __init__(self) -> None:
        self.told: list[tuple[Any, ...]] = []
        self.legs: dict[str, set[str]] = {}
        self.bridged: set[frozenset[tuple[str, str]]] = set()
        self.refuse: SipError | None = None
        """Raised by the next request for a description."""
        self.peers: dict[str, Peer] = {}
        """What it was told of the last leg of each call that it has invited."""
        self.missing: set[str] = set()
        """Files that cannot be played."""
        self._listeners: list[Listener] = []
        self._count = itertools.count(1)

    def subscribe(self, listener: Listener) -> None:
        self._listeners.append(listener)

    def tell(self, event: MediaEvent) -> None:
        """Have the engine say something."""
        for listener in self._listeners:
            listener(event)

    def _open(self, call: str, *legs: str) -> None:
        if self.refuse is not None:
            error, self.refuse = self.refuse, None
            raise error
        self.legs.setdefault(call, set()).update(legs)

    def _known(self, call: str, *legs: str) -> None:
        for leg in legs:
            if leg not in self.legs.get(call, ()):
                raise SipError(481, f"The call has no audio leg {leg}.")

    def _described(self, sdp: bytes, direction: str = "") -> bytes:
        session = Session.parse(sdp)
        audio = next((place for place, one in enumerate(session.media) if one.kind == "audio" and one.port), None)
        if audio is None:
            raise SipError(488, "The description holds no audio.")
        section = session.media[audio].with_port(20_000 + 2 * next(self._count))
        return bytes(session.with_media(audio, section.with_direction(direction) if direction else section))

    async def offer(
        self,
        call: str,
        leg: str,
        sdp: bytes,
        *,
        to: str,
        peer: Peer = ANYONE,
        to_peer: Peer = ANYONE,
        plain: bool = False,
    ) -> bytes:
        described = self._described(sdp)
        self._open(call, leg, to)
        self.told.append(("offer", call, leg, to))
        return described

    async def answer(self, call: str, leg: str, sdp: bytes, *, to: str = "", peer: Peer = ANYONE) -> bytes:
        self._known(call, leg, *([to] if to else []))
        self.told.append(("answer", call, leg, to))
        if to:
            await self._join(call, leg, to)
        return self._described(sdp) if to else b""

    async def accept(self, call: str, leg: str, sdp: bytes, *, peer: Peer = ANYONE) -> bytes:
        described = self._described(sdp, REVERSE[read(sdp).direction])
        self._open(call, leg)
        self.told.append(("accept", call, leg))
        return described

    async def invite(self, call: str, leg: str, *, like: str = "", peer: Peer = ANYONE) -> bytes:
        self._open(call, leg)
        self.told.append(("invite", call, leg, like))
        self.peers[call] = peer
        return (
            b"v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\n"
            b"m=audio %d RTP/AVP 0 8 101\r\na=rtpmap:101 telephone-event/8000\r\n" % (20_000 + 2 * next(self._count))
        )

    async def bridge(self, call: str, one: str, other: str) -> None:
        self._known(call, one, other)
        self.told.append(("bridge", call, one, other))
        await self._join(call, one, other)

    async def _join(self, call: str, one: str, other: str) -> None:
        pair = {(call, one), (call, other)}
        self.bridged = {joined for joined in self.bridged if not joined & pair} | {frozenset(pair)}

    async def part(self, call: str, leg: str) -> None:
        self._known(call, leg)
        self.told.append(("part", call, leg))
        self.bridged = {joined for joined in self.bridged if (call, leg) not in joined}

    async def delete(self, call: str, leg: str = "") -> None:
        self.told.append(("delete", call, leg))
        gone = {leg} if leg else self.legs.get(call, set())
        self.legs[call] = self.legs.get(call, set()) - gone
        if not self.legs[call]:
            del self.legs[call]
        self.bridged = {joined for joined in self.bridged if not any((call, one) in joined for one in gone)}

    async def play(self, call: str, leg: str, clips: Sequence[Clip], *, repeat: int = 1, shuffle: bool = False) -> str:
        self._known(call, leg)
        if any(isinstance(clip, File) and clip.path in self.missing for clip in clips):
            raise SipError(404, "A sound cannot be played.")
        name = f"play-{next(self._count)}"
        self.told.append(("play", call, leg, tuple(clips), repeat, name))
        return name

    async def stop(self, call: str, leg: str) -> None:
        self.told.append(("stop", call, leg))

    async def record(self, call: str, legs: Sequence[str], path: str, limits: RecordLimits) -> str:
        self._known(call, *legs)
        name = f"record-{next(self._count)}"
        self.told.append(("record", call, tuple(legs), path, limits, name))
        return name

    async def stop_record(self, call: str, record: str) -> None:
        self.told.append(("stop_record", call, record))

    async def listen(self, call: str, leg: str, on: bool = True) -> None:
        self._known(call, leg)
        self.told.append(("listen", call, leg, on))

    async def digits(self, call: str, leg: str, digits: str) -> None:
        self._known(call, leg)
        self.told.append(("digits", call, leg, digits))

    async def block(self, call: str, leg: str, *, audio: bool = False, dtmf: bool = False) -> None:
        self._known(call, leg)
        self.told.append(("block", call, leg, audio, dtmf))
