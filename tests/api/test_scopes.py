"""Who may do what, by the people of the demo company."""

from __future__ import annotations

import pytest

from provd.api.scope import COMPANY, EVERYWHERE, OWN, RANKS, RIGHTS, SITE, Place, Who, may, may_give, outranks
from provd.store import domains, users
from tests.api.conftest import YEALINK, Api

USERS = "/domains/acme.example/users"
DENVER_PHONE = "c074ad000106"  # Katherine's, at the site that she manages
DALLAS_PHONE = YEALINK
HANDS_OFF = 403


def test_the_table_knows_only_scopes_and_reaches_that_exist() -> None:
    for action, rights in RIGHTS.items():
        assert set(rights) <= set(RANKS), action
        assert set(rights.values()) <= {EVERYWHERE, COMPANY, SITE, OWN}, action
        assert rights["super_user"] == EVERYWHERE, action


def test_a_site_manager_without_a_site_manages_nothing() -> None:
    lost = Who("lost", "site_manager", 1)
    assert not may(lost, "phones.write", Place(1, None)) and not may(lost, "phones.write", Place(1, 7))
    assert may(Who("found", "site_manager", 1, 7), "phones.write", Place(1, 7))


def test_scopes_are_given_downwards_only() -> None:
    office, reseller = Who("o", "office_manager", 1), Who("r", "reseller", None)
    assert may_give(office, "site_manager") and not may_give(office, "office_manager")
    assert may_give(reseller, "office_manager") and not may_give(reseller, "super_user")
    assert not may_give(office, "emperor") and not outranks(office, "emperor")


@pytest.mark.gen_test(timeout=30)
async def test_a_site_manager_manages_the_own_site_only(api: Api) -> None:
    katherine = api.key("site_manager", user="106")
    listed = (await api(katherine, "GET", "/phones")).body["items"]
    assert {phone["site_id"] for phone in listed} == {2} and len(listed) == 5
    assert (await api(katherine, "PATCH", f"/phones/{DENVER_PHONE}", {"description": "Her desk"})).status == 200
    assert (await api(katherine, "PATCH", f"/phones/{DALLAS_PHONE}", {"description": "x"})).status == HANDS_OFF
    assert (await api(katherine, "PATCH", f"/phones/{DENVER_PHONE}", {"site_id": 1})).status == HANDS_OFF
    assert (await api(katherine, "PATCH", f"{USERS}/109", {"first_name": "Timothy"})).status == 200
    assert (await api(katherine, "PATCH", f"{USERS}/101", {"first_name": "x"})).status == HANDS_OFF
    assert {user["site_id"] for user in (await api(katherine, "GET", USERS)).body["items"]} == {2}
    new = {"mac": "805ec0000999", "model": "yealink-t46u"}
    assert (await api(katherine, "POST", "/domains/~/phones", new)).status == HANDS_OFF
    assert (await api(katherine, "POST", "/domains/~/phones", new | {"site_id": 2})).status == 201


@pytest.mark.gen_test(timeout=30)
async def test_a_basic_user_has_the_own_profile_and_phone(api: Api) -> None:
    donald = api.key("basic_user", user="107")
    assert [one["mac"] for one in (await api(donald, "GET", "/phones")).body["items"]] == ["000b82000107"]
    assert [one["extension"] for one in (await api(donald, "GET", USERS)).body["items"]] == ["107"]
    assert (await api(donald, "PATCH", f"{USERS}/~", {"time_zone": "Europe/Berlin"})).status == 200
    for body in ({"scope": "office_manager"}, {"extension": "100"}, {"site_id": 2}, {"record_calls": "yes"}):
        assert (await api(donald, "PATCH", f"{USERS}/~", body)).status == HANDS_OFF, body
    assert (await api(donald, "GET", f"{USERS}/101")).status == HANDS_OFF
    assert (await api(donald, "GET", f"/phones/{DALLAS_PHONE}")).status == HANDS_OFF
    assert (await api(donald, "GET", "/phones/000b82000107/layer?secrets=1")).status == HANDS_OFF
    layer = (await api(donald, "GET", "/phones/000b82000107/layer")).body
    assert (await api(donald, "PUT", "/phones/000b82000107/layer", {"revision": layer["revision"]})).status == HANDS_OFF


@pytest.mark.gen_test(timeout=30)
async def test_a_personal_key_dies_with_its_person(api: Api) -> None:
    donald, store = api.key("basic_user", user="107"), api.services.store
    assert (await api(donald, "GET", "/me")).body["user_id"] is not None
    acme = domains.by_name(store, "acme.example").id
    users.delete(store, acme, users.by_extension(store, acme, "107").id, 1)
    assert (await api(donald, "GET", "/me")).status == 401


@pytest.mark.gen_test(timeout=30)
async def test_nobody_climbs_over_a_password(api: Api) -> None:
    """Katherine manages Denver; an office manager who works there is still above her."""
    store = api.services.store
    acme = domains.by_name(store, "acme.example").id
    users.update(store, acme, users.by_extension(store, acme, "101").id, 1, site_id=2)
    katherine, office = api.key("site_manager", user="106"), api.key("office_manager")
    assert (await api(katherine, "PATCH", f"{USERS}/101", {"password": "hers-from-now-on"})).status == HANDS_OFF
    assert (await api(katherine, "POST", f"{USERS}/101/devices/101/password", {})).status == HANDS_OFF
    assert (await api(office, "PATCH", f"{USERS}/101", {"password": "another-manager"})).status == HANDS_OFF
    assert (await api(office, "PATCH", f"{USERS}/102", {"scope": "office_manager"})).status == HANDS_OFF
    assert (await api(office, "PATCH", f"{USERS}/102", {"password": "a-new-password"})).status == 200
    provider = api.key("reseller", None)
    assert (await api(provider, "PATCH", f"{USERS}/102", {"scope": "office_manager"})).status == 200


@pytest.mark.gen_test(timeout=30)
async def test_only_the_provider_adds_users_and_a_supervisor_may_delete_them(api: Api) -> None:
    body = {"extension": "120", "first_name": "New"}
    assert (await api(api.key("office_manager"), "POST", USERS, body)).status == HANDS_OFF
    assert (await api(api.key("reseller", None), "POST", USERS, body)).status == 201
    supervisor = api.key("call_center_supervisor")
    assert (await api(supervisor, "DELETE", f"{USERS}/101")).status == HANDS_OFF
    gone = await api(supervisor, "DELETE", f"{USERS}/103")
    assert (gone.body["devices"], gone.body["phones"]) == (["103"], ["482567000103"])


@pytest.mark.gen_test(timeout=30)
async def test_keys_are_made_for_lower_scopes_and_shown_once(api: Api) -> None:
    office = api.key("office_manager")
    assert (await api(office, "POST", "/apikeys", {"name": "x", "scope": "office_manager"})).status == HANDS_OFF
    assert (await api(office, "POST", "/apikeys", {"name": "x", "scope": "site_manager"})).status == 422
    made = await api(office, "POST", "/apikeys", {"name": "tablet", "scope": "site_manager", "user": "106"})
    assert made.body["user"] == "106@acme.example" and made.body["name"] == "tablet"
    assert (await api(made.body["key"], "GET", "/me")).body["site_id"] == 2
    listed = (await api(office, "GET", "/apikeys")).body["items"]
    assert made.body["key"] not in str(listed) and made.body["id"] in [key["id"] for key in listed]
    assert (await api(office, "DELETE", f"/apikeys/{made.body['id']}")).status == 204
    assert (await api(made.body["key"], "GET", "/me")).status == 401
