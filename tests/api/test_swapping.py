"""Another model in a phone's place, previewed and done."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.conftest import RIVAL_MAC, YEALINK, Api
from tests.api.test_keys import done, on_the_phone

SWAP = f"/phones/{YEALINK}/swap"
NEW = "00562b000999"


@pytest.mark.gen_test
async def test_a_swap_is_previewed_and_nothing_is_changed_by_that(api: Api) -> None:
    key = api.key("office_manager")
    await done(await api(key, "PUT", f"/phones/{YEALINK}/keys/9", {"kind": "dtmf", "target": "*1"}))
    await done(await api(key, "PUT", f"/phones/{YEALINK}/keys/20", {"kind": "blf", "target": "103"}))
    before = (await api(key, "GET", f"/phones/{YEALINK}")).body
    audits = len((await api(key, "GET", "/audits")).body["items"])
    report = (await api(key, "POST", f"{SWAP}/preview", {"mac": NEW, "model": "cisco-cp-8851"})).body
    assert report["template"] == "Reception" and report["expansions"] == ["EXP43"]
    assert [one["position"] for one in report["left"]] == ["9"] and "digits" in report["left"][0]["reason"]
    assert {one["from"] for one in report["moved"]} >= {"20", "m1.1"} and report["model"] == "cisco-cp-8851"
    after = (await api(key, "GET", f"/phones/{YEALINK}")).body
    assert after == before | {"state_text": after["state_text"]}
    assert len((await api(key, "GET", "/audits")).body["items"]) == audits
    assert (await api(key, "GET", f"/phones/{NEW}")).status == 404
    await api.services.recorder.flush()
    happened = (await api(key, "GET", f"/phones/{YEALINK}/events")).body["items"]
    assert not any("place of" in one["reason"] for one in happened)


@pytest.mark.gen_test
async def test_what_was_previewed_is_what_happens(api: Api) -> None:
    key, wish = api.key("office_manager"), {"mac": NEW, "model": "cisco-cp-8851"}
    await done(await api(key, "PUT", f"/phones/{YEALINK}/keys/9", {"kind": "dtmf", "target": "*1"}))
    report: dict[str, Any] = (await api(key, "POST", f"{SWAP}/preview", wish)).body
    swapped = await done(await api(key, "POST", SWAP, wish))
    assert (swapped["mac"], swapped["model"], swapped["template_id"]) == (NEW, "cisco-cp-8851", None)
    assert swapped["swapped_from"] == YEALINK and [line["user"] for line in swapped["lines"]] == ["101", "110"]
    keys = await on_the_phone(api, key, NEW)
    assert keys["2"] == ("blf", "102") and "dtmf" not in [kind for kind, _ in keys.values()]
    layer = (await api(key, "GET", f"/phones/{NEW}/layer")).body
    assert all(one["to"] in layer["keys"] for one in report["moved"])
    old = (await api(key, "GET", f"/phones/{NEW}/history/1")).body
    assert old["keys"]["9"]["kind"] == "dtmf", "what the new phone cannot do is still in the history"
    problems = (await api(key, "GET", f"/phones/{NEW}/check")).body["problems"]
    assert problems == report["problems"]
    files = (await api(key, "GET", f"/phones/{NEW}/files")).body["items"]
    assert any(NEW in one["name"] for one in files)


@pytest.mark.gen_test
async def test_the_settings_of_another_vendor_do_not_come_along(api: Api) -> None:
    key = api.key("office_manager")
    body = {"values": {"sip.expires": 900, "admin.password": "Geheim-1234"}, "raw": {"phone_setting.x": "1"}}
    await done(await api(key, "PUT", f"/phones/{YEALINK}/layer", body | {"revision": 0}))
    report = (await api(key, "POST", f"{SWAP}/preview", {"model": "snom-d785"})).body
    assert report["settings"] == ["phone_setting.x"]
    await done(await api(key, "POST", SWAP, {"model": "snom-d785"}))
    layer = (await api(key, "GET", f"/phones/{YEALINK}/layer?secrets=1")).body
    assert layer["raw"] == {} and layer["values"]["admin.password"] == "Geheim-1234"
    assert "admin.password" in layer["secret_names"]


@pytest.mark.gen_test
async def test_swaps_that_cannot_be(api: Api) -> None:
    key = api.key("office_manager")
    for body, status in (
        ({}, 422), ({"mac": YEALINK}, 422), ({"model": "yealink-t46u"}, 422), ({"model": "yealink-t999"}, 422),
        ({"mac": RIVAL_MAC, "model": "snom-d785"}, 409), ({"mac": "nonsense"}, 422),
    ):  # fmt: skip
        for path in (SWAP, f"{SWAP}/preview"):
            assert (await api(key, "POST", path, body)).status == status, (path, body)
    assert (await api(api.key("basic_user", user="101"), "POST", f"{SWAP}/preview", {"mac": NEW})).status == 403
