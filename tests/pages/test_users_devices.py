"""The SIP devices of a user: added, renewed, deleted; a password is shown once."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from provd.store import devices, domains
from tests.live import LiveServer
from tests.pages.visitor import Visitor

USERS = "/c/acme.example/users"
PASSWORD = r'has the password <span class="mono">([^<]{16,})</span>'


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    with LiveServer(tmp_path_factory.mktemp("devices")) as running:
        yield running


def password(server: LiveServer, name: str) -> str:
    acme = server.store(domains.by_name, "acme.example")
    device = server.store(devices.by_name, acme.id, name)
    return str(server.store(devices.password, acme.id, device.id))


def test_a_device_is_added_renewed_and_deleted(server: LiveServer, manager: Visitor) -> None:
    assert f'href="{USERS}/107/devices"' in manager.get(f"{USERS}/107").html
    added = manager.post(f"{USERS}/107/devices", {"do": "add", "name": "107wp"})
    shown = re.search(PASSWORD, added.html)
    assert added.status == 200 and shown and shown[1] == password(server, "107wp")
    assert shown[1] not in manager.get(f"{USERS}/107/devices").html, "shown once"
    renewed = re.search(PASSWORD, manager.post(f"{USERS}/107/devices", {"do": "renew", "name": "107wp"}).html)
    assert renewed and renewed[1] != shown[1] and renewed[1] == password(server, "107wp")
    gone = manager.follow(f"{USERS}/107/devices", {"do": "delete", "name": "107wp"})
    assert "Device 107wp is deleted" in gone.text
    assert manager.post(f"{USERS}/107/devices", {"do": "delete", "name": "107wp"}).status == 404


def test_what_cannot_be_a_device_stays_typed(manager: Visitor) -> None:
    seen = manager.post(f"{USERS}/107/devices", {"do": "add", "name": "108x"})
    assert seen.status == 422 and 'value="108x"' in seen.html
    assert manager.post(f"{USERS}/107/devices", {"do": "add", "name": "107"}).status == 409
    assert manager.post(f"{USERS}/107/devices", {"do": "praise", "name": "107"}).status == 404


def test_people_without_the_right_are_not_led_there(server: LiveServer, person: Visitor) -> None:
    assert "/devices" not in person.get(f"{USERS}/107").html
    assert person.get(f"{USERS}/107/devices").status == 403
    assert person.post(f"{USERS}/107/devices", {"do": "renew", "name": "107"}).status == 403
    katherine = Visitor(server).sign_in("106")
    assert katherine.post(f"{USERS}/107/devices", {"do": "renew", "name": "107"}).status == 403


def test_the_profile_tells_whether_a_device_is_registered(manager: Visitor) -> None:
    assert "Not registered" in manager.get(f"{USERS}/107").text
