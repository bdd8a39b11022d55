"""Why a phone does not work, and its day as a picture, through the API."""

from __future__ import annotations

import time
from typing import Any

import pytest

from provd.seal import MASK
from provd.store import devices, domains, events, phones, tokens
from provd.store.rows import Knock, PhoneEvent
from tests.api.conftest import RIVAL_MAC, YEALINK, Api
from tests.api.test_phone_states import fetch, register

DIAGNOSIS = f"/phones/{YEALINK}/diagnosis"


async def checks(api: Api) -> dict[str, str]:
    found = await api(api.key("office_manager"), "GET", DIAGNOSIS)
    assert found.status == 200
    return {check["name"]: check["verdict"] for check in found.body["checks"]}


def happened(api: Api, kind: str, ago: float, *, device: str = "101", firmware: str = "", reason: str = "") -> None:
    phone = phones.anywhere(api.services.store, YEALINK)
    assert phone is not None
    one = PhoneEvent(
        YEALINK, time.time() - ago, kind, phone.id, phone.domain_id, "10.1.4.7", "SIP/UDP", f"{device}@acme.example",
        firmware, "", 0, 200, reason,
    )  # fmt: skip
    events.add(api.services.store, [one])


@pytest.mark.gen_test
async def test_from_its_box_to_its_desk_the_next_thing_to_mend_is_named(api: Api) -> None:
    key = api.key("office_manager")
    new = await checks(api)
    assert new["contact"] == "waiting"
    assert new["proof"] == "unknown" and new["accounts"] == "ok"
    await fetch(api, YEALINK, token="x" * 20, address="203.0.113.9")
    refused = (await api(key, "GET", DIAGNOSIS)).body
    assert refused["first_broken"] == "fetch" and "203.0.113.9" in refused["summary"]
    await fetch(api, YEALINK)
    taken = await checks(api)
    assert (taken["proof"], taken["present"], taken["registered.1"]) == ("ok", "ok", "broken")
    happened(api, "auth_failed", 30)
    answer = (await api(key, "GET", DIAGNOSIS)).body
    assert answer["first_broken"] == "registered.1" and "wrong password came from 10.1.4.7" in answer["summary"]
    register(api, "101")
    register(api, "110", number=2)
    well = (await api(key, "GET", DIAGNOSIS)).body
    assert well["first_broken"] is None, well["summary"]


@pytest.mark.gen_test
async def test_a_mistyped_mac_is_recognised_by_who_knocks(api: Api) -> None:
    now, store = int(time.time()), api.services.store
    acme = domains.by_name(store, "acme.example").id
    phones.create(store, acme, "805ec0000a01", "yealink-t46u", now - 9 * 86_400)
    knock = Knock("805ec0000a10", now, now, 1, "10.1.4.9", "Yealink SIP-T46U", "Yealink", "yealink-t46u", "")
    api.services.recorder.knock(knock)
    found = (await api(api.key("office_manager"), "GET", "/phones/805ec0000a01/diagnosis")).body
    assert found["first_broken"] == "contact" and "80:5e:c0:00:0a:10" in found["summary"]
    assert "Compare the MAC" in found["summary"]


@pytest.mark.gen_test
async def test_who_else_knocks_where_the_company_is_is_told_to_the_provider(api: Api) -> None:
    now, store = int(time.time()), api.services.store
    acme = domains.by_name(store, "acme.example").id
    phones.create(store, acme, "805ec0000a01", "yealink-t46u", now - 9 * 86_400)
    await fetch(api, YEALINK, address="198.51.100.7")
    api.services.recorder.knock(Knock("805ec0bbbb01", now, now, 1, "198.51.100.7", "", "Yealink", "", ""))
    path = "/phones/805ec0000a01/diagnosis"
    assert "80:5e:c0:bb:bb:01" in (await api(api.key("super_user", None), "GET", path)).body["summary"]
    assert "80:5e:c0:bb:bb:01" not in (await api(api.key("office_manager"), "GET", path)).body["support"]


@pytest.mark.gen_test
async def test_what_goes_to_support_has_no_secrets(api: Api) -> None:
    store = api.services.store
    phone = phones.anywhere(store, YEALINK)
    assert phone is not None
    await fetch(api, YEALINK)
    secrets = [tokens.newest(store, phone.domain_id, phone.id), tokens.newest(store, phone.domain_id)]
    secrets += [devices.password(store, phone.domain_id, devices.by_name(store, phone.domain_id, "101").id)]
    whole: dict[str, Any] = (await api(api.key("super_user", None), "GET", DIAGNOSIS)).body
    assert MASK in whole["support"] and "80:5e:c0:00:01:01  Yealink T46U" in whole["support"]
    assert not any(secret and secret in str(whole) for secret in secrets)


@pytest.mark.gen_test
async def test_who_may_ask(api: Api) -> None:
    assert (await api(api.key("basic_user", user="101"), "GET", DIAGNOSIS)).status == 200
    assert (await api(api.key("basic_user", user="107"), "GET", DIAGNOSIS)).status == 403
    for path in ("diagnosis", "timeline"):
        assert (await api(api.key("office_manager"), "GET", f"/phones/{RIVAL_MAC}/{path}")).status == 404


@pytest.mark.gen_test
async def test_a_day_as_a_picture(api: Api) -> None:
    key = api.key("office_manager")
    happened(api, "registered", 90_000)
    happened(api, "expired", 40_000)
    happened(api, "fetched", 30_000, firmware="1.0")
    happened(api, "fetched", 20_000, firmware="1.1")
    register(api, "110")
    day = (await api(key, "GET", f"/phones/{YEALINK}/timeline")).body
    strips = {strip["device"]: strip for strip in day["strips"]}
    assert strips["110@acme.example"]["open"] and not strips["101@acme.example"]["open"]
    assert strips["101@acme.example"]["start"] == day["start"], "it was registered before the picture begins"
    assert [tick["kind"] for tick in day["ticks"]] == ["fetch", "firmware", "fetch"]
    week = int(time.time()) - 7 * 86_400
    found = (await api(key, "GET", f"/phones/{YEALINK}/timeline?from={week}")).body
    assert found["end"] - found["start"] > 6 * 86_400 and not found["cut"]
    assert (await api(key, "GET", f"/phones/{YEALINK}/timeline?from=5&to=4")).status == 422
    assert (await api(key, "GET", f"/phones/{YEALINK}/timeline?from=0")).status == 422
