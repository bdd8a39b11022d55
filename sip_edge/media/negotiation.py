"""What a leg's session description means for its audio, and the descriptions we write ourselves.  (pure)

Offers and answers per RFC 3264, DTMF per RFC 4733, SRTP keys per RFC 4568. We write every description anew, so that
no address, candidate or attribute of one side reaches the other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, IPv6Address, ip_address, ip_network

from sip_edge.media.engine import ANYONE, Peer
from sip_edge.media.sdes import Crypto, first_usable
from sip_edge.message.errors import SipError
from sip_edge.message.sdp import Line, Media, Session
from sip_edge.message.sdp_value import Codec

MAX_BODY = 16_384
MAX_SECTIONS = 8
MAX_CODECS = 20
PLAIN = ("PCMU/8000", "PCMA/8000")
EVENT = "TELEPHONE-EVENT/8000"
KNOWN = (*PLAIN, "G722/8000", EVENT)
PROTOCOLS = {"RTP/AVP": False, "RTP/AVPF": False, "RTP/SAVP": True, "RTP/SAVPF": True}
REVERSE = {"sendrecv": "sendrecv", "sendonly": "recvonly", "recvonly": "sendonly", "inactive": "inactive"}
EVENT_PAYLOAD = 101
_FMTP = re.compile(r"[\x21-\x7e][\x20-\x7e]{0,199}\Z")

NO_AUDIO = "The description holds no audio that can be carried here: RTP with an IPv4 address and a port."
NO_CODEC = "The audio needs a codec of G.711: PCMU or PCMA."
NO_KEY = "The description asks for SRTP without a key for AES_CM_128_HMAC_SHA1_80."


def key_of(codec: Codec) -> str:
    """What a codec is known by here: name and clock rate in one case, as `PCMU/8000`."""
    return f"{codec.name.upper()}/{codec.clock}"


@dataclass(frozen=True, slots=True)
class Format:
    """A payload type that is offered or answered: its rtpmap and format parameters."""

    codec: Codec
    fmtp: str = ""


@dataclass(frozen=True, slots=True)
class Audio:
    """What a peer's description says of its audio."""

    place: int
    """Which m= section it is, from 0."""
    address: str
    """Where the peer wants its audio; "" when it is known only once audio comes from there, or on hold."""
    port: int
    networks: tuple[str, ...]
    """Where its audio may come from."""
    formats: tuple[Format, ...]
    direction: str
    """The peer's view; a hold by c=0.0.0.0 is sendonly."""
    on_hold: bool
    protocol: str
    crypto: Crypto | None
    ptime: int
    sections: tuple[tuple[str, str, str], ...]
    """Kind, protocol and first format of every section: an answer has as many as its offer (RFC 3264 section 6)."""

    @property
    def receives(self) -> bool:
        """Does the peer want audio now?"""
        return self.direction in ("sendrecv", "recvonly") and not self.on_hold

    @property
    def sends(self) -> bool:
        """Will the peer send audio, if we let it?"""
        return self.direction in ("sendrecv", "sendonly")

    @property
    def payloads(self) -> dict[str, int]:
        """Codec → payload type: the numbers the peer understands."""
        return {key_of(one.codec): one.codec.payload for one in reversed(self.formats)}


def read(body: bytes, peer: Peer = ANYONE) -> Audio:
    """The audio of a peer's description: the first section that we can carry.

    Raises SipError: 400 for what is no description, 488 when there is no audio in it that we can carry.
    """
    if len(body) > MAX_BODY:
        raise SipError(488, f"The description is longer than {MAX_BODY} octets.")
    session = Session.parse(body)
    if len(session.media) > MAX_SECTIONS:
        raise SipError(488, f"The description has more than {MAX_SECTIONS} sections.")
    sections = tuple((one.kind, one.protocol, (one.formats or ("0",))[0]) for one in session.media)
    refused = NO_AUDIO
    for place, section in enumerate(session.media):
        if section.kind != "audio" or not section.port or section.protocol not in PROTOCOLS:
            continue
        crypto = first_usable(section.attributes("crypto")) if PROTOCOLS[section.protocol] else None
        if PROTOCOLS[section.protocol] and crypto is None:
            refused = NO_KEY
            continue
        formats = _formats(section)
        if formats:
            return _read(session, place, section, peer, crypto, formats, sections)
    raise SipError(488, refused)


def _read(
    session: Session,
    place: int,
    section: Media,
    peer: Peer,
    crypto: Crypto | None,
    formats: tuple[Format, ...],
    sections: tuple[tuple[str, str, str], ...],
) -> Audio:
    connection = session.connection_of(section)
    if connection is None:
        raise SipError(488, NO_AUDIO)
    on_hold = connection.on_hold
    direction = session.direction_of(section)
    if on_hold and direction == "sendrecv":
        direction = "sendonly"  # RFC 3264 section 8.4: the hold of RFC 2543
    address, networks = place_of("" if on_hold else connection.address, peer)
    ptime = next((int(one) for one in section.attributes("ptime") if one in ("10", "20", "30", "40", "60")), 20)
    protocol = section.protocol
    port = section.port
    return Audio(place, address, port, networks, formats, direction, on_hold, protocol, crypto, ptime, sections)


def place_of(address: str, peer: Peer) -> tuple[str, tuple[str, ...]]:
    """→ where to send, "" until audio comes in; and the networks that audio may come from.

    An address that cannot be reached from where the SIP messages come from (a private one behind a NAT, loopback) is
    not sent to: the audio's real source, in the network of the SIP messages, counts. Raises SipError(488) for names,
    IPv6 and multicast.
    """
    come = source_of(peer)
    networks = [_network(come)] if come else []
    if not address:
        return "", tuple(networks)
    try:
        said = ip_address(address)
    except ValueError:
        raise SipError(488, NO_AUDIO) from None
    if not isinstance(said, IPv4Address) or said.is_multicast or said.is_unspecified or said == BROADCAST:
        raise SipError(488, NO_AUDIO)
    if come and address != come and not _reachable(said, come):
        return "", tuple(networks)
    return address, (f"{address}/32", *networks)


BROADCAST = IPv4Address("255.255.255.255")
INSIDE = tuple(IPv4Network(one) for one in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"))
"""Networks behind a NAT (RFC 1918, RFC 6598)."""


def source_of(peer: Peer) -> str:
    """The address a peer's SIP comes from, "" when it is unknown; IPv4 over an IPv6 socket (RFC 4291 section 2.5.5.2)
    as what it is."""
    if not peer.address:
        return ""
    found = ip_address(peer.address)
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return str(mapped or found)


def _network(address: str) -> str:
    """The network that the other addresses of the same NAT or site are in."""
    return str(ip_network(f"{address}/{24 if '.' in address else 64}", strict=False))


def _reachable(said: IPv4Address, source: str) -> bool:
    """May audio for a peer whose SIP comes from `source` be sent to `said`?"""
    come = ip_address(source)
    if said.is_loopback or said.is_link_local:
        return come.is_loopback and said.is_loopback
    return not inside(said) or come.is_loopback or inside(come)


def inside(address: IPv4Address | IPv6Address) -> bool:
    """Is this an address of a private network (RFC 1918, RFC 6598)?"""
    return any(address in network for network in INSIDE)


def _formats(section: Media) -> tuple[Format, ...]:
    """The codecs, at most MAX_CODECS of them; those we know are never among what is cut off."""
    found: dict[int, Format] = {}
    for codec in section.codecs:
        if codec.payload < 128 and codec.name.isascii() and codec.name.isprintable():
            fmtp = section.fmtp(codec.payload)
            found.setdefault(codec.payload, Format(codec, fmtp if _FMTP.match(fmtp) else ""))
    kept = list(found.values())
    while len(kept) > MAX_CODECS:
        spare = next((one for one in reversed(kept) if key_of(one.codec) not in KNOWN), kept[-1])
        kept.remove(spare)
    if not any(key_of(one.codec) != EVENT and one.codec.name.upper() not in ("TELEPHONE-EVENT", "CN") for one in kept):
        return ()  # keys or comfort noise alone are no audio
    return tuple(kept)


def plain(formats: Iterable[Format]) -> tuple[Format, ...]:
    """Those of the formats that we can play, record and hear. Raises SipError(488) when no codec is left."""
    kept = tuple(one for one in formats if key_of(one.codec) in (*PLAIN, EVENT))
    if not any(key_of(one.codec) in PLAIN for one in kept):
        raise SipError(488, NO_CODEC)
    return kept


def chosen(formats: Iterable[Format]) -> tuple[Format, ...]:
    """What we answer an offer with that is for ourselves: its first G.711 codec, and its telephone-event.

    Raises SipError(488) when there is no G.711 in it.
    """
    kept = plain(formats)
    codec = next(one for one in kept if key_of(one.codec) in PLAIN)
    event = next((one for one in kept if key_of(one.codec) == EVENT), None)
    return (codec, event) if event else (codec,)


def our_formats(like: str = "") -> tuple[Format, ...]:
    """What we offer ourselves, codec `like` (as `PCMA/8000`) first."""
    both = [Format(Codec(0, "PCMU", 8000)), Format(Codec(8, "PCMA", 8000))]
    both.sort(key=lambda one: key_of(one.codec) != like)
    return (*both, Format(Codec(EVENT_PAYLOAD, "telephone-event", 8000), "0-16"))


@dataclass(frozen=True, slots=True)
class Description:
    """What we say to a leg."""

    address: str
    port: int
    formats: Sequence[Format]
    direction: str = "sendrecv"
    protocol: str = "RTP/AVP"
    crypto: Crypto | None = None
    ptime: int = 20
    place: int = 0
    sections: Sequence[tuple[str, str, str]] = field(default=(("audio", "", ""),))

    def body(self, session: int, version: int) -> bytes:
        """The description with its o= line; sections that are not ours are refused by port 0."""
        lines = [
            Line("v", "0"),
            Line("o", f"- {session} {version} IN IP4 {self.address}"),
            Line("s", "-"),
            Line("c", f"IN IP4 {self.address}"),
            Line("t", "0 0"),
        ]
        media = []
        for place, (kind, protocol, first) in enumerate(self.sections):
            mine = place == self.place
            media.append(self._audio() if mine else Media((Line("m", f"{kind} 0 {protocol} {first}"),)))
        return bytes(Session(tuple(lines), tuple(media)))

    def _audio(self) -> Media:
        payloads = " ".join(str(one.codec.payload) for one in self.formats)
        lines = [Line("m", f"audio {self.port} {self.protocol} {payloads}")]
        for one in self.formats:
            lines.append(Line("a", f"rtpmap:{one.codec}"))
            if one.fmtp:
                lines.append(Line("a", f"fmtp:{one.codec.payload} {one.fmtp}"))
        if self.crypto is not None:
            lines.append(Line("a", f"crypto:{self.crypto}"))
        lines += [Line("a", f"ptime:{self.ptime}"), Line("a", self.direction)]
        return Media(tuple(lines))
