from __future__ import annotations

import pytest

from sip_edge.message import SipError, Via


@pytest.mark.parametrize(
    "text",
    [
        "SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1;rport",
        "SIP/2.0/WSS df7jal23ls0d.invalid;branch=z9hG4bK56",
        "SIP/2.0/TLS [2001:db8::9]:5061;branch=z9hG4bKa;received=2001:db8::1",
        "SIP/2.0/SCTP host_1",
        "SIP/7.0/UDP c",
    ],
)
def test_what_is_parsed_is_written_back(text: str) -> None:
    assert str(Via.parse(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "SIP/2.0/UDP",
        "SIP/2.0 UDP h",
        "SIP/2.0/UDP h;;",
        "SIP/2.0/UDP h:0",
        "SIP/2.0/UDP h:70000",
        "SIP/2.0/UDP h;b=",
        "SIP/2.0/UDP [::g]",
        "SIP/2.0/UDP [1::2::3]",
        "SIP/2.0/UDP h x",
        "SIP/2.0/UDP h, SIP/2.0/UDP i",
        "SIP/2.0/UDPh",
    ],
)
def test_what_is_no_via(text: str) -> None:
    with pytest.raises(SipError) as error:
        Via.parse(text)
    assert error.value.code == 400


def test_white_space_is_allowed_around_every_separator() -> None:
    via = Via.parse("sip / 2.0 / tcp   spindle.example.com : 5060 ; branch  =  z9hG4bK9ikj8 ")
    assert (via.protocol, via.transport, via.host, via.port, via.branch) == (
        "SIP/2.0",
        "TCP",
        "spindle.example.com",
        5060,
        "z9hG4bK9ikj8",
    )


def test_sent_by_knows_default_ports() -> None:
    assert Via.parse("SIP/2.0/UDP H").sent_by == ("h", 5060)
    assert Via.parse("SIP/2.0/TLS h").sent_by == ("h", 5061)
    assert Via.parse("SIP/2.0/WSS h").sent_by == ("h", 443)
    assert Via.parse("SIP/2.0/TLS h:5070").sent_by == ("h", 5070)


def test_rport_is_filled_and_brings_received() -> None:
    via = Via.parse("SIP/2.0/UDP 192.0.2.1:5060;rport;branch=z9hG4bK1").arrived("192.0.2.1", 40000)
    assert str(via) == "SIP/2.0/UDP 192.0.2.1:5060;rport=40000;branch=z9hG4bK1;received=192.0.2.1"
    assert via.reply_to() == ("192.0.2.1", 40000)


def test_without_rport_the_answer_goes_to_the_port_of_sent_by() -> None:
    via = Via.parse("SIP/2.0/UDP phone.local:5070;branch=z9hG4bK1").arrived("203.0.113.5", 40000)
    assert via.received == "203.0.113.5"
    assert via.reply_to() == ("203.0.113.5", 5070)
    plain = Via.parse("SIP/2.0/UDP 192.0.2.1").arrived("192.0.2.1", 40000)
    assert (plain.received, plain.reply_to()) == (None, ("192.0.2.1", 5060))


def test_a_received_the_sender_wrote_is_not_believed() -> None:
    lie = Via.parse("SIP/2.0/UDP 192.0.2.1;received=198.51.100.7;rport=9")
    assert lie.arrived("203.0.113.5", 40000).reply_to() == ("203.0.113.5", 40000)
    assert Via.parse("SIP/2.0/UDP 192.0.2.1;received=198.51.100.7").arrived("192.0.2.1", 1).received is None
    loud = Via.parse("SIP/2.0/UDP 192.0.2.1;rport;RECEIVED=198.51.100.7").arrived("203.0.113.5", 40000)
    assert str(loud) == "SIP/2.0/UDP 192.0.2.1;rport=40000;received=203.0.113.5"
    quoted = Via.parse('SIP/2.0/UDP 192.0.2.1;x=";rport";branch=z9hG4bK1').arrived("192.0.2.1", 40000)
    assert str(quoted) == 'SIP/2.0/UDP 192.0.2.1;x=";rport";branch=z9hG4bK1'


def test_ipv6_sources() -> None:
    via = Via.parse("SIP/2.0/UDP [2001:db8::9]:5060").arrived("2001:db8::1", 5060)
    assert str(via) == "SIP/2.0/UDP [2001:db8::9]:5060;received=2001:db8::1"
    assert Via.parse("SIP/2.0/UDP [2001:DB8::9]").arrived("2001:db8::9", 5060).received is None
    assert Via.parse("SIP/2.0/UDP h;received=[2001:db8::1]").received == "2001:db8::1"
    assert Via.parse("SIP/2.0/UDP [2001:db8::9]").reply_to() == ("2001:db8::9", 5060)


@pytest.mark.parametrize("text", ["rport", "rport=x", "rport=0", "rport=99999", "rport=123456", "rport=²"])
def test_rports_that_are_no_port(text: str) -> None:
    assert Via.parse(f"SIP/2.0/UDP h;{text}").rport is None


def test_edits() -> None:
    via = Via.parse("SIP/2.0/UDP h;branch=z9hG4bK1")
    assert str(via.with_parameter("alias")) == "SIP/2.0/UDP h;branch=z9hG4bK1;alias"
    assert (via.parameter("branch"), via.parameter("keep")) == ("z9hG4bK1", None)
