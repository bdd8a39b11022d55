"""A Kamailio in front: phones register through it, and what the server sends them goes back through it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sip_edge.defence.gate import ADDRESS
from sip_edge.transport.flow import Flow
from tests.clients import kamailio
from tests.clients.baresip import Baresip
from tests.clients.kamailio import Kamailio
from tests.clients.scenes import DOMAIN, SNOM, SipOffice
from tests.clients.sip_programs import needs
from tests.live import YEALINK
from tests.sip_hostile.phone import DeskPhone

pytestmark = [pytest.mark.client, kamailio.needed]


PROXIES = ("127.0.0.1/32",)


@pytest.fixture
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SipOffice]:
    proxies = getattr(request, "param", PROXIES)
    with SipOffice(tmp_path / "var", trusted_proxies=proxies) as running:
        yield running


@pytest.fixture(params=["udp", "tcp"])
def proxy(request: pytest.FixtureRequest, office: SipOffice, tmp_path: Path) -> Iterator[Kamailio]:
    with Kamailio(tmp_path / "proxy", office.sip[1], transport=request.param) as running:
        yield running


@pytest.mark.parametrize("protocol", ["UDP", "TCP"])
def test_the_way_back_is_kept_and_taken(office: SipOffice, proxy: Kamailio, protocol: str) -> None:
    with DeskPhone(office.account(YEALINK), proxy.address, protocol=protocol) as phone:
        heard = phone.ask("REGISTER", f"sip:{DOMAIN}", "r", "Expires: 600", "Supported: path")
        assert heard.status == 200 and heard.headers.all("path"), heard
        binding = office.registered("101")
        (path,) = binding.path
        assert f"127.0.0.1:{proxy.port};" in path and "received=" in path
        office.call(office.edge.resyncs.start(YEALINK, "now"))
        notify = phone.asked("NOTIFY")
        assert notify.headers.first("event") == "check-sync;reboot=false"
        assert len(notify.vias) == 2 and not notify.addresses("route"), "by way of the proxy, which took its Route"
        office.until(lambda: office.resync_phase(YEALINK) == "acknowledged")


def test_a_lamp_is_told_and_refreshed_through_it(office: SipOffice, proxy: Kamailio) -> None:
    with DeskPhone(office.account(YEALINK), proxy.address) as phone:
        assert phone.subscribe("108").status == 200
        assert phone.lamp() == "terminated"
        office.tell(office.edge.presence.state.set_state, DOMAIN, "108", "ringing")
        assert phone.lamp() == "early"
        assert phone.subscribe("108").status == 200
        assert phone.lamp() == "early"
        assert phone.subscribe("108", expires=0).status == 200
        assert "terminated" in (phone.asked().headers.first("subscription-state") or "")
        assert office.subscriptions("101") == []


@needs("baresip")
def test_baresip_lives_behind_it(office: SipOffice, proxy: Kamailio, tmp_path: Path) -> None:
    here = f"127.0.0.1:{proxy.port}"
    with Baresip(tmp_path / "phone", office.account(SNOM), proxy=here) as phone:
        phone.heard(r"200 OK .*\[1 binding\]")
        assert office.registered("108").path
        phone.heard("Messages-Waiting: no")
        phone.quit()
        office.gone("108")


@pytest.mark.parametrize("office", [PROXIES, ()], ids=["trusted", "not trusted"], indirect=True)
def test_guessers_behind_a_trusted_proxy_do_not_shut_out_its_phones(office: SipOffice, proxy: Kamailio) -> None:
    account, gate = office.account(YEALINK), office.edge.registrar.gate
    for number in range(int(ADDRESS.allowed) + 1):
        guess = replace(account, user=f"9{number}", auth_user=f"9{number}", password="guess")
        with DeskPhone(guess, proxy.address) as stranger:
            for _ in range(2):
                assert stranger.once("REGISTER", f"sip:{DOMAIN}", "r").status == 401
    trusted = bool(office.settings.trusted_proxies)
    assert bool(gate.banned_addresses()) is not trusted
    if trusted:
        with DeskPhone(account, proxy.address) as phone:
            assert phone.register().status == 200


def test_the_way_back_is_taken_after_a_restart_too(tmp_path: Path) -> None:
    """RFC 3327 section 5.4: the Path goes first, whatever became of the connection it came over."""
    with SipOffice(tmp_path / "var", trusted_proxies=PROXIES) as office:
        port = office.sip[1]
        with Kamailio(tmp_path / "proxy", port, transport="tcp") as proxy:
            phone = DeskPhone(office.account(YEALINK), proxy.address)
            assert phone.register().status == 200
    ways: list[tuple[str, Flow, bytes]] = []
    with (
        phone,
        Kamailio(tmp_path / "again", port, transport="tcp", port=proxy.port) as proxy,
        SipOffice(tmp_path / "var", sip_port=port, trusted_proxies=PROXIES) as office,
    ):
        assert office.registered("101").restored
        office.edge.stack.on_message = lambda way, flow, data: ways.append((way, flow, data))
        office.call(office.edge.resyncs.start(YEALINK, "now"))
        sent = office.until(lambda: [flow.remote for way, flow, data in ways if way == "out" and b"check-sync" in data])
        assert sent == [proxy.address]
