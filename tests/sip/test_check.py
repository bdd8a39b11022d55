from __future__ import annotations

import pytest

from sip_edge.message import Limits, Request, Response, SipError, parse
from sip_edge.message.check import (
    Abilities,
    check_extensions,
    check_forwarding,
    check_request,
    check_response,
)
from tests.sip import wire

EDGE = Abilities(extensions=frozenset(("path", "timer")), own=frozenset({("edge.example.com", 5060)}))


def refused(data: bytes, abilities: Abilities = EDGE) -> tuple[int, tuple[tuple[str, str], ...]]:
    request = parse(data)
    assert isinstance(request, Request)
    try:
        check_request(request, abilities)
    except SipError as error:
        return error.code, error.headers
    return 200, ()


def test_a_sound_request_passes() -> None:
    assert refused(wire.register()) == (200, ())
    assert refused(wire.request("INVITE", "Content-Type: application/sdp", body=b"v=0")) == (200, ())


@pytest.mark.parametrize(
    "row",
    [
        "From: nobody",
        'To: "open <sip:a@h>',
        "Via: SIP/2.0",
        "Via:",
        "CSeq: one OPTIONS",
        "CSeq: 1 INVITE",
        "Call-ID:",
        "Contact: <<>",
        "Expires: soon",
        "Max-Forwards: 256",
        "Max-Forwards: x",
        "Route: nowhere",
        "Record-Route: nowhere",
        "Path: <",
        "Date: yesterday",
        "t: <sip:b@h>",
        "i: another",
        "Route: " + ",".join(["<sip:h>"] * 200),
    ],
)
def test_syntax_is_400(row: str) -> None:
    assert refused(wire.request("OPTIONS", row))[0] == 400


@pytest.mark.parametrize("uri", ["sip:a@h?Subject=x", "sip:[::g]", "<sip:h>", "nothing"])
def test_a_bad_request_uri_is_400(uri: str) -> None:
    assert refused(wire.request("OPTIONS", uri=uri))[0] == 400


def test_the_version_comes_first() -> None:
    assert refused(wire.request("OPTIONS").replace(b"SIP/2.0\r\nVia", b"SIP/3.0\r\nVia"))[0] == 505


def test_methods() -> None:
    allow = (("Allow", ", ".join(EDGE.methods)),)
    assert refused(wire.request("PUBLISH")) == (405, allow)
    assert refused(wire.request("DANCE")) == (501, allow)
    assert refused(wire.request("DANCE", "CSeq: 1 SING")) == (501, ())


def test_schemes_and_loops() -> None:
    assert refused(wire.request("OPTIONS", uri="http://h"))[0] == 416
    assert refused(wire.request("INVITE", uri="tel:+12015550123"))[0] == 200
    assert refused(wire.request("INVITE", "v: SIP/2.0/UDP Edge.Example.com;branch=z9hG4bKx"))[0] == 482
    assert refused(wire.request("INVITE", "v: SIP/2.0/UDP edge.example.com:5070;branch=z9hG4bKx"))[0] == 200


def test_required_extensions() -> None:
    assert refused(wire.request("INVITE", "Require: timer, Path")) == (200, ())
    assert refused(wire.request("INVITE", "Require: a, a", "Require: b")) == (420, (("Unsupported", "a, b"),))
    assert refused(wire.request("CANCEL", "Require: a"))[0] == 200
    assert refused(wire.request("ACK", "Require: a"))[0] == 200


def test_bodies() -> None:
    assert refused(wire.request("INVITE", body=b"x"))[0] == 400
    assert refused(wire.request("INVITE", "c: text/plain", body=b"x")) == (415, (("Accept", "application/sdp"),))
    optional = "Content-Disposition: render;handling=optional"
    assert refused(wire.request("INVITE", "c: text/plain", optional, body=b"x"))[0] == 200
    required = "Content-Disposition: session"
    assert refused(wire.request("INVITE", "c: text/plain", required, body=b"x"))[0] == 415
    zipped = wire.request("INVITE", "c: application/sdp", "Content-Encoding: gzip", body=b"x")
    assert refused(zipped) == (415, (("Accept-Encoding", "identity"),))
    plain = wire.request("INVITE", "c: application/sdp", "Content-Encoding: identity", body=b"x")
    assert refused(plain)[0] == 200
    small = Abilities(limits=Limits(body=3))
    assert refused(wire.request("INVITE", "c: application/sdp", body=b"xxxx"), small)[0] == 413


def test_accept() -> None:
    assert refused(wire.request("INVITE", "Accept: text/plain"))[0] == 406
    assert refused(wire.request("INVITE", "Accept: text/plain, application/*;q=0.1"))[0] == 200
    assert refused(wire.request("INVITE", "Accept: nonsense"))[0] == 400
    assert refused(wire.request("OPTIONS", "Accept: text/plain"))[0] == 200


def test_a_registrar_needs_an_address_of_record() -> None:
    assert refused(wire.request("REGISTER", "To: <tel:+1201>"))[0] == 400
    assert refused(wire.request("OPTIONS", "To: <tel:+1201>"))[0] == 200


def test_forwarding() -> None:
    def forwarded(*rows: str) -> int:
        request = parse(wire.request("INVITE", *rows))
        assert isinstance(request, Request)
        try:
            check_forwarding(request, frozenset(("sec-agree",)))
        except SipError as error:
            return error.code
        return 200

    assert forwarded() == 200
    assert forwarded("Max-Forwards: 0") == 483
    assert forwarded("Max-Forwards: 1", "Proxy-Require: Sec-Agree") == 200
    assert forwarded("Proxy-Require: privacy") == 420


@pytest.mark.parametrize(
    ("rows", "taken"),
    [
        ([], True),
        (['Warning: 301 isi.edu "Incompatible, network"', "Retry-After: 5"], True),
        (['Warning: 1812 overture "x"'], False),
        (["Retry-After: x"], False),
        (["Via: SIP/2.0/UDP a, SIP/2.0/UDP b"], False),
        (["Content-Length: 5"], False),
        (["CSeq: x"], False),
    ],
)
def test_responses(rows: list[str], taken: bool) -> None:
    data = wire.request("BYE", *rows).replace(b"BYE sip:pbx.example.com SIP/2.0", b"SIP/2.0 200 OK")
    response = parse(data)
    assert isinstance(response, Response)
    if taken:
        check_response(response)
    else:
        with pytest.raises(SipError):
            check_response(response)


def test_a_required_tag_that_is_no_token_is_not_written_back() -> None:
    with pytest.raises(SipError) as error:
        check_extensions(("a\x00b",), Abilities())
    assert (error.value.code, error.value.headers) == (400, ())
