"""The UDP sockets of the TFTP server: the well-known one, and the ports that transfers run on."""

from __future__ import annotations

import socket
import struct
import sys
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

# What recvfrom returns, and what a socket is bound to: (host, port) or (host, port, flow, scope).
Address = tuple[Any, ...]

# Linux numbers of <linux/in.h> that the socket module does not name.
_IP_PKTINFO = 8
_IP_MTU_DISCOVER = 10
_IPV6_MTU_DISCOVER = 23
_PMTUDISC_DONT = 0
_LINUX = sys.platform.startswith("linux")
_ANCILLARY = socket.CMSG_SPACE(20)

# A power cut sends every phone of a site here within a second; the kernel gives at most net.core.rmem_max.
_REQUEST_BUFFER = 4 << 20
# A port rests before its next transfer, so that a late ACK of the last one finds nobody.
REST_SECONDS = 5.0


def listen(address: Address, family: int) -> socket.socket:
    """The socket of the well-known port, telling for each request which of our addresses it was sent to."""
    sock = _bound(address, family)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _REQUEST_BUFFER)
    if family == socket.AF_INET6:
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO, 1)
    elif _LINUX:
        sock.setsockopt(socket.IPPROTO_IP, _IP_PKTINFO, 1)
    return sock


def receive_request(sock: socket.socket, size: int) -> tuple[bytes, Address, Address | None]:
    """→ datagram, peer, and the address to answer from; None for a broadcast or multicast (RFC 1123 §4.2.3.5)."""
    datagram, ancillary, _flags, peer = sock.recvmsg(size, _ANCILLARY)
    for level, kind, octets in ancillary:
        if level == socket.IPPROTO_IP and kind == _IP_PKTINFO:
            _index, ours, destination = struct.unpack("=I4s4s", octets[:12])
            return datagram, peer, (socket.inet_ntoa(ours), 0) if ours == destination else None
        if level == socket.IPPROTO_IPV6 and kind == socket.IPV6_PKTINFO:
            destination, index = struct.unpack("=16sI", octets[:20])
            link_local = destination[0] == 0xFE and destination[1] & 0xC0 == 0x80
            here = (socket.inet_ntop(socket.AF_INET6, destination), 0, 0, index if link_local else 0)
            return datagram, peer, here if destination[0] != 0xFF else None
    name: Address = sock.getsockname()
    return datagram, peer, (name[0], 0, *name[2:])


def plain_address(peer: Address) -> str:
    """The peer's IP address as people write it: without a scope, and IPv4 as IPv4 on a dual-stack socket."""
    host = str(peer[0]).partition("%")[0]
    return host.removeprefix("::ffff:") if "." in host else host


@dataclass(slots=True, eq=False)
class Port:
    """One of our TIDs (RFC 1350 §4), and who is being served from it: peer → whatever the server keeps."""

    socket: socket.socket
    served: dict[Address, Any] = field(default_factory=dict)
    last_peer: Address = ()
    idle_since: float = 0.0


class Ports:
    """The ports for transfers from one of our addresses: opened on demand, kept open, given out in turn.

    Opening, registering and closing a socket for each small file costs more than sending the file. Up to `most`
    transfers have a port each; beyond, a port serves several clients, which RFC 1350 allows: a transfer is the
    pair of both sides' TIDs.
    """

    def __init__(self, address: Address, family: int, most: int, opened: Callable[[Port], None]) -> None:
        self._address = address
        self._family = family
        self._most = most
        self._opened = opened
        self._all: list[Port] = []
        self._idle: deque[Port] = deque()
        self._turn = 0

    def take(self, now: float) -> Port:
        """A port for a new transfer; raises OSError when not even one can be opened."""
        if self._idle and (now - self._idle[0].idle_since >= REST_SECONDS or len(self._all) >= self._most):
            return self._idle.popleft()
        if len(self._all) < self._most:
            try:
                return self._open()
            except OSError:  # out of descriptors
                if not self._all:
                    raise
        if self._idle:
            return self._idle.popleft()
        self._turn = (self._turn + 1) % len(self._all)
        return self._all[self._turn]

    def give_back(self, port: Port, now: float) -> None:
        """A transfer on `port` is over; when it was the only one, the port rests."""
        if not port.served:
            port.idle_since = now
            self._idle.append(port)

    def send_stray(self, datagram: bytes, peer: Address) -> int:
        """Send one datagram that begins no transfer (an ERROR) from any port of this address; → octets sent."""
        try:
            if not self._all:
                self._idle.append(self._open())
            return self._all[0].socket.sendto(datagram, peer)
        except OSError:  # like a loss on the way: the client asks again
            return 0

    def close(self) -> None:
        """Close every port."""
        for port in self._all:
            port.socket.close()
        self._all.clear()
        self._idle.clear()

    @property
    def all(self) -> tuple[Port, ...]:
        """Every open port."""
        return tuple(self._all)

    def _open(self) -> Port:
        port = Port(_bound(self._address, self._family))
        self._all.append(port)
        self._opened(port)
        return port


def _bound(address: Address, family: int) -> socket.socket:
    sock = socket.socket(family, socket.SOCK_DGRAM)
    try:
        sock.setblocking(False)
        if family == socket.AF_INET6:
            sock.setsockopt(
                socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0 if address[0] == "::" or "." in address[0] else 1
            )
        if _LINUX:
            # With path MTU discovery the kernel sets "don't fragment", and a full block vanishes in the first tunnel
            # whose routers keep quiet about it. Fragments arrive.
            if family == socket.AF_INET6:
                sock.setsockopt(socket.IPPROTO_IPV6, _IPV6_MTU_DISCOVER, _PMTUDISC_DONT)
            if family == socket.AF_INET or "." in address[0] or address[0] == "::":
                sock.setsockopt(socket.IPPROTO_IP, _IP_MTU_DISCOVER, _PMTUDISC_DONT)
        sock.bind(address)
    except OSError:
        sock.close()
        raise
    return sock
