"""Exports of the call history by the clock: ordered, run once, tried again, given up, sent; old records archived."""

from __future__ import annotations

import gzip
import time
from pathlib import Path
from typing import Any

import pytest

from provd.api.exports import LOOKS
from provd.app import Services
from provd.exporting import archiving
from provd.exporting.service import Exports
from provd.limits import Buckets
from provd.store import archives, call_events, cdrs, domains, exports, mails
from tests.api.conftest import Api
from tests.api.test_cdrs import talk

PATH, FILES, ARCHIVES = (f"/domains/acme.example/{name}" for name in ("cdrschedules", "cdrexports", "cdrarchives"))
NOW = int(time.time())
DAY = 86_400


def waiting_mails(services: Services) -> int:
    return int(services.store.sql("SELECT COUNT(*) FROM mails WHERE kind = 'call_export'").fetchone()[0])


async def look(api: Api, now: float) -> int:
    return await Exports(api.services).look(now)


@pytest.mark.gen_test(timeout=30)
async def test_an_export_runs_once_when_it_is_due_and_is_downloaded(api: Api) -> None:
    office = api.key("office_manager")
    talk(api.services, "c1", NOW - 300)
    made = (await api(office, "POST", PATH, {"name": "Calls of the day", "kind": "daily", "layout": "basic"})).body
    assert made["next_at"] > NOW and made["sentence"].startswith("Every day at 06:00")
    due = made["next_at"]
    assert await look(api, NOW) == 0
    others = [Exports(api.services) for _ in range(3)]
    assert sum([await one.look(due + 60) for one in others]) == 2, "made once, and once looked where it goes"
    (file,) = (await api(office, "GET", FILES)).body["items"]
    assert (file["state"], file["at"], file["calls"]) == ("ready", due, 1)
    content = (await api(office, "GET", f"{FILES}/{file['id']}/file")).body.decode()
    assert content.splitlines()[0] == "Date,From,Dialed,To,Duration" and "+12145550199,2145550100,107,1:05" in content
    again = (await api(office, "GET", f"{PATH}/{made['id']}")).body
    assert again["next_at"] > due and again["ran_at"]
    assert (await api(office, "DELETE", f"{FILES}/{file['id']}")).status == 204
    assert (await api(office, "GET", f"{FILES}/{file['id']}/file")).status == 404
    assert not list((Path(api.services.settings.data_dir) / "exports").rglob("*.csv"))


@pytest.mark.gen_test(timeout=30)
async def test_days_that_the_server_slept_through_are_made_up_for(api: Api) -> None:
    office = api.key("office_manager")
    made = (await api(office, "POST", PATH, {"name": "Daily", "kind": "daily"})).body
    await look(api, made["next_at"] + 3 * DAY + 7200)
    files = (await api(office, "GET", FILES)).body["items"]
    assert len(files) == 4 and [one["until"] for one in files[1:]] == [one["since"] for one in files[:-1]]


@pytest.mark.gen_test(timeout=30)
async def test_run_now_pause_and_delete(api: Api) -> None:
    office = api.key("office_manager")
    made = (await api(office, "POST", PATH, {"name": "Weekly", "kind": "weekly", "paused": True})).body
    one = f"{PATH}/{made['id']}"
    assert made["next_at"] is None and await look(api, NOW + 30 * DAY) == 0
    assert (await api(office, "POST", f"{one}/run")).status == 202
    assert (await api(office, "POST", f"{one}/run")).status == 409
    await look(api, NOW + 1)
    assert len((await api(office, "GET", FILES)).body["items"]) == 1
    assert (await api(office, "PATCH", one, {"paused": False})).body["next_at"] > NOW
    assert (await api(office, "DELETE", one)).status == 204
    (file,) = (await api(office, "GET", FILES)).body["items"]
    assert file["schedule_id"] is None and (await api(office, "POST", f"{FILES}/{file['id']}/send")).status == 409


@pytest.mark.gen_test(timeout=30)
async def test_a_file_goes_by_mail_and_a_notice_tells_of_one_that_waits(api: Api) -> None:
    office = api.key("office_manager")
    mailed = {"name": "Mailed", "then": "mail", "mails": ["ada@acme.example"]}
    assert (await api(office, "POST", PATH, {**mailed, "mails": []})).body["errors"][0]["field"] == "mails"
    first = (await api(office, "POST", PATH, mailed)).body
    second = (await api(office, "POST", PATH, {"name": "Told", "mails": ["ada@acme.example"]})).body
    for one in (first, second):
        await api(office, "POST", f"{PATH}/{one['id']}/run")
    await look(api, NOW + 1)
    states = {one["name"].split("-")[0]: one["state"] for one in (await api(office, "GET", FILES)).body["items"]}
    assert states == {"Mailed": "sent", "Told": "ready"} and waiting_mails(api.services) == 2
    bodies = [mail.message for mail in (mails.claim(api.services.store, NOW + 2) for _ in range(2)) if mail]
    assert [b"text/csv" in one for one in sorted(bodies, key=len)] == [False, True]


SERVER: dict[str, Any] = {
    "name": "Sent", "then": "ftp", "host": "127.0.0.1", "user_name": "ada", "password": "top-secret", "kind": "daily",
    "mails": ["ada@acme.example"],
}  # fmt: skip


@pytest.mark.gen_test(timeout=30)
async def test_a_server_inside_is_refused_for_good_and_said(api: Api) -> None:
    office = api.key("office_manager")
    made = (await api(office, "POST", PATH, SERVER)).body
    assert made["has_password"] and made["port"] == 21 and "top-secret" not in str(made)
    await api(office, "POST", f"{PATH}/{made['id']}/run")
    await look(api, NOW + 1)
    (file,) = (await api(office, "GET", FILES)).body["items"]
    assert file["state"] == "failed" and "not on the public internet" in file["text"]
    assert waiting_mails(api.services) == 1
    assert (await api(office, "POST", f"{FILES}/{file['id']}/send")).body["state"] == "waiting"
    looked = await api(office, "POST", f"{PATH}/identity", {"then": "sftp", "host": "10.0.0.1"})
    assert looked.status == 422 and "export_networks" in looked.body["detail"]
    stored = api.services.store.sql("SELECT sealed_password FROM export_schedules").fetchone()[0]
    assert stored.startswith("sealed1:")


@pytest.mark.gen_test(timeout=30)
async def test_a_server_that_is_away_is_tried_five_times(api: Api) -> None:
    object.__setattr__(api.services.settings, "export_networks", ("127.0.0.0/8",))
    office = api.key("office_manager")
    made = (await api(office, "POST", PATH, {**SERVER, "port": 1})).body
    await api(office, "POST", f"{PATH}/{made['id']}/run")
    now, tries = NOW + 1, []
    for _ in range(5):
        await look(api, now)
        (file,) = (await api(office, "GET", FILES)).body["items"]
        tries.append((file["tries"], file["state"]))
        assert "cannot be reached" in file["text"]
        now = (file["try_at"] or now) + 1
    assert tries == [(1, "waiting"), (2, "waiting"), (3, "waiting"), (4, "waiting"), (5, "failed")]
    assert await look(api, now + 30) == 0


@pytest.mark.gen_test(timeout=30)
async def test_a_password_stays_with_its_server(api: Api) -> None:
    office = api.key("office_manager")
    made = (await api(office, "POST", PATH, SERVER)).body
    one = f"{PATH}/{made['id']}"
    assert (await api(office, "PATCH", one, {"layout": "advanced"})).status == 200
    moved = await api(office, "PATCH", one, {"host": "ftp.rival.example"})
    assert (moved.status, moved.body["errors"][0]["field"]) == (422, "password")
    store, acme = api.services.store, domains.by_name(api.services.store, "acme.example").id
    assert exports.secrets(store, acme, made["id"]) == ("top-secret", "")
    sftp = {"then": "sftp", "auth": "key", "identity": "nonsense"}
    assert (await api(office, "PATCH", one, sftp)).body["errors"][0]["field"] == "identity"
    key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIu9vJpDnR7oPjqNSUmKf3JTgWqFQvXw4zYH2wYTtXo1"
    keyed = (await api(office, "PATCH", one, {**sftp, "identity": key})).body
    assert keyed["public_key"].startswith("ssh-ed25519 ") and keyed["fingerprint"].startswith("SHA256:")
    password, private = exports.secrets(store, acme, made["id"])
    assert password == "" and private.startswith("-----BEGIN OPENSSH PRIVATE KEY-----")


@pytest.mark.gen_test(timeout=30)
async def test_names_rights_and_other_companies(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    office, person = api.key("office_manager"), api.key("basic_user", user="107")
    for name in ("", "a" * 65, "calls/../x", "Größe"):
        assert (await api(office, "POST", PATH, {"name": name})).status == 422, name
    made = (await api(office, "POST", PATH, {"name": "A-1 b_2"})).body
    assert (await api(office, "POST", PATH, {"name": "A-1 b_2"})).status == 409
    for field in ("folder", "user_name", "host"):
        broken = await api(office, "POST", PATH, {**SERVER, "name": "Broken", field: "x\n"})
        assert (broken.status, broken.body["errors"][0]["field"]) == (422, field)
    for path in (PATH, FILES, ARCHIVES):
        assert (await api(person, "GET", path)).status == 403
        assert (await api(api.key("office_manager", domain="rival.example"), "GET", path)).status == 404
    rival = api.key("office_manager", domain="rival.example")
    assert (await api(rival, "GET", f"/domains/rival.example/cdrschedules/{made['id']}")).status == 404
    monkeypatch.setattr("provd.api.exports.LOOKS", Buckets(1, 0))
    assert LOOKS is not None
    statuses = [
        (await api(office, "POST", f"{PATH}/identity", {"then": "sftp", "host": "127.0.0.1"})).status for _ in range(2)
    ]
    assert statuses == [422, 409]


@pytest.mark.gen_test(timeout=60)
async def test_records_of_more_than_six_months_ago_become_files(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    office, store = api.key("office_manager"), api.services.store
    monkeypatch.setattr(archives, "SLICE", 200)
    old = NOW - 260 * DAY
    for number in range(8):
        talk(api.services, f"old{number}", old + number * 10 * DAY)
    talk(api.services, "new", NOW - 300)
    service = Exports(api.services)
    await service.tidy(NOW)
    acme = domains.by_name(store, "acme.example").id
    found = (await api(office, "GET", ARCHIVES)).body["items"]
    kept = {one.call for one in cdrs.first(store, acme, NOW + 1, 100)}
    assert sum(one["calls"] for one in found) + len(kept) == 9 and "new" in kept and "old0" not in kept
    lines = []
    for one in found:
        content = (await api(office, "GET", f"{ARCHIVES}/{one['id']}/file")).body
        some = gzip.decompress(content).decode().splitlines()
        assert some[0].startswith("From Name,") and len(some) == one["calls"] + 1
        lines += some[1:]
    assert all(sum(f",old{number}," in line for line in lines) == (f"old{number}" not in kept) for number in range(8))
    assert call_events.of_call(store, acme, "old0") == [] and call_events.of_call(store, acme, "new")


@pytest.mark.gen_test(timeout=60)
async def test_a_crash_between_file_and_rows_loses_and_doubles_nothing(api: Api) -> None:
    store, service = api.services.store, Exports(api.services)
    acme = domains.by_name(store, "acme.example").id
    talk(api.services, "a", NOW - 200 * DAY)
    assert archiving.step(store, service.folder, NOW) == 1
    (one,) = archives.find(store, acme)
    service.folder.append(acme, one.file, one.octets, "written,before,the,crash\r\n")
    talk(api.services, "b", NOW - 200 * DAY + 60)
    await service.tidy(NOW)
    (one,) = archives.find(store, acme)
    content = gzip.decompress(b"".join(service.folder.pieces(acme, one.file, one.octets))).decode()
    assert one.calls == 2 == content.count("+12145550199") and "crash" not in content
    with service.folder.path(acme, one.file).open("r+b") as file:
        file.truncate(10)  # a disk that lost its file: what comes goes into a new one
    talk(api.services, "c", NOW - 200 * DAY + 120)
    await service.tidy(NOW)
    (one,) = archives.find(store, acme)
    assert (one.calls, service.folder.octets(acme, one.file)) == (1, one.octets)
