"""Where messages go."""

from __future__ import annotations

import pytest

from sip_edge import stack_route
from sip_edge.message import SipError, Uri, Via
from sip_edge.stack_route import Destination
from tests.sip import wire
from tests.sip_transport.scenes import asked


@pytest.mark.parametrize(
    ("via", "port"),
    [
        ("SIP/2.0/UDP 192.0.2.1:5062;rport", 40_000),
        ("SIP/2.0/UDP 192.0.2.1:5062", 5062),
        ("SIP/2.0/UDP 192.0.2.1", 5060),
        ("SIP/2.0/UDP 10.0.0.7:5062", 40_000),
        ("SIP/2.0/UDP phone.example.com", 40_000),
        ("SIP/2.0/UDP 192.0.2.1:5062;received=203.0.113.9;rport=9", 40_000),
        ("SIP/2.0/UDP 192.0.2.1:5062;maddr=203.0.113.9", 5062),
    ],
)
def test_an_answer_over_udp_only_ever_goes_to_the_address_the_request_came_from(via: str, port: int) -> None:
    assert stack_route.answer_to(Via.parse(via), ("192.0.2.1", 40_000)) == ("192.0.2.1", port)


def test_an_answer_to_ipv6() -> None:
    via = Via.parse("SIP/2.0/UDP [2001:db8::1]:5062")
    assert stack_route.answer_to(via, ("2001:db8::1", 40_000)) == ("2001:db8::1", 5062)


@pytest.mark.parametrize(
    ("uri", "wanted"),
    [
        ("sip:example.com", Destination("UDP", "example.com", 5060)),
        ("sip:101@192.0.2.1:5070;transport=TCP", Destination("TCP", "192.0.2.1", 5070)),
        ("sip:[2001:db8::1]", Destination("UDP", "2001:db8::1", 5060)),
        ("sips:example.com", Destination("TLS", "example.com", 5061)),
        ("sips:example.com;transport=tcp", Destination("TLS", "example.com", 5061)),
        ("sip:example.com;transport=tls", Destination("TLS", "example.com", 5061)),
        ("sip:example.com;maddr=192.0.2.7", Destination("UDP", "192.0.2.7", 5060)),
        ("sips:x.invalid;transport=ws", Destination("WSS", "x.invalid", 443)),
    ],
)
def test_what_a_uri_says_about_the_next_hop(uri: str, wanted: Destination) -> None:
    assert stack_route.destination(Uri.parse(uri)) == wanted


@pytest.mark.parametrize(
    ("uri", "code"), [("tel:+49301", 416), ("sip:a;transport=sctp", 400), ("sips:a;transport=udp", 400)]
)
def test_where_there_is_no_way(uri: str, code: int) -> None:
    with pytest.raises(SipError) as caught:
        stack_route.destination(Uri.parse(uri))
    assert caught.value.code == code


def test_a_loose_route_is_the_next_hop_and_a_strict_one_becomes_the_target() -> None:
    loose = asked(wire.request("OPTIONS", "Route: <sip:proxy.example.com;lr>, <sip:second.example.com;lr>"))
    assert str(stack_route.next_hop(loose)) == "sip:proxy.example.com;lr"
    assert stack_route.strictly_routed(loose) is loose
    strict = asked(wire.request("OPTIONS", "Route: <sip:old.example.com>, <sip:second.example.com;lr>"))
    changed = stack_route.strictly_routed(strict)
    assert changed.target == "sip:old.example.com"
    routes = [route.target for route in changed.addresses("route")]
    assert routes == ["sip:second.example.com;lr", "sip:pbx.example.com"]
    bare = asked(wire.request("OPTIONS"))
    assert stack_route.next_hop(bare) is bare.uri
    assert stack_route.strictly_routed(bare) is bare


def test_only_the_first_routes_that_are_ours_are_taken_off() -> None:
    rows = "Route: <sip:PBX.example.com;lr>, <sip:pbx.example.com:5061;transport=tls;lr>, <sip:else.example.com>"
    routes = asked(wire.request("OPTIONS", rows, "Route: <sip:pbx.example.com>")).addresses("route")
    own = frozenset({("pbx.example.com", 5060), ("pbx.example.com", 5061)})
    left = stack_route.own_routes_removed(routes, own)
    assert [route.target for route in left] == ["sip:else.example.com", "sip:pbx.example.com"]


def test_max_forwards_goes_down_by_one_and_ends_in_483() -> None:
    assert stack_route.forwarded(asked(wire.request("OPTIONS", "Max-Forwards: 12"))) == 11
    none = asked(wire.request("OPTIONS").replace(b"Max-Forwards: 70\r\n", b""))
    assert stack_route.forwarded(none) == 70
    with pytest.raises(SipError, match="483"):
        stack_route.forwarded(asked(wire.request("OPTIONS", "Max-Forwards: 0")))


def test_our_via_goes_on_top_and_nothing_else_changes() -> None:
    request = asked(wire.request("OPTIONS", "Max-Forwards: 12"))
    sent = stack_route.with_via(request, "UDP", stack_route.sent_by("2001:db8::9", 5060), "z9hG4bKnew")
    assert str(sent.vias[0]) == "SIP/2.0/UDP [2001:db8::9]:5060;branch=z9hG4bKnew;rport"
    assert sent.vias[1] == request.via
    assert sent.max_forwards == 12
    assert stack_route.with_via(request, "TCP", "a:1", "z9hG4bKnew").via.parameter("rport") is None
