"""What the valid messages of RFC 4475 say, read value by value."""

from __future__ import annotations

from sip_edge.message import Request, Response, parse
from sip_edge.message.digest import offers
from sip_edge.message.multipart import Multipart
from sip_edge.message.sdp import Session
from tests.sip import wire


def request(name: str) -> Request:
    message = parse(wire.load(name))
    assert isinstance(message, Request)
    return message


def test_wsinv_folds_compact_forms_and_escapes() -> None:
    invite = request("wsinv")
    assert invite.uri.parameter("unknownparam") == ""
    assert invite.to.tag == "1918181833n"
    assert invite.from_.name == 'J Rosenberg \\"'
    assert invite.max_forwards == 68
    assert (invite.cseq.number, invite.cseq.method) == (9, "INVITE")
    assert [(via.transport, via.host, via.branch) for via in invite.vias] == [
        ("UDP", "192.0.2.2", "390skdjuw"),
        ("TCP", "spindle.example.com", "z9hG4bK9ikj8"),
        ("UDP", "192.168.255.111", "z9hG4bK30239"),
    ]
    assert invite.headers.first("Subject") == ""
    assert invite.headers.first("NewFangledHeader") == "newfangled value continued newfangled value"
    assert invite.headers.first("UnknownHeaderWithUnusualValue") == ";;,,;;,;"
    assert [route.uri.parameter("unknownwith") for route in invite.addresses("route")] == ["value"]
    contact = invite.contacts[0]
    assert contact.name == 'Quoted string ""'
    assert (contact.parameter("newparam"), contact.parameter("secondparam"), contact.q) == ("newvalue", "", 0.33)
    assert [media.kind for media in Session.parse(invite.body).media] == ["audio", "video"]


def test_intmeth_takes_every_character_the_grammar_allows() -> None:
    odd = request("intmeth")
    assert odd.method == "!interesting-Method0123456789_*+`.%indeed'~"
    assert odd.uri.user == "1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*"
    assert odd.uri.password == "&it+has=1,weird!*pas$wo~d_too.(doesn't-it)"
    assert odd.to.name == "BEL:\x07 NUL:\x00 DEL:\x7f"
    assert odd.from_.name == "token1~` token2'+_ token3*%!.-"
    assert odd.from_.parameter("fromparam''~+*_!.-%") == "работающий"
    assert odd.call_id == "intmeth.word%ZK-!.*_+'@word`~)(><:\\/\"][?}{"
    assert odd.headers.first("extensionHeader-!.%*+_`'~") == "\ufeff大停電"


def test_esc01_resolves_escapes_once() -> None:
    invite = request("esc01")
    assert invite.uri.username == "sips:user@example.com"
    assert invite.to.uri.username == "user"
    contact = invite.contacts[0].uri
    assert contact.parameter("lr") == ""
    assert contact.parameter("name") == "value%41"


def test_escnull_keeps_nulls_in_names() -> None:
    register = request("escnull")
    assert register.to.uri.username == "null-\x00-null"
    assert [contact.uri.username for contact in register.contacts] == ["\x00", "\x00\x00"]


def test_esc02_has_two_contacts_not_three() -> None:
    odd = request("esc02")
    assert [contact.uri.user for contact in odd.contacts] == ["alias1", "alias3"]
    assert odd.from_.name == "%Z%45"


def test_longreq_keeps_every_via() -> None:
    assert len(request("longreq").vias) == 34


def test_dblreq_drops_what_follows_the_body() -> None:
    register = request("dblreq")
    assert register.body == b""
    assert bytes(register).endswith(b"Content-Length: 0\r\n\r\n")


def test_semiuri_keeps_the_parameter_in_the_user_part() -> None:
    assert request("semiuri").uri.username == "user;par=u@example.net"
    assert len(request("semiuri").headers.values("accept")) == 6


def test_mpart01_has_two_parts() -> None:
    message = request("mpart01")
    assert message.content_type is not None
    body = Multipart.parse(message.body, message.content_type)
    assert [part.content_type.name for part in body.parts] == ["text/plain", "application/octet-stream"]
    assert body.parts[0].body == b"Hello"
    assert len(body.parts[1].body) == 342
    assert bytes(body) == message.body


def test_unreason_and_noreason_phrases() -> None:
    spoken, silent = parse(wire.load("unreason")), parse(wire.load("noreason"))
    assert isinstance(spoken, Response) and isinstance(silent, Response)
    assert spoken.reason.startswith("= 2**3 * 5**2 но сто")
    assert (silent.status, silent.reason) == (100, "")


def test_regaut01_offers_nothing_we_know() -> None:
    assert offers(request("regaut01").headers.all("authorization")) == []


def test_a_parameter_belongs_to_the_header_or_to_the_uri() -> None:
    outside, inside = request("cparam01").contacts[0], request("cparam02").contacts[0]
    assert (outside.parameter("unknownparam"), outside.uri.parameter("unknownparam")) == ("", None)
    assert (inside.parameter("unknownparam"), inside.uri.parameter("unknownparam")) == (None, "")


def test_regescrt_keeps_the_route_in_the_contact() -> None:
    assert request("regescrt").contacts[0].uri.header("route") == "<sip:sip.example.com>"


def test_inv2543_has_no_branch() -> None:
    invite = request("inv2543")
    assert invite.via.branch is None
    assert invite.from_.tag is None
    assert len(invite.body) > 100
