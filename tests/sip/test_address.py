from __future__ import annotations

import pytest

from sip_edge.message import Address, SipError, Uri

SAME = [
    '"Alice \\"A\\" Example" <sip:101@example.com>;tag=1',
    "Alice Example <sip:101@example.com>",
    "<sip:101@[2001:db8::1]:5060>;expires=60",
    "<tel:+12015550123>",
    '<sip:101@192.0.2.1>;+sip.instance="<urn:uuid:00000000-0000-1000-8000-00085d2a3b4c>";reg-id=1;q=0.5',
    "<sip:102@h?Replaces=1%40h%3Bto-tag%3Da%3Bfrom-tag%3Db>",
    '"" <sip:h>',
]


@pytest.mark.parametrize("text", SAME)
def test_what_is_parsed_is_written_back(text: str) -> None:
    assert str(Address.parse(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "alice",
        '"open <sip:a@h>',
        "<sip:a@h",
        "sip:a@h>",
        "< sip:a@h >",
        "Bell, Alexander <sip:a@h>",
        "<sip:a@h>;;",
        "sip:a@h?x=y",
        "sip:a,b@h",
        "<sip:a@[::g]>",
        "<sip:a@h:99999>",
        "sip:a@h;tag=",
        "<>",
        "a\x01 <sip:h>",
        "<x>;a=<",
    ],
)
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(SipError) as error:
        Address.parse(text)
    assert error.value.code == 400


def test_without_brackets_parameters_belong_to_the_header() -> None:
    address = Address.parse('sip:101@example.com ; tag = "a b"')
    assert (address.uri.parameters, address.tag) == ("", "a b")
    assert str(address) == '<sip:101@example.com>; tag = "a b"'


def test_names_outside_quotes_are_taken_and_written_back_quoted() -> None:
    address = Address.parse("José (Büro) <sip:a@h>")
    assert address.name == "José (Büro)"
    assert str(address) == '"José (Büro)" <sip:a@h>'


def test_no_space_before_the_bracket_is_fine() -> None:
    assert Address.parse("caller<sip:c@h>").name == "caller"
    assert Address.parse('"c"<sip:c@h>').name == "c"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("", None),
        (";expires=60", 60),
        (";expires=soon", 3600),
        (";expires=280297596632815", 2**32 - 1),
        (";expires=" + "9" * 5000, 2**32 - 1),
        (";expires", 3600),
        (";expires=²", 3600),
    ],
)
def test_expires_is_bounded(text: str, seconds: int | None) -> None:
    assert Address.parse("<sip:h>" + text).expires == seconds


def test_q_and_instance() -> None:
    address = Address.parse('<sip:h>;q=0.25;+sip.instance="<urn:uuid:1>"')
    assert (address.q, address.instance) == (0.25, "urn:uuid:1")
    assert (Address.parse("<sip:h>;q=2").q, Address.parse("<sip:h>").instance) == (1.0, None)
    assert Address.parse("<sip:h>;+sip.instance=bare").instance == "bare"


def test_edits_and_building() -> None:
    address = Address.of(Uri.parse("sip:a@h"), 'A "B"', tag="1")
    assert str(address) == '"A \\"B\\"" <sip:a@h>;tag=1'
    assert str(address.with_tag("2").with_parameter("x")) == '"A \\"B\\"" <sip:a@h>;tag=2;x'
    assert str(address.without_parameter("tag")) == '"A \\"B\\"" <sip:a@h>'
    assert Address.of(Uri.parse("sip:h")) == Address("sip:h")
    assert address.uri == Uri.parse("sip:a@h")
    with pytest.raises(ValueError, match="line break"):
        Address.of(Uri.parse("sip:h"), "a\r\nb")
