"""Home tells each reader what needs them, as far as their rights reach; in time at full size."""

from __future__ import annotations

import time

import pytest

from provd.store import bindings, devices, domains, jobs, phones, users
from tests.api.big import BIG, company_of
from tests.api.conftest import NOW, YEALINK, Api

HOME = "/domains/acme.example/home"


async def kinds(api: Api, key: str) -> dict[str, int]:
    answer = await api(key, "GET", HOME)
    assert answer.status == 200
    return {need["kind"]: need["count"] for need in answer.body["needs"]}


def register(api: Api, device: str) -> None:
    store, now = api.services.store, time.time()
    acme = domains.by_name(store, "acme.example").id
    row = dict.fromkeys(bindings.NAMES.split(", "), "") | {
        "id": 1, "device_id": devices.by_name(store, acme, device).id, "q": 1.0, "reg_id": 0, "path": "[]", "cseq": 1,
        "port": 5060, "registered": now, "refreshed": now, "expires": now + 300, "contact": "sip:x@192.0.2.1",
        "parameters": "{}",
    }  # fmt: skip
    marks = ", ".join("?" * len(row))
    store.sql(f"INSERT INTO sip_bindings ({', '.join(row)}) VALUES ({marks})", tuple(row.values()))


@pytest.mark.gen_test(timeout=30)
async def test_an_office_manager_sees_what_needs_the_company(api: Api) -> None:
    store, key = api.services.store, api.key("office_manager")
    acme = domains.by_name(store, "acme.example").id
    assert await kinds(api, key) == {}, "a new company's phones are on their way"
    phones.contacted(store, [(phones.by_mac(store, acme, YEALINK).id, int(time.time()), "192.0.2.1", "108.1", "x.cfg")])
    store.sql(
        "UPDATE phones SET refused_at = ?, refused_why = 'It showed no token.' WHERE mac = '000413000108'", (NOW,)
    )
    store.sql("UPDATE phones SET created = 1 WHERE mac = '0c383e000109'")
    users.update(store, acme, users.by_extension(store, acme, "107").id, NOW, emails=[])
    job = jobs.create(store, acme, "apply template", [YEALINK], int(time.time()), created_by="x")
    store.sql("UPDATE jobs SET state = 'failed' WHERE id = ?", (job.id,))
    found = await kinds(api, key)
    assert found == {
        "phones_refused": 1, "jobs_failed": 1, "phones_never": 1, "phones_unregistered": 1, "users_without_mail": 1,
    }  # fmt: skip
    answer = (await api(key, "GET", HOME)).body
    assert "It showed no token." in answer["needs"][0]["text"]
    assert answer["states"]["refused"] == 1 and sum(answer["states"].values()) == answer["counts"]["phones"] == 11
    assert answer["counts"]["users"] == 10 and answer["counts"]["devices"] == 12
    await api(key, "PATCH", "/domains/acme.example/users/107", {"first_name": "Don"})
    latest = (await api(key, "GET", HOME)).body["activity"][0]
    assert latest["changed"] == {"first_name": ["Donald", "Don"]}


@pytest.mark.gen_test(timeout=30)
async def test_firmware_that_is_not_the_one_that_is_set(api: Api) -> None:
    store, key = api.services.store, api.key("office_manager")
    acme = domains.by_name(store, "acme.example").id
    phones.contacted(store, [(phones.by_mac(store, acme, YEALINK).id, int(time.time()), "192.0.2.1", "108.1", "x.cfg")])
    layer = {"values": {"firmware.version": "108.2"}, "revision": 1}
    layer["values"] |= (await api(key, "GET", "/domains/acme.example/layer")).body["values"]
    assert (await api(key, "PUT", "/domains/acme.example/layer", layer)).status == 200
    assert (await kinds(api, key))["firmware_old"] == 1


@pytest.mark.gen_test(timeout=30)
async def test_a_basic_user_sees_the_own_phones_and_nothing_of_others(api: Api) -> None:
    register(api, "107")
    store = api.services.store
    store.sql("UPDATE phones SET refused_at = ?, refused_why = 'No token.' WHERE mac = '000413000108'", (NOW,))
    answer = (await api(api.key("basic_user", user="107"), "GET", HOME)).body
    (phone,) = answer["own_phones"]
    assert (phone["mac"], phone["state"], phone["registered_devices"]) == ("000b82000107", "pending", 1)
    assert answer["needs"] == [] and answer["activity"] == [] and set(answer["states"].values()) == {0}
    assert answer["counts"] == {"users": 0, "devices": 0, "phones": 0}


@pytest.mark.gen_test(timeout=30)
async def test_a_site_manager_sees_the_site_and_only_the_provider_unknown_phones(api: Api) -> None:
    store = api.services.store
    store.sql("UPDATE phones SET refused_at = ?, refused_why = 'No token.' WHERE mac = '000413000108'", (NOW,))
    katherine = await api(api.key("site_manager", user="106"), "GET", HOME)
    assert katherine.body["needs"] == [] and katherine.body["counts"]["phones"] == 5
    now = int(time.time())
    store.sql(
        "INSERT INTO knocks (mac, first_seen, last_seen, count, address, user_agent, vendor, model, reason) "
        "VALUES ('001122334455', ?, ?, 1, '', '', '', '', '')",
        (now, now),
    )
    assert "knocks" not in await kinds(api, api.key("office_manager"))
    assert (await kinds(api, api.key("super_user", None)))["knocks"] == 1


@pytest.mark.gen_test(timeout=60)
async def test_ten_thousand_phones_are_counted(api: Api) -> None:
    company_of(api.services, 10_000)
    key = api.key("super_user", None)
    assert sum((await api(key, "GET", f"/domains/{BIG}/home")).body["states"].values()) == 10_000
