"""What a client asked for and what this server agrees to: blksize, tsize, timeout, windowsize.  (pure)"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

DEFAULT_BLKSIZE = 512  # RFC 1350 §2
# An Ethernet frame without fragments: 1500 - 20 (IPv4) - 8 (UDP) - 4 (TFTP); see docs/decisions/0005-tftp.md.
ETHERNET_BLKSIZE = 1468


@dataclass(frozen=True, slots=True)
class Limits:
    """The largest block (octets) and window (blocks) the server agrees to."""

    blksize: int = ETHERNET_BLKSIZE
    windowsize: int = 64


@dataclass(frozen=True, slots=True)
class Terms:
    """How one transfer runs. `timeout` is in seconds, 0 = the client left it to us.

    `answered` are the options of the OACK in the order of the request; empty = no OACK.
    """

    blksize: int = DEFAULT_BLKSIZE
    windowsize: int = 1
    timeout: int = 0
    answered: Mapping[str, int] = field(default_factory=dict)


def negotiate(options: Mapping[str, str], size: int | None, limits: Limits) -> Terms:
    """Options of the request (lower-case names) and the size in octets (None = not known) → Terms.

    An unknown option or an illegal value is left out of the OACK, as RFC 2347 allows, and the default holds:
    a phone with a faulty boot ROM still gets its file.
    """
    terms: dict[str, int] = {}
    for name, text in options.items():
        value = _number(text)
        if value is None:
            continue
        if name == "blksize" and 8 <= value <= 65464:  # RFC 2348
            terms[name] = min(value, limits.blksize)
        elif name == "windowsize" and 1 <= value <= 65535:  # RFC 7440 §3
            terms[name] = min(value, limits.windowsize)
        elif name == "timeout" and 1 <= value <= 255:  # RFC 2349: the very value or nothing
            terms[name] = value
        elif name == "tsize" and size:  # RFC 2349; libcurl 7.88 gives up on the true answer for an empty file, 0
            terms[name] = size
    return Terms(
        blksize=terms.get("blksize", DEFAULT_BLKSIZE),
        windowsize=terms.get("windowsize", 1),
        timeout=terms.get("timeout", 0),
        answered=terms,
    )


def _number(text: str) -> int | None:
    """Decimal digits, at most twenty (a tsize of 64 bits) → int; anything else → None."""
    return int(text) if text.isdecimal() and text.isascii() and len(text) <= 20 else None
