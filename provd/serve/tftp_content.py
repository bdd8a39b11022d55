"""The octets of one transfer as they go over the wire, whole or arriving piece by piece.  (pure)"""

from __future__ import annotations


def to_netascii(octets: bytes) -> bytes:
    """Local text (newline = LF) → netascii of RFC 764: LF becomes CR LF, CR becomes CR NUL.

    Every octet is translated alone, so pieces of a file may be translated one after the other.
    """
    return octets.replace(b"\r", b"\r\0").replace(b"\n", b"\r\n")


class Content:
    """A span of the wire octets, from the last acknowledged one on.

    `complete` says that the end is here; until then `feed` adds pieces (already translated for netascii).
    """

    __slots__ = ("_octets", "_start", "complete")

    def __init__(self, octets: bytes = b"", *, complete: bool = True) -> None:
        self._octets = octets
        self._start = 0
        self.complete = complete

    def block(self, offset: int, size: int) -> bytes | None:
        """The `size` octets at `offset`; fewer (or none) at the end; None when they have not arrived yet."""
        at = offset - self._start
        octets = self._octets[at : at + size]
        return octets if len(octets) == size or self.complete else None

    def feed(self, octets: bytes, *, last: bool, acknowledged: int) -> None:
        """Add a piece; what lies before the offset `acknowledged` is never asked for again and goes."""
        self._octets = self._octets[max(0, acknowledged - self._start) :] + octets
        self._start = max(self._start, acknowledged)
        self.complete = last

    def ahead(self, offset: int) -> int:
        """How many octets from `offset` on are here."""
        return self._start + len(self._octets) - offset
