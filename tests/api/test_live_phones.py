"""State, diagnosis and timeline of phones that speak SIP with this process, on both databases."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.conftest import YEALINK, Api
from tests.api.test_phone_states import fetch
from tests.api.test_registrations import phone_of, sip
from tests.store.conftest import empty_postgres, postgres  # noqa: F401 - fixtures

AGENT = "Yealink SIP-T46U 108.86.0.90"
BOTH = pytest.mark.parametrize("database_url", ["", "empty_postgres"], indirect=True)


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> str:
    """SQLite; a test that says so has PostgreSQL too."""
    return str(request.getfixturevalue(request.param)) if getattr(request, "param", "") else ""


async def verdicts(api: Api) -> dict[str, tuple[str, str]]:
    found = await api(api.key("office_manager"), "GET", f"/phones/{YEALINK}/diagnosis")
    assert found.status == 200
    return {check["name"]: (check["verdict"], check["text"]) for check in found.body["checks"]}


@BOTH
@pytest.mark.gen_test(timeout=30)
async def test_a_phone_is_seen_as_it_registers_and_goes(api: Api) -> None:
    key, path = api.key("office_manager"), "/domains/acme.example/phones"
    async with sip(api.services):
        assert await fetch(api, YEALINK, address="192.0.2.1") == 200
        ada, zoe = phone_of(api.services, "101", agent=AGENT), phone_of(api.services, "110", agent=AGENT)
        assert ada.register(600).status == 200
        found = (await api(key, "GET", f"/phones/{YEALINK}")).body
        assert (
            found["state"] == "registered" and "1 of its 2 lines are registered from 192.0.2.1" in found["state_text"]
        )
        assert (await api(key, "GET", f"{path}?state=registered&sort=user")).body["items"][0]["mac"] == YEALINK
        zoe.register(600)
        assert (await api(key, "GET", f"/phones/{YEALINK}")).body["registered_devices"] == 2
        assert (await api(key, "GET", f"{path}/states")).body["registered"] == 1
        day = (await api(key, "GET", f"/phones/{YEALINK}/timeline")).body
        assert [strip["open"] for strip in day["strips"]] == [True, True]
        ada.register(0)
        zoe.register(0)
        assert (await api(key, "GET", f"/phones/{YEALINK}")).body["state"] == "unregistered"
        assert (await api(key, "GET", f"{path}/states")).body["unregistered"] == 1
        day = (await api(key, "GET", f"/phones/{YEALINK}/timeline")).body
        assert [strip["open"] for strip in day["strips"]] == [False, False]


@BOTH
@pytest.mark.gen_test(timeout=30)
async def test_the_first_broken_step_of_a_phone_that_speaks_sip(api: Api) -> None:
    key = api.key("office_manager")
    async with sip(api.services):
        await fetch(api, YEALINK, address="192.0.2.1")
        assert (await verdicts(api))["registered.1"][0] == "broken"
        assert phone_of(api.services, "101", agent=AGENT, secret="guess").register().status in (401, 403)
        verdict, text = (await verdicts(api))["registered.1"]
        assert verdict == "broken" and "wrong password came from 192.0.2.1" in text
        phone = phone_of(api.services, "101", agent=AGENT, protocol="TCP")
        phone.register(600)
        phone_of(api.services, "110", agent=AGENT).register(600)
        found = await verdicts(api)
        assert found["registered.1"][0] == "ok" and "over TCP" in found["registered.1"][1]
        assert found["lamps"][0] == "broken" and "102" in found["lamps"][1], "it has subscribed to none of its lamps"
        phone.flow.alive = False
        verdict, text = (await verdicts(api))["registered.1"]
        assert (verdict, text) == ("broken", "Its connection broke, so no call reaches it.")
        await api(key, "POST", f"/phones/{YEALINK}/resync", {"when": "tonight"})
        assert (await verdicts(api))["resync"][0] == "waiting"


@BOTH
@pytest.mark.gen_test(timeout=30)
async def test_keys_swaps_and_adding_on_both_databases(api: Api) -> None:
    key = api.key("office_manager")
    keys: Any = {"keys": {"9": {"kind": "blf", "target": "103"}}}
    saved = await api(key, "PUT", f"/phones/{YEALINK}/keys", keys)
    assert saved.status == 200
    seen = saved.headers["ETag"]
    assert (await api(key, "POST", f"/phones/{YEALINK}/keys/order", {"move": "9", "to": "2"})).status == 200
    late = await api(key, "PUT", f"/phones/{YEALINK}/keys", keys, headers={"If-Match": seen})
    assert late.status == 412 and late.body["changes"]
    preview = await api(key, "POST", f"/phones/{YEALINK}/swap/preview", {"model": "snom-d785"})
    assert preview.status == 200 and preview.body["template"] == "Reception"
    assert (await api(key, "GET", f"/phones/{YEALINK}")).body["model"] == "yealink-t46u"
    added = await api(
        key, "POST", "/domains/~/phones/many", {"lines": ["805ec0000a01 107", YEALINK], "model": "yealink-t46u"}
    )
    assert [item["outcome"] for item in added.body["items"]] == ["created", "here"]
    assert (await api(key, "POST", f"/phones/{YEALINK}/swap", {"model": "snom-d785"})).status == 200
