"""Single keys of a phone, as people press them in the Phone Manager."""

from __future__ import annotations

from typing import Any

import pytest

from provd.store import domains, phones
from tests.api.conftest import YEALINK, Api

KEYS = f"/phones/{YEALINK}/keys"


async def on_the_phone(api: Api, key: str, mac: str = YEALINK) -> dict[str, tuple[str, str]]:
    """{position: (kind, value)} as the phone gets them."""
    found = (await api(key, "GET", f"/phones/{mac}/effective")).body["keys"]
    return {one["position"]: (one["kind"], one["value"]) for one in found}


async def done(answer: Any) -> Any:
    assert answer.status == 200, answer.body
    return answer.body


@pytest.mark.gen_test
async def test_setting_one_key_leaves_the_others(api: Api) -> None:
    key = api.key("office_manager")
    await done(await api(key, "PUT", f"{KEYS}/9", {"kind": "blf", "target": "103"}))
    await done(await api(key, "PUT", f"{KEYS}/10", {"kind": "speed_dial", "target": "+12145550111", "label": "Cab"}))
    keys = await on_the_phone(api, key)
    assert keys["9"] == ("blf", "103") and keys["10"] == ("speed_dial", "+12145550111")
    assert keys["2"] == ("blf", "102"), "the template's key stays"
    chosen = (await api(key, "GET", f"{KEYS}/9")).body
    assert chosen["own"] and chosen["label"] is None
    assert (await api(key, "GET", f"{KEYS}/27")).status == 404


@pytest.mark.gen_test
async def test_a_key_that_the_phone_cannot_do_is_refused(api: Api) -> None:
    key = api.key("office_manager")
    for position, body in (
        ("28", {"kind": "blf", "target": "103"}), ("m2.1", {"kind": "blf", "target": "103"}), ("9", {"kind": "blf"}),
        ("9", {"kind": "fax"}), ("seven", {"kind": "none"}), ("9", {"kind": "line", "line": 9}),
        ("9", {"kind": "url", "target": "http://x\u0007.example/"}),
    ):  # fmt: skip
        assert (await api(key, "PUT", f"{KEYS}/{position}", body)).status == 422, (position, body)
    assert (await api(key, "GET", f"/phones/{YEALINK}/layer")).body["revision"] == 0


@pytest.mark.gen_test
async def test_giving_a_key_back_brings_the_templates(api: Api) -> None:
    key = api.key("office_manager")
    await done(await api(key, "PUT", f"{KEYS}/2", {"kind": "none"}))
    assert (await on_the_phone(api, key))["2"] == ("none", "")
    await done(await api(key, "DELETE", f"{KEYS}/2"))
    assert (await on_the_phone(api, key))["2"] == ("blf", "102")
    assert (await api(key, "DELETE", f"{KEYS}/2")).status == 404


@pytest.mark.gen_test
async def test_clearing_a_key_empties_it_whatever_the_template_says(api: Api) -> None:
    key = api.key("office_manager")
    await done(await api(key, "PUT", f"{KEYS}/9", {"kind": "blf", "target": "103"}))
    for position in ("2", "9"):
        await done(await api(key, "POST", f"{KEYS}/clear", {"position": position}))
    keys = await on_the_phone(api, key)
    assert keys["2"] == ("none", "") and "9" not in keys and keys["3"][0] == "park"


@pytest.mark.gen_test
async def test_clearing_all_that_follow_empties_a_cascade_too(api: Api) -> None:
    key = api.key("office_manager")
    assert (await on_the_phone(api, key))["m1.1"][0] == "blf", "the template's cascade fills the module"
    await done(await api(key, "POST", f"{KEYS}/clear", {"position": "4", "following": True}))
    keys = await on_the_phone(api, key)
    assert keys["2"] == ("blf", "102") and keys["3"][0] == "park"
    rest = {place: found for place, found in keys.items() if place not in ("1", "2", "3", "4", "5", "6", "7", "8")}
    assert all(found == ("none", "") for found in rest.values()), rest


@pytest.mark.gen_test
async def test_a_dynamic_cascade_follows_the_directory(api: Api) -> None:
    key = api.key("office_manager")
    await done(await api(key, "POST", f"{KEYS}/cascade", {"position": "9", "dynamic": True, "department": "Sales"}))
    keys = await on_the_phone(api, key)
    assert [keys[place][1] for place in ("9", "10", "11")] == ["107", "108", "109"], "110 is on the phone itself"
    await api(key, "PATCH", "/domains/acme.example/users/107", {"list_in_directory": False})
    keys = await on_the_phone(api, key)
    assert [keys[place][1] for place in ("9", "10")] == ["108", "109"] and "11" not in keys


@pytest.mark.gen_test
async def test_a_static_cascade_is_a_snapshot_that_keeps_what_is_there(api: Api) -> None:
    key = api.key("office_manager")
    await done(await api(key, "PUT", f"{KEYS}/10", {"kind": "park", "target": "703"}))
    await done(await api(key, "POST", f"{KEYS}/cascade", {"position": "9", "dynamic": False, "department": "Sales"}))
    await api(key, "PATCH", "/domains/acme.example/users/107", {"list_in_directory": False, "first_name": "Don"})
    keys = await on_the_phone(api, key)
    assert [keys[place][1] for place in ("9", "10", "11", "12")] == ["107", "703", "108", "109"]
    assert (await api(key, "GET", f"{KEYS}/9")).body["label"] == "Donald Knuth"


@pytest.mark.gen_test
async def test_who_finds_no_place_is_counted(api: Api) -> None:
    body = {"position": "26", "dynamic": True}
    answer = await api(api.key("office_manager"), "POST", "/phones/249ad8000111/keys/cascade", body)
    assert any("find no key" in one["text"] for one in answer.body["warnings"])


@pytest.mark.gen_test
async def test_a_locked_key_is_for_managers(api: Api) -> None:
    office, ada = api.key("office_manager"), api.key("basic_user", user="101")
    await done(await api(office, "PUT", f"{KEYS}/9", {"kind": "blf", "target": "103", "locked": True}))
    assert (await api(ada, "PUT", f"{KEYS}/9", {"kind": "none"})).status == 403
    assert (await api(ada, "DELETE", f"{KEYS}/9")).status == 403
    assert (await api(ada, "POST", f"{KEYS}/clear", {"position": "9"})).status == 403
    assert (await api(ada, "POST", f"{KEYS}/cascade", {"position": "9", "dynamic": True})).status == 403
    assert (await api(ada, "PUT", f"{KEYS}/11", {"kind": "none", "locked": True})).status == 403
    await done(await api(ada, "PUT", f"{KEYS}/11", {"kind": "blf", "target": "104"}))
    await done(await api(ada, "POST", f"{KEYS}/clear", {"position": "8", "following": True}))
    keys = await on_the_phone(api, office)
    assert keys["9"] == ("blf", "103") and "11" not in keys, "what is locked stays, what is not goes"
    assert (await api(ada, "PUT", "/phones/64167f000102/keys/9", {"kind": "none"})).status == 403, "not her phone"


@pytest.mark.gen_test
async def test_an_old_version_of_the_keys_can_be_guarded_against(api: Api) -> None:
    key = api.key("office_manager")
    seen = (await api(key, "GET", KEYS)).headers["ETag"]
    await done(await api(key, "PUT", f"{KEYS}/9", {"kind": "blf", "target": "103"}, headers={"If-Match": seen}))
    late = await api(key, "PUT", f"{KEYS}/9", {"kind": "blf", "target": "104"}, headers={"If-Match": seen})
    assert late.status == 412


@pytest.mark.gen_test
async def test_a_change_is_in_the_next_fetch_and_nowhere_else(api: Api) -> None:
    key, services = api.key("office_manager"), api.services
    acme = domains.by_name(services.store, "acme.example").id
    before = {phone.mac: phone.revision for phone in phones.find(services.store, acme).items}
    await done(await api(key, "PUT", f"{KEYS}/9", {"kind": "blf", "target": "103"}))
    file = (await api(key, "GET", f"/phones/{YEALINK}/files/{YEALINK}.cfg")).body.decode()
    assert "linekey.9.value = 103" in file
    after = {phone.mac: phone.revision for phone in phones.find(services.store, acme).items}
    assert {mac for mac in after if after[mac] != before[mac]} == {YEALINK}
