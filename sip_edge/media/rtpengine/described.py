"""Descriptions as rtpengine gets and gives them, and where it is."""

from __future__ import annotations

import secrets
from typing import Any

from sip_edge.media import negotiation
from sip_edge.media.engine import Peer
from sip_edge.media.negotiation import Audio, Description, source_of
from sip_edge.media.sdes import Crypto
from sip_edge.media.sides import Side

Endpoint = tuple[str, int]

SHAPE: dict[str, Any] = {
    "ICE": "remove",
    "DTLS": "off",
    "rtcp_mux": ["demux"],
    "replace": ["origin", "session-connection"],
    "flags": ["strict source"],
}


def new_side() -> Side:
    """A leg before rtpengine has said where it hears it."""
    return Side(0, "0.0.0.0", secrets.randbits(62), b"")  # noqa: S104 - said, not bound


def cleaned(audio: Audio, peer: Peer, tag: int = 0) -> bytes:
    """A peer's description as rtpengine gets it: the audio alone, behind a NAT with the address that it comes from."""
    crypto = Crypto(tag or audio.crypto.tag, audio.crypto.key) if audio.crypto is not None else None
    address = audio.address or ("0.0.0.0" if audio.on_hold else source_of(peer))  # noqa: S104 - said, not bound
    protocol = "RTP/SAVP" if crypto is not None else "RTP/AVP"
    said = Description(address, audio.port, audio.formats, audio.direction, protocol, crypto, audio.ptime)
    return said.body(1, 1)


def place(side: Side, answer: dict[str, Any]) -> None:
    """Where rtpengine hears this leg, and its key."""
    said = negotiation.read(str(answer.get("sdp", "")).encode("utf-8", "surrogateescape"))
    side.address, side.port = said.address or side.address, said.port
    if said.crypto is not None:
        side.key, side.tag = said.crypto.key, said.crypto.tag


def endpoint(text: str) -> Endpoint:
    """`host:port`. Raises ValueError with a sentence."""
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 65_536:
        raise ValueError("The setting rtpengine_url is such as udp://127.0.0.1:2223?keys=127.0.0.1:2299.")
    return host, int(port)
