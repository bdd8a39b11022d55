"""The legs of a call as the local engine sees them: what each said, what it was told, what follows for the worker.
(pure)"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from sip_edge.media.control import Message
from sip_edge.media.engine import ANYONE, Peer
from sip_edge.media.negotiation import NO_AUDIO, REVERSE, Audio, Description, Format, chosen, key_of, our_formats, plain
from sip_edge.media.sdes import Crypto
from sip_edge.message.errors import SipError

DIFFERENT = "The answer speaks another protocol than the offer asked for."


@dataclass(slots=True)
class Side:
    """One leg. `session` is the number of its o= lines; `key` our SRTP key to it (RFC 4568: 30 octets)."""

    port: int
    address: str
    session: int
    key: bytes = field(repr=False)
    peer: Peer = ANYONE
    heard: Audio | None = None
    """What the peer said and was agreed on."""
    offered: Audio | None = None
    """What the peer offered last."""
    said: Description | None = None
    tag: int = 1
    """Of our key, when we offer."""
    version: int = 0
    place: int = 0
    sections: Sequence[tuple[str, str, str]] = (("audio", "", ""),)

    def offer(self, formats: Sequence[Format], direction: str, ptime: int = 20) -> bytes:
        """An offer of ours to this leg."""
        secure = self.peer.srtp
        protocol, crypto = ("RTP/SAVP", Crypto(self.tag, self.key)) if secure else ("RTP/AVP", None)
        return self._say(Description(self.address, self.port, formats, direction, protocol, crypto, ptime))

    def answer(self, formats: Sequence[Format], direction: str, ptime: int = 20) -> bytes:
        """Our answer to this leg's last offer."""
        asked = self.offered
        if asked is None:
            raise SipError(481, "The leg has made no offer that could be answered.")
        crypto = Crypto(asked.crypto.tag, self.key) if asked.crypto is not None else None
        self.heard = asked
        return self._say(Description(self.address, self.port, formats, direction, asked.protocol, crypto, ptime))

    def _say(self, description: Description) -> bytes:
        whole = replace(description, place=self.place, sections=self.sections)
        if whole != self.said:
            self.said, self.version = whole, self.version + 1
        return whole.body(self.session, self.version)

    def take_offer(self, audio: Audio, peer: Peer) -> None:
        """The peer offers."""
        self.offered, self.peer = audio, peer
        self.place, self.sections = audio.place, audio.sections

    def take_answer(self, audio: Audio) -> None:
        """The peer answers. Raises SipError(488) when that does not fit our offer."""
        if self.said is None or (self.said.crypto is None) != (audio.crypto is None):
            raise SipError(488, DIFFERENT)
        self.heard = audio

    def facts(self) -> Message | None:
        """What the worker is to know of this leg; None before both have spoken."""
        if self.heard is None or self.said is None:
            return None
        keys = None
        if self.heard.crypto is not None:
            keys = [self.heard.crypto.key.hex(), self.key.hex()]
        return {
            "target": [self.heard.address, self.heard.port] if self.heard.address else None,
            "networks": list(self.heard.networks),
            "sends": {str(one.codec.payload): key_of(one.codec) for one in self.said.formats},
            "takes": self._takes(self.heard.payloads, self.said.formats),
            "receives": self.heard.receives and self.said.direction in ("sendrecv", "sendonly"),
            "expects": self.heard.sends and self.said.direction in ("sendrecv", "recvonly"),
            "keys": keys,
        }

    @staticmethod
    def _takes(heard: dict[str, int], said: Sequence[Format]) -> dict[str, int]:
        """What the peer takes, first what was agreed on: that is what is played in."""
        agreed = [key_of(one.codec) for one in said]
        return {key: heard[key] for key in [*(one for one in agreed if one in heard), *heard]}


def pass_offer(one: Side, other: Side, *, only_plain: bool) -> bytes:
    """`one`'s offer as it goes on to `other`."""
    audio = one.offered
    assert audio is not None
    formats = plain(audio.formats) if only_plain else audio.formats
    return other.offer(formats, audio.direction, audio.ptime)


def pass_answer(one: Side, other: Side) -> bytes:
    """`one`'s answer as it goes back to `other`: the codecs that both know."""
    assert one.heard is not None
    asked = {key_of(each.codec) for each in other.offered.formats} if other.offered is not None else set()
    formats = tuple(each for each in one.heard.formats if key_of(each.codec) in asked)
    if not formats:
        raise SipError(488, NO_AUDIO)
    return other.answer(formats, one.heard.direction, one.heard.ptime)


def own_answer(one: Side) -> bytes:
    """Our own answer to `one`'s offer."""
    audio = one.offered
    assert audio is not None
    return one.answer(chosen(audio.formats), REVERSE[audio.direction])


def own_offer(one: Side, like: Side | None) -> bytes:
    """Our own offer to `one`, with the codec that `like` sends first."""
    codec = key_of(like.said.formats[0].codec) if like is not None and like.said is not None else ""
    return one.offer(our_formats(codec), "sendrecv")
