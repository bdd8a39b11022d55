"""Users, their devices, places and contacts through the API."""

from __future__ import annotations

import pytest

from provd import seal
from provd.store import devices, domains, users
from tests.api.conftest import YEALINK, Api

USERS = "/domains/acme.example/users"


@pytest.mark.gen_test
async def test_a_user_with_every_field_of_the_profile(api: Api) -> None:
    key, store = api.key("reseller", None), api.services.store
    body = {
        "extension": "120", "first_name": "Zoë", "last_name": "O'Brien", "login_name": "zoe@acme.example",
        "department_id": 1, "site_id": 1, "time_zone": "America/Denver", "scope": "call_center_agent",
        "record_calls": "yes", "announce_in_audio_directory": False, "list_in_directory": True, "area_code": "303",
        "caller_id_name": "Acme", "caller_id_number": "+13035550100", "emergency_caller_id": "+13035550101",
        "emails": ["zoe@acme.example", "z@home.example"], "password": "s3cret-enough", "voicemail_pin": "0000",
    }  # fmt: skip
    made = await api(key, "POST", USERS, body)
    assert made.status == 201
    shown = made.body["user"]
    assert {name: shown[name] for name in body if name not in ("password", "voicemail_pin")} == {
        name: value for name, value in body.items() if name not in ("password", "voicemail_pin")
    }
    assert made.body["warnings"][0]["field"] == "voicemail_pin" and "s3cret" not in str(made.body)
    acme = domains.by_name(store, "acme.example").id
    user = users.by_extension(store, acme, "120")
    assert seal.verify_password(users.password_hash(store, user.id), "s3cret-enough")
    assert users.voicemail_pin_is(store, acme, user.id, "0000")
    trail = str((await api(key, "GET", "/audits?domain=acme.example")).body)
    assert "s3cret" not in trail


@pytest.mark.gen_test
async def test_a_user_that_cannot_be_is_refused_and_leaves_nothing(api: Api) -> None:
    key = api.key("reseller", None)
    for body in (
        {"extension": "x"}, {"extension": "120", "scope": "super_user"}, {"extension": "120", "emails": ["nobody"]},
        {"extension": "120", "voicemail_pin": "12"}, {"extension": "120", "password": "short"},
        {"extension": "120", "time_zone": "Mars/Base"}, {"extension": "120", "password": "with\u0000control"},
    ):  # fmt: skip
        assert (await api(key, "POST", USERS, body)).status == 422, body
    assert (await api(key, "POST", USERS, {"extension": "101"})).status == 409
    assert (await api(key, "POST", USERS, {"extension": "120", "site_id": 77})).status == 404
    assert (await api(key, "GET", f"{USERS}/120")).status == 404


@pytest.mark.gen_test
async def test_a_new_name_is_on_the_phone_and_in_every_directory(api: Api) -> None:
    key = api.key("office_manager")
    answer = await api(key, "PATCH", f"{USERS}/101", {"first_name": "Augusta", "extension": "191"})
    assert answer.body["user"]["name"] == "Augusta Lovelace"
    file = (await api(key, "GET", f"/phones/{YEALINK}/files/{YEALINK}.cfg")).body.decode()
    assert "account.1.display_name = Augusta Lovelace" in file and "account.1.user_name = 191" in file
    directory = (await api(key, "GET", "/phones/000413000108/files")).body["items"]
    name = next(one["name"] for one in directory if one["role"] == "directory")
    assert "Augusta" in (await api(key, "GET", f"/phones/000413000108/files/{name}")).body.decode()


@pytest.mark.gen_test
async def test_deleting_a_user_says_what_goes_along(api: Api) -> None:
    key = api.key("office_manager")
    told = (await api(key, "GET", f"{USERS}/110/dependents")).body
    gone = await api(key, "DELETE", f"{USERS}/110")
    along = {"devices": ["110", "110a"], "phones": ["000b82000110", YEALINK], "keys": [], "phone_numbers": []}
    assert gone.body == told == along
    assert [one["device"] for one in (await api(key, "GET", f"/phones/{YEALINK}/lines")).body["items"]] == ["101"]


@pytest.mark.gen_test
async def test_users_are_searched_and_paged_in_the_order_of_numbers(api: Api) -> None:
    key = api.key("office_manager")
    first = (await api(key, "GET", f"{USERS}?limit=3")).body
    second = (await api(key, "GET", f"{USERS}?limit=3&cursor={first['next']}")).body
    assert [one["extension"] for one in first["items"] + second["items"]] == ["101", "102", "103", "104", "105", "106"]
    assert [one["extension"] for one in (await api(key, "GET", f"{USERS}?search=ZO%C3%8B")).body["items"]] == ["110"]
    services = (await api(key, "GET", f"{USERS}?services=1&search=8900")).body["items"]
    assert [one["service_code"] for one in services] == ["system-routing"]


@pytest.mark.gen_test
async def test_a_device_is_named_after_its_user_and_tells_its_password_once(api: Api) -> None:
    key, path = api.key("office_manager"), f"{USERS}/103/devices"
    assert (await api(key, "POST", path, {"name": "104b"})).status == 422
    assert (await api(key, "POST", path, {"name": "103"})).status == 409
    made = await api(key, "POST", path, {"name": "103wp", "transport": "tls", "srtp": "required"})
    password = made.body["password"]
    assert made.status == 201 and len(password) == 24
    assert "password" not in (await api(key, "GET", f"{path}/103wp")).body
    assert (await api(key, "GET", f"{path}/103wp?secrets=1")).body["password"] == password
    assert (await api(key, "GET", f"{USERS}/104/devices/103wp")).status == 404
    assert (await api(key, "DELETE", f"{path}/103wp")).status == 204


@pytest.mark.gen_test
async def test_a_renewed_password_is_in_the_next_file(api: Api) -> None:
    key, store = api.key("office_manager"), api.services.store
    renewed = await api(key, "POST", f"{USERS}/101/devices/101/password", {})
    file = (await api(key, "GET", f"/phones/{YEALINK}/files/{YEALINK}.cfg?secrets=1")).body.decode()
    assert f"account.1.password = {renewed.body['password']}" in file
    acme = domains.by_name(store, "acme.example").id
    assert devices.password(store, acme, devices.by_name(store, acme, "101").id) == renewed.body["password"]
    weak = await api(key, "POST", f"{USERS}/101/devices/101/password", {"password": "1234"})
    assert weak.body["warnings"][0]["severity"] == "warning"


@pytest.mark.gen_test
async def test_sites_departments_and_contacts(api: Api) -> None:
    key, acme = api.key("office_manager"), "/domains/acme.example"
    site = await api(key, "POST", f"{acme}/sites", {"name": "Austin", "defaults": {"time.zone": "America/Chicago"}})
    assert (await api(key, "PATCH", f"{acme}/sites/{site.body['id']}", {"name": "Houston"})).body["name"] == "Houston"
    for defaults in ({"nothing": 1}, {"sip.port": "x"}, {"admin.password": "in the clear"}):
        assert (await api(key, "PATCH", f"{acme}/sites/{site.body['id']}", {"defaults": defaults})).status == 422
    assert (await api(key, "DELETE", f"{acme}/sites/{site.body['id']}")).status == 204
    group = await api(key, "POST", f"{acme}/departments", {"name": "Legal"})
    assert (await api(key, "POST", f"{acme}/departments", {"name": "Legal"})).status == 409
    assert (await api(key, "PATCH", f"{acme}/departments/{group.body['id']}", {"name": "Law"})).body["name"] == "Law"
    assert (await api(key, "DELETE", f"{acme}/departments/{group.body['id']}")).status == 204
    contact = await api(key, "POST", f"{acme}/contacts", {"last_name": "Fire", "numbers": ["911"]})
    listed = (await api(key, "GET", f"{acme}/directory?search=fire")).body["items"]
    assert [one["id"] for one in listed] == [f"contact-{contact.body['id']}"]
    assert (await api(key, "PATCH", f"{acme}/contacts/{contact.body['id']}", {"numbers": ["912"]})).status == 200
    assert (await api(key, "DELETE", f"{acme}/contacts/{contact.body['id']}")).status == 204
