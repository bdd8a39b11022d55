"""Session descriptions as they go from one phone to another: checked, given our origin, joined, put on hold.  (pure)

With direct media a description passes as it is but for its o= line: towards each phone the session is ours, and its
version rises whenever something in it changes (RFC 3264 section 8), whoever it comes from.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from sip_edge.media.sdes import first_usable
from sip_edge.message.errors import SipError
from sip_edge.message.sdp import Line, Media, Session
from sip_edge.message.sdp_value import Codec

CONTENT_TYPE = "application/sdp"
MOST_SECTIONS = 16


def checked(body: bytes) -> Session:
    """The description in an offer. Raises SipError 400 for none at all, 488 where there is no audio to be carried."""
    session = Session.parse(body)
    if len(session.media) > MOST_SECTIONS:
        raise SipError(488, f"A description may have at most {MOST_SECTIONS} media sections.")
    audio = [one for one in session.media if one.kind == "audio" and one.port]
    if not audio:
        raise SipError(488, "The description offers no audio.")
    if all(session.connection_of(one) is None for one in audio):
        raise SipError(488, "The description says not where the audio goes.")
    return session


@dataclass(frozen=True, slots=True)
class Origin:
    """Our o= line towards one phone, and what was described under it last (without o=)."""

    session: int
    host: str
    version: int = 0
    last: bytes = b""

    def described(self, body: bytes) -> tuple[Origin, bytes]:
        """The origin after `body` has been described under it, and `body` with that o= line."""
        start = body.find(b"\no=") + 1
        end = body.find(b"\n", start)
        if start <= 0 or end < 0:
            return self, body
        rest = body[:start] + body[end + 1 :]
        now = self if rest == self.last else replace(self, version=self.version + 1, last=rest)
        kind = "IP6" if ":" in self.host else "IP4"
        line = f"o=- {self.session} {now.version} IN {kind} {self.host}\r\n".encode()
        return now, body[:start] + line + body[end + 1 :]


def holds(body: bytes) -> bool:
    """Does an offer put us on hold: nothing of ours is wanted any more (RFC 3264 section 8.4)?"""
    try:
        session = Session.parse(body)
    except SipError:
        return False
    audio = [one for one in session.media if one.kind == "audio" and one.port]
    return bool(audio) and all(_still(session, one) for one in audio)


def _still(session: Session, section: Media) -> bool:
    connection = session.connection_of(section)
    return session.direction_of(section) in ("sendonly", "inactive") or (connection is not None and connection.on_hold)


def on_hold(body: bytes) -> bytes:
    """A description like `body` under which nobody sends anything: for a phone that is parked."""
    session = Session.parse(body)
    for place, section in enumerate(session.media):
        session = session.with_media(place, section.with_direction("inactive"))
    return bytes(session)


def key(body: bytes) -> bytes:
    """The SRTP key in a description, 30 octets (RFC 4568 section 6.1); b"" where there is none."""
    try:
        sections = Session.parse(body).media
        found = next((each for one in sections if (each := first_usable(one.attributes("crypto"))) is not None), None)
    except SipError:
        return b""
    return found.key if found is not None else b""


def placed(body: bytes, before: bytes) -> bytes:
    """An offer of one audio section as it follows `before` in the same session: the audio stands where it stood, and
    every other section is still there, without a port (RFC 3264 section 8). As it is when `before` says nothing."""
    try:
        old, new = Session.parse(before), Session.parse(body)
        live = [place for place, one in enumerate(old.media) if one.kind == "audio" and one.port]
        if len(old.media) < 2 or not live:
            return body
        gone = [Media((Line("m", f"{one.kind} 0 {one.protocol} {(one.formats or ('0',))[0]}"),)) for one in old.media]
    except SipError:
        return body
    sections = (new.media[0] if place == live[0] else one for place, one in enumerate(gone))
    return bytes(Session(new.lines, tuple(sections)))


def joined(first: bytes, second: bytes) -> tuple[bytes, bytes]:
    """Two offers as answers to each other: (answer to the first, answer to the second).

    For a pickup, where two phones have both offered. Each hears of the other's address, with the codecs that both have
    under the same payload type, in the first's order (RFC 3264 section 6). Raises SipError 488 where there is none.
    """
    one, other = checked(first), checked(second)
    mine, yours = _audio(one), _audio(other)
    common = _common(one.media[mine], other.media[yours])
    return _answer(one, mine, other, yours, common), _answer(other, yours, one, mine, common)


def _audio(session: Session) -> int:
    return next(place for place, one in enumerate(session.media) if one.kind == "audio" and one.port)


def _same(one: Codec, other: Codec) -> bool:
    return (one.payload, one.name.lower(), one.clock, one.channels) == (
        other.payload, other.name.lower(), other.clock, other.channels,
    )  # fmt: skip


def _common(one: Media, other: Media) -> list[Codec]:
    if one.protocol != other.protocol:
        raise SipError(488, "The two phones speak different kinds of RTP.")
    found = [codec for codec in one.codecs if any(_same(codec, theirs) for theirs in other.codecs)]
    if not any(codec.name.lower() not in ("telephone-event", "cn") for codec in found):
        raise SipError(488, "The two phones have no codec in common.")
    return found


def _answer(asked: Session, place: int, given: Session, at: int, common: list[Codec]) -> bytes:
    """The answer to `asked`: a section for each of its own, all but the audio refused, the audio at `given`'s."""
    section = given.media[at]
    kept = {str(codec.payload) for codec in common}
    value = f"audio {section.port} {section.protocol} {' '.join(str(codec.payload) for codec in common)}"
    lines = [Line("m", value), *(line for line in section.lines[1:] if _concerns(line, kept))]
    connection = given.connection_of(section)
    lines = [line for line in lines if line.type != "c"]
    if connection is not None:
        lines.insert(1, Line("c", str(connection)))
    sections = [
        Media(tuple(lines)) if number == place else Media((Line("m", f"{one.kind} 0 {one.protocol} 0"),))
        for number, one in enumerate(asked.media)
    ]
    head = tuple(replace(line, end="\r\n") for line in given.lines if line.type in "vost")
    ended = [Media(tuple(replace(line, end="\r\n") for line in one.lines)) for one in sections]
    return bytes(Session(head, tuple(ended)))


def _concerns(line: Line, kept: set[str]) -> bool:
    """Does a line of a section still mean something when only the payload types `kept` are left?"""
    if line.type != "a":
        return True
    name, _, value = line.value.partition(":")
    return value.partition(" ")[0] in kept if name in ("rtpmap", "fmtp", "rtcp-fb") else True
