"""Messages out of a byte stream: TCP, TLS (RFC 3261 section 18.3) and its keep-alives (RFC 5626 section 4.4.1).

(pure)
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sip_edge.message.errors import SipError
from sip_edge.message.limits import DEFAULT, Limits

PING = b"\r\n\r\n"
"""What a client sends to keep its flow open."""
PONG = b"\r\n"
"""What the server answers to a PING."""

_LENGTH = re.compile(rb"\r\n(?:content-length|l)[ \t]*+:[ \t]*+(?:\r\n[ \t]++)?([^\r\n]*+)", re.I)


@dataclass(frozen=True, slots=True)
class Frame:
    """One whole message, ready for `message.parse`."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Ping:
    """The peer sent a keep-alive and waits for PONG."""


@dataclass(frozen=True, slots=True)
class Broken:
    """Where the next message starts cannot be known any more: answer `head` with `error` if it parses, then close."""

    error: SipError
    head: bytes


Event = Frame | Ping | Broken


class Framer:
    """Cuts the bytes of one connection into messages.

    The one object of this package that changes: it holds what has come in and makes no message yet. Each octet is
    looked at once, however small the pieces are; at most `limits.head + limits.body` octets are held.
    """

    __slots__ = ("_buffer", "_limits", "_need", "_seen", "broken")

    def __init__(self, limits: Limits = DEFAULT) -> None:
        self._limits = limits
        self._buffer = bytearray()
        self._seen = 0
        """How far the buffer has been searched for the end of the headers."""
        self._need = 0
        """The length of the message being gathered, once its headers are there; 0 before."""
        self.broken = False

    @property
    def pending(self) -> int:
        """How many octets of an unfinished message are held: 0 between messages, when the connection is idle."""
        return 0 if bytes(self._buffer[:5]) in (b"", b"\r", b"\r\n", b"\r\n\r") else len(self._buffer)

    def feed(self, data: bytes) -> list[Event]:
        """What `data`, the next octets of the stream, completes. After a Broken nothing more comes out."""
        events: list[Event] = []
        if self.broken:
            return events
        self._buffer += data
        while not self.broken and (event := self._next()) is not None:
            events.append(event)
        return events

    def _next(self) -> Event | None:
        buffer = self._buffer
        if not self._need:
            if (ping := self._skip_blank()) is not None:
                return ping
            end = buffer.find(PING, self._seen)
            if end < 0 or end > self._limits.head:
                self._seen = max(0, len(buffer) - 3)
                too_long = len(buffer) > self._limits.head
                return self._break(513, "The headers are larger than this server takes.") if too_long else None
            event = self._measure(end + 4)
            if event is not None:
                return event
        if len(buffer) < self._need:
            return None
        frame = Frame(bytes(buffer[: self._need]))
        del buffer[: self._need]
        self._need = self._seen = 0
        return frame

    def _skip_blank(self) -> Ping | None:
        """Drop line ends before a message (RFC 3261 section 7.5); two together are a keep-alive."""
        buffer = self._buffer
        while bytes(buffer[:1]) in (b"\r", b"\n"):
            if buffer[:4] == PING:
                del buffer[:4]
                return Ping()
            if len(buffer) < 4 and PING.startswith(buffer):
                return None  # a PONG, or a PING whose rest has not come yet
            del buffer[: 2 if buffer[:2] == PONG else 1]
        return None

    def _measure(self, head: int) -> Broken | None:
        """Find out how long the message is whose headers, empty line included, are the first `head` octets."""
        found = _LENGTH.findall(self._buffer, 0, head)
        if len(found) != 1:
            return self._break(400, "A message over a stream needs one Content-Length.")
        digits = found[0].strip(b" \t")
        if not digits.isdigit() or len(digits) > 10:
            return self._break(400, "Content-Length must be a number.")
        if int(digits) > self._limits.body or head + int(digits) > self._limits.message:
            return self._break(413, "The body is larger than this server takes.")
        self._need = head + int(digits)
        return None

    def _break(self, code: int, sentence: str) -> Broken:
        self.broken = True
        head = bytes(self._buffer[: self._limits.head])
        self._buffer = bytearray()
        return Broken(SipError(code, sentence), head)
