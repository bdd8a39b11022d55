from __future__ import annotations

import pytest

from sip_edge.message import grammar


@pytest.mark.parametrize("text", ["INVITE", "a", "x-y.z!%*_+`'~9"])
def test_tokens(text: str) -> None:
    assert grammar.is_token(text)


@pytest.mark.parametrize("text", ["", "a b", "a:b", "é", "a\n", "a;b", '"a"'])
def test_what_is_no_token(text: str) -> None:
    assert not grammar.is_token(text)


def test_dates_are_rfc_1123_and_gmt() -> None:
    assert grammar.is_date("Sat, 13 Nov 2010 23:29:00 GMT")
    assert not grammar.is_date("Fri, 01 Jan 2010 16:00:00 EST")
    assert not grammar.is_date("2010-11-13")


def test_a_fold_becomes_one_space() -> None:
    assert grammar.unfold("a \t\r\n \t b\r\n\tc") == "a b c"
    assert grammar.unfold("a  b") == "a  b"


@pytest.mark.parametrize("text", ["", "Alice", 'say "hi"', "back\\slash", "é", "a\x00b", '\\"'])
def test_quoting_goes_both_ways(text: str) -> None:
    assert grammar.unquote(grammar.quote(text)) == text


def test_unquote_leaves_plain_text_alone() -> None:
    assert grammar.unquote("plain") == "plain"
    assert grammar.unquote('"open') == '"open'
    assert grammar.unquote('"') == '"'


def test_a_line_break_cannot_be_quoted() -> None:
    for text in ("a\rb", "a\nb"):
        with pytest.raises(ValueError, match="line break"):
            grammar.quote(text)


def test_escapes_are_resolved_once_and_octets_survive() -> None:
    assert grammar.unescape("%2541") == "%41"
    assert grammar.unescape("100%") == "100%"
    assert grammar.escape(grammar.unescape("%ff%00"), "") == "%FF%00"
    assert grammar.escape("a b;c", ";") == "a%20b;c"


@pytest.mark.parametrize(
    ("host", "good"),
    [
        ("example.com", True),
        ("192.0.2.1", True),
        ("[2001:db8::1]", True),
        ("[::ffff:1.2.3.4]", True),
        ("[:::]", False),
        ("[1]", False),
        ("[]", False),
    ],
)
def test_hosts(host: str, good: bool) -> None:
    assert grammar.is_host(host) is good
