"""SIP over UDP: a reader that drains the socket, and the flows its datagrams came over.

asyncio's own datagram transport takes one datagram a turn of the loop; draining up to 64 is five times as fast.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import logging
import socket
import struct
from typing import Any

from sip_edge.message.stream import PING, PONG
from sip_edge.transport import stun
from sip_edge.transport.flow import Counters, Endpoint, Flow, Receiver, plain_address

log = logging.getLogger(__name__)

DRAIN = 64
"""Datagrams read in one turn of the loop, so that a flood leaves time for the others."""
LARGEST = 65_535
_BUFFER = 8 << 20  # a power cut sends every phone of a site here within a second; the kernel gives what it allows


class UdpFlow(Flow):
    """A pair of addresses. Equal to every other flow of the same pair."""

    __slots__ = ("_listener", "_peer")

    def __init__(self, listener: UdpListener, remote: Endpoint, peer: tuple[Any, ...]) -> None:
        self.protocol = "UDP"
        self.remote = remote
        self.local = listener.local
        self._listener = listener
        self._peer = peer

    def send(self, data: bytes) -> bool:
        return self._listener.send(data, self._peer)

    def at_port(self, port: int) -> UdpFlow:
        if port == self.remote[1]:
            return self
        return UdpFlow(self._listener, (self.remote[0], port), (self._peer[0], port, *self._peer[2:]))

    @property
    def source(self) -> tuple[str, int, int]:
        """Address, port and scope (of a link-local IPv6 address, else 0) as the socket has them: for `flow_of`."""
        return self._peer[0], self._peer[1], self._peer[3] if len(self._peer) > 3 else 0

    def close(self) -> None:
        """UDP has nothing to close."""

    @property
    def open(self) -> bool:
        return self._listener.open

    def __eq__(self, other: object) -> bool:
        return isinstance(other, UdpFlow) and self.remote == other.remote and self.local == other.local

    def __hash__(self) -> int:
        return hash((self.remote, self.local))


class UdpListener:
    """One UDP socket for SIP, IPv4 or IPv6 (`::` takes both)."""

    def __init__(self, receiver: Receiver, *, largest: int = LARGEST) -> None:
        self.counters = Counters()
        self.local: Endpoint = ("", 0)
        self._receiver = receiver
        self._largest = min(largest, LARGEST)
        self._socket: socket.socket | None = None
        self._family = socket.AF_INET

    async def listen(self, host: str, port: int, *, reuse_port: bool = False, groups: tuple[str, ...] = ()) -> int:
        """Bind and read; → the real port. Raises OSError.

        `groups` are IPv4 multicast addresses to hear as well (phones that look for their provisioning server ask
        224.0.1.75); only a wildcard socket hears them.

        With several addresses on a machine, bind to the one the phones use: from a wildcard the kernel picks the
        source address of an answer by its routes.
        """
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_DGRAM, flags=socket.AI_PASSIVE)
        family, address = found[0][0], found[0][4]
        sock = socket.socket(family, socket.SOCK_DGRAM)
        try:
            _prepare(sock, reuse_port)
            sock.bind(address)
            for group in groups:
                _join(sock, group)
        except OSError:
            sock.close()
            raise
        name = sock.getsockname()
        self._socket, self._family = sock, family
        self.local = (plain_address(name[0]), name[1])
        loop.add_reader(sock.fileno(), self._drain)
        return int(name[1])

    async def stop(self) -> None:
        """Stop reading and close; a second call does nothing."""
        sock, self._socket = self._socket, None
        if sock is not None:
            asyncio.get_running_loop().remove_reader(sock.fileno())
            sock.close()

    @property
    def open(self) -> bool:
        """Is it listening?"""
        return self._socket is not None

    def flow(self, host: str, port: int) -> UdpFlow | None:
        """The flow to an IP address; None when this socket is of the other family or closed."""
        six = ":" in host
        if self._socket is None or (six and self._family == socket.AF_INET):
            return None
        if self._family == socket.AF_INET:
            return UdpFlow(self, (host, port), (host, port))
        if not six and self.local[0] not in ("::", ""):
            return None
        return UdpFlow(self, (plain_address(host), port), (host if six else f"::ffff:{host}", port))

    def flow_of(self, host: str, port: int, scope: int) -> UdpFlow:
        """The flow of a datagram that another socket on the same port took; the arguments are its `source`."""
        if self._family == socket.AF_INET:
            return UdpFlow(self, (host, port), (host, port))
        return UdpFlow(self, (plain_address(host), port), (host, port, 0, scope))

    def send(self, data: bytes, peer: tuple[Any, ...]) -> bool:
        """Send one datagram; False when it cannot reach `peer`. A full socket buffer counts as loss on the way."""
        if self._socket is None:
            return False
        try:
            self._socket.sendto(data, peer)
        except (BlockingIOError, InterruptedError):
            self.counters.unsent += 1
            return True
        except (OSError, OverflowError, ValueError):  # no route, too large, no such address
            self.counters.unsent += 1
            return False
        counters = self.counters
        counters.messages_out += 1
        counters.octets_out += len(data)
        return True

    def _drain(self) -> None:
        for _ in range(DRAIN):
            sock = self._socket
            if sock is None:
                return
            try:
                data, peer = sock.recvfrom(LARGEST)
            except (BlockingIOError, InterruptedError):
                return
            except OSError:  # an ICMP error of an earlier datagram; the next one may be fine
                continue
            try:
                self._take(data, peer)
            except Exception:
                log.exception("A datagram could not be handled.")

    def _take(self, data: bytes, peer: tuple[Any, ...]) -> None:
        counters = self.counters
        counters.octets_in += len(data)
        host = peer[0]
        remote = (host if self._family == socket.AF_INET else plain_address(host), peer[1])
        first = data[:1]
        if first > b" " and len(data) <= self._largest:
            counters.messages_in += 1
            self._receiver.received(UdpFlow(self, remote, peer), data)
        elif len(data) > self._largest:
            counters.oversize += 1
        elif not data.strip(b"\r\n\0"):
            self._keep_alive(data, peer)
        elif first in (b"\r", b"\n"):  # RFC 3261 section 7.5: line ends before a message
            counters.messages_in += 1
            self._receiver.received(UdpFlow(self, remote, peer), data)
        elif stun.is_stun(data):
            self._bind_answer(data, remote, peer)
        else:
            counters.ignored += 1

    def _keep_alive(self, data: bytes, peer: tuple[Any, ...]) -> None:
        """Blank datagrams, and the four zero octets some phones send (see `_take`), only keep NAT open.

        A double CRLF is answered as on a stream: there are phones that expect it, and none that mind.
        """
        self.counters.keepalives += 1
        if data == PING and self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.sendto(PONG, peer)

    def _bind_answer(self, data: bytes, remote: Endpoint, peer: tuple[Any, ...]) -> None:
        self.counters.stun += 1
        reply = stun.answer(data, *remote)
        if reply is not None and self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.sendto(reply, peer)


def _prepare(sock: socket.socket, reuse_port: bool) -> None:
    sock.setblocking(False)
    if sock.family == socket.AF_INET6:
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    if reuse_port:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
        sock.setsockopt(socket.SOL_SOCKET, option, _BUFFER)


def _join(sock: socket.socket, group: str) -> None:
    wildcard = sock.getsockname()[0] == "0.0.0.0"  # noqa: S104
    if not wildcard or not ipaddress.ip_address(group).is_multicast:
        raise OSError(f"{group} cannot be heard: that takes a multicast address and a socket on 0.0.0.0.")
    membership = struct.pack("4s4s", socket.inet_aton(group), socket.inet_aton("0.0.0.0"))  # noqa: S104
    sock.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, membership)
