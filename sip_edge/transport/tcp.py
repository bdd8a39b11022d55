"""SIP over TCP, and over TLS with a context: connections accepted within limits, and connections of ours."""

from __future__ import annotations

import asyncio
import errno
import logging
import socket
import ssl
from functools import partial

from sip_edge.message import Limits
from sip_edge.message.limits import DEFAULT
from sip_edge.timers import Timers
from sip_edge.transport.connection import Connection, StreamFlow
from sip_edge.transport.connections import Connections, Slot
from sip_edge.transport.flow import Counters, Endpoint, Receiver, plain_address

log = logging.getLogger(__name__)

_BACKLOG = 1024
_ACCEPTS = 64  # in one turn of the loop
_OUT_OF_FILES = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)
_PAUSE = 1.0


class StreamTransport:
    """One listening TCP socket, and the connections we open; `context` makes it TLS.

    We accept ourselves instead of asyncio: a connection over the limits goes before any TLS handshake is paid for.
    """

    def __init__(
        self,
        receiver: Receiver,
        connections: Connections,
        timers: Timers,
        *,
        context: ssl.SSLContext | None = None,
        client_context: ssl.SSLContext | None = None,
        limits: Limits = DEFAULT,
    ) -> None:
        self.counters = Counters()
        self.local: Endpoint = ("", 0)
        self.protocol = "TCP" if context is None and client_context is None else "TLS"
        self._receiver = receiver
        self._connections = connections
        self._timers = timers
        self._context = context
        self._client_context = client_context
        self._limits = limits
        self._socket: socket.socket | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._alive: set[Connection] = set()
        self._ours: dict[Endpoint, asyncio.Future[StreamFlow]] = {}

    async def listen(self, host: str, port: int, *, reuse_port: bool = False) -> int:
        """Bind and accept; → the real port. `::` takes IPv4 too. Raises OSError."""
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        sock = socket.socket(found[0][0], socket.SOCK_STREAM)
        try:
            sock.setblocking(False)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if reuse_port:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            if sock.family == socket.AF_INET6:
                sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
            sock.bind(found[0][4])
            sock.listen(_BACKLOG)
        except OSError:
            sock.close()
            raise
        name = sock.getsockname()
        self._socket, self.local = sock, (plain_address(name[0]), name[1])
        loop.add_reader(sock.fileno(), self._accept)
        return int(name[1])

    async def stop(self) -> None:
        """Stop accepting and end every connection; a second call does nothing."""
        sock, self._socket = self._socket, None
        if sock is not None:
            asyncio.get_running_loop().remove_reader(sock.fileno())
            sock.close()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for connection in list(self._alive):
            connection.flow.close()

    async def connect(self, host: str, port: int, server_name: str | None = None) -> StreamFlow:
        """The connection of ours to an IP address, opened when there is none. Raises OSError, TimeoutError.

        `server_name` is what the peer's certificate must name (TLS).
        """
        key = (host, port)
        known = self._ours.get(key)
        if known is None or (known.done() and not _usable(known)):
            known = asyncio.ensure_future(self._connect(host, port, server_name))
            self._ours[key] = known
            known.add_done_callback(partial(self._connected, key))
        return await asyncio.shield(known)

    async def _connect(self, host: str, port: int, server_name: str | None) -> StreamFlow:
        if self.protocol == "TLS" and self._client_context is None:
            raise OSError("No TLS connection can be opened without a client context.")
        loop = asyncio.get_running_loop()
        made = partial(self._new, None)
        wanted = server_name or host if self._client_context is not None else None
        async with asyncio.timeout(self._connections.limits.first_message):
            _, connection = await loop.create_connection(
                made, host, port, ssl=self._client_context, server_hostname=wanted
            )
        return connection.flow

    def _connected(self, key: Endpoint, done: asyncio.Future[StreamFlow]) -> None:
        if not _usable(done) and self._ours.get(key) is done:
            del self._ours[key]

    def _accept(self) -> None:
        for _ in range(_ACCEPTS):
            if self._socket is None:
                return
            try:
                sock, peer = self._socket.accept()
            except (BlockingIOError, InterruptedError):
                return
            except OSError as error:
                if error.errno in _OUT_OF_FILES:
                    self._rest()
                    return
                continue  # the peer was gone before we took it
            sock.setblocking(False)
            self._enter(sock, plain_address(peer[0]))

    def _enter(self, sock: socket.socket, address: str) -> None:
        slot = self._connections.enter(address, self.counters, sock.close)
        if slot is None:
            sock.close()
            return
        task = asyncio.get_running_loop().create_task(self._begin(sock, slot))
        slot.end = partial(_cancel, task)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _begin(self, sock: socket.socket, slot: Slot) -> None:
        loop = asyncio.get_running_loop()
        patience = self._connections.limits.first_message if self._context is not None else None
        try:
            await loop.connect_accepted_socket(
                partial(self._new, slot), sock, ssl=self._context, ssl_handshake_timeout=patience
            )
        except OSError:  # the handshake failed or took too long; ssl.SSLError and TimeoutError are OSErrors too
            self.counters.half_open_closed += 1
            slot.leave()
            sock.close()
        except asyncio.CancelledError:
            slot.leave()
            sock.close()
            raise

    def _new(self, slot: Slot | None) -> Connection:
        allowed, limits = self._connections.limits, self._limits
        return Connection(
            self.protocol, self._receiver, self.counters, self._timers, allowed, self._alive, limits=limits, slot=slot
        )

    def _rest(self) -> None:
        """No file descriptor is left: leave the queue to the kernel for a second instead of spinning."""
        log.error(
            "No more connections can be accepted: this process has run out of files. Raise its limit (ulimit -n)."
        )
        loop = asyncio.get_running_loop()
        if self._socket is not None:
            loop.remove_reader(self._socket.fileno())
            self._timers.after(_PAUSE, self._resume)

    def _resume(self) -> None:
        if self._socket is not None:
            asyncio.get_running_loop().add_reader(self._socket.fileno(), self._accept)


def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()


def _usable(done: asyncio.Future[StreamFlow]) -> bool:
    return not done.cancelled() and done.exception() is None and done.result().open
