from __future__ import annotations

import pytest

from sip_edge.message import SipError, header


@pytest.mark.parametrize(
    ("name", "canonical"),
    [
        ("v", "via"),
        ("V", "via"),
        ("VIA", "via"),
        ("Via ", "via"),
        ("i", "call-id"),
        ("L", "content-length"),
        ("X-Odd", "x-odd"),
        ("C%6Fntact", "c%6fntact"),
        ("x", "session-expires"),
        ("CSeq", "cseq"),
        ("o", "event"),
    ],
)
def test_canonical(name: str, canonical: str) -> None:
    assert header.canonical(name) == canonical


@pytest.mark.parametrize(
    ("name", "wire"),
    [
        ("v", "Via"),
        ("call-id", "Call-ID"),
        ("CSEQ", "CSeq"),
        ("www-authenticate", "WWW-Authenticate"),
        ("rack", "RAck"),
        ("user-agent", "User-Agent"),
        ("x-odd", "X-Odd"),
    ],
)
def test_wire(name: str, wire: str) -> None:
    assert header.wire(name) == wire


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("a", ["a"]),
        ("", [""]),
        (" a , b ", ["a", "b"]),
        ("a,,b,", ["a", "", "b", ""]),
        ('"x, y" <sip:a@h>, <sip:b,c@h>;p="q,r"', ['"x, y" <sip:a@h>', '<sip:b,c@h>;p="q,r"']),
        ('"\\",", a', ['"\\","', "a"]),
        ("a>,b", ["a>", "b"]),
    ],
)
def test_split_values(text: str, values: list[str]) -> None:
    assert header.split_values(text) == values


@pytest.mark.parametrize("text", ['"a, b', "<a, b", 'a, "', '"\\", b'])
def test_what_is_never_closed_is_refused(text: str) -> None:
    with pytest.raises(SipError, match="never closed"):
        header.split_values(text)


def test_line_smuggles_nothing_in() -> None:
    assert header.line("Subject", "a: b") == "Subject: a: b"
    for name, value in (("Sub ject", "a"), ("Subject", "a\r\nVia: x"), ("Subject", "a\nb"), ("Subject", "a\x00")):
        with pytest.raises(ValueError, match=r"token|line break"):
            header.line(name, value)
