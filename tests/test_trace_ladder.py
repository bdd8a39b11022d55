"""What a trace shows of a message: no secret, nothing a terminal obeys, one line each."""

from __future__ import annotations

import time

import pytest

from sip_edge.ladder import CUT, Step, cut, draw, head, party, summary

HEAD = (
    "REGISTER sip:acme.example SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1\r\n"
    'From: "Ada" <sip:101@acme.example>;tag=1\r\nTo: <sip:101@ACME.example>\r\nCall-ID: 1\r\nCSeq: 2 REGISTER\r\n'
)
DIGEST = 'Digest username="101", realm="acme.example", nonce="n", uri="sip:acme.example", response="0123abcd", qop=auth'


def message(*headers: str, body: str = "") -> bytes:
    return (HEAD + "".join(f"{line}\r\n" for line in headers) + f"Content-Length: {len(body)}\r\n\r\n{body}").encode()


@pytest.mark.parametrize(
    ("line", "secret"),
    [
        (f"Authorization: {DIGEST}", "0123abcd"),
        (f"Proxy-Authorization : {DIGEST}", "0123abcd"),
        ('authorization: Digest username="101",\r\n response = "01\\"23abcd"', "23abcd"),
        ("AUTHORIZATION: Digest username=101, response=0123abcd, algorithm=MD5", "0123abcd"),
        ('Authorization Digest response="0123abcd"', "0123abcd"),
        ('Authorization: Digest response="0123abcd', "0123abcd"),
        ("Authorization: Basic MTAxOnNlY3JldA==", "MTAxOnNlY3JldA"),
        ("Authorization: pk_secret", "pk_secret"),
        ("Proxy-Authorization: Bearer eyJhbGciOi, x=y", "eyJhbGciOi"),
        ('Authentication-Info: rspauth="0123abcd", qop=auth', "0123abcd"),
        ("Contact: <sip:101:hunter2@192.0.2.1>", "hunter2"),
    ],
)
def test_what_opens_anything_is_cut(line: str, secret: str) -> None:
    text = cut(message(line, "User-Agent: Yealink"))
    assert secret not in text and CUT in text
    assert "User-Agent: Yealink\n" in text and "From:" in text


def test_the_rest_of_credentials_stays_for_whoever_looks_for_the_mistake() -> None:
    text = cut(message(f"Authorization: {DIGEST}"))
    assert 'username="101", realm="acme.example", nonce="n"' in text and f"response={CUT}, qop=auth" in text


@pytest.mark.parametrize(
    ("line", "secret"),
    [
        ("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj|2^20|1:4", "d0Rmdmcm"),
        ("a=key-mgmt:mikey AQAFgM0XflABAAAA", "AQAFgM0X"),
        ("k=base64:c2VjcmV0", "c2VjcmV0"),
        ("a=ice-pwd:asd88fgpdd777uzjYhagZg", "asd88fgp"),
    ],
)
def test_media_keys_are_cut_out_of_sdp(line: str, secret: str) -> None:
    body = f"v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\nm=audio 4000 RTP/SAVP 0\r\n{line}\r\na=sendrecv\r\n"
    text = cut(message("Content-Type: application/sdp", body=body))
    assert secret not in text and CUT in text
    assert "m=audio 4000 RTP/SAVP 0\n" in text and text.endswith("a=sendrecv\n")


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("Content-Type: text/plain", "meet me at noon"),
        ("c: application/dtmf-relay", "Signal=5"),
        ("Content-Type: application/url", "http://pbx.example/p/token/"),
        ("X: y", "nobody says what it is"),
    ],
)
def test_what_people_write_dial_or_open_is_only_counted(kind: str, body: str) -> None:
    text = cut(message(kind, body=body))
    assert body not in text and f"[{len(body)} octets of " in text


def test_a_phone_cannot_speak_to_the_technicians_terminal() -> None:
    text = cut(message("User-Agent: \x1b[2J\x07evil\x9b31m", "Subject: a\rb"))
    assert all(one == "\n" or one.isprintable() for one in text) and "evil" in text
    assert cut(b"\x00\xff\xfe\x1b") == "\ufffd\ufffd\ufffd\ufffd\n"


def test_long_messages_are_bounded_and_take_linear_time() -> None:
    begun = time.perf_counter()
    for filler in ("response=" * 7000, '"' * 60_000, "sip:" * 15_000, "\\" * 60_000, "a:" * 30_000, "f:sip:" * 10_000):
        data = message(f"X: {filler}", "Content-Type: application/sdp", body=filler)
        text = cut(data)
        assert len(text) < 20_000 and " more octets" in text
        party(data, "in")
        summary(text)
    assert time.perf_counter() - begun < 2


def test_the_phones_side_is_where_it_asks_from_and_where_it_is_asked() -> None:
    lines = "\r\nFrom: <sip:102@acme.example>;tag=1\r\nt: <sip:101@Acme.Example:5060>\r\n\r\n"
    request, response = f"NOTIFY sip:x SIP/2.0{lines}".encode(), f"SIP/2.0 200 OK{lines}".encode()
    assert party(request, "in") == party(response, "out") == ("acme.example", "102")
    assert party(request, "out") == party(response, "in") == ("acme.example", "101")
    assert party(b"\x16\x03\x01 no SIP at all", "in") == ("", "")


def test_a_ladder_has_a_line_for_each_message() -> None:
    asked, again = cut(message("Expires: 3600")), cut(message("Expires: 3600", f"Authorization: {DIGEST}"))
    answer = cut(HEAD.replace("REGISTER sip:acme.example SIP/2.0", "SIP/2.0 200 OK", 1).encode())
    told = cut(b"NOTIFY sip:101@192.0.2.1 SIP/2.0\r\no: check-sync\r\nSubscription-State: terminated;reason=x\r\n\r\n")
    steps = [
        Step(number, at, way, "UDP", "192.0.2.1", port, summary(text), text)
        for number, (at, way, port, text) in enumerate(
            [
                (0.0, "in", 5060, asked),
                (0.5, "in", 5060, asked),
                (0.502, "out", 5060, answer),
                (1.0, "in", 5062, again),
                (2.0, "out", 5062, told),
            ]
        )
    ]
    lines = draw(steps)
    assert [step.label for step in steps] == [
        "REGISTER sip:acme.example, expires 3600",
        "REGISTER sip:acme.example, expires 3600",
        "200 OK (REGISTER 2)",
        "REGISTER sip:acme.example, expires 3600, with credentials",
        "NOTIFY sip:101@192.0.2.1, check-sync, terminated",
    ]
    assert lines[0].startswith("00:00:00.000            │── REGISTER sip:acme.example, expires 3600 ─")
    assert lines[0].endswith("─▶│  UDP 192.0.2.1:5060")
    assert "expires 3600, again" in lines[1] and "UDP" not in lines[1]
    assert "+0.002" in lines[2] and "│◀─ 200 OK (REGISTER 2) ─" in lines[2]
    assert lines[3].endswith("  UDP 192.0.2.1:5062") and "…" in lines[3]
    assert len({line.rindex("│") for line in lines}) == 1 == len({line.index("│") for line in lines})
    assert head("805ec0000101").index("805ec0000101") == lines[0].index("│")
