"""Phone templates and the job that applies one to many phones."""

from __future__ import annotations

from typing import Any

import pytest

from provd.jobs import writing
from provd.store import domains, jobs, phones
from tests.api.conftest import RIVAL_MAC, YEALINK, Api

TEMPLATES = "/domains/acme.example/phonetemplates"
OTHER_YEALINK = "249ad8000111"


async def made(api: Api, key: str, **body: Any) -> int:
    answer = await api(key, "POST", TEMPLATES, body)
    assert answer.status == 201, answer.body
    return int(answer.body["id"])


@pytest.mark.gen_test
async def test_a_template_is_made_copied_found_and_deleted(api: Api) -> None:
    key = api.key("office_manager")
    one = await made(api, key, name="Lobby", model="yealink-t46u", description="By the door")
    assert (await api(key, "POST", TEMPLATES, {"name": "Lobby", "model": "yealink-t46u"})).status == 409
    assert (await api(key, "POST", TEMPLATES, {"name": "Fax", "model": "fax-1"})).status == 422
    copied = await api(key, "POST", f"{TEMPLATES}/1/copy", {"name": "Reception 2"})
    layer = (await api(key, "GET", f"{TEMPLATES}/{copied.body['id']}/layer")).body
    assert layer["keys"]["3"]["label"] == "Park 701"
    assert [row["name"] for row in (await api(key, "GET", f"{TEMPLATES}?search=lobby")).body["items"]] == ["Lobby"]
    assert len((await api(key, "GET", f"{TEMPLATES}?search=t46u")).body["items"]) == 3
    assert (await api(key, "PATCH", f"{TEMPLATES}/{one}", {"name": "Entrance"})).body["name"] == "Entrance"
    assert (await api(key, "DELETE", f"{TEMPLATES}/{one}")).status == 204
    assert {row["name"]: row["phones"] for row in (await api(key, "GET", TEMPLATES)).body["items"]}["Reception"] == 1
    assert copied.body["phones"] == 0
    used = await api(key, "DELETE", f"{TEMPLATES}/1")
    assert used.status == 409 and "1 phone uses this template" in used.body["detail"]


@pytest.mark.gen_test
async def test_the_layout_of_a_phone_becomes_a_template(api: Api) -> None:
    key = api.key("office_manager")
    await api(key, "PUT", f"/phones/{YEALINK}/keys/9", {"kind": "blf", "target": "103"})
    made_from = await made(api, key, name="Like Ada's", phone=YEALINK)
    keys = (await api(key, "GET", f"{TEMPLATES}/{made_from}/layer")).body["keys"]
    assert keys["9"]["target"] == "103" and keys["2"]["target"] == "102" and keys["m1.1"]["kind"] == "cascade"
    assert (await api(key, "POST", TEMPLATES, {"name": "x", "phone": RIVAL_MAC})).status == 404


@pytest.mark.gen_test
async def test_a_read_only_template_is_copied_not_edited(api: Api) -> None:
    key = api.key("office_manager")
    await api(key, "PATCH", f"{TEMPLATES}/1", {"read_only": True})
    assert (await api(key, "PUT", f"{TEMPLATES}/1/layer", {"revision": 1})).status == 403
    assert (await api(key, "POST", f"{TEMPLATES}/1/copy", {"name": "Mine"})).status == 201


@pytest.mark.gen_test
async def test_a_job_tells_of_every_phone_what_happened(api: Api, finish_jobs: Any) -> None:
    key = api.key("office_manager")
    template = await made(api, key, name="T54W lobby", model="yealink-t54w")
    macs = [OTHER_YEALINK.upper(), YEALINK, RIVAL_MAC, "24:9a:d8:00:01:11"]
    accepted = await api(key, "POST", f"{TEMPLATES}/{template}/apply", {"phones": macs})
    assert accepted.status == 202 and accepted.body["total"] == 3, "the same phone twice is one phone"
    await finish_jobs()
    job = (await api(key, "GET", accepted.headers["Location"].removeprefix("/api/v2"))).body
    assert (job["state"], job["done"], job["failed"]) == ("done", 1, 2)
    items = {one["ref"]: one for one in (await api(key, "GET", f"/jobs/{job['id']}/items")).body["items"]}
    assert items[OTHER_YEALINK]["text"] == "It has the template T54W lobby now and takes it at its nightly update."
    assert "this phone is a yealink-t46u" in items[YEALINK]["text"]
    assert items[RIVAL_MAC]["text"] == f"There is no phone {RIVAL_MAC} in this company."
    assert (await api(key, "GET", f"/phones/{OTHER_YEALINK}")).body["template_id"] == template
    await api.services.recorder.flush()
    events = (await api(key, "GET", f"/phones/{OTHER_YEALINK}/events")).body["items"]
    assert events[0]["kind"] == "config_changed"


@pytest.mark.gen_test
async def test_all_phones_of_the_model_and_only_those_of_the_site(api: Api, finish_jobs: Any) -> None:
    office, katherine = api.key("office_manager"), api.key("site_manager", user="106")
    template = await made(api, office, name="T46U", model="yealink-t46u")
    told = await api(katherine, "POST", f"{TEMPLATES}/{template}/apply", {"phones": [YEALINK]})
    await finish_jobs()
    items = (await api(katherine, "GET", f"/jobs/{told.body['id']}/items")).body["items"]
    assert [one["text"] for one in items] == [f"There is no phone {YEALINK} at your site."]
    whole = await api(office, "POST", f"{TEMPLATES}/{template}/apply", {"phones": "all"})
    await finish_jobs()
    assert (await api(office, "GET", f"/jobs/{whole.body['id']}")).body["done"] == 1
    assert (await api(katherine, "GET", f"/jobs/{whole.body['id']}")).status == 404, "not her job"
    assert (await api(office, "POST", f"{TEMPLATES}/{template}/apply", {"phones": []})).status == 422
    for wrong in ("some", [7], [None], ["not a MAC"], {"all": True}):
        assert (await api(office, "POST", f"{TEMPLATES}/{template}/apply", {"phones": wrong})).status == 422, wrong


@pytest.mark.gen_test
async def test_a_job_goes_on_where_a_killed_process_left_it(api: Api, finish_jobs: Any) -> None:
    key, store = api.key("office_manager"), api.services.store
    template = await made(api, key, name="T54W lobby", model="yealink-t54w")
    acme = domains.by_name(store, "acme.example").id
    for number in range(60):
        phones.create(store, acme, f"249ad80002{number:02x}", "yealink-t54w", 1)
    settings = {"template": template, "name": "T54W lobby", "model": "yealink-t54w", "site_id": None}
    macs = [f"249ad80002{number:02x}" for number in range(60)]
    job = jobs.create(store, acme, writing.APPLY, macs, 1, created_by="test", settings=settings)
    assert jobs.start(store, job.id, 1)
    writing.write(store, job, 60, [], 2.0)  # the process died after this slice
    half = jobs.get(store, acme, job.id)
    assert half.state == "running" and 0 < half.done < 60
    await finish_jobs()
    whole = jobs.get(store, acme, job.id)
    assert (whole.state, whole.done, whole.failed) == ("done", 60, 0)
    assert len(phones.find(store, acme, template_id=template).items) == 60
    await finish_jobs()
    assert jobs.get(store, acme, job.id) == whole, "nothing is done twice"


@pytest.mark.gen_test
async def test_a_template_that_goes_meanwhile_fails_its_items(api: Api, finish_jobs: Any) -> None:
    store = api.services.store
    acme = domains.by_name(store, "acme.example").id
    settings = {"template": 999, "name": "gone", "model": "yealink-t54w", "site_id": None}
    job = jobs.create(store, acme, writing.APPLY, [OTHER_YEALINK], 1, created_by="test", settings=settings)
    await finish_jobs()
    assert jobs.get(store, acme, job.id).state == "failed"
    assert "deleted" in jobs.items(store, acme, job.id).items[0].text
