"""When audio goes directly, and why it does not."""

from __future__ import annotations

import base64

import pytest

from sip_edge.media.engine import Peer
from sip_edge.media.mode import DIRECT, mode
from tests.media.phone import sdp

SECURE = sdp(
    4000,
    address="192.0.2.7",
    protocol="RTP/SAVP",
    extra=f"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{base64.b64encode(bytes(30)).decode()}\r\n",
)


@pytest.mark.parametrize(
    ("offer", "caller", "callee", "reason"),
    [
        (sdp(4000, address="192.0.2.7"), Peer("192.0.2.7"), Peer("198.51.100.1"), ""),
        (sdp(4000, address="10.0.0.5"), Peer("10.0.0.5"), Peer("10.0.9.9"), ""),
        (sdp(4000, address="0.0.0.0"), Peer("192.0.2.7"), Peer("198.51.100.1"), ""),
        (SECURE, Peer("192.0.2.7"), Peer("198.51.100.1", srtp=True), ""),
        (b"v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\n", Peer(), Peer(), ""),
        (SECURE, Peer("192.0.2.7"), Peer("198.51.100.1"), "One phone speaks SRTP"),
        (sdp(4000, address="192.0.2.7"), Peer("192.0.2.7"), Peer("198.51.100.1", srtp=True), "One phone speaks SRTP"),
        (
            sdp(4000, address="192.168.1.5"),
            Peer("192.0.2.7"),
            Peer("198.51.100.1"),
            "The calling phone is behind a NAT",
        ),
        (sdp(4000, address="10.0.0.5"), Peer("10.0.0.5"), Peer("198.51.100.1"), "One phone is in a private network"),
        (sdp(4000, address="192.0.2.7"), Peer("192.0.2.7"), Peer("10.0.0.5"), "One phone is in a private network"),
    ],
)
def test_relay_or_direct(offer: bytes, caller: Peer, callee: Peer, reason: str) -> None:
    found = mode(offer, caller, callee)
    assert found.relay is bool(reason) and found.reason.startswith(reason)


def test_what_needs_the_engine_anyway_and_a_called_phone_behind_a_nat() -> None:
    offer = sdp(4000, address="192.0.2.7")
    assert mode(offer, Peer(), Peer()) == DIRECT
    assert mode(offer, Peer(), Peer(), needed="The call is recorded.").reason == "The call is recorded."
    assert mode(offer, Peer(), Peer(), callee_behind_nat=True).reason == "The called phone is behind a NAT."
