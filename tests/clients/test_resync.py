"""Told to, phones fetch what has changed: SIPp takes the NOTIFY, a virtual phone its files."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from provd.store import layers, phones
from tests.clients.scenes import GRANDSTREAM, SNOM, SipOffice
from tests.clients.sip_programs import needs
from tests.clients.sipp import Sipp
from tests.simulate.office import key_at
from tests.sip_hostile.phone import DeskPhone

pytestmark = [pytest.mark.client, needs("sipp")]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[SipOffice]:
    with SipOffice(tmp_path / "var") as running:
        yield running


def change_a_key(office: SipOffice, mac: str) -> None:
    """Give the third key of a phone a new meaning."""
    phone = office.store(phones.anywhere, mac)
    keys = {"3": {"kind": "speed_dial", "target": "+12145550199", "label": "Florist"}}
    office.store(layers.save, phone.domain_id, "phone", phone.id, int(time.time()), who="test", values={}, keys=keys)


@pytest.mark.parametrize(("mac", "scenario"), [(SNOM, "check_sync"), (GRANDSTREAM, "check_sync_asks")])
def test_a_changed_key_is_on_the_phone_seconds_later(
    office: SipOffice, tmp_path: Path, mac: str, scenario: str
) -> None:
    phone = Sipp(tmp_path / "phone", office.account(mac), office.sip)
    assert phone.register() == 0
    change_a_key(office, mac)
    begun = time.monotonic()
    waiting = phone.start(scenario)
    office.call(office.edge.resyncs.start(mac, "now"))
    assert phone.end(waiting) == 0
    office.until(lambda: office.resync_phase(mac) == "acknowledged")
    assert key_at(office.boot(mac), 3).label == "Florist"
    office.until(lambda: office.resync_phase(mac) == "fetched")
    assert phone.register() == 0
    office.until(lambda: office.resync_phase(mac) == "done")
    assert time.monotonic() - begun < 5
    told = office.sip_events(mac)
    steps = ["registered", "resync_sent", "resync_acknowledged", "registered", "resync_done"]
    assert [event.kind for event in told] == steps
    assert "registered again" in told[-1].reason


def test_a_phone_with_another_password_says_no(office: SipOffice, tmp_path: Path) -> None:
    phone = Sipp(tmp_path / "phone", office.account(GRANDSTREAM), office.sip)
    assert phone.register() == 0
    waiting = phone.start("check_sync_asks", secret="the-one-of-last-year")
    office.call(office.edge.resyncs.start(GRANDSTREAM, "now"))
    phone.end(waiting)
    office.until(lambda: office.resync_phase(GRANDSTREAM) == "stopped")
    event = office.sip_events(GRANDSTREAM)[-1]
    assert event.kind == "resync_stopped" and "allow it in the phone" in event.reason


def test_a_phone_that_comes_back_is_told_then(office: SipOffice) -> None:
    account = office.account(SNOM)
    office.call(office.edge.resyncs.start(SNOM, "now"))
    office.until(lambda: "resync_waiting" in office.services.recorder.counts)
    with DeskPhone(account, office.sip) as phone:
        assert phone.register().status == 200
        assert (phone.asked().headers.first("event") or "").startswith("check-sync")
        office.until(lambda: office.resync_phase(SNOM) == "acknowledged")
