"""The SIP stack of one virtual phone: its sockets, its way to a server, and requests that prove who it is."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable

from provd.simulate.reading import ReadAccount
from provd.simulate.sip.air import Air, own_address
from provd.simulate.sip.login import Login
from provd.simulate.sip.wants import server_of
from sip_edge.message import Request, Response
from sip_edge.message.check import Abilities
from sip_edge.message.uri import sip
from sip_edge.stack import Stack
from sip_edge.stack_route import Destination, destination
from sip_edge.transaction.layer import Layer
from sip_edge.transport.connections import Connections
from sip_edge.transport.flow import Flow
from sip_edge.transport.tcp import StreamTransport
from sip_edge.transport.udp import UdpListener

BODIES = ("application/dialog-info+xml", "application/simple-message-summary", "application/sdp")
"""What a NOTIFY may bring."""
ANSWERS_KEPT = 200
_ATTEMPTS = 3


class Endpoint:
    """One phone on SIP. `number` is its place among the phones of the process."""

    def __init__(self, air: Air, number: int) -> None:
        self.air = air
        self._number = number
        layer = Layer(secrets.token_bytes(32), light=ANSWERS_KEPT)
        self.stack = Stack(air.timers, "127.0.0.1", abilities=Abilities(bodies=BODIES), layer=layer, server="")
        self._udp: UdpListener | None = None
        self._streams: dict[str, StreamTransport] = {}
        self._opening = asyncio.Lock()

    async def flow(self, account: ReadAccount) -> Flow:
        """The way to the server of an account, opened where there is none. Raises OSError, and SipError for an
        account whose server cannot be read."""
        wanted = destination(server_of(account))
        address = await self.air.resolve(wanted.host)
        async with self._opening:
            found = await (
                self._over_udp(address, wanted) if wanted.protocol == "UDP" else self._stream(address, wanted)
            )
        if found is None:
            raise OSError(f"no way leads to {wanted.host}")
        return found

    def contact(self, flow: Flow, user: str) -> str:
        """The URI the phone is reached at over `flow`."""
        uri = sip(user, self.stack.host, self.stack.ports[flow.protocol])
        return str(uri if flow.protocol == "UDP" else uri.with_parameter("transport", flow.protocol.lower()))

    async def ask(self, build: Callable[[], Request], login: Login, flow: Flow) -> Response:
        """Send what `build` makes, answer a challenge, and once more when a nonce was stale; → the final response."""
        begun, fresh = time.perf_counter(), False
        for _ in range(_ATTEMPTS):
            request = login.sign(build(), secrets.token_hex(4))
            client = self.stack.request(request, flow)
            response: Response = await client
            challenge = login.take(response)
            if challenge is None or (fresh and not challenge.stale):
                break
            fresh = True
        took = (time.perf_counter() - begun) * 1000
        self.air.tally.add(request.method, took, answered=not client.failed)
        return response

    async def close(self) -> None:
        """Close every socket."""
        await self.stack.handlers.stop()
        if self._udp is not None:
            await self._udp.stop()
        for stream in self._streams.values():
            await stream.stop()

    async def _over_udp(self, address: str, wanted: Destination) -> Flow | None:
        if self._udp is None:
            self.stack.host = own_address(address, self._number)
            udp = UdpListener(self.stack)
            self.stack.ports["UDP"] = await udp.listen(self.stack.host, 0)
            self._udp = udp
        return self._udp.flow(address, wanted.port)

    async def _stream(self, address: str, wanted: Destination) -> Flow:
        stream = self._streams.get(wanted.protocol)
        if stream is None:
            context = self.air.tls if wanted.protocol == "TLS" else None
            stream = StreamTransport(self.stack, Connections(), self.air.timers, client_context=context)
            self._streams[wanted.protocol] = stream
        flow = await stream.connect(address, wanted.port, wanted.host)
        self.stack.host, self.stack.ports[wanted.protocol] = flow.local
        return flow
