"""One TCP or TLS connection: messages cut out of the stream, pings answered, a clock against idlers."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from sip_edge.message import Limits
from sip_edge.message.limits import DEFAULT
from sip_edge.message.stream import PONG, Broken, Frame, Framer, Ping
from sip_edge.timers import Timer, Timers
from sip_edge.transport.connections import ConnectionLimits, Slot
from sip_edge.transport.flow import Counters, Endpoint, Flow, Receiver, plain_address

log = logging.getLogger(__name__)


class StreamFlow(Flow):
    """A TCP or TLS connection, as others may use it."""

    __slots__ = ("_counters", "_transport", "_unread")

    def __init__(self, protocol: str, transport: asyncio.Transport, counters: Counters, unread: int) -> None:
        self.protocol = protocol
        self.remote = _endpoint(transport.get_extra_info("peername"))
        self.local = _endpoint(transport.get_extra_info("sockname"))
        self._transport = transport
        self._counters = counters
        self._unread = unread

    def send(self, data: bytes) -> bool:
        counters = self._counters
        if not self.write(data):
            counters.unsent += 1
            return False
        counters.messages_out += 1
        counters.octets_out += len(data)
        return True

    def write(self, data: bytes) -> bool:
        """Send octets that need not be a message."""
        if self._transport.is_closing():
            return False
        if self._transport.get_write_buffer_size() > self._unread:
            self._transport.abort()  # the peer has stopped reading; what waits for it would fill our memory
            return False
        self._transport.write(data)
        return True

    def close(self) -> None:
        self._transport.close()

    @property
    def open(self) -> bool:
        return not self._transport.is_closing()

    @property
    def certificate(self) -> dict[str, Any] | None:
        return self._transport.get_extra_info("peercert") or None


class Connection(asyncio.Protocol):
    """What asyncio tells about a connection, and the three deadlines it has to keep."""

    def __init__(
        self,
        protocol: str,
        receiver: Receiver,
        counters: Counters,
        timers: Timers,
        allowed: ConnectionLimits,
        alive: set[Connection],
        *,
        limits: Limits = DEFAULT,
        slot: Slot | None = None,
    ) -> None:
        self.flow: StreamFlow
        self._protocol = protocol
        self._receiver = receiver
        self._counters = counters
        self._timers = timers
        self._allowed = allowed
        self._alive = alive
        """Where the owner finds every connection that is open."""
        self._framer = Framer(limits)
        self._slot = slot
        """None for a connection we opened: its peer has nothing to prove."""
        self._heard = self._began = timers.now()
        self._timer: Timer | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self.flow = StreamFlow(self._protocol, transport, self._counters, self._allowed.unread)
        if self._slot is not None:
            self._slot.end = transport.abort
        self._alive.add(self)
        self._watch()

    def data_received(self, data: bytes) -> None:
        self._counters.octets_in += len(data)
        self._heard = now = self._timers.now()
        fresh = not self._framer.pending
        for event in self._framer.feed(data):
            if isinstance(event, Frame):
                fresh = True
                self._frame(event.data)
            elif isinstance(event, Ping):
                self._counters.keepalives += 1
                self.flow.write(PONG)
            else:
                self._break(event)
        if fresh and not self._half_open:
            self._began = now
            self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        self._alive.discard(self)
        if self._timer is not None:
            self._timer.cancel()
        if self._slot is not None:
            self._slot.leave()
        self._receiver.closed(self.flow)

    @property
    def _half_open(self) -> bool:
        return self._slot is not None and self._slot.half_open

    def _frame(self, data: bytes) -> None:
        self._counters.messages_in += 1
        if self._slot is not None:
            self._slot.proved()
        try:
            self._receiver.received(self.flow, data)
        except Exception:
            log.exception("A message over %s could not be handled.", self._protocol)

    def _break(self, event: Broken) -> None:
        self._counters.broken += 1
        if event.error.code in (413, 513):
            self._counters.oversize += 1
        try:
            self._receiver.broken(self.flow, event.error, event.head)
        except Exception:
            log.exception("A broken stream over %s could not be answered.", self._protocol)
        self._transport.close()

    def _deadline(self) -> tuple[float, str]:
        """When this connection is closed if nothing more comes, and the counter for it."""
        if self._half_open:
            return self._began + self._allowed.first_message, "half_open_closed"
        if self._framer.pending:
            return self._began + self._allowed.unfinished, "stalled_closed"
        return self._heard + self._allowed.idle, "idle_closed"

    def _watch(self) -> None:
        """Have a timer no later than the deadline; one that comes too early looks again."""
        when, _ = self._deadline()
        if self._timer is not None and self._timer.waiting:
            if self._timer.when <= when:
                return
            self._timer.cancel()
        self._timer = self._timers.at(when, self._look)

    def _look(self) -> None:
        when, counter = self._deadline()
        if self._timers.now() < when:
            self._timer = self._timers.at(when, self._look)
            return
        setattr(self._counters, counter, getattr(self._counters, counter) + 1)
        self._transport.abort()


def _endpoint(name: Any) -> Endpoint:
    """A socket name as an endpoint; a connection that is gone already has none."""
    return (plain_address(name[0]), name[1]) if name else ("", 0)
