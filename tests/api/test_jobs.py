"""Jobs follow phones to the end, can be stopped, continued, tried again and rolled back, by those who may."""

from __future__ import annotations

import pytest

from provd.store import phones
from tests.api.conftest import YEALINK, Api
from tests.api.job_scenes import TEMPLATES, acme, apply, crowd, engine, fetched, items, job, template
from tests.api.test_registrations import phone_of, sip
from tests.api.test_resync import next_request, say, until
from tests.store.conftest import empty_postgres, postgres  # noqa: F401 - fixtures

BOTH = pytest.mark.parametrize("database_url", ["", "empty_postgres"], indirect=True)
OTHER = "249ad8000111"


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> str:
    """SQLite; a test that says so has PostgreSQL too."""
    return str(request.getfixturevalue(request.param)) if getattr(request, "param", "") else ""


@BOTH
@pytest.mark.gen_test(timeout=20)
async def test_a_phone_goes_from_written_to_applied(api: Api) -> None:
    key = api.key("office_manager")
    made = await template(api, key, model="yealink-t46u", k9={"kind": "blf", "target": "103"})
    async with sip(api.services) as edge:
        phone = phone_of(api.services, "101")
        phone.register()
        begun = await apply(api, key, made, phones=[YEALINK], resync="now")
        assert (begun["state"], begun["counts"]) == ("running", {"written": 1})
        notify = await next_request(phone)
        say(phone, notify, 200)
        await until(lambda: edge.resyncs.status(YEALINK).phase == "acknowledged")  # type: ignore[union-attr]
        told = await job(api, key, begun["id"])
        assert told["counts"] == {"notified": 1} and told["change"] > begun["change"]
        await fetched(api, YEALINK)
        done = await job(api, key, begun["id"])
        assert (done["state"], done["counts"], done["done"]) == ("done", {"applied": 1}, 1) and done["until"] is None
        (news,) = (await api(key, "GET", f"/jobs/{done['id']}/items?after_change={told['change']}")).body["items"]
        assert (news["state"], news["text"]) == ("applied", "It has fetched its new configuration.")
        assert news["written"] <= news["notified"] <= news["fetched"]
        assert (await api(key, "GET", f"/jobs/{done['id']}/items?after_change={done['change']}")).body["items"] == []


@pytest.mark.gen_test(timeout=20)
async def test_without_a_resync_it_is_done_when_written_and_still_sees_the_phone_fetch(api: Api) -> None:
    key, clock = api.key("office_manager"), engine(api.services)
    made = await template(api, key)
    done = await apply(api, key, made, phones=[OTHER, YEALINK])
    assert (done["state"], done["done"], done["failed"], done["counts"]) == ("done", 1, 1, {"written": 1, "failed": 1})
    assert done["until"] is not None
    await fetched(api, OTHER)
    applied = await job(api, key, done["id"])
    assert (applied["counts"], applied["until"]) == ({"applied": 1, "failed": 1}, None)
    again = await apply(api, key, made, phones=[OTHER])
    assert again["counts"] == {"unaffected": 1} and again["until"] is None
    other = await apply(api, key, await template(api, key, "Other"), phones=[OTHER])
    clock.ahead = 37 * 3600
    assert (await job(api, key, other["id"]))["until"] is None, "it looks after its phones for a night and a day"


@BOTH
@pytest.mark.gen_test(timeout=20)
async def test_of_many_three_go_first_and_a_person_decides_when_they_are_lost(api: Api) -> None:
    key, macs = api.key("office_manager"), crowd(api.services, 60, registered=2)
    made = await template(api, key)
    async with sip(api.services):
        clock = engine(api.services)
        for number in ("300", "301"):
            phone_of(api.services, number).register()
        begun = await apply(api, key, made, phones=macs, resync="now")
        assert begun["counts"] == {"written": 3, "waiting": 57} and begun["result"]["stages"][0]["upto"] == 3
        first = {mac for mac, one in (await items(api, key, begun["id"])).items() if one["state"] == "written"}
        assert set(macs[-2:]) < first, "registered phones first"
        clock.ahead = 1000
        halted = await job(api, key, begun["id"])
        assert halted["state"] == "halted" and halted["counts"]["waiting"] == 57
        assert halted["text"].startswith("Halted: ") and "of the first 3 did not come back" in halted["text"]
        assert "could not be told within 15 minutes" in (await items(api, key, begun["id"]))[sorted(first)[0]]["text"]
        path = f"/jobs/{begun['id']}"
        assert (await api(key, "POST", f"{path}/continue", {})).body["state"] == "running"
        running = await job(api, key, begun["id"])
        assert running["counts"] == {"failed": 3, "written": 57} and running["stage"] == 1
        assert (await api(key, "POST", f"{path}/retry", {})).status == 409, "it is running"
        assert (await api(key, "POST", f"{path}/continue", {})).status == 409
        stopped = await api(key, "POST", f"{path}/stop", {})
        assert stopped.body["state"] == "stopped" and (await api(key, "POST", f"{path}/stop", {})).status == 409
        await job(api, key, begun["id"])
        text = (await items(api, key, begun["id"]))[macs[20]]["text"]
        assert text == "The job was stopped before it was told; it takes the change at its nightly update."
        assert (await api(key, "POST", f"{path}/retry", {})).body["counts"] == {"waiting": 3, "written": 57}


@pytest.mark.gen_test(timeout=20)
async def test_the_rest_follows_when_the_first_have_it(api: Api) -> None:
    key, macs = api.key("office_manager"), crowd(api.services, 5, registered=1)
    made = await template(api, key)
    async with sip(api.services):
        engine(api.services)
        phone = phone_of(api.services, "300")
        phone.register()
        begun = await apply(api, key, made, phones=macs, resync="now", canary=1)
        assert begun["counts"] == {"written": 1, "waiting": 4}
        say(phone, await next_request(phone), 200)
        await fetched(api, macs[-1])
        opened = await job(api, key, begun["id"])
        assert (opened["stage"], opened["counts"]) == (1, {"applied": 1, "written": 4})


@pytest.mark.gen_test(timeout=20)
async def test_a_job_is_stopped_before_the_rest_and_continued(api: Api) -> None:
    key, macs = api.key("office_manager"), crowd(api.services, 5)
    made = await template(api, key)
    async with sip(api.services):
        engine(api.services)
        begun = await apply(api, key, made, phones=macs, resync="idle", canary=2)
        path = f"/jobs/{begun['id']}"
        stopped = (await api(key, "POST", f"{path}/stop", {})).body
        assert stopped["counts"] == {"written": 2, "stopped": 3}
        await job(api, key, begun["id"])
        for mac in macs[:2]:
            await fetched(api, mac)
        assert (await job(api, key, begun["id"]))["counts"] == {"applied": 2, "stopped": 3}
        assert (await api(key, "POST", f"{path}/continue", {})).status == 200
        assert (await job(api, key, begun["id"]))["counts"] == {"applied": 2, "written": 3}


@BOTH
@pytest.mark.gen_test(timeout=20)
async def test_a_batch_is_rolled_back_in_one_click_but_not_over_somebody_elses_change(api: Api) -> None:
    key, macs, store = api.key("office_manager"), crowd(api.services, 4), api.services.store
    before, made = await template(api, key, "Before"), await template(api, key, "After")
    third = await template(api, key, "Third")
    company = acme(api.services)
    phones.update(store, company, phones.by_mac(store, company, macs[0]).id, 1, template_id=before)
    begun = await apply(api, key, made, phones=macs)
    await api(key, "PATCH", f"/phones/{macs[3]}", {"template_id": third})
    await fetched(api, macs[1])
    back = await api(key, "POST", f"/jobs/{begun['id']}/rollback", {})
    assert back.status == 202 and back.body["parent"] == begun["id"] and back.body["kind"] == "roll_back"
    assert (await api(key, "POST", f"/jobs/{begun['id']}/rollback", {})).status == 409, "it is under way"
    done = await job(api, key, back.body["id"])
    assert (done["state"], done["counts"]) == ("done", {"written": 3, "unaffected": 1})
    assert [phones.by_mac(store, company, mac).template_id for mac in macs] == [before, None, None, third]
    said = await items(api, key, done["id"])
    assert said[macs[3]]["text"] == "Somebody has changed it since then; it stays as it is."
    assert said[macs[0]]["text"].startswith("It has the template Before again")
    parent = await job(api, key, begun["id"])
    assert parent["taken_back_by"] == [done["id"]]
    assert parent["counts"] == {"applied": 1, "stopped": 2, "written": 1}, "it waits no longer for what was taken back"
    forth = await api(key, "POST", f"/jobs/{done['id']}/rollback", {})
    await job(api, key, forth.body["id"])
    assert phones.by_mac(store, company, macs[0]).template_id == made, "and once more the other way"


@pytest.mark.gen_test(timeout=20)
async def test_jobs_are_for_those_who_may(api: Api) -> None:
    office, katherine = api.key("office_manager"), api.key("site_manager", user="106")
    made = await template(api, office)
    begun = await apply(api, office, made, phones=[OTHER])
    for action in ("stop", "continue", "retry", "rollback"):
        path = f"/jobs/{begun['id']}/{action}"
        assert (await api(api.key("basic_user", user="107"), "POST", path, {})).status == 403
        assert (await api(api.key("office_manager", "rival.example"), "POST", path, {})).status == 404
        assert (await api(katherine, "POST", path, {})).status == 404, "not hers"
    mine = await apply(api, katherine, made, phones=[OTHER])
    assert (await api(katherine, "POST", f"/jobs/{mine['id']}/retry", {})).status == 200
    rows = (await api(office, "GET", "/audits")).body["items"]
    assert ("retry", "job", str(mine["id"])) in [(row["action"], row["noun"], row["ref"]) for row in rows]
    assert (await api(office, "POST", f"{TEMPLATES}/{made}/apply", {"phones": "all", "canary": 3})).status == 422
    assert (await api(office, "POST", f"{TEMPLATES}/{made}/resync", {"when": "now"})).status == 409
