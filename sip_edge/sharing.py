"""SIP in several processes of one machine: every process opens the same ports, and each message is handled where its
company lives.

Rules of this file:
- A datagram is handed over with its source address. Who handles it answers by itself: all have a socket on the port.
- A connection stays with the process that accepted it. Who handles its messages gets a flow that goes back through
  that process, and hears when the connection, or the process, is gone.
- Whose number a carrier calls is looked up before its call is handed over; all else is read from the message.
"""

from __future__ import annotations

import asyncio
import itertools
import struct
from collections.abc import Callable
from dataclasses import dataclass, field

from provd.bus import Bus
from provd.share import home
from sip_edge.carriers import HERE, Carriers, sort
from sip_edge.message import SipError
from sip_edge.sorting import Carried
from sip_edge.transport.flow import Endpoint, Flow, Receiver
from sip_edge.transport.udp import UdpFlow, UdpListener

DATAGRAM, MESSAGE, SEND, CLOSE, CLOSED = 16, 17, 18, 19, 20
"""Kinds of frames: a datagram; a message of a connection; something to write to one, or its end; it has ended."""
_PEER = struct.Struct(">HIB")
_NUMBER = struct.Struct(">Q")
_ENDS = struct.Struct(">QBHBHB")
_PROTOCOLS = ("TCP", "TLS", "WS", "WSS")
MOST_LOOKED_UP = 2_000
"""Messages of carriers whose number is being looked up; more are lost, and sent again by whoever sent them."""


class RemoteFlow(Flow):
    """A connection that another process has accepted."""

    __slots__ = ("_bus", "_open", "key")

    def __init__(self, bus: Bus, key: tuple[int, int], protocol: str, remote: Endpoint, local: Endpoint) -> None:
        self._bus = bus
        self._open = True
        self.key = key
        """The process that has the connection, and its number there."""
        self.protocol = protocol
        self.remote = remote
        self.local = local

    def send(self, data: bytes) -> bool:
        return self._open and self._bus.send(self.key[0], SEND, _NUMBER.pack(self.key[1]) + data)

    def close(self) -> None:
        if self._open:
            self._bus.send(self.key[0], CLOSE, _NUMBER.pack(self.key[1]))

    def ended(self) -> None:
        """The connection is gone."""
        self._open = False

    @property
    def open(self) -> bool:
        return self._open


@dataclass(slots=True)
class _Lent:
    """A connection of ours whose messages others handle."""

    number: int
    to: set[int] = field(default_factory=set)


class Sorter:
    """Stands between the transports and the stack: the receiver of the first, and one of several of the second."""

    def __init__(self, stack: Receiver, bus: Bus, known: Callable[[str], bool]) -> None:
        """`known`: is that name one of our companies?"""
        self.handed_over = 0
        self.unreached = 0
        """Messages that were lost because their process is not there."""
        self.udp: Callable[[], UdpListener | None] = lambda: None
        self.carriers: Carriers | None = None
        self._stack = stack
        self._bus = bus
        self._known = known
        self._numbers = itertools.count(1)
        self._lent: dict[Flow, _Lent] = {}
        self._by_number: dict[int, Flow] = {}
        self._borrowed: dict[tuple[int, int], RemoteFlow] = {}
        self._looking_up: set[asyncio.Task[None]] = set()
        bus.hear |= {
            DATAGRAM: self._datagram, MESSAGE: self._message, SEND: self._send, CLOSE: self._close,
            CLOSED: self._closed,
        }  # fmt: skip
        bus.on_lost.append(self._lost)

    # The transports' Receiver

    def received(self, flow: Flow, data: bytes) -> None:
        """One message from a transport of this process."""
        self._sort(flow, data)

    def _sort(self, flow: Flow, data: bytes, *, handed: bool = False) -> None:
        found = sort(data, flow.remote, self._bus.count, self._known, self.carriers, handed=handed)
        if isinstance(found, int):
            self._give(flow, data, found)
        elif len(self._looking_up) < MOST_LOOKED_UP:
            task = asyncio.ensure_future(self._look_up(flow, data, found))
            self._looking_up.add(task)
            task.add_done_callback(self._looking_up.discard)
        else:
            self.unreached += 1

    async def _look_up(self, flow: Flow, data: bytes, said: Carried) -> None:
        assert self.carriers is not None
        owner = await self.carriers.owner(said.numbers, str(flow.remote[0]))
        self._give(flow, data, home(owner, self._bus.count) if owner else HERE)

    def _give(self, flow: Flow, data: bytes, to: int) -> None:
        """Give a message to the process that it is for."""
        if to in (HERE, self._bus.index):
            self._stack.received(flow, data)
            return
        self.handed_over += 1
        if isinstance(flow, UdpFlow):
            if not self._bus.send(to, DATAGRAM, _packed_peer(flow) + data):
                self.unreached += 1
        elif not self._lend(flow, to, data):
            self.unreached += 1
            flow.close()  # the phone connects anew, and asks again, sooner than it would miss an answer

    def broken(self, flow: Flow, error: SipError, head: bytes) -> None:
        """A stream lost its framing: nobody else needs to know."""
        self._stack.broken(flow, error, head)

    def closed(self, flow: Flow) -> None:
        """A connection is gone."""
        lent = self._lent.pop(flow, None)
        if lent is not None:
            del self._by_number[lent.number]
            for to in lent.to:
                self._bus.send(to, CLOSED, _NUMBER.pack(lent.number))
        self._stack.closed(flow)

    def _lend(self, flow: Flow, to: int, data: bytes) -> bool:
        lent = self._lent.get(flow)
        if lent is None:
            lent = self._lent[flow] = _Lent(next(self._numbers))
            self._by_number[lent.number] = flow
        lent.to.add(to)
        return self._bus.send(to, MESSAGE, _packed_ends(lent.number, flow) + data)

    # What neighbours say

    def _datagram(self, _speaker: int, content: bytes) -> None:
        port, scope, length = _PEER.unpack_from(content)
        start = _PEER.size + length
        listener = self.udp()
        if listener is not None:
            flow = listener.flow_of(content[_PEER.size : start].decode(), port, scope)
            self._sort(flow, content[start:], handed=True)

    def _message(self, speaker: int, content: bytes) -> None:
        number, protocol, port, length, own_port, own_length = _ENDS.unpack_from(content)
        start = _ENDS.size
        host = content[start : start + length].decode()
        start += length
        own = content[start : start + own_length].decode()
        key = (speaker, number)
        flow = self._borrowed.get(key)
        if flow is None:
            flow = RemoteFlow(self._bus, key, _PROTOCOLS[protocol], (host, port), (own, own_port))
            self._borrowed[key] = flow
        self._sort(flow, content[start + own_length :], handed=True)

    def _send(self, _speaker: int, content: bytes) -> None:
        flow = self._by_number.get(_NUMBER.unpack_from(content)[0])
        if flow is not None:
            flow.send(content[_NUMBER.size :])

    def _close(self, _speaker: int, content: bytes) -> None:
        flow = self._by_number.get(_NUMBER.unpack_from(content)[0])
        if flow is not None:
            flow.close()

    def _closed(self, speaker: int, content: bytes) -> None:
        self._gone((speaker, _NUMBER.unpack_from(content)[0]))

    def _lost(self, speaker: int) -> None:
        """A process has ended, and all its connections with it."""
        for key in [key for key in self._borrowed if key[0] == speaker]:
            self._gone(key)

    def _gone(self, key: tuple[int, int]) -> None:
        flow = self._borrowed.pop(key, None)
        if flow is not None:
            flow.ended()
            self.closed(flow)


def _packed_peer(flow: UdpFlow) -> bytes:
    host, port, scope = flow.source
    name = host.encode()
    return _PEER.pack(port, scope, len(name)) + name


def _packed_ends(number: int, flow: Flow) -> bytes:
    (host, port), (own, own_port) = flow.remote, flow.local
    name, own_name = host.encode(), own.encode()
    ends = _ENDS.pack(number, _PROTOCOLS.index(flow.protocol), port, len(name), own_port, len(own_name))
    return ends + name + own_name
