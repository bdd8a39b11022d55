"""A template for many phones, on a whole server: virtual phones are told, fetch and have it; the job says of each."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

from provd.jobs import writing
from provd.stages import canary, to_json
from provd.store import domains, jobs, layers, phones, templates
from provd.store.rows import Job
from tests.simulate.office import Office
from tests.simulate.sip_scenes import DOMAIN, Floor, play

YEALINK, ANOTHER, OFF = "249ad8000111", "805ec0000101", "249ad8000222"


def begin(office: Office, macs: list[str], **how: Any) -> Job:
    """A template with a park key, applied to these phones."""
    now = int(time.time())
    domain_id = office.store(domains.by_name, DOMAIN).id
    made = office.store(templates.create, domain_id, "Parked", "yealink-t54w", now)
    park = {"9": {"kind": "park", "target": "707", "label": "Park 707"}}
    values = how.get("values", {})
    office.store(layers.save, domain_id, "template", made.id, now, who="test", values=values, keys=park)
    office.store(phones.create, domain_id, OFF, "yealink-t54w", now)
    settings = {"template": made.id, "name": "Parked", "model": "yealink-t54w", "site_id": None, "resync": "now"}
    settings["stages"] = to_json(canary(len(macs), 1, told=True))
    job: Job = office.store(jobs.create, domain_id, writing.APPLY, macs, now, created_by="test", settings=settings)
    office.services.jobs.wake()
    return job


def test_the_phone_that_is_on_goes_first_and_has_it_within_seconds(open_office: Callable[..., Office]) -> None:
    office = open_office()

    async def scene(floor: Floor) -> None:
        job = await asyncio.to_thread(begin, office, [OFF, ANOTHER, YEALINK])
        store = office.services.store

        def counts() -> Any:
            return jobs.again(store, job).counts

        await floor.until(lambda: counts() == {"applied": 1, "written": 1, "failed": 1})
        items = {item.ref: item for item in jobs.items(store, job.domain_id, job.id).items}
        assert items[YEALINK].state == "applied" and "choose another template" in items[ANOTHER].text
        assert items[YEALINK].written < items[YEALINK].notified <= items[YEALINK].fetched  # type: ignore[operator]
        await floor.until(lambda: "not registered" in jobs.items(store, job.domain_id, job.id).items[0].text)
        assert floor.phone(YEALINK).lamp("707") == "dark", "the key is on the phone"
        assert jobs.again(store, job).stage == 1

    play(office, [YEALINK], scene)


def test_a_setting_that_needs_a_restart_is_applied_when_the_phone_is_back(open_office: Callable[..., Office]) -> None:
    office = open_office()

    async def scene(floor: Floor) -> None:
        job = await asyncio.to_thread(begin, office, [YEALINK], values={"web.enabled": False})
        store = office.services.store
        await floor.until(lambda: jobs.again(store, job).state == "done")
        assert (YEALINK, "told to restart") in floor.said
        (item,) = jobs.items(store, job.domain_id, job.id).items
        assert item.state == "applied" and "registered again" in item.text

    play(office, [YEALINK], scene)
