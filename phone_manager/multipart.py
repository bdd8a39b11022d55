"""A form with a file, read as it comes (RFC 7578): fields into memory, one file to wherever it is written.  (pure)"""

from __future__ import annotations

import re
from collections.abc import Callable

from provd.errors import ProvdError

MOST_FIELDS, LARGEST_FIELDS, LARGEST_HEAD = 100, 262_144, 16_384
"""Parts of a form; octets of all fields together, and of one part's header."""
_BOUNDARY = re.compile(
    r"""multipart/form-data\s*;(?:.*;)?\s*boundary=(?:"([^"]{1,70})"|([^";\s]{1,70}))\s*(?:;|$)""", re.IGNORECASE
)
_NAME = re.compile(r';\s*name="([^"]*)"', re.IGNORECASE)
_FILE = re.compile(r';\s*filename="', re.IGNORECASE)
BROKEN = "The form cannot be read; go back and send it again."


def boundary(kind: str) -> bytes | None:
    """What separates the parts, from a Content-Type; None for a form of another kind."""
    found = _BOUNDARY.match(kind.strip())
    return (found[1] or found[2]).encode("latin-1", "replace") if found else None


class Multipart:
    """`feed` takes the body piece by piece; `keep` gets the octets of the file in the field `file`; other files are
    dropped. `fields` is whole once `done`. Memory: a piece, and the fields."""

    def __init__(self, mark: bytes, file: str, keep: Callable[[bytes], None]) -> None:
        self.fields: dict[str, list[bytes]] = {}
        self.done = False
        self._mark = b"\r\n--" + mark
        self._file = file
        self._keep = keep
        self._rest = bytearray(b"\r\n")
        self._inside: Callable[[bytes], None] | None = None
        self._head = False
        self._parts = self._size = 0

    def feed(self, piece: bytes) -> None:
        """The next octets. Raises ProvdError for what is no form, or too much of one."""
        self._rest += piece
        while not self.done and (self._begun() if self._head else self._passed()):
            pass
        if self.done:
            self._rest.clear()

    def _passed(self) -> bool:
        """Hand on what is inside a part, up to the next mark; whether that was found."""
        at = self._rest.find(self._mark)
        whole = at >= 0 and len(self._rest) >= at + len(self._mark) + 2
        end = at if at >= 0 else max(0, len(self._rest) - len(self._mark))
        if end and self._inside is not None:
            self._inside(bytes(self._rest[:end]))
        del self._rest[:end]
        if whole:
            del self._rest[: len(self._mark)]
            self._head, self._inside = True, None
        return whole

    def _begun(self) -> bool:
        """Read the header of the next part; whether it is there."""
        if self._rest.startswith(b"--"):
            self.done = True
            return False
        at = self._rest.find(b"\r\n\r\n", 0, LARGEST_HEAD)
        if not self._rest.startswith(b"\r\n") or (at < 0 and len(self._rest) > LARGEST_HEAD):
            raise ProvdError(BROKEN)
        if at < 0:
            return False
        head = bytes(self._rest[:at]).decode("utf-8", "replace")
        del self._rest[: at + 4]
        self._head, self._inside = False, self._sink(head)
        return True

    def _sink(self, head: str) -> Callable[[bytes], None]:
        """Where the part with this header goes."""
        self._parts += 1
        name = _NAME.search(head)
        if self._parts > MOST_FIELDS or name is None:
            raise ProvdError(BROKEN)
        if _FILE.search(head):
            return self._keep if name[1] == self._file else _dropped
        values = self.fields.setdefault(name[1], [])
        values.append(b"")

        def add(more: bytes) -> None:
            self._size += len(more)
            if self._size > LARGEST_FIELDS:
                raise ProvdError("What you typed is too long; shorten it.")
            values[-1] += more

        return add


def _dropped(_: bytes) -> None:
    """A file that nobody asked for."""
