"""The transports of one stack: opened, counted, closed; and the flow to a URI."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable

from tornado.httputil import HTTPServerRequest

from sip_edge import stack_route
from sip_edge.message import Limits, SipError, Uri
from sip_edge.message.limits import DEFAULT
from sip_edge.stack import Stack
from sip_edge.stack_route import Destination
from sip_edge.transport.connections import ConnectionLimits, Connections
from sip_edge.transport.flow import Counters, Flow, Receiver
from sip_edge.transport.tcp import StreamTransport
from sip_edge.transport.tls import tls_transport
from sip_edge.transport.udp import UdpListener
from sip_edge.transport.websocket import WebSockets, remote_address

RESOLVE_SECONDS = 5.0


class Unreachable(Exception):
    """There is no way to where a request should go; `str()` is the sentence."""


class Listeners:
    """Every socket of a stack. Each `listen…` returns the real port and tells the stack where it is reached."""

    def __init__(
        self,
        stack: Stack,
        allowed: ConnectionLimits | None = None,
        limits: Limits = DEFAULT,
        receiver: Receiver | None = None,
    ) -> None:
        """`receiver`: who takes what comes in, when it is not the stack itself."""
        self._stack = stack
        self._receiver = receiver or stack
        self._limits = limits
        self.connections = Connections(allowed)
        self.udp: list[UdpListener] = []
        self.streams: list[StreamTransport] = []
        self.websockets: list[WebSockets] = []

    async def listen_udp(self, host: str, port: int, *, reuse_port: bool = False, groups: tuple[str, ...] = ()) -> int:
        """SIP over UDP; `groups` are multicast addresses to hear as well. Raises OSError."""
        listener = UdpListener(self._receiver, largest=self._limits.message)
        real = await listener.listen(host, port, reuse_port=reuse_port, groups=groups)
        self.udp.append(listener)
        self._stack.ports["UDP"] = real
        return real

    async def listen_tcp(self, host: str, port: int, *, reuse_port: bool = False) -> int:
        """SIP over TCP. Raises OSError."""
        transport = StreamTransport(self._receiver, self.connections, self._stack.timers, limits=self._limits)
        return await self._listen(transport, host, port, reuse_port)

    async def listen_tls(
        self,
        host: str,
        port: int,
        context: ssl.SSLContext,
        *,
        client_context: ssl.SSLContext | None = None,
        reuse_port: bool = False,
    ) -> int:
        """SIP over TLS with the certificate of HTTPS. Raises OSError."""
        transport = tls_transport(
            self._receiver,
            self.connections,
            self._stack.timers,
            context,
            client_context=client_context,
            limits=self._limits,
        )
        return await self._listen(transport, host, port, reuse_port)

    def serve_websockets(
        self,
        ports: tuple[int, int] = (80, 443),
        *,
        origins: tuple[str, ...] | None = (),
        address: Callable[[HTTPServerRequest], str] = remote_address,
    ) -> WebSockets:
        """What `websocket.routes` needs; `ports` are those of HTTP and HTTPS, where the handler is mounted."""
        shared = WebSockets(
            self._receiver, self.connections, self._stack.timers, origins=origins, address=address, limits=self._limits
        )
        self.websockets.append(shared)
        self._stack.ports["WS"], self._stack.ports["WSS"] = ports
        return shared

    async def stop(self) -> None:
        """Close every socket; a second call does nothing."""
        for listener in self.udp:
            await listener.stop()
        for stream in self.streams:
            await stream.stop()

    def counters(self) -> dict[str, list[Counters]]:
        """By protocol, one for each socket."""
        found: dict[str, list[Counters]] = {"UDP": [one.counters for one in self.udp]}
        for stream in self.streams:
            found.setdefault(stream.protocol, []).append(stream.counters)
        found["WS"] = [one.counters for one in self.websockets]
        return found

    def udp_flow(self, host: str, port: int) -> Flow | None:
        """The UDP flow to an IP address: how a binding of before a restart is reached again."""
        found = (listener.flow(host, port) for listener in self.udp)
        return next((flow for flow in found if flow is not None), None)

    async def flow_to(self, uri: Uri) -> Flow:
        """A flow to a sip or sips URI; names are looked up in a thread. Raises Unreachable with a sentence."""
        try:
            wanted = stack_route.destination(uri)
        except SipError as error:
            raise Unreachable(error.sentence) from error
        if wanted.protocol not in ("UDP", "TCP", "TLS"):
            raise Unreachable("A WebSocket client is reached only over the connection it opened.")
        for host in await self._addresses(wanted):
            flow = await self._flow(wanted, host)
            if flow is not None:
                return flow
        raise Unreachable(f"Nothing answers at {wanted.host} port {wanted.port} over {wanted.protocol}.")

    async def _listen(self, transport: StreamTransport, host: str, port: int, reuse_port: bool) -> int:
        real = await transport.listen(host, port, reuse_port=reuse_port)
        self.streams.append(transport)
        self._stack.ports[transport.protocol] = real
        return real

    async def _addresses(self, wanted: Destination) -> list[str]:
        if stack_route.is_address(wanted.host):
            return [wanted.host]
        kind = socket.SOCK_DGRAM if wanted.protocol == "UDP" else socket.SOCK_STREAM
        try:
            async with asyncio.timeout(RESOLVE_SECONDS):
                loop = asyncio.get_running_loop()
                found = await loop.getaddrinfo(wanted.host, wanted.port, type=kind)
        except (OSError, UnicodeError, TimeoutError) as error:
            raise Unreachable(f"The name {wanted.host} has no address; check it and the DNS.") from error
        return list(dict.fromkeys(str(entry[4][0]) for entry in found))

    async def _flow(self, wanted: Destination, host: str) -> Flow | None:
        if wanted.protocol == "UDP":
            return self.udp_flow(host, wanted.port)
        for transport in self.streams:
            if transport.protocol == wanted.protocol:
                try:
                    return await transport.connect(host, wanted.port, wanted.host)
                except OSError:
                    continue
        return None
