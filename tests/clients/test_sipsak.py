"""sipsak asks whether anybody is there, floods, and sends noise; openssl looks at the certificate."""

from __future__ import annotations

import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.scenes import SipOffice
from tests.clients.sip_programs import needs
from tests.live import YEALINK
from tests.sip_hostile.phone import DeskPhone

pytestmark = [pytest.mark.client]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[SipOffice]:
    with SipOffice(tmp_path) as running:
        yield running


def sipsak(office: SipOffice, *options: str) -> int:
    """Run it against the server; → its exit status, 0 for an answer of 200."""
    host, port = office.sip
    command = ["sipsak", "-s", f"sip:{host}:{port}", *options]
    return subprocess.run(command, capture_output=True, timeout=30, check=False).returncode


@needs("sipsak")
@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_it_is_told_that_we_are_there(office: SipOffice, transport: str) -> None:
    assert sipsak(office, "-E", transport) == 0
    assert office.edge.stack.counters.requests == {"OPTIONS": 1}


@needs("sipsak")
def test_its_flood_is_limited_and_phones_are_not(office: SipOffice) -> None:
    account = office.account(YEALINK)
    with DeskPhone(account, office.sip, address="127.0.0.5") as phone:
        assert phone.register().status == 200
        sipsak(office, "-F", "-e", "3000")
        assert phone.options() == 200 and phone.register().status == 200
        counts = office.edge.registrar.gate.counters.limited
        office.until(lambda: counts.get("OPTIONS", 0) > 2_000)
        answered = office.edge.stack.counters.answers[200]
        assert answered < 300, "the burst that one address has, and a few"


@needs("sipsak")
def test_its_noise_does_no_harm(office: SipOffice, caplog: pytest.LogCaptureFixture) -> None:
    """Random characters trashed in an OPTIONS, until an answer makes no sense to it or does not come."""
    for _ in range(3):
        sipsak(office, "-R", "--timer-t1=10")
    with DeskPhone(office.account(YEALINK), office.sip) as phone:
        assert phone.options() == 200 and phone.register().status == 200
    assert office.edge.stack.counters.handler_errors == 0
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == []


@needs("openssl")
def test_the_certificate_holds_against_the_ca_that_phones_get(office: SipOffice, tmp_path: Path) -> None:
    ca = tmp_path / "ca.pem"
    ca.write_bytes(office.get("/ca.pem").body)
    server = f"127.0.0.1:{office.edge.stack.ports['TLS']}"
    command = ["openssl", "s_client", "-connect", server, "-CAfile", str(ca), "-verify_return_error", "-brief"]
    done = subprocess.run([*command, "-verify_ip", "127.0.0.1"], input=b"", capture_output=True, timeout=20, check=True)
    assert b"Verification: OK" in done.stderr
    stranger = subprocess.run([*command, "-verify_ip", "192.0.2.1"], input=b"", capture_output=True, timeout=20)
    assert stranger.returncode != 0
    tls = ssl.create_default_context(cadata=ca.read_text())
    there = "127.0.0.1", office.edge.stack.ports["TLS"]
    with DeskPhone(office.account(YEALINK), there, protocol="TLS", tls=tls) as phone:
        assert phone.options() == 200 and phone.register().status == 200
        assert office.registered("101").protocol == "TLS"
