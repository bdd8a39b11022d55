from __future__ import annotations

import pytest

from sip_edge.message import SipError
from sip_edge.message.sdp import Session
from sip_edge.message.sdp_value import Codec, Connection, Origin

PHONE = (
    b"v=0\r\no=- 20518 20518 IN IP4 192.0.2.1\r\ns=SDP data\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\na=ice-lite\r\n"
    b"m=audio 11780 RTP/AVP 0 9 101 97\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:9 G722/8000\r\n"
    b"a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=rtpmap:97 opus/48000/2\r\na=ptime:20\r\na=sendrecv\r\n"
    b"m=video 0 RTP/AVP 31\r\ni=camera\r\nc=IN IP6 2001:db8::1\r\ny=kept\r\n"
)


def test_what_is_parsed_is_written_back() -> None:
    for data in (
        PHONE,
        PHONE.replace(b"\r\n", b"\n"),
        PHONE[:-2],
        PHONE.replace(b"SDP data", b"caf\xe9"),
        PHONE[: PHONE.index(b"m=")],
    ):
        assert bytes(Session.parse(data)) == data


def test_typed_reading() -> None:
    session = Session.parse(PHONE)
    audio, video = session.media
    assert session.origin == Origin("-", 20518, 20518, "IN", "IP4", "192.0.2.1")
    assert (audio.kind, audio.port, audio.port_count, audio.protocol) == ("audio", 11780, 1, "RTP/AVP")
    assert audio.formats == ("0", "9", "101", "97")
    assert [str(codec) for codec in audio.codecs] == [
        "0 PCMU/8000",
        "9 G722/8000",
        "101 telephone-event/8000",
        "97 opus/48000/2",
    ]
    assert (audio.fmtp(101), audio.fmtp(0)) == ("0-15", "")
    assert (audio.attributes("ptime"), audio.attributes("rtcp-mux"), session.attributes("ice-lite")) == (
        ["20"],
        [],
        [""],
    )
    assert (audio.direction, session.direction_of(video)) == ("sendrecv", "sendrecv")
    assert session.connection_of(audio) == Connection("192.0.2.1")
    assert session.connection_of(video) == Connection("2001:db8::1", "IP6")


def test_codecs_without_rtpmap_have_their_static_meaning() -> None:
    (audio,) = Session.parse(b"v=0\no=- 1 1 IN IP4 h\nm=audio 9 RTP/AVP 8 18 77 x\na=rtpmap:8 LPC\n").media
    assert audio.codecs == (Codec(8, "PCMA", 8000), Codec(18, "G729", 8000))


def test_formats_that_are_no_rtp_stay_text() -> None:
    (image,) = Session.parse(b"v=0\r\no=- 1 1 IN IP4 h\r\nm=image 4000/2 udptl t38\r\n").media
    assert (image.formats, image.codecs, image.port_count) == (("t38",), (), 2)
    (bare,) = Session.parse(b"v=0\r\no=- 1 1 IN IP4 h\r\nm=image 4000 udptl\r\n").media
    assert (bare.formats, str(bare.with_port(0).lines[0])) == ((), "m=image 0 udptl\r\n")


def test_hold_in_both_ways() -> None:
    old = Session.parse(PHONE.replace(b"c=IN IP4 192.0.2.1", b"c=IN IP4 0.0.0.0"))
    assert old.connection is not None and old.connection.on_hold
    new = Session.parse(PHONE.replace(b"a=ice-lite", b"a=inactive").replace(b"a=sendrecv\r\n", b""))
    assert [new.direction_of(section) for section in new.media] == ["inactive", "inactive"]


def test_edits_touch_only_their_line() -> None:
    session = Session.parse(PHONE)
    audio = session.media[0].with_port(40000).with_direction("sendonly").with_connection(Connection("198.51.100.1"))
    changed = session.with_media(0, audio).with_origin(Origin("-", 1, 2, "IN", "IP4", "198.51.100.1"))
    expected = (
        PHONE.replace(b"o=- 20518 20518 IN IP4 192.0.2.1", b"o=- 1 2 IN IP4 198.51.100.1")
        .replace(
            b"m=audio 11780 RTP/AVP 0 9 101 97\r\n", b"m=audio 40000 RTP/AVP 0 9 101 97\r\nc=IN IP4 198.51.100.1\r\n"
        )
        .replace(b"a=sendrecv", b"a=sendonly")
    )
    assert bytes(changed) == expected
    video = session.media[1].with_connection(Connection("192.0.2.9", suffix="/127"))
    assert [str(line).strip() for line in video.lines[1:3]] == ["i=camera", "c=IN IP4 192.0.2.9/127"]
    assert video.connection == Connection("192.0.2.9", suffix="/127")


def test_an_edit_after_a_last_line_without_an_ending() -> None:
    (audio,) = Session.parse(b"v=0\no=- 1 1 IN IP4 h\nm=audio 9 RTP/AVP 0").media
    assert "".join(map(str, audio.with_direction("inactive").lines)) == "m=audio 9 RTP/AVP 0\r\na=inactive\r\n"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b"v=1\r\no=- 1 1 IN IP4 h\r\n",
        b"v=0\r\n",
        b"o=- 1 1 IN IP4 h\r\nv=0\r\n",
        b"v=0\r\no=- x 1 IN IP4 h\r\n",
        b"v=0\r\no=- 1 1 IN IP4 h\r\nc=IN\r\n",
        b"v=0\r\no=- 1 1 IN IP4 h\r\nm=audio\r\n",
        b"v=0\r\no=- 1 1 IN IP4 h\r\nm=audio 70000 RTP/AVP 0\r\n",
        b"v=0\r\no=- 1 1 IN IP4 h\r\nm =audio 1 RTP/AVP 0\r\n",
        b"v=0\r\no=- 1 1 IN IP4 h\r\nm=audio 1 RTP/AVP 0\r\nc=IN IP4\r\n",
        b"v=0\r\no=- 1 1 IN IP4 h\r\n\r\na=x\r\n",
        b"v=0\r\no=- 1 1 IN IP4 h\r\n" + b"a=x\r\n" * 1000,
    ],
)
def test_what_is_no_description(data: bytes) -> None:
    with pytest.raises(SipError) as error:
        Session.parse(data)
    assert error.value.code == 400


def test_values_that_are_none() -> None:
    assert Codec.read("0 PCMU") is None
    assert Codec.read("97 L16/8000/2") == Codec(97, "L16", 8000, 2)
    assert str(Origin.parse("- 1 2 IN IP4 h")) == "- 1 2 IN IP4 h"
