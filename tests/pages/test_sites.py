"""Sites with what they prescribe, and departments."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from provd.store import departments, domains, sites
from provd.store.rows import Site
from tests.live import LiveServer
from tests.pages.visitor import Visitor

SITES = "/c/acme.example/sites"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    with LiveServer(tmp_path_factory.mktemp("sites")) as running:
        yield running


def site(server: LiveServer, site_id: int) -> Site:
    acme = server.store(domains.by_name, "acme.example")
    return server.store(sites.get, acme.id, site_id)  # type: ignore[no-any-return]


def names(server: LiveServer) -> list[str]:
    acme = server.store(domains.by_name, "acme.example")
    return [one.name for one in server.store(departments.find, acme.id)]


def test_both_lists_count_and_lead_to_their_users(manager: Visitor) -> None:
    seen = manager.get(SITES)
    assert seen.status == 200 and "Dallas" in seen.text and "Support" in seen.text
    assert '<a class="people-end" href="/c/acme.example/users?site_id=1">5 users</a>' in seen.html
    assert 'href="/c/acme.example/users?department_id=' in seen.html
    assert f'href="{SITES}"' in manager.get("/c/acme.example/users").html


def test_a_site_is_added_and_told_what_it_prescribes(server: LiveServer, manager: Visitor) -> None:
    added = manager.follow(SITES, {"do": "site", "name": "Łódź"})
    assert "Łódź is added." in added.text
    fields = {
        "name": "Łódź", "time_zone": "Europe/Warsaw", "area_code": "42", "caller_id_name": "", "record_calls": "",
        "setting": ["time.zone", "sip.expires", "network.lldp", "audio.codecs", ""],
        "value": ["Europe/Warsaw", "300", "no", "g722, pcma", ""],
    }  # fmt: skip
    assert "Łódź is saved." in manager.follow(f"{SITES}/3", fields).text
    made = site(server, 3)
    assert dict(made.user_defaults) == {"time_zone": "Europe/Warsaw", "area_code": "42"}
    assert dict(made.defaults) == {
        "time.zone": "Europe/Warsaw", "sip.expires": 300, "network.lldp": False, "audio.codecs": ["g722", "pcma"],
    }  # fmt: skip
    shown = manager.get(f"{SITES}/3").html
    assert 'value="g722, pcma"' in shown and 'value="no"' in shown and 'value="300"' in shown


def test_what_a_phone_cannot_have_is_refused_and_stays_typed(server: LiveServer, manager: Visitor) -> None:
    fields = {"name": "Dallas", "time_zone": "Mars", "setting": ["sip.expires"], "value": ["soon"]}
    seen = manager.post(f"{SITES}/1", fields)
    assert seen.status == 422 and 'value="soon"' in seen.html and 'value="Mars"' in seen.html
    assert "Registration time" in seen.text
    assert dict(site(server, 1).defaults) == {"time.zone": "America/Chicago"}
    taken = manager.post(f"{SITES}/1", {"name": "Denver"})
    assert taken.status == 409 and "There is a site Denver" in taken.text


def test_departments_come_change_and_go(server: LiveServer, manager: Visitor) -> None:
    assert "Repairs is added." in manager.follow(SITES, {"do": "department", "name": "Repairs"}).text
    again = manager.post(SITES, {"do": "department", "name": "Repairs"})
    assert again.status == 409 and 'value="Repairs"' in again.html and "Repairs" in again.text
    renamed = manager.follow(SITES, {"do": "rename", "id": "4", "name": "Workshop"})
    assert "The department is Workshop now." in renamed.text and "Workshop" in names(server)
    blank = manager.post(SITES, {"do": "rename", "id": "4", "name": " "})
    assert blank.status == 422 and "must not be empty" in blank.text
    gone = manager.follow(SITES, {"do": "delete", "id": "4", "old": "Workshop"})
    assert "Workshop is deleted" in gone.text and "Workshop" not in names(server)
    assert manager.post(SITES, {"do": "delete", "id": "4", "old": "Workshop"}).status == 404


def test_a_site_is_deleted_and_its_users_stay(server: LiveServer, manager: Visitor) -> None:
    manager.follow(SITES, {"do": "site", "name": "Popup"})
    gone = manager.follow(f"{SITES}/4", {"do": "delete", "name": "Popup"})
    assert "Popup is deleted; its users and phones stay" in gone.text
    assert manager.get(f"{SITES}/4").status == 404


def test_a_site_manager_looks_at_the_own_site_only(server: LiveServer, person: Visitor) -> None:
    katherine = Visitor(server).sign_in("106")
    seen = katherine.get(SITES)
    assert "Denver" in seen.text and "Dallas" not in seen.text and "Add site" not in seen.text
    own = katherine.get(f"{SITES}/2")
    assert own.status == 200 and "An office manager changes" in own.text and "Delete site" not in own.text
    assert katherine.get(f"{SITES}/1").status == 404
    assert katherine.post(f"{SITES}/2", {"name": "Mine"}).status == 403
    assert katherine.post(SITES, {"do": "department", "name": "Mine"}).status == 403
    assert person.get(SITES).status == 403 and SITES not in person.get("/c/acme.example/users").html
    assert site(server, 2).name == "Denver"
