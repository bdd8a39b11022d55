"""Multipart bodies (RFC 2046 section 5.1 as RFC 5621 uses it), cut and joined byte for byte.  (pure)"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from sip_edge.message.errors import SipError
from sip_edge.message.headers import Headers
from sip_edge.message.media_type import MediaType

_LINES = re.compile(r"\r\n(?![ \t])")
_BOUNDARY = re.compile(r"[0-9A-Za-z'()+_,\-./:=? ]{1,70}\Z")
MAX_PARTS = 64


@dataclass(frozen=True)
class Part:
    """One body part: its headers and its octets."""

    headers: Headers
    body: bytes

    @property
    def content_type(self) -> MediaType:
        """The part's Content-Type; text/plain when it has none (RFC 2046 section 5.2)."""
        return MediaType.parse(self.headers.first("content-type") or "text/plain")

    @property
    def content_id(self) -> str | None:
        """Content-ID without its angle brackets (RFC 2392), for resource lists."""
        text = self.headers.first("content-id")
        return text[1:-1] if text and text[0] == "<" and text[-1] == ">" else text

    def __bytes__(self) -> bytes:
        head = "".join(f"{line}\r\n" for line in self.headers.lines)
        return head.encode("utf-8", "surrogateescape") + b"\r\n" + self.body


@dataclass(frozen=True)
class Multipart:
    """The parts of a body with the boundary between them."""

    boundary: str
    parts: tuple[Part, ...]
    preamble: bytes = b""
    """What stands before the first boundary, its CRLF included; ignored by everybody."""
    epilogue: bytes = b""
    """What stands after the closing boundary."""

    @classmethod
    def parse(cls, body: bytes, content_type: MediaType) -> Multipart:
        """The parts of `body`. Raises SipError(400) when boundary, delimiters or part headers are not well formed."""
        boundary = content_type.parameter("boundary") or ""
        if content_type.type != "multipart" or not _BOUNDARY.match(boundary) or boundary.endswith(" "):
            raise SipError(400, "A multipart body needs a boundary parameter of 1 to 70 characters.")
        mark = b"--" + boundary.encode()
        delimiter = re.compile(rb"(?:\A|\r\n)" + re.escape(mark) + rb"(--)?[ \t]*+(?:\r\n|\Z)")
        cuts: list[re.Match[bytes]] = []
        place = 0
        while (found := delimiter.search(body, place)) is not None:
            cuts.append(found)
            if found[1] is not None:
                break
            if len(cuts) > MAX_PARTS:
                raise SipError(400, "The multipart body has more parts than this server takes.")
            # The CRLF after one delimiter may be the one that the next begins with.
            place = found.end() - 2 if found[0].endswith(b"\r\n") else found.end()
        if len(cuts) < 2 or cuts[-1][1] is None:
            raise SipError(400, "The multipart body has no closing boundary.")
        parts = tuple(_part(body[a.end() : b.start()]) for a, b in pairwise(cuts))
        preamble = body[: cuts[0].start()] + (b"\r\n" if cuts[0][0][:2] == b"\r\n" else b"")
        tail = b"\r\n" if cuts[-1][0].endswith(b"\r\n") else b""
        return cls(boundary, parts, preamble, tail + body[cuts[-1].end() :])

    def __bytes__(self) -> bytes:
        mark = b"--" + self.boundary.encode()
        middle = b"".join(mark + b"\r\n" + bytes(part) + b"\r\n" for part in self.parts)
        return self.preamble + middle + mark + b"--" + self.epilogue

    def first(self, name: str) -> Part | None:
        """The first part of media type `name` (`type/subtype`), None when there is none."""
        return next((part for part in self.parts if part.content_type.name == name), None)


def _part(data: bytes) -> Part:
    if data.startswith(b"\r\n"):  # no headers at all
        return Part(Headers(()), data[2:])
    head, end, body = data.partition(b"\r\n\r\n")
    headers = Headers(_LINES.split(head.decode("utf-8", "surrogateescape")))
    if not end or headers.malformed:
        raise SipError(400, "A part of the multipart body has no well-formed headers.")
    return Part(headers, body)
