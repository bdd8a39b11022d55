"""A phone that speaks TFTP one datagram at a time, and a server on 127.0.0.1 to speak to."""

from __future__ import annotations

import asyncio
import functools
import socket
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from provd.exchange import Answer, PhoneRequest
from provd.serve.tftp import TftpServer

FILE = bytes(range(256)) * 8  # 2048 octets: four whole blocks of 512, and so an empty fifth


def rrq(path: str, options: Mapping[str, object] | None = None, *, mode: str = "octet", opcode: int = 1) -> bytes:
    """A read request (opcode 2: a write request) as it goes over the wire."""
    words = [path, mode] + [str(word) for pair in (options or {}).items() for word in pair]
    return bytes((0, opcode)) + b"".join(word.encode() + b"\0" for word in words)


def ack(block: int) -> bytes:
    return b"\0\4" + (block & 0xFFFF).to_bytes(2, "big")


def data(block: int, octets: bytes) -> bytes:
    return b"\0\3" + (block & 0xFFFF).to_bytes(2, "big") + octets


def scenario(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Run an async test; twenty seconds are a failure."""

    @functools.wraps(test)
    def run(*args: Any, **kwargs: Any) -> None:
        asyncio.run(asyncio.wait_for(test(*args, **kwargs), 20))

    return run


def open_files() -> list[Path]:
    """What the descriptors of this process are (Linux)."""
    links = [link for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]
    return [link.readlink() for link in links if link.exists()]


class Clock:
    """Monotonic seconds that pass when the test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Phone:
    """One UDP port of a phone; remembers the server's TID of the last datagram it got."""

    def __init__(self, port: int, host: str = "127.0.0.1") -> None:
        self.server: tuple[Any, ...] = (host, port)
        self.peer = self.server
        self.socket = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setblocking(False)
        self.socket.bind((host, 0))

    def ask(self, path: str, options: Mapping[str, object] | None = None, mode: str = "octet") -> None:
        self.socket.sendto(rrq(path, options, mode=mode), self.server)

    def send(self, datagram: bytes) -> None:
        self.socket.sendto(datagram, self.peer)

    async def receive(self) -> bytes:
        loop = asyncio.get_running_loop()
        datagram, self.peer = await asyncio.wait_for(loop.sock_recvfrom(self.socket, 70000), 5)
        return datagram

    async def fetch(self, path: str, options: Mapping[str, object] | None = None, mode: str = "octet") -> bytes:
        """The whole file in lock-step."""
        self.ask(path, options, mode)
        size, octets, block = int((options or {}).get("blksize", 512)), b"", 0  # type: ignore[call-overload]
        while True:
            datagram = await self.receive()
            if datagram[:2] == b"\0\6":
                self.send(ack(0))
                continue
            block += 1
            assert datagram[:4] == data(block, b""), datagram[:80]
            octets += datagram[4:]
            self.send(ack(block))
            if len(datagram) < 4 + size:
                await self.turn()
                return octets

    async def turn(self) -> None:
        """Let the loop look at its sockets: on the loopback a datagram that was sent is there."""
        for _ in range(3):
            await asyncio.sleep(0)

    async def hears_nothing(self) -> bool:
        """True when the server has nothing for this phone after it has served another one."""
        await Phone(self.server[1], self.server[0]).fetch("file")
        try:
            self.socket.recv(2048)
        except BlockingIOError:
            return True
        return False

    def close(self) -> None:
        self.socket.close()


def answer_file(request: PhoneRequest) -> Answer:
    """`file` is there, everything else is not."""
    return Answer(200, FILE) if request.path == "file" else Answer(404)


@asynccontextmanager
async def serving(answer: Any = answer_file, bind: str = "127.0.0.1", **limits: Any) -> AsyncIterator[Any]:
    """A running server → (server, function that makes a phone)."""
    server = TftpServer(answer, **limits)
    port = await server.start(bind, 0)
    phones: list[Phone] = []

    def phone(host: str = "::1" if bind == "::1" else "127.0.0.1") -> Phone:
        phones.append(Phone(port, host))
        return phones[-1]

    try:
        yield server, phone
    finally:
        for made in phones:
            made.close()
        await server.stop()
