"""What descriptions mean, and which of them are refused with which sentence."""

from __future__ import annotations

import base64
from ipaddress import IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sip_edge.media import sdes
from sip_edge.media.engine import Peer
from sip_edge.media.negotiation import Description, chosen, key_of, plain, read
from sip_edge.media.sides import Side, own_answer, own_offer, pass_answer, pass_offer
from sip_edge.message.errors import SipError
from sip_edge.message.sdp import Session
from tests.media.phone import sdp

KEY = base64.b64encode(bytes(30)).decode()
GOOD = f"1 AES_CM_128_HMAC_SHA1_80 inline:{KEY}"


def side(port: int = 30_000, peer: Peer = Peer()) -> Side:
    return Side(port, "203.0.113.9", 77, bytes(range(30)), peer)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", 400),
        (b"hello", 400),
        (b"v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\n", 488),
        (sdp(0), 488),
        (sdp(4000).replace(b"c=IN IP4 127.0.0.1\r\n", b""), 488),
        (sdp(4000).replace(b"m=audio", b"m=video"), 488),
        (sdp(4000, protocol="UDP/TLS/RTP/SAVPF"), 488),
        (sdp(4000, protocol="RTP/SAVP"), 488),
        (sdp(4000, "101"), 488),
        (sdp(4000, "120 121"), 488),
        (sdp(4000, address="phone.example.org"), 488),
        (sdp(4000, address="224.0.0.5"), 488),
        (sdp(4000, address="255.255.255.255"), 488),
        (sdp(4000).replace(b"IP4 127.0.0.1\r\nt=", b"IP6 2001:db8::1\r\nt="), 488),
        (sdp(4000) + b"m=video 0 RTP/AVP 31\r\n" * 9, 488),
        (sdp(4000, extra="a=x:" + "y" * 20_000), 488),
    ],
)
def test_what_is_refused(body: bytes, code: int) -> None:
    with pytest.raises(SipError) as refused:
        read(body)
    assert refused.value.code == code and refused.value.sentence.endswith(".")


def test_forty_codecs_are_cut_to_twenty_and_ours_are_among_them() -> None:
    numbers = list(range(88, 127))
    maps = "".join(f"a=rtpmap:{number} X{number}/8000\r\n" for number in numbers if number != 101)
    audio = read(sdp(4000, " ".join(map(str, [*numbers, 0])), extra=maps))
    names = [key_of(one.codec) for one in audio.formats]
    assert len(names) == 20 and {"PCMU/8000", "TELEPHONE-EVENT/8000"} <= set(names) and names[0] == "X88/8000"


@pytest.mark.parametrize(
    ("said", "come", "address", "from_there"),
    [
        ("192.0.2.7", "192.0.2.7", "192.0.2.7", True),
        ("198.51.100.1", "192.0.2.7", "198.51.100.1", True),  # a carrier's media gateway
        ("10.0.0.5", "192.0.2.7", "", True),  # behind a NAT
        ("10.0.0.5", "10.0.0.5", "10.0.0.5", True),
        ("10.0.0.5", "::ffff:192.0.2.7", "", True),  # behind a NAT, over a socket for both kinds of addresses
        ("127.0.0.1", "192.0.2.7", "", True),  # our own machine is nobody's phone
        ("169.254.1.1", "192.0.2.7", "", True),
    ],
)
def test_where_audio_goes_and_may_come_from(said: str, come: str, address: str, from_there: bool) -> None:
    audio = read(sdp(4000, address=said), Peer(come))
    assert audio.address == address
    assert (str(IPv4Network(f"{come.removeprefix('::ffff:')}/24", strict=False)) in audio.networks) is from_there


@pytest.mark.parametrize(
    ("extra", "address", "direction", "receives", "sends"),
    [
        ("", "192.0.2.7", "sendrecv", True, True),
        ("a=sendonly\r\n", "192.0.2.7", "sendonly", False, True),
        ("a=recvonly\r\n", "192.0.2.7", "recvonly", True, False),
        ("a=inactive\r\n", "192.0.2.7", "inactive", False, False),
        ("", "0.0.0.0", "sendonly", False, True),
        ("a=inactive\r\n", "0.0.0.0", "inactive", False, False),
    ],
)
def test_hold(extra: str, address: str, direction: str, receives: bool, sends: bool) -> None:
    audio = read(sdp(4000, address=address, extra=extra))
    assert (audio.direction, audio.receives, audio.sends) == (direction, receives, sends)


def test_an_answer_of_ours_takes_one_codec_and_the_keys_and_turns_the_direction() -> None:
    one = side()
    one.take_offer(read(sdp(4000, "9 8 0 101", extra="a=sendonly\r\n")), Peer())
    said = Session.parse(own_answer(one))
    assert said.media[0].formats == ("8", "101") and said.media[0].direction == "recvonly"
    assert one.facts() is not None and one.facts()["receives"] is False  # type: ignore[index]


def test_wideband_alone_cannot_be_spoken_to_but_can_be_passed() -> None:
    audio = read(sdp(4000, "9 101"))
    for narrow in (plain, chosen):
        with pytest.raises(SipError, match="needs a codec of G"):
            narrow(audio.formats)
    one, other = side(), side(30_002)
    one.take_offer(audio, Peer())
    assert Session.parse(pass_offer(one, other, only_plain=False)).media[0].formats == ("9", "101")


def test_other_sections_are_refused_in_their_place_and_nothing_else_of_the_peer_passes() -> None:
    body = sdp(4000, extra="a=candidate:1 1 UDP 1 10.9.8.7 4000 typ host\r\na=x:y\r\n").replace(
        b"m=audio", b"m=video 6000 RTP/AVP 31\r\nm=audio", 1
    )
    one, other = side(), side(30_002)
    one.take_offer(read(body), Peer())
    passed = pass_offer(one, other, only_plain=False)
    assert b"10.9.8.7" not in passed and b"127.0.0.1" not in passed and b"video" not in passed and b"a=x" not in passed
    other.take_answer(read(sdp(5000, "0 101")))
    answer = Session.parse(pass_answer(other, one))
    assert [(one.kind, one.port) for one in answer.media] == [("video", 0), ("audio", 30_000)]
    assert answer.media[1].formats == ("0", "101")


def test_the_version_counts_changes_only() -> None:
    one = side()
    first, again = own_offer(one, None), own_offer(one, None)
    one.take_answer(read(sdp(4000, "0")))
    assert first == again and Session.parse(first).origin.version == 1
    one.take_offer(read(sdp(4000, "0", extra="a=sendonly\r\n")), Peer())
    assert Session.parse(own_answer(one)).origin.version == 2


def test_srtp_is_offered_to_who_wants_it_and_keys_stay_apart() -> None:
    one, other = side(), side(30_002, Peer(srtp=True))
    one.take_offer(read(sdp(4000)), Peer())
    offered = Session.parse(pass_offer(one, other, only_plain=False)).media[0]
    assert offered.protocol == "RTP/SAVP" and sdes.first_usable(offered.attributes("crypto")) == sdes.Crypto(
        1, other.key
    )
    with pytest.raises(SipError, match="488 The answer speaks another protocol"):
        other.take_answer(read(sdp(5000)))
    other.take_answer(read(sdp(5000, protocol="RTP/SAVP", extra=f"a=crypto:{GOOD}\r\n")))
    assert b"crypto" not in pass_answer(other, one)
    assert (other.facts() or {})["keys"] == [bytes(30).hex(), other.key.hex()] and (one.facts() or {})["keys"] is None


@pytest.mark.parametrize(
    "line",
    [
        "1 AES_CM_128_HMAC_SHA1_32 inline:" + KEY,
        GOOD + "|2^31|1:4",
        GOOD + " UNENCRYPTED_SRTP",
        "1 AES_CM_128_HMAC_SHA1_80 inline:AAAA",
        "1 AES_CM_128_HMAC_SHA1_80 inline:" + "=" * 40,
        "x",
    ],
)
def test_keys_that_are_not_ours_to_use(line: str) -> None:
    assert sdes.first_usable([line]) is None
    found = sdes.first_usable([line, GOOD + "|2^31"])
    assert found is not None and found.key == bytes(30) and KEY not in repr(found)


@given(st.binary(max_size=400), st.integers(0, 300))
def test_no_body_breaks_the_reader(noise: bytes, place: int) -> None:
    body = sdp(4000)
    for hostile in (noise, body[:place] + noise + body[place:]):
        try:
            audio = read(hostile, Peer("192.0.2.7"))
        except SipError as error:
            assert error.code in (400, 488)
        else:
            said = Description("203.0.113.9", 30_000, audio.formats, sections=audio.sections, place=audio.place)
            assert read(said.body(1, 1)).formats
