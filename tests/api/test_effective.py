"""What a phone gets, and what a change would do before it is saved."""

from __future__ import annotations

import pytest

from provd.seal import MASK
from provd.store import devices, domains, tokens
from tests.api.conftest import DOCUMENT, YEALINK, Api

PHONE = f"/phones/{YEALINK}"


@pytest.mark.gen_test
async def test_every_value_says_where_it_is_from(api: Api) -> None:
    key = api.key("office_manager")
    before = await api(key, "GET", "/domains/~/layer")
    body = {"values": {**before.body["values"], "time.format": "24"}, "raw": {"phone_setting.ring": "2"}}
    answer = await api(key, "PUT", "/domains/~/layer", body, headers={"If-Match": before.headers["ETag"]})
    assert answer.status == 200
    found = (await api(key, "GET", f"{PHONE}/effective")).body
    assert found["values"]["time.format"] == {"value": "24", "origin": "company acme.example"}
    assert found["values"]["sip.port"]["origin"] == "default"
    assert found["raw"]["phone_setting.ring"] == {"value": "2", "origin": "company acme.example"}
    assert found["values"]["admin.password"]["value"] == MASK, "kept although its mark came back, and still a mark"
    assert found["accounts"][1]["extension"] == "110" and found["update"] >= "02:00"
    assert {one["origin"] for one in found["keys"]} == {"default", "template Reception"}


@pytest.mark.gen_test
async def test_every_file_of_every_phone_can_be_seen_without_a_secret(api: Api) -> None:
    key, store = api.key("office_manager"), api.services.store
    acme = domains.by_name(store, "acme.example").id
    secrets = {devices.password(store, acme, one.id) for one in devices.find(store, acme).items}
    secrets.add(tokens.newest(store, acme))
    phones = (await api(key, "GET", "/domains/~/phones")).body["items"]
    for phone in phones:
        listed = (await api(key, "GET", f"/phones/{phone['mac']}/files")).body["items"]
        assert any(one["role"] == "config" for one in listed), phone
        for one in listed:
            body = (await api(key, "GET", f"/phones/{phone['mac']}/files/{one['name']}")).body.decode()
            assert body and not any(secret in body for secret in secrets), one


@pytest.mark.gen_test
async def test_a_file_with_its_secrets_is_noted_in_the_trail(api: Api) -> None:
    key, store = api.key("office_manager"), api.services.store
    acme = domains.by_name(store, "acme.example").id
    password = devices.password(store, acme, devices.by_name(store, acme, "101").id)
    answer = await api(key, "GET", f"{PHONE}/files/{YEALINK}.cfg?secrets=1")
    assert password in answer.body.decode() and answer.headers["Cache-Control"] == "no-store"
    assert (await api(key, "GET", "/audits")).body["items"][0]["action"] == "show"
    supervisor = api.key("call_center_supervisor")
    assert (await api(supervisor, "GET", f"{PHONE}/files/{YEALINK}.cfg?secrets=1")).status == 403
    assert (await api(supervisor, "GET", f"{PHONE}/files/{YEALINK}.cfg")).status == 200
    missing = await api(key, "GET", f"{PHONE}/files/../../etc/passwd")
    assert missing.status == 404


@pytest.mark.gen_test
async def test_a_change_can_be_compared_and_checked_before_it_is_saved(api: Api) -> None:
    key = api.key("office_manager")
    change = {"values": {"sip.port": 5070}, "keys": {"9": {"kind": "blf", "target": "199"}}}
    found = (await api(key, "POST", f"{PHONE}/diff", change)).body
    assert [one["name"] for one in found["files"]] == [f"{YEALINK}.cfg"]
    diff = found["files"][0]["diff"]
    assert "+account.1.sip_server.1.port = 5070" in diff and "+linekey.9.value = 199" in diff
    assert [one["severity"] for one in found["problems"]] == ["warning"]
    beyond = (await api(key, "POST", f"{PHONE}/check", {"keys": {"28": {"kind": "blf", "target": "102"}}})).body
    assert [one["severity"] for one in beyond["problems"]] == ["error"]
    assert (await api(key, "GET", f"{PHONE}/layer")).body["revision"] == 0
    assert (await api(key, "POST", f"{PHONE}/diff", {})).body == {"files": [], "problems": []}


@pytest.mark.gen_test
async def test_a_new_secret_is_not_in_the_comparison(api: Api) -> None:
    change = {"values": {"admin.password": "Tr0ub4dor"}, "raw": {"wifi.password": "Tr0ub4dor"}}
    found = (await api(api.key("office_manager"), "POST", f"{PHONE}/diff", change)).body
    assert "Tr0ub4dor" not in str(found)


@pytest.mark.gen_test
async def test_a_phone_is_checked_as_it_is(api: Api) -> None:
    key = api.key("office_manager")
    assert (await api(key, "GET", f"{PHONE}/check")).body == {"problems": []}
    lonely = (await api(key, "GET", "/phones/64167f000102/check")).body["problems"]
    assert any("two line appearances" in one["text"] for one in lonely)


@pytest.mark.gen_test
async def test_the_catalogue_says_what_is_unverified_and_what_keys_can(api: Api) -> None:
    key = api.key("basic_user", user="107")
    model = (await api(key, "GET", "/models/cisco-cp-8851")).body
    rules = {rule["kind"]: rule for rule in model["key_rules"]}
    assert not rules["dtmf"]["possible"] and "cannot send digits" in rules["dtmf"]["cannot"] and rules["blf"]["lamp"]
    assert (await api(key, "GET", "/models/yealink-t46u")).body["unverified"]
    page = (await api(key, "GET", "/models?family=snom&limit=2")).body
    assert len(page["items"]) == 2 and page["next"] == "2"
    assert (await api(key, "GET", "/models/none")).status == 404
    families = (await api(key, "GET", "/families")).body["items"]
    assert {"yealink", "snom", "fanvil"} <= {one["id"] for one in families}
    names = {one["name"] for one in (await api(key, "GET", "/parameters")).body["items"]}
    assert {"sip.server", "admin.password"} <= names
    kinds = {one["name"] for one in (await api(key, "GET", "/keykinds")).body["items"]}
    assert kinds == set(DOCUMENT["components"]["schemas"]["Key"]["properties"]["kind"]["enum"])
