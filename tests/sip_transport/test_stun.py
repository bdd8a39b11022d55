"""STUN binding requests: RFC 5389, its test vectors (RFC 5769), and what must not be answered."""

from __future__ import annotations

import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sip_edge.transport import stun

TRANSACTION = bytes.fromhex("b7e7a701bc34d686fa87dfae")


def request(*attributes: tuple[int, bytes], cookie: int = stun.COOKIE) -> bytes:
    body = b"".join(
        struct.pack(">HH", number, len(value)) + value + b"\0" * (-len(value) % 4) for number, value in attributes
    )
    return struct.pack(">HHI12s", stun.BINDING_REQUEST, len(body), cookie, TRANSACTION) + body


def attributes(reply: bytes) -> dict[int, bytes]:
    found, place = {}, 20
    while place < len(reply):
        number, length = struct.unpack_from(">HH", reply, place)
        found[number] = reply[place + 4 : place + 4 + length]
        place += 4 + length + (-length % 4)
    return found


def test_ipv4_as_in_rfc_5769() -> None:
    reply = stun.answer(request(), "192.0.2.1", 32853)
    assert reply is not None
    assert reply[:20] == struct.pack(">HHI12s", stun.BINDING_SUCCESS, 12, stun.COOKIE, TRANSACTION)
    assert attributes(reply)[stun.XOR_MAPPED_ADDRESS] == bytes.fromhex("0001a147e112a643")


def test_ipv6_as_in_rfc_5769() -> None:
    reply = stun.answer(request(), "2001:db8:1234:5678:11:2233:4455:6677", 32853)
    assert reply is not None
    wanted = bytes.fromhex("0002a1470113a9faa5d3f179bc25f4b5bed2b9d9")
    assert attributes(reply)[stun.XOR_MAPPED_ADDRESS] == wanted


def test_a_client_of_rfc_3489_gets_the_plain_address() -> None:
    reply = stun.answer(request((3, b"\0\0\0\0"), cookie=0x01020304), "192.0.2.1", 5060)
    assert reply is not None
    assert attributes(reply) == {stun.MAPPED_ADDRESS: b"\0\x01\x13\xc4\xc0\0\x02\x01"}


def test_a_fingerprint_is_answered_with_one() -> None:
    reply = stun.answer(request((stun.FINGERPRINT, b"\0\0\0\0")), "192.0.2.1", 5060)
    assert reply is not None
    assert struct.unpack_from(">H", reply, 2)[0] == len(reply) - 20
    crc = zlib.crc32(reply[:-8]) ^ stun.FINGERPRINT_XOR
    assert attributes(reply)[stun.FINGERPRINT] == struct.pack(">I", crc)


def test_an_attribute_that_must_be_understood_and_is_not_gets_420() -> None:
    reply = stun.answer(request((0x7F01, b"x"), (0x7F02, b""), (0x8022, b"phone")), "192.0.2.1", 5060)
    assert reply is not None
    assert struct.unpack_from(">H", reply)[0] == stun.BINDING_ERROR
    assert struct.unpack_from(">H", reply, 2)[0] == len(reply) - 20
    found = attributes(reply)
    assert found[stun.ERROR_CODE][:4] == b"\0\0\x04\x14"
    assert found[stun.UNKNOWN_ATTRIBUTES] == b"\x7f\x01\x7f\x02"


def test_a_request_to_answer_from_elsewhere_is_refused() -> None:
    reply = stun.answer(request((3, b"\0\0\0\6")), "192.0.2.1", 5060)
    assert reply is not None
    assert struct.unpack_from(">H", reply)[0] == stun.BINDING_ERROR


@pytest.mark.parametrize(
    "data",
    [
        struct.pack(">HHI12s", stun.BINDING_INDICATION, 0, stun.COOKIE, TRANSACTION),
        struct.pack(">HHI12s", stun.BINDING_SUCCESS, 0, stun.COOKIE, TRANSACTION),
        struct.pack(">HHI12s", stun.BINDING_REQUEST, 4, stun.COOKIE, TRANSACTION),
        request((6, b"user"))[:-2],
        request()[:19],
        request() + b"\0\1\0\x50\0\0\0\0",
        request((0x8022, b"x" * 600)),
        struct.pack(">HHI12s", stun.BINDING_REQUEST, 4, stun.COOKIE, TRANSACTION) + b"\x80\x22\0\x09",
    ],
    ids=["indication", "answer", "length", "cut", "short", "trailing", "huge", "attribute past the end"],
)
def test_what_is_no_whole_binding_request_gets_nothing(data: bytes) -> None:
    assert stun.answer(data, "192.0.2.1", 5060) is None


@given(st.binary(max_size=100), st.binary(max_size=60))
def test_any_octets_are_answered_or_dropped_and_never_much_longer(noise: bytes, body: bytes) -> None:
    whole = struct.pack(">HHI12s", stun.BINDING_REQUEST, len(body), stun.COOKIE, TRANSACTION) + body
    for data in (noise, whole):
        reply = stun.answer(data, "192.0.2.1", 5060)
        assert reply is None or len(reply) <= len(data) + 64
        assert not (data[:1].isalpha() and stun.is_stun(data))
