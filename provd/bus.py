"""What the processes of one machine say to each other, over sockets in the data directory.

Rules of this file:
- One way from each process to each other, in order. What is written in one turn of the loop goes out together.
- A process that is just being started again finds what was said to it meanwhile, for PATIENCE seconds; then, and when
  a way is full, send() says False, and what it was about is lost as a datagram is lost.
- What comes in is handled a slice at a time, so that a flood from a neighbour leaves time for the own sockets.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

from provd.errors import ProvdError
from provd.frames import Frames, frame

log = logging.getLogger(__name__)

HELLO = 0
PATIENCE = 10.0
AGAIN = 0.1
FULL = 8 << 20
"""Octets that may wait for one neighbour."""
SLICE = 64
CROWDED, CALM = 5_000, 500
"""Frames waiting to be handled at which a neighbour is no longer, and again, read from."""
LONGEST_PATH = 100
"""Octets of the path of a Unix socket; the kernel takes some 107."""

Hear = Callable[[int, bytes], None]
"""Called with the number of the process that speaks, and what it says."""


class Bus:
    """The ways from and to the other processes; `hear` holds who listens, by kind of frame."""

    def __init__(self, folder: Path, index: int, count: int) -> None:
        self.index = index
        self.count = count
        self.hear: dict[int, Hear] = {}
        self.on_lost: list[Callable[[int], None]] = []
        """Hear the number of a process that has ended."""
        self.dropped = 0
        self._folder = folder
        self._ways = {to: _Way() for to in range(count) if to != index}
        self._server: asyncio.Server | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._open: set[asyncio.BaseTransport] = set()

    async def start(self) -> None:
        """Be heard, and reach for the others. Raises ProvdError when the sockets cannot be made."""
        path = self._path(self.index)
        if len(str(path).encode()) > LONGEST_PATH:
            raise ProvdError(
                f"The path of data_dir is too long for sockets between processes ({path}); choose a shorter one."
            )
        loop = asyncio.get_running_loop()
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.unlink(missing_ok=True)
            self._server = await loop.create_unix_server(lambda: _Incoming(self), str(path))
        except OSError as error:
            raise ProvdError(f"The socket {path} cannot be made ({error.strerror}); look at its folder.") from error
        for to, way in self._ways.items():
            self._tasks.append(asyncio.create_task(self._keep(to, way)))

    async def stop(self) -> None:
        """Say no more; what was said is delivered as far as it is read."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._server is not None:
            self._server.close()
        for way in self._ways.values():
            self._flush(way)
        for transport in [*self._open, *(way.transport for way in self._ways.values())]:
            if transport is not None:
                transport.close()
        self._path(self.index).unlink(missing_ok=True)

    def reaches(self, to: int) -> bool:
        """Is there a way to that process at this moment?"""
        return self._ways[to].transport is not None

    def send(self, to: int, kind: int, content: bytes) -> bool:
        """Say something to process `to`; False when it is lost for certain."""
        way = self._ways[to]
        transport = way.transport
        if transport is None and time.monotonic() - way.since > PATIENCE:
            way.clear()
            self.dropped += 1
            return False
        waiting = way.size + (transport.get_write_buffer_size() if transport is not None else 0)
        if waiting + len(content) > FULL:
            self.dropped += 1
            return False
        way.put(frame(kind, content))
        if transport is not None and not way.scheduled:
            way.scheduled = True
            asyncio.get_running_loop().call_soon(self._flush, way)
        return True

    def _flush(self, way: _Way) -> None:
        way.scheduled = False
        if way.transport is not None and way.waiting:
            way.transport.write(b"".join(way.waiting))
            way.clear()

    async def _keep(self, to: int, way: _Way) -> None:
        """Hold the way to a process open, for as long as this one lives."""
        loop = asyncio.get_running_loop()
        while True:
            with suppress(OSError):
                ended: asyncio.Future[None] = loop.create_future()
                transport, _ = await loop.create_unix_connection(partial(_Outgoing, ended), str(self._path(to)))
                transport.write(frame(HELLO, str(self.index).encode()))
                way.transport = transport
                self._flush(way)
                try:
                    await ended
                finally:
                    way.transport, way.since = None, time.monotonic()
                    transport.close()
            await asyncio.sleep(AGAIN)

    def _path(self, index: int) -> Path:
        return self._folder / f"{index}.sock"

    # For the incoming ways

    def entered(self, transport: asyncio.BaseTransport) -> None:
        """A process has come."""
        self._open.add(transport)

    def left(self, transport: asyncio.BaseTransport, speaker: int | None) -> None:
        """A process has gone."""
        self._open.discard(transport)
        if speaker is not None:
            for callback in self.on_lost:
                callback(speaker)

    def arrived(self, speaker: int, kind: int, content: bytes) -> None:
        """One frame; whatever goes wrong with it, the next ones are heard."""
        try:
            hear = self.hear.get(kind)
            if hear is not None:
                hear(speaker, content)
        except Exception:
            log.exception("What another process said could not be handled.")


class _Way:
    """The way to one process, and what waits for it."""

    __slots__ = ("scheduled", "since", "size", "transport", "waiting")

    def __init__(self) -> None:
        self.transport: asyncio.WriteTransport | None = None
        self.waiting: list[bytes] = []
        self.size = 0
        self.scheduled = False
        self.since = time.monotonic()

    def put(self, data: bytes) -> None:
        self.waiting.append(data)
        self.size += len(data)

    def clear(self) -> None:
        self.waiting.clear()
        self.size = 0


class _Outgoing(asyncio.Protocol):
    """Our end of a way to another process; nothing ever comes back over it."""

    def __init__(self, ended: asyncio.Future[None]) -> None:
        self._ended = ended

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._ended.done():
            self._ended.set_result(None)


class _Incoming(asyncio.Protocol):
    """A way on which another process speaks."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._frames = Frames()
        self._waiting: deque[tuple[int, bytes]] = deque()
        self._speaker: int | None = None
        self._transport: asyncio.Transport | None = None
        self._handling = False
        self._paused = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._bus.entered(transport)

    def data_received(self, data: bytes) -> None:
        assert self._transport is not None
        try:
            self._waiting.extend(self._frames.feed(data))
        except ValueError as error:
            log.error("%s", error)
            self._transport.abort()
            return
        if len(self._waiting) > CROWDED and not self._paused:
            self._paused = True
            self._transport.pause_reading()
        if not self._handling:
            self._handle()

    def connection_lost(self, exc: Exception | None) -> None:
        assert self._transport is not None
        self._bus.left(self._transport, self._speaker)

    def _handle(self) -> None:
        waiting, bus = self._waiting, self._bus
        for _ in range(min(SLICE, len(waiting))):
            kind, content = waiting.popleft()
            if kind == HELLO:
                self._speaker = int(content)
            elif self._speaker is not None:
                bus.arrived(self._speaker, kind, content)
        self._handling = bool(waiting)
        if waiting:
            asyncio.get_running_loop().call_soon(self._handle)
        if self._paused and len(waiting) < CALM and self._transport is not None and not self._transport.is_closing():
            self._paused = False
            self._transport.resume_reading()
