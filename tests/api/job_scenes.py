"""What tests of jobs do: templates, many phones, time that passes, and phones that fetch."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from provd.app import Services
from provd.jobs.service import Jobs
from provd.store import devices, domains, phones, users
from provd.store.rows import Line
from tests.api.conftest import NOW, Api
from tests.api.test_resync import fetch

TEMPLATES = "/domains/acme.example/phonetemplates"
T54W = "yealink-t54w"
CROWD = tuple(f"249ad80002{number:02x}" for number in range(60))


@dataclass
class Clock:
    """Seconds that a test adds to the time of day."""

    ahead: float = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


def engine(services: Services) -> Clock:
    """The jobs of these services with a clock that a test moves."""
    clock = Clock()
    edge = services.sip
    services.jobs = Jobs(services.store, services.recorder, lambda: edge.resyncs if edge else None, clock=clock)
    return clock


def acme(services: Services) -> int:
    """The id of the demo company."""
    return domains.by_name(services.store, "acme.example").id


def crowd(services: Services, count: int = 60, registered: int = 0) -> list[str]:
    """So many phones more of one model; the last `registered` of them have a line each, 300 and on."""
    store, company = services.store, acme(services)
    macs = list(CROWD[:count])
    for place, mac in enumerate(macs):
        number = 300 + place - (count - registered)
        lines = []
        if number >= 300:
            user = users.create(store, company, str(number), NOW)
            lines = [Line(1, devices.create(store, company, user.id, str(number), NOW).id, False, "")]
        phones.create(store, company, mac, T54W, NOW, lines=lines)
    services.fleet.load()
    return macs


async def template(api: Api, key: str, name: str = "Lobby", model: str = T54W, **keys: Any) -> int:
    """A template with these keys: k1={…} is the first."""
    made = (await api(key, "POST", TEMPLATES, {"name": name, "model": model})).body["id"]
    layer = {"keys": {place[1:]: key for place, key in keys.items()}, "revision": 0}
    answer = await api(key, "PUT", f"{TEMPLATES}/{made}/layer", layer)
    assert answer.status == 200, answer.body
    return int(made)


async def apply(api: Api, key: str, template_id: int, **body: Any) -> dict[str, Any]:
    """The job that gives phones the template."""
    answer = await api(key, "POST", f"{TEMPLATES}/{template_id}/apply", body)
    assert answer.status == 202, answer.body
    await api.services.jobs.settle()
    return await job(api, key, answer.body["id"])


async def job(api: Api, key: str, job_id: int) -> dict[str, Any]:
    """The job as it is now, when all that can be done is done."""
    await api.services.recorder.flush()
    await api.services.jobs.settle()
    body: dict[str, Any] = (await api(key, "GET", f"/jobs/{job_id}")).body
    return body


async def items(api: Api, key: str, job_id: int) -> dict[str, dict[str, Any]]:
    """The items of a job by MAC."""
    return {one["ref"]: one for one in (await api(key, "GET", f"/jobs/{job_id}/items?limit=1000")).body["items"]}


async def fetched(api: Api, mac: str) -> None:
    """The phone fetches its configuration."""
    await fetch(api.services, f"{mac}.cfg")
    await api.services.recorder.flush()
