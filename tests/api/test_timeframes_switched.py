"""Who may do what with time frames, switching rules of a frame on and off, and keys that toggle one."""

from __future__ import annotations

import pytest

from provd.store import domains, timeframes
from tests.api.conftest import YEALINK, Api

FRAMES = "/domains/acme.example/timeframes"
USERS = "/domains/acme.example/users"
WEEKLY = {"name": "Mine", "when": "always"}


@pytest.mark.gen_test(timeout=30)
async def test_the_companys_frames_are_the_office_managers(api: Api) -> None:
    for scope, user in (("basic_user", "107"), ("site_manager", "106"), ("call_center_supervisor", "")):
        key = api.key(scope, user=user)
        assert (await api(key, "GET", FRAMES)).status == 200
        assert (await api(key, "GET", f"{FRAMES}/1/calendar?from=0&to=86400")).status == 200
        assert (await api(key, "POST", FRAMES, WEEKLY)).status == 403, scope
        assert (await api(key, "PATCH", f"{FRAMES}/1", {"name": "x"})).status == 403, scope
        assert (await api(key, "DELETE", f"{FRAMES}/1")).status == 403, scope
        assert (await api(key, "POST", f"{FRAMES}/1/toggle", {"enabled": False, "users": ["101"]})).status == 403
    donald = api.key("basic_user", user="107")
    refused = await api(donald, "PATCH", f"{USERS}/107/timeframes/1", {"name": "x"})
    assert refused.status == 403 and "company's" in refused.body["detail"]


@pytest.mark.gen_test(timeout=30)
async def test_own_frames_are_of_the_person_the_sites_manager_and_the_office(api: Api) -> None:
    donald, office = api.key("basic_user", user="107"), api.key("office_manager")
    katherine = api.key("site_manager", user="106")
    assert (await api(donald, "POST", f"{USERS}/~/timeframes", WEEKLY)).status == 201
    assert (await api(donald, "POST", f"{USERS}/108/timeframes", WEEKLY)).status == 403
    assert (await api(donald, "GET", f"{USERS}/108/timeframes")).status == 403
    assert (await api(katherine, "POST", f"{USERS}/109/timeframes", WEEKLY)).status == 201  # of Denver, as she is
    assert (await api(katherine, "POST", f"{USERS}/107/timeframes", WEEKLY)).status == 403
    made = await api(office, "POST", f"{USERS}/108/timeframes", WEEKLY)
    path = f"{USERS}/108/timeframes/{made.body['number']}"
    assert (await api(office, "PATCH", path, {"name": "Hers"})).body["name"] == "Hers"
    assert (await api(donald, "GET", path.replace("108", "107"))).status == 404
    assert (await api(office, "DELETE", path)).status == 204


@pytest.mark.gen_test(timeout=30)
async def test_bulk_toggle_is_for_those_named_and_nobody_else(api: Api) -> None:
    office, store = api.key("office_manager"), api.services.store
    off = await api(office, "POST", f"{FRAMES}/2/toggle", {"enabled": False, "users": ["101", "102"]})
    assert off.body == {"number": 2, "enabled": [], "disabled": ["101", "102"]}
    acme = domains.by_name(store, "acme.example").id
    assert timeframes.switched_off(store, acme) == [(2, "101"), (2, "102")]
    assert (await api(office, "GET", f"{FRAMES}/2")).body["disabled_for"] == ["101", "102"]
    assert (await api(office, "GET", f"{USERS}/103/timeframes/2")).body["disabled_for"] == []
    donald = api.key("basic_user", user="107")
    assert (await api(donald, "GET", f"{FRAMES}/2")).body["disabled_for"] == [], "others' switches are their own"
    again = await api(office, "POST", f"{FRAMES}/2/toggle", {"enabled": False, "users": ["102", "103"]})
    assert again.body["disabled"] == ["103"]
    alan = api.key("call_center_agent", user="103")
    back = await api(alan, "POST", f"{USERS}/~/timeframes/2/toggle", {})
    assert back.body == {"number": 2, "enabled": ["103"], "disabled": []}
    assert timeframes.switched_off(store, acme) == [(2, "101"), (2, "102")]
    trail = (await api(office, "GET", "/audits?domain=acme.example")).body["items"][0]
    assert trail["action"] == "toggle" and trail["changed"]["on"] == [[], ["103"]]
    wrong = {"enabled": False, "users": ["999"]}
    assert (await api(office, "POST", f"{FRAMES}/2/toggle", wrong)).status == 404
    own = (await api(office, "GET", f"{USERS}/107/timeframes")).body["items"][0]["number"]
    assert (await api(office, "POST", f"{USERS}/108/timeframes/{own}/toggle", {})).status == 404


@pytest.mark.gen_test(timeout=30)
async def test_a_toggle_key_names_a_frame_that_its_people_can_have(api: Api) -> None:
    office = api.key("office_manager")
    mine = (await api(office, "POST", f"{USERS}/101/timeframes", WEEKLY)).body["number"]
    hers = (await api(office, "POST", f"{USERS}/108/timeframes", WEEKLY)).body["number"]
    path = f"/phones/{YEALINK}/keys/9"
    for target in ("2", str(mine)):
        assert (await api(office, "PUT", path, {"kind": "timeframe_toggle", "target": target})).status == 200, target
    for target in ("77", str(hers), "0x1"):
        refused = await api(office, "PUT", path, {"kind": "timeframe_toggle", "target": target})
        assert refused.status == 422 and refused.body["errors"][0]["field"] == "keys.9.target", target


@pytest.mark.gen_test(timeout=30)
async def test_a_frame_on_keys_is_deleted_only_on_purpose(api: Api) -> None:
    office = api.key("office_manager")
    refused = await api(office, "DELETE", f"{FRAMES}/1")
    assert refused.status == 409 and "key 5 of template" in refused.body["detail"]
    assert (await api(office, "DELETE", f"{FRAMES}/1?cascade=1")).status == 204
    made = await api(office, "POST", FRAMES, {"name": "Night", "when": "always"})
    assert made.body["number"] > 5, "a number on somebody's key never becomes another frame"
    said = (await api(office, "GET", f"/phones/{YEALINK}/effective")).body["problems"]
    assert any("toggles time frame 1" in one["text"] and one["severity"] == "warning" for one in said)


@pytest.mark.gen_test(timeout=30)
async def test_a_key_without_a_label_shows_the_name_of_its_frame(api: Api) -> None:
    office = api.key("office_manager")
    file = f"/phones/{YEALINK}/files/{YEALINK}.cfg"
    await api(office, "PUT", f"/phones/{YEALINK}/keys/9", {"kind": "timeframe_toggle", "target": "2"})
    before = (await api(office, "GET", file)).body
    assert b"linekey.9.label = Open hours" in before
    await api(office, "PATCH", f"{FRAMES}/2", {"name": "Desk manned"})
    assert b"linekey.9.label = Desk manned" in (await api(office, "GET", file)).body
    made = (await api(office, "POST", FRAMES, {"name": "Fair", "when": "always"})).body["number"]
    await api(office, "PUT", f"/phones/{YEALINK}/keys/9", {"kind": "timeframe_toggle", "target": str(made)})
    assert b"linekey.9.label = Fair" in (await api(office, "GET", file)).body
