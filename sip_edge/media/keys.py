"""Key presses in a stream of telephone-events (RFC 4733): each told once, however many packets tell it.  (pure)"""

from __future__ import annotations

from dataclasses import dataclass

from sip_edge.media.rtp import EVENT, KEYS, Packet

LOST_AFTER = 0.2
"""Seconds without a packet of an event after which its end is taken as lost."""
LONGEST = 16_000
"""Samples (2 s) after which a key that is still held is told."""


@dataclass(frozen=True, slots=True)
class Press:
    """A key and how long it was pressed, in milliseconds."""

    digit: str
    milliseconds: int


class Keys:
    """The keys of one leg."""

    def __init__(self) -> None:
        self._timestamp = -1
        self._told = True
        self._code = 0
        self._duration = 0
        self._heard = 0.0

    def heard(self, packet: Packet, now: float) -> list[Press]:
        """A telephone-event packet came in at `now` (seconds). → what is complete by it."""
        if len(packet.payload) < EVENT.size:
            return []
        code, flags, duration = EVENT.unpack_from(packet.payload)
        if code >= len(KEYS):
            return []  # flash, fax and modem tones
        found = []
        if packet.timestamp != self._timestamp:
            found = self.lost()
            self._timestamp, self._told, self._code, self._duration = packet.timestamp, False, code, 0
        self._heard = now
        self._duration = max(self._duration, duration)
        if flags & 0x80 or self._duration >= LONGEST:
            found += self.lost()
        return found

    def due(self, now: float) -> list[Press]:
        """What is complete at `now` because its end did not come."""
        return self.lost() if now - self._heard > LOST_AFTER else []

    def lost(self) -> list[Press]:
        """What was begun and not told yet."""
        if self._told:
            return []
        self._told = True
        return [Press(KEYS[self._code], self._duration // 8)]
