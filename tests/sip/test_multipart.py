from __future__ import annotations

import pytest

from sip_edge.message import MediaType, SipError
from sip_edge.message.multipart import Multipart

KIND = MediaType.parse('multipart/related;boundary="b 1"')
BODY = (
    b"--b 1\r\nContent-Type: application/rlmi+xml\r\nContent-ID: <a@h>\r\n\r\n<list/>\r\n"
    b"--b 1\r\nContent-Type: application/dialog-info+xml\r\nContent-ID: bare\r\n\r\n\x00\r\n--b 2\r\n\r\n"
    b"--b 1--\r\n"
)


def test_parts_and_back() -> None:
    body = Multipart.parse(BODY, KIND)
    assert [part.content_type.name for part in body.parts] == ["application/rlmi+xml", "application/dialog-info+xml"]
    assert [part.content_id for part in body.parts] == ["a@h", "bare"]
    assert body.parts[1].body == b"\x00\r\n--b 2\r\n"
    assert bytes(body) == BODY
    found = body.first("application/rlmi+xml")
    assert found is not None and found.body == b"<list/>"
    assert body.first("text/plain") is None


@pytest.mark.parametrize("data", [b"note\r\n" + BODY + b"after", BODY[:-2], b"\r\n" + BODY])
def test_preamble_and_epilogue_are_kept(data: bytes) -> None:
    assert bytes(Multipart.parse(data, KIND)) == data


def test_a_part_without_headers_is_plain_text() -> None:
    (part,) = Multipart.parse(b"--b 1\r\n\r\nhello\r\n--b 1--", KIND).parts
    assert (part.content_type.name, part.content_id, part.body) == ("text/plain", None, b"hello")


def test_an_empty_part() -> None:
    (part,) = Multipart.parse(b"--b 1\r\nX: y\r\n\r\n\r\n--b 1--", KIND).parts
    assert part.body == b""


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"--b 1\r\n\r\nx",
        b"--b 1--",
        b"--b 1\r\nno colon\r\n\r\nx\r\n--b 1--",
        b"--b 1\r\nA: b\r\n--b 1--",
        b"--b 1",
    ],
)
def test_what_is_not_well_formed(data: bytes) -> None:
    with pytest.raises(SipError):
        Multipart.parse(data, KIND)


@pytest.mark.parametrize(
    "kind", ["text/plain;boundary=a", "multipart/mixed", 'multipart/mixed;boundary=""', 'multipart/mixed;boundary="a "']
)
def test_a_boundary_is_needed(kind: str) -> None:
    with pytest.raises(SipError, match="boundary parameter"):
        Multipart.parse(BODY, MediaType.parse(kind))


def test_the_number_of_parts_is_bounded() -> None:
    with pytest.raises(SipError, match="more parts"):
        Multipart.parse(b"--b 1\r\n\r\n\r\n" * 70 + b"--b 1--", KIND)
