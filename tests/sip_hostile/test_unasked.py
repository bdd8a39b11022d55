"""Answers to nothing, ends of nothing, and requests that name somebody else as the one to be answered."""

from __future__ import annotations

import socket

import pytest

from sip_edge.message import parse
from tests.clients.scenes import DOMAIN, SipOffice
from tests.live import YEALINK
from tests.sip_hostile.attacker import ADDRESS, Attacker, connect, message
from tests.sip_hostile.phone import DeskPhone
from tests.sip_hostile.scenes import bystander

pytestmark = pytest.mark.client

VICTIM = "127.0.0.77"


def answer(status: int, via: str, method: str = "NOTIFY", call: str = "nobody", *more: str) -> bytes:
    lines = [
        f"SIP/2.0 {status} Whatever",
        f"Via: {via}",
        f"From: <sip:101@{DOMAIN}>;tag=a",
        f"To: <sip:108@{DOMAIN}>;tag=b",
        f"Call-ID: {call}",
        f"CSeq: 1 {method}",
        *more,
        "Content-Length: 0",
    ]
    return "\r\n".join([*lines, "", ""]).encode()


def test_answers_nobody_asked_for(office: SipOffice, caplog: pytest.LogCaptureFixture) -> None:
    seen = office.edge.stack.counters
    with bystander(office, caplog) as other, Attacker(office.sip) as attacker:
        unmatched = seen.unmatched
        own = f"SIP/2.0/UDP 127.0.0.1:{office.sip[1]};branch=z9hG4bK"
        for number in range(1_000):
            status = 100 + number % 600
            attacker.send(answer(status, f"{own}{number:016x}", ("NOTIFY", "INVITE", "REGISTER")[number % 3]))
            if number % 100 == 0:
                assert other.is_heard()
        office.until(lambda: seen.unmatched >= unmatched + 900)
        assert attacker.heard() == [], "an answer is never answered"
        with connect(office.sip) as stream:
            stream.sendall(answer(200, "SIP/2.0/TCP 127.0.0.1;branch=z9hG4bKx") * 100)
        assert other.is_heard()


def test_the_answer_of_somebody_else_changes_nothing(office: SipOffice, caplog: pytest.LogCaptureFixture) -> None:
    """A stranger who knows everything but the branch cannot end somebody's subscription with a forged 481."""
    with bystander(office, caplog) as other, Attacker(office.sip) as attacker:
        (watching,) = office.subscriptions("108")
        for number in range(200):
            via = f"SIP/2.0/UDP 127.0.0.1:{office.sip[1]};branch=z9hG4bK{number:016x}"
            attacker.send(answer(481, via, "NOTIFY", watching.peer.call_id))
        assert other.is_heard()
        assert [one.id for one in office.subscriptions("108")] == [watching.id]
        office.tell(office.edge.presence.state.set_state, DOMAIN, "102", "ringing")
        assert other.phone.lamp() == "early"
        office.tell(office.edge.presence.state.set_state, DOMAIN, "102", "idle")
        assert other.phone.lamp() == "terminated"


def test_ends_of_nothing(office: SipOffice, caplog: pytest.LogCaptureFixture) -> None:
    office.trust(ADDRESS)
    tag = f"To: <sip:108@{DOMAIN}>;tag=nothing"
    cases = {
        "CANCEL": (message("CANCEL"), 481),
        "SUBSCRIBE": (message("SUBSCRIBE", tag, "Event: dialog", "Expires: 0"), 481),
        "NOTIFY": (message("NOTIFY", tag, "Event: dialog", "Subscription-State: terminated"), 405),
        "BYE": (message("BYE", tag), 481),
    }
    with bystander(office, caplog) as other:
        for method, (data, status) in cases.items():
            with Attacker(office.sip) as attacker:
                attacker.send(data)
                assert other.is_heard()
                assert [parse(one).start_line.split()[1] for one in attacker.heard()] == [str(status)], method
        with Attacker(office.sip) as attacker:
            for _ in range(300):
                attacker.send(message("ACK"))
            assert other.is_heard() and attacker.heard() == []


@pytest.mark.parametrize(
    "via", ["{victim}", "{victim};rport", "{victim};received={host}", "{victim};maddr={host}", "{victim};rport=7"]
)
def test_a_via_that_names_somebody_else(office: SipOffice, caplog: pytest.LogCaptureFixture, via: str) -> None:
    """The answer goes to where the request came from: nobody is hit by what they did not ask for."""
    with bystander(office, caplog) as other, Attacker(office.sip) as attacker, Attacker(office.sip, VICTIM) as victim:
        spoofed = via.format(victim=victim.here, host=VICTIM)
        for method in ("OPTIONS", "REGISTER", "SUBSCRIBE", "INVITE", "BYE"):
            data = message(method, f"Via: SIP/2.0/UDP {spoofed};branch=z9hG4bKspoof{method}", "Event: dialog")
            attacker.send(data)
        attacker.send(b"OPTIONS sip:nobody SIP/2.0\r\nVia: SIP/2.0/UDP " + spoofed.encode() + b"\r\n\r\n")
        assert other.is_heard()
        assert victim.heard() == []
        assert len(attacker.heard()) >= 5


def test_a_contact_that_names_somebody_else(office: SipOffice, caplog: pytest.LogCaptureFixture) -> None:
    """What a registered phone is sent goes to where it registered from, whatever its Contact says."""
    with (
        bystander(office, caplog),
        Attacker(office.sip, VICTIM) as victim,
        DeskPhone(office.account(YEALINK), office.sip) as phone,
    ):
        contact = f"Contact: <sip:101@{victim.here}>"
        uri = f"sip:{DOMAIN}"
        said = phone.message("REGISTER", uri, "r", "Expires: 600")
        phone.once("REGISTER", uri, "r", "Expires: 600")
        said = phone.message("REGISTER", uri, "r", "Expires: 600", phone._proof("REGISTER", uri))
        kept = [line for line in said.decode().split("\r\n") if not line.startswith("Contact")]
        phone.send("\r\n".join([kept[0], contact, *kept[1:]]).encode())
        office.until(lambda: office.edge.registrar.location.of(DOMAIN, "101"))
        office.call(office.edge.resyncs.start(YEALINK, "now"))
        assert (phone.asked().headers.first("event") or "").startswith("check-sync")
        assert victim.heard() == []
        office.tell(office.edge.registrar.forget, office.registered("101"))


def test_a_port_that_nobody_hears(office: SipOffice, caplog: pytest.LogCaptureFixture) -> None:
    """Answers that cannot be delivered, and ICMP errors for them, are nobody's trouble."""
    with bystander(office, caplog) as other:
        for _ in range(200):
            with Attacker(office.sip) as gone:
                gone.send(message("OPTIONS"))
        for _ in range(50):
            with socket.create_connection(office.sip, 5, (ADDRESS, 0)) as stream:
                stream.sendall(message("REGISTER", protocol="TCP"))
                stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # close with RST
        assert other.is_heard()


def test_credentials_of_other_kinds(office: SipOffice, caplog: pytest.LogCaptureFixture) -> None:
    office.trust(ADDRESS)
    said = [
        "Basic MTAxOjEwMQ==",
        "Bearer eyJhbGciOiJub25lIn0.e30.",
        "Digest",
        'Digest username="101"',
        f'Digest username="101", realm="{DOMAIN}", nonce="", uri="", response=""',
        f'Digest username="101", realm="{DOMAIN}", nonce="{"0" * 43}", uri="x", response="0", nc=zzzzzzzz, qop=auth',
        f'Digest username="{"1" * 5_000}", realm="{DOMAIN}", nonce="1", uri="x", response="1", algorithm=SHA-512-256',
        f'Digest username="101", realm="{DOMAIN}", nonce="1", uri="x", response="1", algorithm="\0"',
    ]
    with bystander(office, caplog) as other, Attacker(office.sip) as attacker:
        for value in said:
            attacker.send(message("REGISTER", f"Authorization: {value}", "Expires: 600"))
        assert other.is_heard()
        statuses = [parse(one).start_line.split()[1] for one in attacker.heard()]
        assert len(statuses) == len(said) and set(statuses) == {"400", "401"}, statuses
        assert not office.bindings("101")
