"""STUN binding requests, as phones send them to the SIP port to keep their NAT open.  (pure)

RFC 5389 section 7.3, RFC 5626 section 4.4.2; clients of RFC 3489 get the answer they know.
"""

from __future__ import annotations

import struct
import zlib
from ipaddress import IPv4Address, IPv6Address, ip_address

COOKIE = 0x2112A442
BINDING_REQUEST = 0x0001
BINDING_INDICATION = 0x0011
BINDING_SUCCESS = 0x0101
BINDING_ERROR = 0x0111
MAPPED_ADDRESS = 0x0001
ERROR_CODE = 0x0009
UNKNOWN_ATTRIBUTES = 0x000A
XOR_MAPPED_ADDRESS = 0x0020
FINGERPRINT = 0x8028
FINGERPRINT_XOR = 0x5354554E

# Attributes of RFC 3489 and 5389 that a binding request may carry and that change nothing about the answer here:
# USERNAME, MESSAGE-INTEGRITY (we have no shared secret, so it proves nothing), and CHANGE-REQUEST without flags.
_USERNAME, _INTEGRITY, _CHANGE_REQUEST = 0x0006, 0x0008, 0x0003
_HEADER = struct.Struct(">HHI12s")
_LARGEST = 548  # RFC 5389 section 7.1: what fits every IPv4 path


def is_stun(data: bytes) -> bool:
    """Can these octets be STUN, and so not SIP? The first two bits are 0, and no SIP message starts so."""
    return len(data) >= 20 and data[0] < 0x40 and data[:1] not in (b"\r", b"\n", b" ", b"\t")


def answer(data: bytes, host: str, port: int) -> bytes | None:
    """The answer to the datagram `data` that came from `host` (no brackets) and `port`; None when it gets none.

    Only whole binding requests are answered: indications, answers and anything malformed are dropped. The answer is
    at most 32 octets longer than the request, so a forged source gains nothing.
    """
    if len(data) < 20 or len(data) > _LARGEST or len(data) % 4:
        return None
    kind, length, cookie, transaction = _HEADER.unpack_from(data)
    if kind != BINDING_REQUEST or length != len(data) - 20:
        return None
    attributes = _attributes(data)
    if attributes is None:
        return None
    modern = cookie == COOKIE
    unknown = [number for number, value in attributes if number < 0x8000 and not _understood(number, value)]
    if unknown:
        body = _error_420(unknown)
        kind = BINDING_ERROR
    else:
        body = _xor_mapped(host, port, data[4:20]) if modern else _mapped(host, port)
        kind = BINDING_SUCCESS
    head = _HEADER.pack(kind, len(body), cookie, transaction)
    if modern and any(number == FINGERPRINT for number, _ in attributes):
        return _with_fingerprint(kind, body, transaction)
    return head + body


def _attributes(data: bytes) -> list[tuple[int, bytes]] | None:
    found, place = [], 20
    while place < len(data):
        number, length = struct.unpack_from(">HH", data, place)
        end = place + 4 + length
        if end > len(data):
            return None
        found.append((number, data[place + 4 : end]))
        place = end + (-length % 4)
    return found


def _understood(number: int, value: bytes) -> bool:
    return number in (_USERNAME, _INTEGRITY) or (number == _CHANGE_REQUEST and value == b"\0\0\0\0")


def _error_420(unknown: list[int]) -> bytes:
    reason = b"Unknown Attribute\0\0\0"
    code = struct.pack(">HHHBB", ERROR_CODE, 4 + 17, 0, 4, 20) + reason
    names = sorted(set(unknown))[:4]
    listed = b"".join(struct.pack(">H", number) for number in names)
    return code + struct.pack(">HH", UNKNOWN_ATTRIBUTES, len(listed)) + listed + b"\0" * (-len(listed) % 4)


def _mapped(host: str, port: int) -> bytes:
    address = ip_address(host)
    packed = address.packed
    return struct.pack(">HHBBH", MAPPED_ADDRESS, 4 + len(packed), 0, 1 if address.version == 4 else 2, port) + packed


def _xor_mapped(host: str, port: int, mask: bytes) -> bytes:
    """`mask` is the magic cookie and the transaction id, 16 octets (RFC 5389 section 15.2)."""
    address: IPv4Address | IPv6Address = ip_address(host)
    packed = bytes(octet ^ key for octet, key in zip(address.packed, mask, strict=False))
    family = 1 if address.version == 4 else 2
    return struct.pack(">HHBBH", XOR_MAPPED_ADDRESS, 4 + len(packed), 0, family, port ^ (COOKIE >> 16)) + packed


def _with_fingerprint(kind: int, body: bytes, transaction: bytes) -> bytes:
    """RFC 5389 section 15.5: the CRC covers a header whose length counts the fingerprint already."""
    start = _HEADER.pack(kind, len(body) + 8, COOKIE, transaction) + body
    return start + struct.pack(">HHI", FINGERPRINT, 4, zlib.crc32(start) ^ FINGERPRINT_XOR)
