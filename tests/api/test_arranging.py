"""Many keys at once: moved, filled, cleared, on phones and in templates; and two people at the same time."""

from __future__ import annotations

import json
from typing import Any

import pytest

from provd.store import api_keys, domains
from tests.api.conftest import NOW, RIVAL, YEALINK, Api
from tests.api.test_keys import done, on_the_phone

KEYS = f"/phones/{YEALINK}/keys"
TEMPLATE = "/domains/acme.example/phonetemplates/1"


@pytest.mark.gen_test
async def test_a_dragged_key_takes_inherited_ones_along(api: Api) -> None:
    key = api.key("office_manager")
    before = await on_the_phone(api, key)
    await done(await api(key, "POST", f"{KEYS}/order", {"move": "7", "to": "2"}))
    keys = await on_the_phone(api, key)
    assert keys["2"] == ("speed_dial", "+12145550100") and keys["3"] == ("blf", "102") == before["2"]
    assert keys["7"] == before["6"] and keys["1"] == before["1"], "the line that took a free place stays there"
    saved = await done(await api(key, "POST", f"{KEYS}/order", {"move": "2", "to": "7"}))
    assert saved["keys"] == {}, "all as the template has it: nothing is the phone's own"
    assert await on_the_phone(api, key) == before


@pytest.mark.gen_test
async def test_keys_go_to_modules_and_lines_keep_their_place(api: Api) -> None:
    key = api.key("office_manager")
    await done(await api(key, "POST", f"{KEYS}/order", {"swap": ["1", "9"]}))
    keys = await on_the_phone(api, key)
    assert keys["9"][0] == "line" and keys.get("1", ("none", ""))[0] == "none"
    await done(await api(key, "POST", f"{KEYS}/order", {"swap": ["3", "m1.20"]}))
    keys = await on_the_phone(api, key)
    assert keys["m1.20"] == ("park", "701") and keys["3"] == ("none", "")
    await done(await api(key, "POST", f"{KEYS}/order", {"order": ["4", "2", "5"]}))
    keys = await on_the_phone(api, key)
    assert [keys[place][0] for place in ("2", "4", "5")] == ["park", "blf", "timeframe_toggle"]


@pytest.mark.gen_test
async def test_orders_that_cannot_be_are_refused(api: Api) -> None:
    key, ada = api.key("office_manager"), api.key("basic_user", user="101")
    for body in (
        {}, {"move": "2"}, {"move": "2", "to": "99"}, {"swap": ["2", "m2.1"]}, {"order": ["2", "2"]},
        {"move": "2", "to": "3", "swap": ["2", "3"]}, {"order": ["two"]}, {"move": "m1.2", "to": "2"},
    ):  # fmt: skip
        assert (await api(key, "POST", f"{KEYS}/order", body)).status == 422, body
    await done(await api(key, "PUT", f"{KEYS}/3", {"kind": "blf", "target": "103", "locked": True}))
    assert (await api(ada, "POST", f"{KEYS}/order", {"swap": ["2", "3"]})).status == 403
    assert (await api(ada, "POST", f"{KEYS}/order", {"move": "3", "to": "5"})).status == 422
    await done(await api(ada, "POST", f"{KEYS}/order", {"move": "4", "to": "2"}))
    keys = await on_the_phone(api, key)
    assert keys["3"] == ("blf", "103") and keys["2"] == ("park", "702") and keys["4"] == ("blf", "102")


@pytest.mark.gen_test
async def test_many_keys_are_one_version(api: Api) -> None:
    key = api.key("office_manager")
    some = {str(place): {"kind": "blf", "target": str(94 + place)} for place in range(9, 14)}
    saved = await done(await api(key, "PUT", KEYS, {"keys": some}))
    assert saved["revision"] == 1 and set(saved["keys"]) == set(some)
    assert (await api(key, "PUT", KEYS, {"keys": {"14": {"kind": "blf"}, "15": {"kind": "none"}}})).status == 422
    saved = await done(await api(key, "PUT", KEYS, {"keys": {"9": None, "27": None, "20": {"kind": "queue_login"}}}))
    assert saved["revision"] == 2 and set(saved["keys"]) == {"10", "11", "12", "13", "20"}
    await done(await api(key, "POST", f"{KEYS}/clear", {"positions": ["2", "10", "m1.1"]}))
    keys = await on_the_phone(api, key)
    assert keys["2"] == ("none", "") and "10" not in keys and keys["11"] == ("blf", "105")
    assert (await api(key, "POST", f"{KEYS}/clear", {"following": True})).status == 422


@pytest.mark.gen_test
async def test_a_template_is_edited_like_a_phone(api: Api) -> None:
    key = api.key("office_manager")
    await done(await api(key, "PUT", f"{TEMPLATE}/keys/8", {"kind": "blf", "target": "103"}))
    assert (await on_the_phone(api, key))["8"] == ("blf", "103"), "the phones that use it follow"
    assert (await api(key, "PUT", f"{TEMPLATE}/keys/28", {"kind": "blf", "target": "103"})).status == 422
    await done(await api(key, "POST", f"{TEMPLATE}/keys/order", {"move": "8", "to": "2"}))
    await done(await api(key, "POST", f"{TEMPLATE}/keys/clear", {"position": "4"}))
    await done(await api(key, "POST", f"{TEMPLATE}/keys/cascade", {"position": "12", "dynamic": False}))
    chosen = {one["position"]: one for one in (await api(key, "GET", f"{TEMPLATE}/keys")).body["items"]}
    assert chosen["2"]["target"] == "103" and chosen["2"]["shown"] == "Alan Turing" and "4" not in chosen
    assert chosen["12"]["own"] and chosen["12"]["shown"] == "Ada Lovelace"
    assert (await api(key, "DELETE", f"{TEMPLATE}/keys/2")).status == 200
    assert (await api(key, "GET", f"{TEMPLATE}/keys/2")).status == 404
    assert (await api(api.key("site_manager", user="106"), "GET", f"{TEMPLATE}/keys")).status == 200
    assert (await api(api.key("site_manager", user="106"), "PUT", f"{TEMPLATE}/keys", {"keys": {}})).status == 403
    assert (await api(api.key("office_manager", RIVAL), "GET", f"{TEMPLATE}/keys")).status == 404


@pytest.mark.gen_test
async def test_cascades_are_shown_filled_for_who_draws(api: Api) -> None:
    key = api.key("office_manager")
    for path in (KEYS, f"{TEMPLATE}/keys"):
        chosen = {one["position"]: one for one in (await api(key, "GET", path)).body["items"]}
        filled = {one["position"]: one for one in (await api(key, "GET", f"{path}?filled=1")).body["items"]}
        assert chosen["m1.1"]["kind"] == "cascade" and not chosen["m1.1"]["filled"]
        assert filled["m1.2"]["kind"] == "blf" and filled["m1.2"]["filled"] and filled["m1.2"]["shown"]
        assert filled["2"] == chosen["2"]


@pytest.mark.gen_test
async def test_the_second_of_two_is_told_who_changed_what(api: Api) -> None:
    store = api.services.store
    acme = domains.by_name(store, "acme.example").id
    grace = api_keys.create(store, "grace", "office_manager", NOW, domain_id=acme)[1]
    mine = api.key("office_manager")
    for path, layer in ((KEYS, f"/phones/{YEALINK}/layer"), (f"{TEMPLATE}/keys", f"{TEMPLATE}/layer")):
        seen = (await api(mine, "GET", path)).headers["ETag"]
        await done(await api(grace, "PUT", f"{path}/9", {"kind": "blf", "target": "103"}))
        await done(await api(grace, "PUT", f"{path}/10", {"kind": "park", "target": "703"}))
        late = await api(mine, "PUT", f"{path}/9", {"kind": "none"}, headers={"If-Match": seen})
        assert late.status == 412 and "grace" in late.body["detail"] and "key 9, key 10" in late.body["detail"]
        assert [sorted(one["changed"]) for one in late.body["changes"]] == [["keys.10"], ["keys.9"]]
        assert late.body["changes"][1]["changed"]["keys.9"][1] == {"kind": "blf", "target": "103"}
        whole: dict[str, Any] = {"keys": {}, "revision": late.body["changes"][1]["revision"]}
        refused = await api(mine, "PUT", layer, whole)
        assert refused.status == 409 and "key 10" in refused.body["detail"]
        assert (await api(mine, "PUT", f"{path}/11", {"kind": "queue_toggle"}, headers={"If-Match": "*"})).status == 200


@pytest.mark.gen_test
async def test_secrets_are_not_told_to_the_second_either(api: Api) -> None:
    key, path = api.key("office_manager"), f"/phones/{YEALINK}/layer"
    for number, password in enumerate(("first-secret-1", "second-secret-2")):
        await done(await api(key, "PUT", path, {"values": {"admin.password": password}, "revision": number}))
    late = await api(key, "PUT", path, {"values": {}, "revision": 0})
    assert late.status == 409 and "admin.password" in late.body["detail"]
    assert "secret-" not in json.dumps(late.body)
    history = (await api(key, "GET", f"/phones/{YEALINK}/history?limit=1")).body
    assert history["items"][0]["changed"].keys() == {"values.admin.password"} and history["next"] == "2"
    older = (await api(key, "GET", f"/phones/{YEALINK}/history?cursor={history['next']}")).body
    assert [one["revision"] for one in older["items"]] == [1] and "secret-" not in json.dumps([history, older])


@pytest.mark.gen_test
async def test_a_saved_version_comes_back_unless_it_would_break_something(api: Api) -> None:
    key, path = api.key("office_manager"), f"/phones/{YEALINK}"
    await done(await api(key, "PUT", f"{KEYS}/m1.5", {"kind": "blf", "target": "103"}))
    await done(await api(key, "DELETE", f"{KEYS}/m1.5"))
    await done(await api(key, "POST", f"{path}/history/1/restore"))
    assert (await on_the_phone(api, key))["m1.5"] == ("blf", "103")
    await done(await api(key, "DELETE", f"{KEYS}/m1.5"))
    await done(await api(key, "PATCH", path, {"expansions": []}))
    refused = await api(key, "POST", f"{path}/history/1/restore")
    assert refused.status == 422 and "m1.5" in refused.body["detail"]
    assert (await api(key, "POST", f"{path}/history/99/restore")).status == 404
