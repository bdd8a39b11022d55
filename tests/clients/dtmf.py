"""A key of a phone as RTP in a file that SIPp plays: pcap with events of RFC 4733, payload type 101."""

from __future__ import annotations

import struct

PACKETS, STEP = 8, 160
_HEADER = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65_535, 1)


def pressed(key: int) -> bytes:
    """One press of 0 to 9, 120 ms long; its end is said three times (RFC 4733 section 2.5.1.4)."""
    found = [_HEADER]
    for place in range(PACKETS):
        end = 0x80 if place >= PACKETS - 3 else 0
        mark = 0 if place else 0x80
        rtp = struct.pack(">BBHII", 0x80, 101 | mark, place + 1, 1000, 0x5150)
        rtp += struct.pack(">BBH", key, 10 | end, min(place + 1, PACKETS - 2) * STEP)
        packet = _ethernet(rtp)
        found.append(struct.pack("<IIII", 0, place * 20_000, len(packet), len(packet)) + packet)
    return b"".join(found)


def _ethernet(payload: bytes) -> bytes:
    """SIPp puts its own addresses and ports in the place of these."""
    udp = struct.pack(">HHHH", 6000, 6000, 8 + len(payload), 0) + payload
    home = bytes((127, 0, 0, 1))
    ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0, home, home)
    return bytes(12) + b"\x08\x00" + ip + udp
