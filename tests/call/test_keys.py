"""Keys that phones tell of by SIP INFO."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sip_edge.call.keys import KEYS, digit


@pytest.mark.parametrize(
    ("kind", "body", "key"),
    [
        ("application/dtmf-relay", b"Signal=5\r\nDuration=160\r\n", "5"),
        ("application/dtmf-relay", b"Signal= *\r\nDuration= 250\r\n", "*"),
        ("application/dtmf-relay", b"signal=11\n", "#"),
        ("Application/DTMF-Relay; charset=utf-8", b"Duration=100\r\nSignal=a", "A"),
        ("application/dtmf", b"1", "1"),
        ("application/dtmf", b" 10\r\n", "*"),
        ("application/dtmf", b"12", ""),
        ("application/dtmf-relay", b"Signal=\r\n", ""),
        ("application/dtmf-relay", b"Signal=flash", ""),
        ("application/media_control+xml", b"1", ""),
        ("", b"1", ""),
    ],
)
def test_what_a_phone_says_was_pressed(kind: str, body: bytes, key: str) -> None:
    assert digit(kind, body) == key


@given(st.sampled_from(("application/dtmf-relay", "application/dtmf", "text/plain")), st.binary(max_size=400))
def test_whatever_is_sent_is_a_key_or_none(kind: str, body: bytes) -> None:
    found = digit(kind, body)
    assert found == "" or (len(found) == 1 and found in KEYS)
