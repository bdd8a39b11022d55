"""The directory dialog: whose names, in which order, who is hidden, and everything reset."""

from __future__ import annotations

import pytest

from tests.api.conftest import YEALINK, Api
from tests.api.test_keys import done, on_the_phone

DIRECTORY = f"/phones/{YEALINK}/directory"
TEMPLATE = "/domains/acme.example/phonetemplates/1/directory"


async def names(api: Api, path: str = DIRECTORY, query: str = "") -> list[str]:
    found = (await api(api.key("office_manager"), "GET", f"{path}{query}")).body
    return [contact["name"] for contact in found["contacts"] if not contact["hidden"]]


@pytest.mark.gen_test
async def test_order_and_source_are_those_of_the_phone_and_its_cascades(api: Api) -> None:
    key = api.key("office_manager")
    assert (await names(api))[0] == "Ada Lovelace"
    await done(await api(key, "PUT", DIRECTORY, {"sort": "last_name"}))
    assert (await names(api))[:2] == ["Tim Berners-Lee", "Edsger Dijkstra"]
    keys = await on_the_phone(api, key)
    assert [keys[place][1] for place in ("m1.1", "m1.2")] == ["109", "104"]
    await done(await api(key, "PUT", DIRECTORY, {"source": "site"}))
    found = (await api(key, "GET", DIRECTORY)).body
    assert {contact["site"] for contact in found["contacts"]} == {"Dallas"} and found["own"]
    assert found["origins"] == {"source": "phone", "sort": "phone"}
    await done(await api(key, "PUT", DIRECTORY, {"source": None}))
    assert (await api(key, "GET", DIRECTORY)).body["source"] == "company"


@pytest.mark.gen_test
async def test_a_contact_is_hidden_and_comes_back(api: Api) -> None:
    key = api.key("office_manager")
    grace = (await api(key, "GET", f"{DIRECTORY}?search=hopper")).body["contacts"][0]["id"]
    saved = await done(await api(key, "POST", f"{DIRECTORY}/hide", {"id": grace, "hidden": True}))
    assert saved["directory"]["hidden"] == [grace]
    assert "Grace Hopper" not in await names(api) and "102" not in [
        value for place, (kind, value) in (await on_the_phone(api, key)).items() if place.startswith("m1.")
    ]
    found = (await api(key, "GET", f"{DIRECTORY}?search=hopper")).body
    assert found["contacts"][0]["hidden"] and found["hidden"] == 1, "she stands there, marked, to be shown again"
    history = (await api(key, "GET", f"/phones/{YEALINK}/history")).body["items"]
    assert history[0]["comment"] == "Grace Hopper hidden"
    await done(await api(key, "POST", f"{DIRECTORY}/hide", {"id": grace, "hidden": False}))
    assert "Grace Hopper" in await names(api)
    assert (await api(key, "POST", f"{DIRECTORY}/hide", {"id": "user-99999", "hidden": True})).status == 404


@pytest.mark.gen_test
async def test_reset_undoes_all_and_the_templates_choice_is_back(api: Api) -> None:
    key = api.key("office_manager")
    await done(await api(key, "PUT", TEMPLATE, {"sort": "first_name", "hidden": []}))
    await done(await api(key, "PUT", DIRECTORY, {"sort": "extension", "source": "department"}))
    assert (await names(api)) == ["Ada Lovelace", "Katherine Johnson"]
    await done(await api(key, "DELETE", DIRECTORY))
    found = (await api(key, "GET", DIRECTORY)).body
    assert (found["sort"], found["source"], found["own"]) == ("first_name", "company", False)
    assert found["origins"]["sort"] == "template Reception"
    assert await names(api) == await names(api, TEMPLATE)


@pytest.mark.gen_test
async def test_pages_rights_and_two_at_once(api: Api) -> None:
    key, ada = api.key("office_manager"), api.key("basic_user", user="101")
    first = (await api(key, "GET", f"{DIRECTORY}?limit=4")).body
    second = (await api(key, "GET", f"{DIRECTORY}?limit=100&cursor={first['next']}")).body
    assert len(first["contacts"]) == 4 and len(second["contacts"]) == 7 and second["next"] is None
    assert (await api(ada, "GET", DIRECTORY)).status == 200
    assert (await api(ada, "PUT", DIRECTORY, {"sort": "last_name"})).status == 403
    assert (await api(key, "PUT", DIRECTORY, {"sort": "colour"})).status == 422
    seen = (await api(key, "GET", DIRECTORY)).headers["ETag"]
    await done(await api(key, "PUT", DIRECTORY, {"sort": "last_name"}))
    late = await api(key, "PUT", DIRECTORY, {"source": "site"}, headers={"If-Match": seen})
    assert late.status == 412 and "directory’s sort" in late.body["detail"]
