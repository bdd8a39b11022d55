"""Messages between the processes of one machine, cut out of a stream: length, kind, content.  (pure)"""

from __future__ import annotations

import struct

HEAD = struct.Struct(">IB")
LARGEST = 16 << 20
"""Octets of one frame: the longest answer of the API."""


class Frames:
    """Cuts a stream into frames."""

    def __init__(self) -> None:
        self._rest = bytearray()

    def feed(self, data: bytes) -> list[tuple[int, bytes]]:
        """(kind, content) of every frame that is whole now. Raises ValueError for one that is too large: whoever
        writes that does not speak this."""
        rest = self._rest
        rest += data
        found, place, end = [], 0, len(rest)
        while end - place >= HEAD.size:
            length, kind = HEAD.unpack_from(rest, place)
            if length > LARGEST:
                raise ValueError("A frame between processes is larger than any that is written.")
            start = place + HEAD.size
            if end - start < length:
                break
            place = start + length
            found.append((kind, bytes(rest[start:place])))
        del rest[:place]
        return found


def frame(kind: int, content: bytes) -> bytes:
    """One frame; `kind` is 0 … 255."""
    return HEAD.pack(len(content), kind) + content
