"""Drafts: kept until saved, undone step by step, met with what others save, bound by the same rights."""

from __future__ import annotations

from typing import Any

import pytest

from provd.phone.config import MASK
from provd.store import drafts, phones
from tests.api.conftest import NOW, RIVAL, RIVAL_MAC, YEALINK, Api
from tests.api.test_keys import done, on_the_phone

DRAFT = f"/phones/{YEALINK}/draft"
TEMPLATE = "/domains/acme.example/phonetemplates/1"
TAXI = {"kind": "speed_dial", "target": "+12145550123", "label": "Taxi"}


async def draft(api: Api, key: str, path: str = DRAFT) -> Any:
    return await done(await api(key, "GET", path))


async def names(api: Api, key: str, path: str = DRAFT) -> list[str]:
    return [one["name"] for one in (await draft(api, key, path))["changes"]]


@pytest.mark.gen_test
async def test_nothing_reaches_the_phone_before_it_is_saved(api: Api) -> None:
    key = api.key("office_manager")
    before = await on_the_phone(api, key)
    await done(await api(key, "PUT", f"{DRAFT}/keys/8", TAXI))
    await done(await api(key, "POST", f"{DRAFT}/keys/order", {"move": "8", "to": "3"}))
    found = await draft(api, key)
    shown = {one["position"]: one for one in found["keys"]}
    assert shown["3"]["shown"] == "Taxi" and shown["3"]["own"] and shown["4"]["shown"] == "Park 701"
    assert found["steps"] == 2 and found["revision"] == 0 and await on_the_phone(api, key) == before
    saved = await done(await api(key, "POST", f"{DRAFT}/save", {}))
    assert saved["revision"] == 1 and saved["phones"] == 1
    assert (await on_the_phone(api, key))["3"] == ("speed_dial", "+12145550123")
    found = await draft(api, key)
    assert (found["changes"], found["steps"], found["since"]) == ([], 0, None)
    assert (await api(key, "POST", f"{DRAFT}/save", {})).status == 409
    history = (await api(key, "GET", f"/phones/{YEALINK}/history")).body["items"]
    assert history[0]["comment"] == "key 3, key 4, key 5, key 6 and 2 more"


@pytest.mark.gen_test
async def test_ten_steps_back_and_what_is_as_before_is_no_change(api: Api) -> None:
    key = api.key("office_manager")
    for number in range(8, 20):
        await done(await api(key, "PUT", f"{DRAFT}/keys/{number}", TAXI))
    assert (await draft(api, key))["steps"] == 10
    await done(await api(key, "POST", f"{DRAFT}/keys/clear", {"position": "8", "following": True}))
    for _ in range(10):
        found = await done(await api(key, "POST", f"{DRAFT}/undo"))
    assert [one["name"] for one in found["changes"]] == ["keys.10", "keys.8", "keys.9"] and found["steps"] == 0
    assert (await api(key, "POST", f"{DRAFT}/undo")).status == 409
    for number in (8, 9, 10):
        await done(await api(key, "DELETE", f"{DRAFT}/keys/{number}"))
    assert await names(api, key) == []
    assert (await api(key, "DELETE", DRAFT)).status == 204 and (await api(key, "DELETE", DRAFT)).status == 404


@pytest.mark.gen_test
async def test_two_managers_are_told_of_each_other_and_merged(api: Api) -> None:
    ada, zoe = api.key("basic_user", user="101"), api.key("basic_user", user="110")
    await done(await api(ada, "PUT", f"{DRAFT}/keys/8", TAXI))
    await done(await api(ada, "PUT", f"{DRAFT}/keys/9", TAXI))
    await done(await api(zoe, "PUT", f"{DRAFT}/keys/9", {"kind": "blf", "target": "103"}))
    await done(await api(zoe, "PUT", f"{DRAFT}/keys/10", {"kind": "blf", "target": "104"}))
    assert [one["name"] for one in (await draft(api, ada))["editors"]] == ["Zoë O'Brien"]
    await done(await api(zoe, "POST", f"{DRAFT}/save", {}))

    found = await draft(api, ada)
    assert found["editors"] == [] and set(found["news"][0]["changed"]) == {"keys.9", "keys.10"}
    assert [(one["name"], one["met"]) for one in found["changes"]] == [("keys.8", False), ("keys.9", True)]
    refused = await api(ada, "POST", f"{DRAFT}/save", {})
    assert refused.status == 409 and "key 10, key 9" in refused.body["detail"] and refused.body["changes"]
    await done(await api(ada, "POST", f"{DRAFT}/choose", {"name": "keys.9", "take": "mine"}))
    assert (await api(ada, "POST", f"{DRAFT}/choose", {"name": "keys.11", "take": "mine"})).status == 422
    await done(await api(ada, "POST", f"{DRAFT}/save", {}))
    keys = await on_the_phone(api, ada)
    assert keys["8"][0] == keys["9"][0] == "speed_dial" and keys["10"] == ("blf", "104")


@pytest.mark.gen_test
async def test_theirs_is_taken_and_can_be_undone(api: Api) -> None:
    ada, zoe = api.key("basic_user", user="101"), api.key("basic_user", user="110")
    await done(await api(ada, "PUT", f"{DRAFT}/keys/9", TAXI))
    await done(await api(zoe, "PUT", f"/phones/{YEALINK}/keys/9", {"kind": "blf", "target": "103"}))
    found = await done(await api(ada, "POST", f"{DRAFT}/choose", {"name": "keys.9", "take": "theirs"}))
    assert found["changes"] == [] and found["steps"] == 2
    found = await done(await api(ada, "POST", f"{DRAFT}/undo"))
    assert [(one["name"], one["met"]) for one in found["changes"]] == [("keys.9", True)]


@pytest.mark.gen_test
async def test_settings_directory_and_secrets_are_drafted_too(api: Api) -> None:
    key = api.key("office_manager")
    wish = {"values": {"language": "de", "admin.password": "fourteen-cats", "network.vlan.id": 20}}
    found = await done(await api(key, "PATCH", DRAFT, {**wish, "directory": {"sort": "last_name"}}))
    told = {one["name"]: one["wanted"] for one in found["changes"]}
    assert told["values.language"] == "de" and told["values.admin.password"] == MASK
    services = api.services.store
    (row,) = services.sql("SELECT sealed_content FROM drafts").fetchall()
    assert row[0].startswith("sealed1:")
    settings = await done(await api(key, "GET", f"{DRAFT}/settings"))
    language = next(one for one in settings["values"] if one["name"] == "language")
    assert (language["value"], language["own"], language["changed"]) == ("de", True, True)
    assert "fourteen-cats" not in str(settings)
    assert (await api(key, "GET", f"{DRAFT}/directory")).body["sort"] == "last_name"
    m1 = [one for one in found["keys"] if one["position"] == "m1.1"]
    assert m1[0]["target"] == "109", "the cascade follows the order at once: Berners-Lee is the first"
    wrong = await api(key, "PATCH", DRAFT, {"values": {"language": "xx"}})
    assert wrong.status == 422 and "values.language" in str(wrong.body)
    found = await done(await api(key, "PATCH", DRAFT, {"values": {"language": None}}))
    assert "values.language" not in [one["name"] for one in found["changes"]]
    diff = await done(await api(key, "GET", f"{DRAFT}/diff"))
    assert diff["restarts"] == ["VLAN of the phone, 0 = none"] and "fourteen-cats" not in str(diff)


@pytest.mark.gen_test
async def test_every_changed_line_has_its_cause(api: Api) -> None:
    key = api.key("office_manager")
    await done(await api(key, "PUT", f"{DRAFT}/keys/8", TAXI))
    await done(await api(key, "PATCH", DRAFT, {"values": {"voicemail.number": "*97"}}))
    diff = await done(await api(key, "GET", f"{DRAFT}/diff"))
    lines = [line for file in diff["files"] for line in file["lines"] if line["sign"] in "+-"]
    assert diff["changed"] == len(lines) > 0 and all(line["cause"] for line in lines)
    causes = {line["text"].split("=")[0].strip(): line["cause"] for line in lines}
    assert causes["linekey.8.value"] == ["keys.8"] and ["values.voicemail.number"] in causes.values()
    for number in range(9, 27):
        await done(await api(key, "PUT", f"{DRAFT}/keys/{number}", TAXI))
    diff = await done(await api(key, "GET", f"{DRAFT}/diff"))
    causes = {line["text"]: line["cause"] for file in diff["files"] for line in file["lines"] if line["sign"] == "+"}
    assert (
        "keys.26" in causes["linekey.26.value = +12145550123"] and len(causes["linekey.26.value = +12145550123"]) <= 3
    )


@pytest.mark.gen_test
async def test_a_template_is_drafted_saved_and_copied(api: Api) -> None:
    key = api.key("office_manager")
    await done(await api(key, "PUT", f"{TEMPLATE}/draft/keys/8", TAXI))
    assert (await draft(api, key, f"{TEMPLATE}/draft"))["phones"] == 1
    diff = await done(await api(key, "GET", f"{TEMPLATE}/draft/diff"))
    assert diff["mac"] == YEALINK and diff["changed"] > 0
    made = await api(key, "POST", f"{TEMPLATE}/draft/template", {"name": "Reception with taxi"})
    assert made.status == 201 and made.body["model"] == "yealink-t46u"
    copied = (await api(key, "GET", f"/domains/acme.example/phonetemplates/{made.body['id']}/layer")).body["keys"]
    assert copied["8"]["label"] == "Taxi" and copied["3"]["target"] == "701"
    assert (await on_the_phone(api, key))["8"][0] == "line"
    await done(await api(key, "POST", f"{TEMPLATE}/draft/save", {"comment": "Taxi"}))
    assert (await on_the_phone(api, key))["8"][0] == "speed_dial"
    other = await done(await api(key, "GET", f"/domains/acme.example/phonetemplates/{made.body['id']}/draft/diff"))
    assert other["mac"] is None
    again = await done(await api(key, "POST", f"{TEMPLATE}/draft/restore/1"))
    assert [(one["name"], one["wanted"]) for one in again["changes"]] == [("keys.8", None)]


@pytest.mark.gen_test
async def test_basic_users_draft_their_own_keys_that_are_not_locked(api: Api) -> None:
    manager, ada, tim = (
        api.key("office_manager"), api.key("basic_user", user="101"), api.key("basic_user", user="109"),
    )  # fmt: skip
    await done(await api(manager, "PUT", f"/phones/{YEALINK}/keys/9", {**TAXI, "locked": True}))
    await done(await api(ada, "PUT", f"{DRAFT}/keys/8", TAXI))
    assert (await api(ada, "PUT", f"{DRAFT}/keys/9", TAXI)).status == 403
    assert (await api(ada, "PATCH", DRAFT, {"values": {"language": "de"}})).status == 403
    assert (await api(ada, "POST", f"{DRAFT}/template", {"name": "Mine"})).status == 403
    assert (await api(tim, "GET", DRAFT)).status == 403
    assert (await api(api.key("site_manager", user="106"), "PUT", f"{TEMPLATE}/draft/keys/8", TAXI)).status == 403
    assert (await api(manager, "GET", f"/phones/{RIVAL_MAC}/draft")).status == 404
    assert (await api(api.key("office_manager", RIVAL), "GET", f"{TEMPLATE}/draft")).status == 404
    # A key that is locked meanwhile is not saved over.
    await done(await api(manager, "PUT", f"/phones/{YEALINK}/keys/8", {"kind": "none", "locked": True}))
    refused = await api(ada, "POST", f"{DRAFT}/save", {})
    assert refused.status == 403 and "Key 8 is locked" in refused.body["detail"]


@pytest.mark.gen_test
async def test_an_error_blocks_the_saving_and_nothing_else(api: Api) -> None:
    key = api.key("office_manager")
    found = await done(await api(key, "PUT", f"{DRAFT}/keys/8", {"kind": "blf"}))
    assert found["warnings"][0]["severity"] == "error"
    found = await draft(api, key)
    assert [one["field"] for one in found["blocking"]] == ["keys.8.target"]
    assert (await api(key, "POST", f"{DRAFT}/save", {})).status == 422
    await done(await api(key, "PUT", f"{DRAFT}/keys/8", {"kind": "blf", "target": "103"}))
    await done(await api(key, "POST", f"{DRAFT}/save", {}))


@pytest.mark.gen_test
async def test_a_draft_is_gone_after_two_weeks_and_with_its_phone(api: Api) -> None:
    key, store = api.key("office_manager"), api.services.store
    await done(await api(key, "PUT", f"{DRAFT}/keys/8", TAXI))
    store.sql("UPDATE drafts SET updated = updated - ?", (drafts.KEEP + 60,))
    assert await names(api, key) == []
    await done(await api(key, "PUT", f"{DRAFT}/keys/9", TAXI))
    assert store.sql("SELECT COUNT(*) FROM drafts").fetchone()[0] == 1
    phone = phones.anywhere(store, YEALINK)
    assert phone is not None
    phones.delete(store, phone.domain_id, phone.id, NOW)
    assert store.sql("SELECT COUNT(*) FROM drafts").fetchone()[0] == 0
