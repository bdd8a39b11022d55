"""Jobs later on: a template that is edited is fetched anew, and a restart takes up phones on their way."""

from __future__ import annotations

import pytest

from provd.store import job_items, jobs
from provd.store.job_items import Move
from tests.api.conftest import Api
from tests.api.job_scenes import TEMPLATES, acme, apply, crowd, engine, fetched, items, job, template
from tests.api.test_registrations import sip
from tests.api.test_resync import until


@pytest.mark.gen_test(timeout=20)
async def test_an_edited_template_is_fetched_by_those_who_use_it(api: Api) -> None:
    key, macs = api.key("office_manager"), crowd(api.services, 3)
    made = await template(api, key)
    async with sip(api.services):
        engine(api.services)
        await apply(api, key, made, phones=macs)
        await fetched(api, macs[0])
        path = f"{TEMPLATES}/{made}"
        told = await api(key, "POST", f"{path}/resync", {"when": "idle"})
        begun = await job(api, key, told.body["id"])
        assert begun["counts"] == {"unaffected": 1, "written": 2}, "the first has the newest version"
        layer = {"keys": {"4": {"kind": "blf", "target": "101"}}, "revision": 1}
        saved = await api(key, "PUT", f"{path}/layer", layer)
        assert saved.status == 200 and saved.body["phones"] == 3, "so many are to be told"
        edited = await api(key, "POST", f"{path}/resync", {"when": "tonight"})
        assert (await job(api, key, edited.body["id"]))["counts"] == {"written": 3}
        await fetched(api, macs[0])
        assert (await job(api, key, edited.body["id"]))["counts"] == {"applied": 1, "written": 2}
        assert (await api(key, "POST", f"/jobs/{edited.body['id']}/rollback", {})).status == 409


@pytest.mark.gen_test(timeout=20)
async def test_of_two_jobs_about_one_phone_the_later_counts(api: Api) -> None:
    key, macs = api.key("office_manager"), crowd(api.services, 2)
    first = await apply(api, key, await template(api, key, "First"), phones=macs)
    second = await apply(api, key, await template(api, key, "Second"), phones=macs[:1])
    await fetched(api, macs[0])
    assert (await job(api, key, second["id"]))["counts"] == {"applied": 1}
    assert (await job(api, key, first["id"]))["counts"] == {"stopped": 1, "written": 1}
    said = (await items(api, key, first["id"]))[macs[0]]["text"]
    assert said == f"Job {second['id']} has changed it since then."


@pytest.mark.gen_test(timeout=20)
async def test_what_a_page_has_seen_does_not_change_again(api: Api) -> None:
    key, macs = api.key("office_manager"), crowd(api.services, 1)
    made = await template(api, key)
    async with sip(api.services) as edge:
        engine(api.services)
        begun = await apply(api, key, made, phones=macs, resync="now")
        await until(lambda: "not registered" in edge.resyncs.status(macs[0]).text)  # type: ignore[union-attr]
        waits = await job(api, key, begun["id"])
        assert "not registered" in (await items(api, key, begun["id"]))[macs[0]]["text"]
        assert (await job(api, key, begun["id"]))["change"] == waits["change"]


@pytest.mark.gen_test(timeout=20)
async def test_a_job_that_halts_tells_nobody_until_it_is_continued(api: Api) -> None:
    key, macs, store = api.key("office_manager"), crowd(api.services, 12), api.services.store
    made = await template(api, key)
    async with sip(api.services) as edge:
        clock = engine(api.services)
        begun = await apply(api, key, made, phones=macs, resync="idle", canary=0)
        lost = jobs.items(store, acme(api.services), begun["id"]).items[:3]
        moves = [Move(item.id, "notified", "It was told.", notified=clock()) for item in lost]
        job_items.record(store, jobs.get(store, acme(api.services), begun["id"]), moves, clock())
        clock.ahead = 500
        halted = await job(api, key, begun["id"])
        assert halted["state"] == "halted" and halted["counts"] == {"failed": 3, "written": 9}
        assert halted["text"].startswith("Halted: 3 of the 3 phones that were told did not come back")
        await api.services.jobs.settle()
        assert edge.resyncs.status(macs[5]) is None, "nobody else is told"
        text = jobs.items(store, acme(api.services), begun["id"]).items[5].text
        assert text == "The job halted before it was told; it takes the change at its nightly update."
        assert (await api(key, "POST", f"/jobs/{begun['id']}/continue", {})).status == 200
        assert (await job(api, key, begun["id"]))["state"] == "running"
        assert edge.resyncs.status(macs[5]) is not None


@pytest.mark.gen_test(timeout=20)
async def test_a_restart_takes_up_phones_on_their_way(api: Api) -> None:
    key, macs, store = api.key("office_manager"), crowd(api.services, 2), api.services.store
    made = await template(api, key)
    async with sip(api.services) as edge:
        engine(api.services)
        begun = await apply(api, key, made, phones=macs, resync="idle")
        await fetched(api, macs[0])  # the process ends before it hears of this
        edge.resyncs.cancel(macs[1])  # and has not saved this one
        engine(api.services)
        await api.services.jobs.settle()
        assert jobs.get(store, acme(api.services), begun["id"]).counts == {"applied": 1, "written": 1}
        assert edge.resyncs.status(macs[1]) is not None, "it is told after all"
