from __future__ import annotations

import pytest

from sip_edge.message import Address, Headers, Request, Response, SipError, Uri, parse
from tests.sip import wire


def invite(*more: str, body: bytes = b"") -> Request:
    message = parse(wire.request("INVITE", *more, body=body))
    assert isinstance(message, Request)
    return message


def test_nothing_is_looked_at_before_somebody_asks() -> None:
    message = invite("Contact: <<<", "Expires: soon", "Content-Type: what")
    assert message.fault is None
    for name in ("contacts", "expires", "content_type"):
        with pytest.raises(SipError):
            getattr(message, name)


def test_typed_reading() -> None:
    message = invite(
        "Contact: <sip:101@192.0.2.1>, <sip:101@192.0.2.2>",
        "Route: <sip:a;lr>",
        "Route: <sip:b;lr>",
        "Supported: Timer,100rel",
        "k: replaces",
        "Expires: 60",
        "Session-Expires: 1800;refresher=uac",
        "RAck: 1 2 INVITE",
        "User-Agent: Deskphone 1",
        "Refer-To: <sip:102@h?Replaces=a%40b%3Bto-tag%3D1%3Bfrom-tag%3D2>",
    )
    assert message.uri == Uri.parse("sip:pbx.example.com")
    assert [contact.uri.host for contact in message.contacts] == ["192.0.2.1", "192.0.2.2"]
    assert [str(route) for route in message.addresses("route")] == ["<sip:a;lr>", "<sip:b;lr>"]
    assert message.supported == {"timer", "100rel", "replaces"}
    assert message.expires == 60
    timer = message.field("session-expires")
    assert timer is not None and timer.parameter("refresher") == "uac"
    assert message.rack is not None and message.rack.cseq == 2
    assert message.user_agent == "Deskphone 1"
    assert message.addresses("refer-to")[0].uri.header("Replaces") == "a@b;to-tag=1;from-tag=2"
    assert message.via is message.vias[0]
    assert (message.max_forwards, message.call_id) == (70, "3848276298220188511@192.0.2.1")


def test_what_is_not_there() -> None:
    message = invite()
    assert (message.contacts, message.expires, message.content_type, message.rack) == ((), None, None, None)
    assert (message.field("event"), message.user_agent, message.contact_star) == (None, "", False)


def test_an_empty_via_header_is_none() -> None:
    with pytest.raises(SipError, match="no Via"):
        invite("Via: ,").read_core()
    assert invite("Contact:").contacts == ()


def test_contact_star() -> None:
    message = invite("Contact: *")
    assert message.contact_star
    assert message.contacts == ()


@pytest.mark.parametrize("missing", ["Via", "From", "To", "Call-ID", "CSeq"])
def test_a_mandatory_header_that_is_missing(missing: str) -> None:
    sound = invite()
    message = sound.with_headers(sound.headers.without(missing))
    attribute = {"Via": "via", "From": "from_", "To": "to", "Call-ID": "call_id", "CSeq": "cseq"}[missing]
    for read in (message.read_core, lambda: getattr(message, attribute)):
        with pytest.raises(SipError, match=f"no {missing} header"):
            read()


@pytest.mark.parametrize(
    ("text", "number"), [("60", 60), ("0060", 60), ("60;x=y", 60), ("9" * 12, 2**32 - 1), ("9" * 6000, 2**32 - 1)]
)
def test_numbers_are_bounded(text: str, number: int) -> None:
    assert invite(f"Expires: {text}").expires == number


@pytest.mark.parametrize("text", ["", "soon", "-1", "1.5", "²", "1 2"])
def test_what_is_no_number(text: str) -> None:
    with pytest.raises(SipError, match="Expires must be a number"):
        _ = invite(f"Expires: {text}").expires


def test_building_a_request() -> None:
    made = Request.build("OPTIONS", Uri.parse("sip:a@h"), [("To", "<sip:a@h>"), ("Subject", "ü")], b"hi")
    assert (
        bytes(made) == "OPTIONS sip:a@h SIP/2.0\r\nTo: <sip:a@h>\r\nSubject: ü\r\nContent-Length: 2\r\n\r\nhi".encode()
    )
    assert parse(bytes(made)) == made


@pytest.mark.parametrize(
    ("method", "uri", "header"),
    [("BAD METHOD", "sip:h", "x"), ("OPTIONS", "sip:h SIP/2.0\r\nEvil: 1", "x"), ("OPTIONS", "sip:h", "x\r\nEvil: 1")],
)
def test_nothing_of_ours_breaks_out_of_its_line(method: str, uri: str, header: str) -> None:
    with pytest.raises(ValueError, match=r"token|line break"):
        Request.build(method, uri, [("Subject", header)])


def test_the_source_address_goes_into_the_top_via_only() -> None:
    message = invite("Via: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKa;rport, SIP/2.0/TCP other;branch=z9hG4bKb")
    arrived = message.arrived("203.0.113.9", 40001)
    assert arrived.headers.values("via") == [
        "SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKa;rport=40001;received=203.0.113.9",
        "SIP/2.0/TCP other;branch=z9hG4bKb",
    ]
    assert arrived.via.reply_to() == ("203.0.113.9", 40001)
    assert message.via.received is None


def test_another_target_and_another_body() -> None:
    message = invite("Content-Encoding: gzip", body=b"zip").with_target(Uri.parse("sip:other"))
    assert bytes(message).startswith(b"INVITE sip:other SIP/2.0\r\n")
    changed = message.with_body(b"v=0", "application/sdp")
    assert changed.content_type is not None and changed.content_type.name == "application/sdp"
    assert changed.headers.first("content-length") == "3"
    assert "content-encoding" not in changed.headers
    assert "content-type" not in changed.with_body(b"", "").headers


def test_a_reply_copies_what_the_rfc_names() -> None:
    message = invite("v: SIP/2.0/UDP h;branch=z9hG4bKx", "Record-Route: <sip:p;lr>", "Timestamp: 54", "X-Odd: 1")
    reply = parse(bytes(message.reply(180, to_tag="t1", headers=[("Contact", "<sip:me>")])))
    assert isinstance(reply, Response)
    assert (reply.status, reply.reason, reply.to.tag, reply.cseq) == (180, "Ringing", "t1", message.cseq)
    assert len(reply.vias) == 2
    assert reply.headers.first("record-route") == "<sip:p;lr>"
    assert reply.headers.first("timestamp") is None and "x-odd" not in reply.headers
    assert message.reply(100).headers.first("timestamp") == "54"
    assert message.reply(100).to.tag is None
    assert "record-route" not in message.reply(404, to_tag="t").headers
    assert bytes(message.reply(200, "Fine", body=b"x")).endswith(b"Content-Length: 1\r\n\r\nx")


def test_a_reply_keeps_the_tag_that_to_has() -> None:
    message = invite("To: <sip:102@example.com>;tag=theirs")
    assert message.reply(200, to_tag="mine").to.tag == "theirs"


def test_a_reply_to_a_broken_to_is_still_made() -> None:
    assert b'To: "open <sip:a@h>;tag=mine' in bytes(invite('To: "open <sip:a@h>').reply(400, to_tag="mine"))


def test_a_reason_with_a_line_break_is_our_bug() -> None:
    with pytest.raises(ValueError, match="line break"):
        invite().reply(400, "a\r\nb")


def test_bodies_and_values_stay_out_of_reprs() -> None:
    assert "s3cr3t" not in repr(invite("Authorization: s3cr3t", body=b"s3cr3t"))


def test_equality_goes_by_what_is_on_the_wire() -> None:
    assert invite() == invite()
    assert invite() != invite("X: 1")
    assert hash(Address("sip:h")) == hash(Address("sip:h"))
    assert Headers([]) != invite().headers
