"""Status messages: each sets the own one, everybody of the company sees it."""

from __future__ import annotations

import pytest

from provd.store import domains, users
from tests.api.conftest import Api
from tests.store.conftest import empty_postgres, postgres  # noqa: F401 - fixtures

USERS = "/domains/acme.example/users"
ALL = "/domains/acme.example/statuses"


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> str:
    """SQLite; a test that says so has PostgreSQL too."""
    return str(request.getfixturevalue(request.param)) if getattr(request, "param", "") else ""


@pytest.mark.parametrize("database_url", ["", "empty_postgres"], indirect=True)
@pytest.mark.gen_test(timeout=20)
async def test_what_one_says_the_others_see_until_it_is_cleared(api: Api) -> None:
    donald, grace = api.key("basic_user", user="107"), api.key("call_center_supervisor")
    said = await api(donald, "PUT", f"{USERS}/~/status", {"status": "  At the dentist\n until 3 "})
    assert said.status == 200 and said.body["status"] == "At the dentist until 3" and said.body["at"]
    (seen,) = (await api(grace, "GET", ALL)).body["items"]
    assert (seen["extension"], seen["name"], seen["status"]) == ("107", "Donald Knuth", "At the dentist until 3")
    again = await api(donald, "PUT", f"{USERS}/~/status", {"status": "At the dentist until 3"})
    assert again.body["at"] == said.body["at"], "saying the same again does not make it new"
    cleared = await api(donald, "PUT", f"{USERS}/107/status", {"status": " "})
    assert cleared.body["status"] == "" and cleared.body["at"] is None
    assert (await api(grace, "GET", ALL)).body["items"] == []


@pytest.mark.gen_test(timeout=20)
async def test_nobody_speaks_for_others_but_their_managers(api: Api) -> None:
    donald, office = api.key("basic_user", user="107"), api.key("office_manager")
    katherine = api.key("site_manager", user="106")
    assert (await api(donald, "PUT", f"{USERS}/101/status", {"status": "x"})).status == 403
    assert (await api(katherine, "PUT", f"{USERS}/101/status", {"status": "x"})).status == 403
    assert (await api(office, "PUT", f"{USERS}/107/status", {"status": "On leave"})).status == 200
    assert (await api(donald, "GET", f"{USERS}/107/status")).body["status"] == "On leave"
    rival = api.key("office_manager", "rival.example")
    assert (await api(rival, "GET", f"{USERS}/107/status")).status == 404
    assert (await api(rival, "GET", "/domains/rival.example/statuses")).body["items"] == []


@pytest.mark.gen_test(timeout=20)
async def test_a_status_is_short_and_one_line(api: Api) -> None:
    donald = api.key("basic_user", user="107")
    wrong = await api(donald, "PUT", f"{USERS}/~/status", {"status": "x" * 141})
    assert wrong.status == 422 and "140" in wrong.body["detail"]
    assert (await api(donald, "PUT", f"{USERS}/~/status", {"status": "bell \x07"})).status == 422
    assert (await api(donald, "PUT", f"{USERS}/~/status", {"status": "é" * 140})).status == 200


@pytest.mark.gen_test(timeout=20)
async def test_it_goes_with_its_person(api: Api) -> None:
    office, store = api.key("office_manager"), api.services.store
    await api(office, "PUT", f"{USERS}/107/status", {"status": "On leave"})
    acme = domains.by_name(store, "acme.example").id
    users.delete(store, acme, users.by_extension(store, acme, "107").id, 1)
    assert (await api(office, "GET", ALL)).body["items"] == []
