"""A stack on loopback sockets and the phones that talk to it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from sip_edge.message import Request, Response, parse
from sip_edge.message.check import Abilities
from sip_edge.stack import Stack
from sip_edge.stack_listeners import Listeners
from sip_edge.stack_request import ServerRequest
from sip_edge.timers import Timers
from sip_edge.transaction.layer import Layer
from sip_edge.transport.connections import ConnectionLimits
from sip_edge.transport.flow import Flow
from tests.fakes import FakeClock, FakeFlow
from tests.sip import wire

PATIENCE = 5.0


@dataclass
class Edge:
    """A stack and its sockets."""

    stack: Stack
    listeners: Listeners
    clock: FakeClock | None = None


@asynccontextmanager
async def edge(*, allowed: ConnectionLimits | None = None, clock: FakeClock | None = None) -> AsyncIterator[Edge]:
    """A stack without sockets yet; with `clock` its time stands still."""
    timers = Timers(clock or asyncio.get_running_loop())
    stack = Stack(timers, "127.0.0.1", abilities=Abilities(extensions=frozenset(("path",))))
    listeners = Listeners(stack, allowed)
    try:
        yield Edge(stack, listeners, clock)
    finally:
        await listeners.stop()
        await stack.stop()


def run(scene: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Play a scene, which fails rather than hangs."""

    async def play() -> None:
        async with asyncio.timeout(4 * PATIENCE):
            await scene()

    asyncio.run(play())


def still() -> tuple[Stack, FakeClock]:
    """A stack on a fake clock, for fake flows."""
    clock = FakeClock()
    return Stack(Timers(clock), "192.0.2.9", layer=Layer(b"k" * 32)), clock


def answer(data: bytes) -> Response:
    """One message that must be a response."""
    message = parse(data)
    assert isinstance(message, Response)
    return message


def asked(data: bytes) -> Request:
    """One message that must be a request."""
    message = parse(data)
    assert isinstance(message, Request)
    return message


def statuses(flow: FakeFlow) -> list[int]:
    """The status codes a fake flow got since the last time."""
    return [answer(data).status for data in flow.take()]


def keep(flows: list[Flow]) -> Callable[[ServerRequest], None]:
    """A handler that answers 200 and keeps the flow the request came over."""

    def handler(request: ServerRequest) -> None:
        flows.append(request.flow)
        request.reply(200)

    return handler


class UdpPhone:
    """A UDP socket of a phone."""

    def __init__(self, port: int, host: str = "127.0.0.1") -> None:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.socket(family, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.bind((host, 0))
        self._server = (host, port)

    async def __aenter__(self) -> UdpPhone:
        return self

    async def __aexit__(self, *_: object) -> None:
        self._socket.close()

    @property
    def port(self) -> int:
        """Where it is."""
        return int(self._socket.getsockname()[1])

    def send(self, data: bytes) -> None:
        """Send one datagram."""
        self._socket.sendto(data, self._server)

    async def hear(self) -> bytes:
        """The next datagram."""
        async with asyncio.timeout(PATIENCE):
            return await asyncio.get_running_loop().sock_recv(self._socket, 65_535)

    async def ask(self, data: bytes) -> Response:
        """Send, and the response."""
        self.send(data)
        return answer(await self.hear())

    async def hears_nothing_before(self, probe: bytes) -> bool:
        """Is the answer to `probe` the next thing heard? Datagrams of a loopback socket keep their order."""
        wanted = asked(probe).via.branch
        return (await self.ask(probe)).via.branch == wanted


class StreamPhone:
    """A TCP or TLS connection of a phone."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    @classmethod
    async def connect(cls, port: int, **named: Any) -> StreamPhone:
        """Connected to the loopback."""
        return cls(*await asyncio.open_connection("127.0.0.1", port, **named))

    async def __aenter__(self) -> StreamPhone:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.writer.close()

    async def send(self, data: bytes) -> None:
        """Send octets."""
        self.writer.write(data)
        await self.writer.drain()

    async def hear(self) -> Response:
        """The next response without a body."""
        async with asyncio.timeout(PATIENCE):
            return answer(await self.reader.readuntil(b"\r\n\r\n"))

    async def ask(self, data: bytes) -> Response:
        """Send, and the response."""
        await self.send(data)
        return await self.hear()

    async def is_closed(self) -> bool:
        """Wait for the end of the connection; whatever comes before is dropped."""
        async with asyncio.timeout(PATIENCE):
            try:
                while await self.reader.read(4096):
                    pass
            except ConnectionError:
                pass
        return True


def over(protocol: str, number: int = 1, method: str = "OPTIONS", *more: str) -> bytes:
    """A request by `protocol` with a branch and Call-ID of its own."""
    length = () if protocol == "UDP" else ("Content-Length: 0",)
    return wire.request(
        method,
        f"Via: SIP/2.0/{protocol} 192.0.2.1:5060;branch=z9hG4bK{number};rport",
        f"Call-ID: {number}@192.0.2.1",
        *length,
        *more,
    )
