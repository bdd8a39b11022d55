"""baresip, set up by our provisioning and nothing else: it registers over every transport, is told things, and goes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sip_edge.presence.situation import Mailbox
from tests.clients.baresip import Baresip
from tests.clients.scenes import DOMAIN, SNOM, SipOffice
from tests.clients.sip_programs import needs
from tests.live import YEALINK

pytestmark = [pytest.mark.client, needs("baresip")]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[SipOffice]:
    with SipOffice(tmp_path / "var") as running:
        yield running


@pytest.mark.parametrize("transport", ["udp", "tcp", "tls"])
def test_it_registers_as_provisioned_and_says_goodbye(office: SipOffice, tmp_path: Path, transport: str) -> None:
    account = office.account(YEALINK, sip__transport=transport)
    assert account.transport == transport
    with Baresip(tmp_path / "phone", account, ca=office.get("/ca.pem").body) as phone:
        phone.heard(r"200 OK .*\[1 binding\]")
        binding = office.registered("101")
        assert (binding.protocol, binding.address, binding.restored) == (transport.upper(), "127.0.0.1", False)
        assert binding.instance.startswith("urn:uuid:") and binding.user_agent.startswith("baresip")
        assert 0.9 * 600 <= binding.expires - binding.refreshed <= 600
        phone.quit()
        office.gone("101")
    told = [(event.kind, event.protocol, event.user_agent) for event in office.sip_events(YEALINK)]
    agent = binding.user_agent
    assert told == [(kind, f"SIP/{transport.upper()}", agent) for kind in ("registered", "unregistered")]


def test_a_wrong_password_is_written_down(office: SipOffice, tmp_path: Path) -> None:
    with Baresip(tmp_path / "phone", office.account(YEALINK), password="guess"):
        office.until(lambda: office.edge.registrar.gate.counters.shut)  # it tries again at once, until it is not heard
        event = office.sip_events(YEALINK)[0]
        assert (event.kind, event.status, event.address) == ("auth_failed", 401, "127.0.0.1")
        assert "wrong password" in event.reason and "guess" not in event.reason
        assert not office.bindings("101")


def test_it_keeps_its_flow_where_it_asks_for_that(office: SipOffice, tmp_path: Path) -> None:
    """RFC 5626: `sipnat=outbound` gives the contact a reg-id, and the connection is the only way to the phone."""
    account = office.account(YEALINK, sip__transport="tcp")
    with Baresip(tmp_path / "phone", account, extra=";sipnat=outbound") as phone:
        phone.heard(r"200 OK .*\[1 binding\]")
        binding = office.registered("101")
        assert (binding.reg_id, binding.outbound) == (1, True)
        phone.kill()
        office.gone("101")


def test_its_message_lamp_follows_the_mailbox(office: SipOffice, tmp_path: Path) -> None:
    with Baresip(tmp_path / "phone", office.account(YEALINK)) as phone:
        phone.heard("Messages-Waiting: no")
        (watching,) = office.subscriptions("101")
        assert (watching.package.name, watching.name) == ("message-summary", "101")
        office.tell(office.edge.presence.state.set_messages, DOMAIN, "101", Mailbox(2, 1, 1))
        while "Messages-Waiting: yes" not in (told := phone.told("MWI_NOTIFY")):
            assert "Messages-Waiting: no" in told
        assert "Voice-Message: 2/1 (1/0)" in told
        phone.quit()
        office.until(lambda: not office.edge.presence.presence.book.of_device(DOMAIN, "101"))


def test_two_of_them_see_each_other_come_go_and_talk(office: SipOffice, tmp_path: Path) -> None:
    ada, radia = office.account(YEALINK), office.account(SNOM)

    def watches(device: str) -> bool:
        told = [one.package.name for one in office.edge.presence.presence.book.of_device(DOMAIN, device) if one.told]
        return "presence" in told

    with Baresip(tmp_path / "ada", ada, contacts=["108"]) as first:
        office.until(lambda: watches("101"))
        assert "Offline" in first.ask("contacts")
        with Baresip(tmp_path / "radia", radia, contacts=["101"]) as second:
            first.heard("<sip:108@acme.example> changed status from Offline to Online")
            office.until(lambda: watches("108"))
            assert "Online" in second.ask("contacts")
            office.tell(office.edge.presence.state.set_state, DOMAIN, "101", "busy")
            second.heard("<sip:101@acme.example> changed status from Online to Busy")
            second.quit()
        first.heard("<sip:108@acme.example> changed status from Online to Offline")
