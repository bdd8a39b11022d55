from __future__ import annotations

import pytest

from sip_edge.message import SipError, Uri
from sip_edge.message.uri import sip

SAME = [
    "sip:alice@example.com",
    "sip:example.com",
    "sips:alice:secret@example.com:5061;transport=tls?subject=hi&priority=urgent",
    "sip:[2001:db8::10]:5060;lr",
    "sip:+1-212-555-1212:1234@gateway.example.com;user=phone",
    "sip:#31#*97@host_1",
    "sip:b@h?Replaces=12345%40192.0.2.1%3Bto-tag%3Dx%3Bfrom-tag%3Dy",
    "sip:a@h;",
    "sip:a@h?",
    "tel:+1-201-555-0123;phone-context=example.com",
    "urn:service:sos",
    "urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
    "soap.beep://192.0.2.103:3002",
    "mailto:a@example.com",
]


@pytest.mark.parametrize("text", SAME)
def test_what_is_parsed_is_written_back(text: str) -> None:
    assert str(Uri.parse(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "sip",
        "sip:",
        ":x",
        "sip:a@",
        "sip:a@h:0",
        "sip:a@h:65536",
        "sip:a@h:x",
        "sip:[::g]",
        "sip:[1::2::3]",
        "sip:a b@h",
        "<sip:a@h>",
        "sip:a@h ",
        "sip:a@h\n",
        "sip:a@h\x00",
        'sip:a@h"',
        "1x:y",
        "sip:a@@h",
        "SIPS:a@h i",
    ],
)
def test_what_is_no_uri(text: str) -> None:
    with pytest.raises(SipError) as error:
        Uri.parse(text)
    assert error.value.code == 400


def test_an_empty_user_part_is_sloppy_but_harmless() -> None:
    assert Uri.parse("sip:@h").user == ""
    assert Uri.parse("sip:@h").aor == "sip:h"


def test_parts() -> None:
    uri = Uri.parse("SIPS:al%69ce:pw@Example.COM:05061;Transport=TCP;lr?Subject=a%20b&x")
    assert (uri.scheme, uri.username, uri.password, uri.host, uri.port) == ("sips", "alice", "pw", "Example.COM", 5061)
    assert (uri.parameter("transport"), uri.parameter("lr"), uri.parameter("ttl")) == ("TCP", "", None)
    assert uri.header_pairs == (("Subject", "a b"), ("x", ""))
    assert (uri.header("subject"), uri.header("y")) == ("a b", None)
    assert Uri.parse("sip:h").header_pairs == ()


def test_aor_is_what_a_registrar_looks_up() -> None:
    assert Uri.parse("sip:%61lice:pw@EXAMPLE.com:5060;x=y?h=v").aor == "sip:alice@example.com"
    assert Uri.parse("sip:Example.com").aor == "sip:example.com"
    assert Uri.parse("tel:+1201").aor == "tel:+1201"


def test_tel_numbers_lose_their_separators() -> None:
    uri = Uri.parse("tel:+1-(201).555-0123;phone-context=x")
    assert (uri.number, uri.parameter("phone-context"), uri.is_sip) == ("+12015550123", "x", False)
    assert Uri.parse("sip:1@h").number is None


def test_edits() -> None:
    uri = Uri.parse("sip:a@h;x=1;lr")
    assert str(uri.with_parameter("X", "a b")) == "sip:a@h;X=a%20b;lr"
    assert str(uri.with_parameter("ob")) == "sip:a@h;x=1;lr;ob"
    assert str(uri.without_parameter("x")) == "sip:a@h;lr"
    replaces = uri.with_header("Replaces", "1@h;to-tag=a").with_header("X", "y")
    assert str(replaces) == "sip:a@h;x=1;lr?Replaces=1%40h%3Bto-tag%3Da&X=y"
    assert replaces.header("replaces") == "1@h;to-tag=a"
    assert replaces.without_headers() == uri


def test_building_from_plain_text() -> None:
    assert str(sip("I have spaces", "example.com")) == "sip:I%20have%20spaces@example.com"
    assert str(sip(None, "2001:db8::1", 5061, secure=True)) == "sips:[2001:db8::1]:5061"
    with pytest.raises(SipError):
        sip("a", "no host")


EQUAL = [  # RFC 3261 section 19.1.4
    ("sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtlanTa.CoM;Transport=tcp"),
    ("sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5"),
    ("sip:carol@chicago.com;security=on", "sip:carol@chicago.com;newparam=5"),
    (
        "sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
        "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com",
    ),
    (
        "sip:alice@atlanta.com?subject=project%20x&priority=urgent",
        "sip:alice@atlanta.com?priority=urgent&subject=project%20x",
    ),
    ("urn:service:SOS", "URN:service:sos"),
]
DIFFERENT = [
    ("SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP"),
    ("sip:bob@biloxi.com", "sip:bob@biloxi.com:5060"),
    ("sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp"),
    ("sip:bob@biloxi.com", "sip:bob@biloxi.com:6000;transport=tcp"),
    ("sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next%20meeting"),
    ("sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4"),
    ("sip:carol@chicago.com;security=on", "sip:carol@chicago.com;security=off"),
    ("sip:a@h", "sips:a@h"),
    ("sip:a@h", "tel:1"),
    ("sip:a:1@h", "sip:a:2@h"),
]


@pytest.mark.parametrize(("one", "other"), EQUAL)
def test_equivalent(one: str, other: str) -> None:
    assert Uri.parse(one).equivalent(Uri.parse(other))


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_not_equivalent(one: str, other: str) -> None:
    assert not Uri.parse(one).equivalent(Uri.parse(other))
