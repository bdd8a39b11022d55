"""Session descriptions (RFC 8866), read and written line by line without losing one.  (pure)"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from sip_edge.message.errors import SipError
from sip_edge.message.sdp_value import BAD, STATIC, Codec, Connection, Origin

_LINE = re.compile(r"([A-Za-z])=([^\r\n]*+)(\r\n|\n|\r|\Z)")
_MEDIA = re.compile(r"(\S+)[ ]+([0-9]{1,10})(?:/([0-9]{1,5}))?[ ]+(\S+)(?:[ ]+(\S.*))?\Z")

DIRECTIONS = ("sendrecv", "sendonly", "recvonly", "inactive")
MAX_LINES = 1_000


@dataclass(frozen=True, slots=True)
class Line:
    """`type=value`; `end` is the line ending it came with."""

    type: str
    value: str
    end: str = "\r\n"

    def __str__(self) -> str:
        return f"{self.type}={self.value}{self.end}"


def _attribute(lines: tuple[Line, ...], name: str) -> list[str]:
    prefix = f"{name}:"
    return [
        line.value[len(prefix) :] if line.value != name else ""
        for line in lines
        if line.type == "a" and (line.value == name or line.value.startswith(prefix))
    ]


@dataclass(frozen=True, slots=True)
class Media:
    """One m= section: its lines, the m= line first."""

    lines: tuple[Line, ...]

    @property
    def kind(self) -> str:
        """audio, video, image …"""
        return self._parts()[0]

    @property
    def port(self) -> int:
        """The port; 0 rejects the stream (RFC 3264 section 6)."""
        return int(self._parts()[1])

    @property
    def port_count(self) -> int:
        """The number of port pairs, 1 when not given."""
        return int(self._parts()[2] or 1)

    @property
    def protocol(self) -> str:
        """RTP/AVP, RTP/SAVPF, udptl …"""
        return self._parts()[3]

    @property
    def formats(self) -> tuple[str, ...]:
        """Payload types (or other formats) in order of preference, as written."""
        return tuple(self._parts()[4].split())

    def _parts(self) -> tuple[str, str, str, str, str]:
        match = _MEDIA.match(self.lines[0].value.rstrip())
        if match is None or int(match[2]) > 65535:
            raise SipError(400, BAD)
        return match[1], match[2], match[3] or "", match[4], match[5] or ""

    @property
    def connection(self) -> Connection | None:
        """The c= line of this section, None when the session's counts."""
        return next((Connection.parse(line.value) for line in self.lines if line.type == "c"), None)

    def attributes(self, name: str) -> list[str]:
        """The values of every a= line called `name`, in order; "" for a flag."""
        return _attribute(self.lines, name)

    @property
    def direction(self) -> str | None:
        """sendrecv, sendonly, recvonly or inactive; None when this section does not say."""
        return next((line.value for line in self.lines if line.type == "a" and line.value in DIRECTIONS), None)

    @property
    def codecs(self) -> tuple[Codec, ...]:
        """The RTP codecs in order of preference; payload types with neither rtpmap nor static meaning are left out."""
        mapped = {}
        for value in self.attributes("rtpmap"):
            codec = Codec.read(value)
            if codec is not None:  # RFC 4475's own descriptions have one without a clock rate
                mapped[codec.payload] = codec
        payloads = [int(one) for one in self.formats if one.isascii() and one.isdigit() and len(one) <= 3]
        return tuple(found for p in payloads if (found := mapped.get(p) or STATIC.get(p)) is not None)

    def fmtp(self, payload: int) -> str:
        """The format parameters of a payload type, "" when there are none."""
        for value in self.attributes("fmtp"):
            number, _, rest = value.partition(" ")
            if number == str(payload):
                return rest.strip()
        return ""

    def with_port(self, port: int) -> Media:
        """This section with another port; everything else in the m= line stays."""
        parts = self._parts()
        count = f"/{parts[2]}" if parts[2] else ""
        value = f"{parts[0]} {port}{count} {parts[3]}" + (f" {parts[4]}" if parts[4] else "")
        return replace(self, lines=(replace(self.lines[0], value=value), *self.lines[1:]))

    def with_direction(self, direction: str) -> Media:
        """This section with its direction said once."""
        kept = tuple(one for one in self.lines if not (one.type == "a" and one.value in DIRECTIONS))
        return replace(self, lines=(*_closed(kept), Line("a", direction)))

    def with_connection(self, connection: Connection) -> Media:
        """This section with its own c= line, right after m= and i= (RFC 8866 section 5)."""
        kept = [one for one in _closed(self.lines) if one.type != "c"]
        place = 2 if len(kept) > 1 and kept[1].type == "i" else 1
        return replace(self, lines=(*kept[:place], Line("c", str(connection)), *kept[place:]))


@dataclass(frozen=True, slots=True)
class Session:
    """A session description: the session's lines, then its media sections."""

    lines: tuple[Line, ...]
    media: tuple[Media, ...] = ()

    @classmethod
    def parse(cls, body: bytes) -> Session:
        """The description in a body. Raises SipError(400) for what is not `x=…` lines starting with v=0 and o=.

        Line endings of every kind are taken and kept; unknown lines are kept; s= and t= may be missing, as they are
        in what some gateways send.
        """
        text = body.decode("utf-8", "surrogateescape")
        sections: list[list[Line]] = [[]]
        place = count = 0
        while place < len(text):
            match = _LINE.match(text, place)
            count += 1
            if match is None or count > MAX_LINES:
                raise SipError(400, BAD)
            if match[1] == "m":
                sections.append([])
            sections[-1].append(Line(match[1], match[2], match[3]))
            place = match.end()
        self = cls(tuple(sections[0]), tuple(Media(tuple(section)) for section in sections[1:]))
        self._check()
        return self

    def _check(self) -> None:
        if [(line.type, line.value.strip()) for line in self.lines[:1]] != [("v", "0")]:
            raise SipError(400, BAD)
        _ = self.origin, self.connection
        for section in self.media:
            _ = section.port, section.connection, section.codecs

    def __bytes__(self) -> bytes:
        """The description as it goes on the wire; a parsed one comes back byte for byte."""
        return str(self).encode("utf-8", "surrogateescape")

    def __str__(self) -> str:
        sections = [self.lines, *(section.lines for section in self.media)]
        return "".join(str(line) for lines in sections for line in lines)

    @property
    def origin(self) -> Origin:
        """The o= line. Raises SipError(400) when it is missing."""
        for line in self.lines:
            if line.type == "o":
                return Origin.parse(line.value)
        raise SipError(400, BAD)

    @property
    def connection(self) -> Connection | None:
        """The c= line of the session, None when each media section has its own."""
        return next((Connection.parse(line.value) for line in self.lines if line.type == "c"), None)

    def attributes(self, name: str) -> list[str]:
        """The values of every session-level a= line called `name`; "" for a flag."""
        return _attribute(self.lines, name)

    @property
    def direction(self) -> str:
        """The direction sections take that do not say their own; sendrecv when nobody says (RFC 8866 section 6.7)."""
        return next((line.value for line in self.lines if line.type == "a" and line.value in DIRECTIONS), "sendrecv")

    def direction_of(self, section: Media) -> str:
        """The direction that holds for one media section."""
        return section.direction or self.direction

    def connection_of(self, section: Media) -> Connection | None:
        """The connection that holds for one media section."""
        return section.connection or self.connection

    def with_media(self, place: int, section: Media) -> Session:
        """This description with media section number `place` replaced."""
        return replace(self, media=(*self.media[:place], section, *self.media[place + 1 :]))

    def with_origin(self, origin: Origin) -> Session:
        """This description with another o= line."""
        changed = tuple(replace(line, value=str(origin)) if line.type == "o" else line for line in self.lines)
        return replace(self, lines=changed)


def _closed(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """The lines with an ending on the last one too, so that another can follow."""
    return tuple(replace(line, end=line.end or "\r\n") for line in lines)
