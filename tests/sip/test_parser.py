from __future__ import annotations

import pytest

from sip_edge.message import Limits, Request, Response, SipError, parse
from tests.sip import wire


def fault(data: bytes) -> str:
    found = parse(data).fault
    return "" if found is None else found.sentence


def test_request_and_response() -> None:
    request, response = parse(wire.request()), parse(wire.lines("SIP/2.0 200 OK", "CSeq: 1 BYE"))
    assert isinstance(request, Request) and isinstance(response, Response)
    assert (request.method, request.target, request.version) == ("OPTIONS", "sip:pbx.example.com", "SIP/2.0")
    assert (response.status, response.reason) == (200, "OK")
    assert request.fault is None and response.fault is None


def test_line_ends_before_the_message_are_dropped() -> None:
    assert fault(b"\r\n\r\n" + wire.request()) == ""


def test_the_version_may_be_in_any_case() -> None:
    request = parse(wire.lines("OPTIONS sip:h sip/2.0", "To: <sip:h>"))
    assert isinstance(request, Request)
    assert request.version == "SIP/2.0"
    assert bytes(request).startswith(b"OPTIONS sip:h sip/2.0\r\n")


def test_a_status_line_without_a_phrase() -> None:
    response = parse(wire.lines("SIP/2.0 200", "CSeq: 1 BYE"))
    assert isinstance(response, Response)
    assert response.reason == ""


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"\x16\x03\x01",
        b"SIP/2.0 99 x\r\n\r\n",
        b"SIP/7.0 200 OK\r\n\r\n",
        b"SIP/2.0 4294967301 x\r\n\r\n",
        b"hello",
        b" SIP/2.0\r\n\r\n",
        b"A SIP\r\n\r\n",
        bytes(range(256)),
    ],
)
def test_what_is_no_sip_message(data: bytes) -> None:
    with pytest.raises(SipError):
        parse(data)


def test_a_truncated_head_is_noticed() -> None:
    data = wire.register()
    for end in range(60, len(data), 7):
        assert "empty line" in fault(data[:end]) or "bare CR" in fault(data[:end])


@pytest.mark.parametrize("piece", [b"a\nb", b"a\rb", b"a\n", b"a\r", b"\ra", b"a\r\r\nX: b", b"a\n\r\nX: b"])
def test_bare_line_ends_are_noticed(piece: bytes) -> None:
    data = wire.request().replace(b"Max-Forwards: 70", b"Subject: " + piece)
    assert "bare CR or LF" in fault(data)
    last = wire.request().replace(b"CSeq: 1 OPTIONS", b"CSeq: 1 OPTIONS\r\nSubject: " + piece)
    assert "bare CR or LF" in fault(last)


@pytest.mark.parametrize("row", ["no colon", "Bad name: x", ": x", "Max-Forwards"])
def test_rows_that_are_no_headers(row: str) -> None:
    assert "no colon" in fault(wire.lines("OPTIONS sip:h SIP/2.0", "To: <sip:h>", row))


def test_folds_are_taken_and_kept() -> None:
    data = wire.lines("OPTIONS sip:h SIP/2.0", "Subject: a", "\tb", "  c", "To: <sip:h>")
    message = parse(data)
    assert message.headers.first("subject") == "a b c"
    assert bytes(message) == data


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("5", "shorter"),
        ("-1", "number"),
        ("four", "number"),
        ("4, 4", "number"),
        ("", "number"),
        ("9" * 5000, "number"),
        ("4\r\nContent-Length: 4", "once"),
        ("²", "number"),
    ],
)
def test_content_length_that_cannot_be(row: str, sentence: str) -> None:
    data = wire.request("OPTIONS", f"Content-Length: {row}", body=b"body")
    assert sentence in fault(data)
    assert parse(data).body == b"body"


def test_the_body_ends_where_content_length_says() -> None:
    message = parse(wire.request("OPTIONS", "l: 2", body=b"body"))
    assert (message.body, message.fault) == (b"bo", None)
    assert parse(wire.request("OPTIONS") + b"all of it").body == b"all of it"


def test_octets_that_are_not_utf_8_survive() -> None:
    data = wire.request("OPTIONS", "Subject: caf\udce9 \udcff")
    assert b"caf\xe9 \xff" in data
    assert bytes(parse(data)) == data


@pytest.mark.parametrize(
    ("limits", "data"),
    [
        (Limits(message=100), wire.register()),
        (Limits(head=100, line=50), wire.register()),
        (Limits(line=200), wire.request("OPTIONS", "Subject: " + "x" * 300)),
        (Limits(line=200), wire.request("OPTIONS", "Subject: " + "\r\n x" * 100)),
        (Limits(headers=5), wire.request()),
    ],
)
def test_more_than_the_limits_is_refused(limits: Limits, data: bytes) -> None:
    with pytest.raises(SipError) as error:
        parse(data, limits)
    assert error.value.code == 513


@pytest.mark.parametrize("start", ["OPTIONS  sip:h SIP/2.0", "OPTIONS sip:h  SIP/2.0", "OPTIONS sip:h SIP/2.0 "])
def test_a_loose_request_line_can_be_answered(start: str) -> None:
    message = parse(wire.lines(start, "To: <sip:h>"))
    assert isinstance(message, Request)
    assert (message.method, message.target) == ("OPTIONS", "")
    assert message.fault is not None and message.fault.code == 400
