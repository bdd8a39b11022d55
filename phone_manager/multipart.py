"""A form with a file, read as it comes (RFC 7578): fields into memory, one file to wherever it is written.  (pure)

Parsed by python-multipart, which stops at no size of a field by itself; what is bounded is bounded here.
"""

from __future__ import annotations

from collections.abc import Callable

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from provd.errors import ProvdError

MOST_FIELDS, LARGEST_FIELDS = 100, 262_144
"""Parts of a form; octets of all fields together."""
BROKEN = "The form cannot be read; go back and send it again."
Sink = Callable[[bytes], None]


def boundary(kind: str) -> bytes | None:
    """What separates the parts, from a Content-Type; None for a form of another kind."""
    name, options = parse_options_header(kind)
    mark = options.get(b"boundary", b"")
    return mark if name == b"multipart/form-data" and 0 < len(mark) <= 70 else None


class Multipart:
    """`feed` takes the body piece by piece; `keep` gets the octets of the file in the field `file`; other files are
    dropped. `fields` is whole once `done`. Memory: a piece, and the fields."""

    def __init__(self, mark: bytes, file: str, keep: Sink) -> None:
        self.fields: dict[str, list[bytes]] = {}
        self.done = False
        self._file, self._keep = file, keep
        self._name, self._value, self._disposition = b"", b"", b""
        self._inside: Sink = _dropped
        self._parts = self._size = 0
        self._parser = MultipartParser(
            mark,
            {
                "on_header_field": self._named, "on_header_value": self._said, "on_header_end": self._headed,
                "on_headers_finished": self._begun, "on_part_data": self._passed, "on_end": self._ended,
            },
        )  # fmt: skip

    def feed(self, piece: bytes) -> None:
        """The next octets. Raises ProvdError for what is no form, or too much of one."""
        if self.done:
            return
        try:
            self._parser.write(piece)
        except FormParserError:
            raise ProvdError(BROKEN) from None

    def _named(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _said(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _headed(self) -> None:
        if self._name.lower() == b"content-disposition":
            self._disposition = self._value
        self._name = self._value = b""

    def _begun(self) -> None:
        """The header of a part is read: where does what follows go?"""
        _, options = parse_options_header(self._disposition.decode("latin-1"))
        self._disposition = b""
        self._parts += 1
        if self._parts > MOST_FIELDS or b"name" not in options:
            raise ProvdError(BROKEN)
        name = options[b"name"].decode("utf-8", "replace")
        if b"filename" in options:
            self._inside = self._keep if name == self._file else _dropped
            return
        values = self.fields.setdefault(name, [])
        values.append(b"")
        self._inside = lambda more: self._add(values, more)

    def _add(self, values: list[bytes], more: bytes) -> None:
        self._size += len(more)
        if self._size > LARGEST_FIELDS:
            raise ProvdError("What you typed is too long; shorten it.")
        values[-1] += more

    def _passed(self, data: bytes, start: int, end: int) -> None:
        self._inside(data[start:end])

    def _ended(self) -> None:
        self.done = True


def _dropped(_: bytes) -> None:
    """A file that nobody asked for."""
