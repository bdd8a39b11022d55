"""TFTP for virtual phones: one UDP port for each transfer."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from typing import cast
from urllib.parse import unquote, urlsplit

from provd.simulate.tftp_read import TftpRead
from provd.simulate.wire import Reply, Request

USUAL_PORT = 69


class _Transfer(asyncio.DatagramProtocol):
    """Feeds datagrams to a TftpRead; `moved` is set whenever that got on, `failure` when the network says no."""

    def __init__(self, read: TftpRead, server: tuple[str, int]) -> None:
        self.read = read
        self.peer = server
        self.moved = asyncio.Event()
        self.failure = ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if self.read.reply is not None:
            return
        answer = self.read.receive(data, addr[1])
        if answer is not None:
            self.peer = (addr[0], addr[1])
            self.transport.sendto(answer, self.peer)
        if answer is not None or self.read.reply is not None:
            self.moved.set()

    def error_received(self, exc: Exception) -> None:
        self.failure = getattr(exc, "strerror", None) or str(exc)
        self.moved.set()

    def send(self) -> None:
        """Send the last datagram, once more after a timeout."""
        self.transport.sendto(self.read.last, self.peer)


async def fetch(request: Request, *, patience: float = 2.0, attempts: int = 4) -> Reply:
    """Carry one request out; `patience` seconds without progress send the last datagram again, `attempts` times."""
    started = time.perf_counter()
    parts = urlsplit(request.url)
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(parts.hostname or "", parts.port or USUAL_PORT, type=2)
        family, _, _, _, server = found[0]
        local = ("::", 0) if ":" in str(server[0]) else ("0.0.0.0", 0)  # noqa: S104 - a client's own port
        read = TftpRead(unquote(parts.path), look=request.method == "HEAD")
        transport, transfer = await loop.create_datagram_endpoint(
            lambda: _Transfer(read, (str(server[0]), int(server[1]))), local_addr=local, family=family
        )
    except (OSError, ValueError) as error:
        return Reply(0, error=str(error), ms=(time.perf_counter() - started) * 1000)
    try:
        reply = await _carried_out(transfer, patience, attempts)
    finally:
        transport.close()
    return replace(reply, ms=(time.perf_counter() - started) * 1000)


async def _carried_out(transfer: _Transfer, patience: float, attempts: int) -> Reply:
    transfer.send()
    misses = 0
    while transfer.read.reply is None:
        transfer.moved.clear()
        try:
            await asyncio.wait_for(transfer.moved.wait(), patience)
            misses = 0
        except TimeoutError:
            misses += 1
            if misses >= attempts:
                return Reply(0, error="no answer over TFTP")
            transfer.send()
        if transfer.failure:
            return Reply(0, error=transfer.failure)
    return transfer.read.reply
