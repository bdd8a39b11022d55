"""Firmware: who runs what, and a version brought out to one phone, then to some, then to the rest."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from provd.app import Services
from provd.store import layers, phones
from tests.api.conftest import YEALINK, Api
from tests.api.job_scenes import T54W, acme, crowd, engine, items, job
from tests.api.test_registrations import sip
from tests.api.test_resync import fetch

FIRMWARE = "/domains/acme.example/firmware"
ROLLOUTS = f"{FIRMWARE}/rollouts"
NEW, OLD = "96.86.0.70", "96.85.0.5"


@pytest.fixture(autouse=True)
def shelf(tmp_path: Path) -> None:
    """An image for one model; made before the server is."""
    folder = tmp_path / "firmware"
    folder.mkdir()
    (folder / "t54w.rom").write_bytes(b"firmware")
    digest = hashlib.sha256(b"firmware").hexdigest()
    image = f"{{name: t54w.rom, version: {NEW}, models: [{T54W}], sha256: {digest}}}"
    (folder / "manifest.yaml").write_text(f"images:\n- {image}\n")


def runs(services: Services, mac: str, version: str) -> None:
    """The phone comes with this firmware."""
    phone = phones.by_mac(services.store, acme(services), mac)
    phones.contacted(services.store, [(phone.id, 1, "192.0.2.1", version, f"{mac}.cfg")])


async def takes(api: Api, mac: str, version: str = OLD) -> None:
    """The phone fetches its configuration, with this firmware."""
    await fetch(api.services, f"{mac}.cfg")
    await api.services.recorder.flush()
    runs(api.services, mac, version)


def wish(services: Services, mac: str) -> object:
    """What the phone's own layer names."""
    phone = phones.by_mac(services.store, acme(services), mac)
    return layers.get(services.store, acme(services), "phone", phone.id).values.get("firmware.version")


@pytest.mark.gen_test(timeout=20)
async def test_which_phones_run_what_and_what_they_are_to_run(api: Api) -> None:
    key, macs = api.key("office_manager"), crowd(api.services, 4)
    for mac in macs[:3]:
        runs(api.services, mac, OLD)
    said = {"values": {"firmware.version": NEW}, "revision": 0}
    assert (await api(key, "PUT", f"/phones/{macs[0]}/layer", said)).status == 200
    rows = {one["model"]: one for one in (await api(key, "GET", FIRMWARE)).body["items"]}
    row = rows[T54W]
    assert row["phones"] == 5 and {(one["version"], one["phones"]) for one in row["versions"]} == {(OLD, 3), ("", 2)}
    assert {(one["version"], one["phones"]) for one in row["targets"]} == {("", 4), (NEW, 1)}
    assert row["images"] == [{"name": "t54w.rom", "version": NEW, "size": 8}] and row["rollout"] is None
    assert rows["yealink-t46u"]["images"] == []
    for scope, user in (("site_manager", "106"), ("basic_user", "107")):
        assert (await api(api.key(scope, user=user), "GET", FIRMWARE)).status == 403


@pytest.mark.gen_test(timeout=30)
async def test_one_then_some_then_the_rest_and_it_halts_at_the_first_that_fails(api: Api) -> None:
    key, macs = api.key("office_manager"), crowd(api.services, 59)
    macs = ["249ad8000111", *macs]
    async with sip(api.services):
        clock = engine(api.services)
        begun = await api(key, "POST", ROLLOUTS, {"model": T54W, "version": NEW})
        assert begun.status == 202 and begun.body["result"]["resync"] == "idle", "never during a call"
        assert [one["upto"] for one in begun.body["result"]["stages"]] == [1, 3, None]
        assert (await api(key, "POST", ROLLOUTS, {"model": T54W, "version": NEW})).status == 409
        first = await job(api, key, begun.body["id"])
        assert first["counts"] == {"written": 1, "waiting": 59}
        (one,) = [mac for mac, item in (await items(api, key, first["id"])).items() if item["state"] == "written"]
        assert wish(api.services, one) == NEW and one == macs[0]
        rows = {row["model"]: row for row in (await api(key, "GET", FIRMWARE)).body["items"]}
        assert rows[T54W]["rollout"] == first["id"]
        await takes(api, one)
        loading = await job(api, key, first["id"])
        assert loading["counts"] == {"fetched": 1, "waiting": 59}, "it has the configuration, not yet the firmware"
        await takes(api, one, NEW)
        some = await job(api, key, first["id"])
        assert (some["stage"], some["counts"]) == (1, {"applied": 1, "written": 2, "waiting": 57})
        await takes(api, macs[1])
        assert (await job(api, key, first["id"]))["counts"] == {"applied": 1, "fetched": 1, "written": 1, "waiting": 57}
        clock.ahead = 1900
        halted = await job(api, key, first["id"])
        assert halted["state"] == "halted" and halted["counts"]["waiting"] == 57
        text = (await items(api, key, first["id"]))[macs[1]]["text"]
        assert text == f"It fetched its configuration, but 30 minutes later it still runs {OLD}; look at the phone."
        back = await api(key, "POST", f"/jobs/{first['id']}/rollback", {})
        done = await job(api, key, back.body["id"])
        assert done["total"] == 3 and [wish(api.services, mac) for mac in macs[:3]] == [None, None, None]


@pytest.mark.gen_test(timeout=20)
async def test_what_is_on_the_shelf_for_the_model_can_be_brought_out(api: Api) -> None:
    key = api.key("office_manager")
    start = {"model": T54W, "file": "t54w.rom"}
    assert (await api(key, "POST", ROLLOUTS, start)).status == 409, "nobody can be told"
    async with sip(api.services):
        engine(api.services)
        for wrong in (
            {"model": T54W}, {"model": T54W, "version": "1.0"}, {"model": "yealink-t46u", "file": "t54w.rom"},
            {"model": "fax", "version": NEW}, {**start, "version": NEW}, {**start, "resync": "now"},
            {**start, "stages": [0]}, {**start, "stages": ["many"]}, {**start, "stages": [3, 2]},
        ):  # fmt: skip
            refused = await api(key, "POST", ROLLOUTS, wrong)
            assert refused.status == 422 and refused.body["detail"].endswith("."), wrong
        assert (await api(api.key("site_manager", user="106"), "POST", ROLLOUTS, start)).status == 403
        begun = await api(key, "POST", ROLLOUTS, {**start, "resync": "tonight", "stages": [1, "50%"]})
        assert begun.body["total"] == 1 and begun.body["result"]["version"] == NEW
        assert (await api(key, "POST", f"/jobs/{begun.body['id']}/stop", {})).status == 200
        runs(api.services, "249ad8000111", NEW)
        all_have_it = await api(key, "POST", ROLLOUTS, start)
        assert all_have_it.status == 409 and NEW in all_have_it.body["detail"]
        assert wish(api.services, YEALINK) is None
