"""A flow: how to reach a peer again the way it reached us (RFC 5626 section 3.1).

A phone behind NAT is reachable only over the flow it opened. Registrar and subscriptions keep flows, not addresses.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, Protocol

from sip_edge.message import SipError

Endpoint = tuple[str, int]
"""IP address without brackets or scope, and port."""


class Flow(ABC):
    """One way to one peer: a connection, or a pair of UDP addresses.

    UDP flows with the same addresses are equal, and one may be made again from `remote` after a restart; a
    connection is only ever equal to itself.
    """

    __slots__ = ("local", "protocol", "remote")

    protocol: str
    """UDP, TCP, TLS, WS or WSS: what stands in Via."""
    remote: Endpoint
    local: Endpoint

    @abstractmethod
    def send(self, data: bytes) -> bool:
        """Send one message. False: the flow has failed, and the peer will not get it (RFC 3261 section 18.4)."""

    @abstractmethod
    def close(self) -> None:
        """End it where there is something to end."""

    @property
    @abstractmethod
    def open(self) -> bool:
        """Can anything be sent still?"""

    def at_port(self, port: int) -> Flow:
        """The way to another port of the same peer; over a connection there is none but this."""
        return self

    @property
    def reliable(self) -> bool:
        """Does the transport retransmit by itself, so that transactions do not?"""
        return self.protocol != "UDP"

    @property
    def secure(self) -> bool:
        """Is it encrypted on this hop?"""
        return self.protocol in ("TLS", "WSS")

    @property
    def certificate(self) -> dict[str, Any] | None:
        """The client's verified certificate as `ssl.SSLSocket.getpeercert` gives it, None without one."""
        return None

    def __repr__(self) -> str:
        host, port = self.remote
        return f"{self.protocol} {f'[{host}]' if ':' in host else host}:{port}"


class Receiver(Protocol):
    """Who gets what the transports receive: the stack, or a recorder in a test."""

    def received(self, flow: Flow, data: bytes) -> None:
        """One datagram, one frame, or one message cut out of a stream."""

    def broken(self, flow: Flow, error: SipError, head: bytes) -> None:
        """A stream lost its framing; `head` may be answered with `error` before the connection is closed."""

    def closed(self, flow: Flow) -> None:
        """A connection is gone; nothing can be sent over `flow` any more."""


@dataclass(slots=True)
class Counters:
    """What one listener has seen since it started."""

    messages_in: int = 0
    messages_out: int = 0
    octets_in: int = 0
    octets_out: int = 0
    keepalives: int = 0
    """CRLF pings and lone line ends."""
    stun: int = 0
    ignored: int = 0
    """Datagrams that can be neither SIP nor STUN, and frames that are no text."""
    oversize: int = 0
    broken: int = 0
    """Streams that lost their framing."""
    unsent: int = 0
    """Messages the kernel or the peer did not take."""
    accepted: int = 0
    refused: int = 0
    """Connections over a limit."""
    half_open_closed: int = 0
    """Connections closed because no whole message came in time, or to make room for others."""
    stalled_closed: int = 0
    idle_closed: int = 0


def plain_address(host: str) -> str:
    """An address as people write it: without a scope, and IPv4 as IPv4 on a dual-stack socket."""
    if ":" not in host:
        return host
    host = host.partition("%")[0]
    return host.removeprefix("::ffff:") if "." in host else host
