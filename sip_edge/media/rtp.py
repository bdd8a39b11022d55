"""RTP packets (RFC 3550) and the keys in them (RFC 4733).  (pure)"""

from __future__ import annotations

import struct
from dataclasses import dataclass

HEADER = struct.Struct("!BBHII")
EVENT = struct.Struct("!BBH")
FRAME = 160
"""Samples of 20 ms at 8 kHz."""
KEYS = "0123456789*#ABCD"


@dataclass(frozen=True, slots=True)
class Packet:
    """An RTP packet without its contributing sources, extension and padding."""

    payload_type: int
    marker: bool
    sequence: int
    timestamp: int
    ssrc: int
    payload: bytes


def parse(data: bytes) -> Packet | None:
    """The packet in a datagram; None when it is none, or RTCP on the same port (RFC 5761 section 4)."""
    if len(data) < 12 or data[0] >> 6 != 2 or 192 <= data[1] <= 223:
        return None
    start = 12 + 4 * (data[0] & 15)
    if data[0] & 0x10:
        if len(data) < start + 4:
            return None
        start += 4 + 4 * int.from_bytes(data[start + 2 : start + 4], "big")
    end = len(data) - (data[-1] if data[0] & 0x20 else 0)
    if start > end:
        return None
    _, second, sequence, timestamp, ssrc = HEADER.unpack_from(data)
    return Packet(second & 127, second > 127, sequence, timestamp, ssrc, data[start:end])


def build(payload_type: int, sequence: int, timestamp: int, ssrc: int, payload: bytes, marker: bool = False) -> bytes:
    """A packet; sequence and timestamp wrap."""
    head = HEADER.pack(0x80, payload_type | marker << 7, sequence & 0xFFFF, timestamp & 0xFFFFFFFF, ssrc)
    return head + payload


def later(timestamp: int, than: int) -> int:
    """How many samples a timestamp lies after another, below 0 for before; both wrap at 2^32."""
    return (timestamp - than + 0x80000000) % 0x100000000 - 0x80000000


def event_packets(key: str, duration: int = 800) -> list[tuple[bytes, bool]]:
    """The payloads of a key press in steps of 20 ms, with whether each has the marker; the end is sent three times.

    `duration` is in samples of 8 kHz (RFC 4733 sections 2.3 and 2.5.1.4).
    """
    code = KEYS.index(key)
    steps = range(FRAME, duration, FRAME)
    told = [(EVENT.pack(code, 10, step), step == FRAME) for step in steps]
    return told + [(EVENT.pack(code, 0x80 | 10, duration), False)] * 3
