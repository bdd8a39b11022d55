"""How much one message may ask of us before it is refused.  (pure)"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in octets and counts, for one message; the defaults leave a desk phone's largest message ten-fold room.

    RFC 4475 section 3.1.1.7 (`longreq`: 3.5 kB, 34 Via values) must pass. Nothing in the message layer does more
    than linear work, so these bound memory and time together.
    """

    message: int = 65_535
    """The whole message; RFC 3261 section 18.1.1 asks every element to take 65,535 octets."""
    head: int = 32_768
    """Start line and headers."""
    line: int = 8_192
    """One header, folded lines included."""
    headers: int = 256
    """Header lines."""
    values: int = 128
    """Comma-separated values of one header, all its lines together (Via, Route, Contact, Supported …)."""
    body: int = 49_152
    """The body; more is answered 413."""


DEFAULT = Limits()
