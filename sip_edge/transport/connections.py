"""How many connections there may be: in all, from one address, and half open.

One table for TCP, TLS and WebSocket together, so that an attacker cannot use each limit once per transport.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sip_edge.transport.flow import Counters


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """Counts, seconds and octets. Many phones behind one address are common; one client holding thousands is not."""

    total: int = 8_000
    per_address: int = 2_000
    half_open: int = 1_000
    """Connections that have not sent one whole message yet. A phone sends its REGISTER at once."""
    first_message: float = 10.0
    """How long a new connection may take for the handshake and one whole message."""
    unfinished: float = 10.0
    """How long a later message may take from its first octet to its last."""
    idle: float = 3_900.0
    """How long a connection may be silent: more than the registration period most phones have."""
    unread: int = 1 << 20
    """Octets a peer may leave unread before it counts as gone."""


class Slot:
    """One connection's place in the table, from accept to close."""

    __slots__ = ("_table", "address", "counters", "end", "half_open")

    def __init__(self, table: Connections, address: str, counters: Counters, end: Callable[[], None]) -> None:
        self._table = table
        self.address = address
        self.counters = counters
        self.end = end
        """Ends the connection at once; who owns the slot may put a better way here as the connection grows."""
        self.half_open = True

    def proved(self) -> None:
        """The peer has sent a whole message."""
        if self.half_open:
            self.half_open = False
            self._table.not_half_open(self)

    def leave(self) -> None:
        """The connection is gone; a second call does nothing."""
        self._table.left(self)


class Connections:
    """Who is connected. Over the limit a new connection is refused, but a half-open one makes room for it.

    A phone proves itself within a round trip, so that under a flood of silent connections the oldest of them is
    nearly always the attacker's.
    """

    def __init__(self, limits: ConnectionLimits | None = None) -> None:
        self.limits = limits or ConnectionLimits()
        self._slots: set[Slot] = set()
        self._by_address: dict[str, int] = {}
        self._half_open: dict[Slot, None] = {}

    def __len__(self) -> int:
        return len(self._slots)

    @property
    def half_open(self) -> int:
        """How many have not sent a whole message yet."""
        return len(self._half_open)

    def enter(self, address: str, counters: Counters, end: Callable[[], None]) -> Slot | None:
        """A place for a connection from `address`, None when it has to be refused."""
        if self._by_address.get(address, 0) >= self.limits.per_address or not self._make_room():
            counters.refused += 1
            return None
        slot = Slot(self, address, counters, end)
        self._slots.add(slot)
        self._half_open[slot] = None
        self._by_address[address] = self._by_address.get(address, 0) + 1
        counters.accepted += 1
        return slot

    def not_half_open(self, slot: Slot) -> None:
        """`slot` has proved itself."""
        self._half_open.pop(slot, None)

    def left(self, slot: Slot) -> None:
        """`slot` is free again."""
        if slot not in self._slots:
            return
        self._slots.discard(slot)
        self._half_open.pop(slot, None)
        left = self._by_address[slot.address] - 1
        if left:
            self._by_address[slot.address] = left
        else:
            del self._by_address[slot.address]

    def _make_room(self) -> bool:
        limits = self.limits
        if len(self._slots) < limits.total and len(self._half_open) < limits.half_open:
            return True
        oldest = next(iter(self._half_open), None)
        if oldest is None:
            return False
        oldest.counters.half_open_closed += 1
        self.left(oldest)
        oldest.end()
        return True
