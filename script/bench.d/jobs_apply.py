#!/usr/bin/env python3
"""A template applied to 10,000 phones: how soon it is accepted, when all is written, how long the loop stands still.

    script/bench.d/jobs_apply.py [--phones 10000] [--runs 3]

A whole server on loopback with SQLite on disk; the dry run first, then the job, whose items are counted to their end.
What the loop's pauses are worth is told by those of a loop that does nothing beside it for as long. Goals: accepted
within 500 ms, the dry run too, all revisions within 10 s, no pause over 20 ms that the idle loop does not have.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from tornado.httpclient import AsyncHTTPClient

from provd.app import Running, Services
from provd.settings import Settings
from provd.store import api_keys, domains, templates

DOMAIN, MODEL = "bench.example", "yealink-t46u"
ACCEPTED, WRITTEN, PAUSE = 0.5, 10.0, 0.02


@dataclass
class Pauses:
    """The times that the loop did not come round for more than a moment."""

    seconds: list[float]

    def __str__(self) -> str:
        worst = max(self.seconds, default=0.0)
        over = sum(1 for one in self.seconds if one > PAUSE)
        return f"longest pause {worst * 1000:.0f} ms, {over} over {PAUSE * 1000:.0f} ms"


async def watched(work: Any) -> tuple[float, Pauses, Any]:
    """How long `work` takes, and the pauses of the loop meanwhile."""
    found, over = Pauses([]), asyncio.Event()

    async def watch() -> None:
        while not over.is_set():
            began = time.perf_counter()
            await asyncio.sleep(0.001)
            found.seconds.append(time.perf_counter() - began - 0.001)

    watching = asyncio.ensure_future(watch())
    began = time.perf_counter()
    result = await work
    took = time.perf_counter() - began
    over.set()
    await watching
    return took, found, result


def fill(services: Services, count: int) -> tuple[str, int]:
    """A company with so many phones; → a key for it and its id."""
    store, now = services.store, int(time.time())
    domain = domains.create(store, DOMAIN, now)
    sealed = store.seal.seal("x" * 24)
    with store.transaction():
        store.many(
            "INSERT INTO phones (domain_id, mac, model, description, time_zone, expansions, digest_user, "
            "sealed_digest_password, revision, created, swapped_from, last_address, last_firmware, last_file) "
            "VALUES (?, ?, ?, '', '', '[]', ?, ?, 1, 1, '', '', '', '')",
            [(domain.id, f"805ec1{n:06x}", MODEL, f"805ec1{n:06x}", sealed) for n in range(count)],
        )
    services.fleet.load()
    return api_keys.create(store, "bench", "super_user", now)[1], domain.id


async def run(folder: Path, count: int, runs: int) -> bool:
    """All runs on one server; whether the goals were met by the median run."""
    settings = Settings(
        data_dir=folder, bind="127.0.0.1", public_host="127.0.0.1", http_port=0, https_port=0, roles=("http", "jobs")
    )
    running = Running(settings)
    services = await running.start()
    try:
        key, domain_id = fill(services, count)
        results = [await once(services, key, domain_id, count, number) for number in range(runs)]
    finally:
        await running.stop()
    accepted, dry, written, pause = (statistics.median(column) for column in zip(*results, strict=True))
    print(
        f"jobs_apply: {count:,} phones: dry run {dry * 1000:.0f} ms, accepted {accepted * 1000:.0f} ms, all written "
        f"{written:.1f} s, longest pause {pause * 1000:.0f} ms (medians of {runs})"
    )
    return bool(accepted <= ACCEPTED and dry <= ACCEPTED and written <= WRITTEN)


async def once(services: Services, key: str, domain_id: int, count: int, number: int) -> tuple[float, ...]:
    """One template, looked at and applied."""
    made = templates.create(services.store, domain_id, f"Template {number}", MODEL, int(time.time()))
    path = f"/domains/{DOMAIN}/phonetemplates/{made.id}/apply"
    body = {"phones": "all"} if number % 2 == 0 else {"phones": [f"805ec1{n:06x}" for n in range(count)]}
    dry, dry_pauses, seen = await watched(ask(services, key, f"{path}/preview", body))
    assert seen["changes"] == count, seen
    accepted, first_pauses, job = await watched(ask(services, key, path, body))
    written, pauses, done = await watched(until_done(services, key, job["id"]))
    assert done["counts"] == {"written": count}, done
    _, idle, _ = await watched(asyncio.sleep(2.0))
    named = "all" if number % 2 == 0 else "each named"
    print(f"jobs_apply: phones {named}: dry run {dry * 1000:.0f} ms ({dry_pauses})")
    print(f"jobs_apply:   accepted {accepted * 1000:.0f} ms ({first_pauses}); all written {written:.1f} s ({pauses})")
    print(f"jobs_apply:   idle loop beside it: {idle}", flush=True)
    return accepted, dry, accepted + written, max(pauses.seconds)


async def until_done(services: Services, key: str, job_id: int) -> Any:
    """Ask for the job as a page does, until it is done."""
    while (job := await ask(services, key, f"/jobs/{job_id}"))["state"] in ("waiting", "running"):
        await asyncio.sleep(0.25)
    return job


async def ask(services: Services, key: str, path: str, body: Any = None) -> Any:
    """What the API answers."""
    answer = await AsyncHTTPClient().fetch(
        f"http://127.0.0.1:{services.addresses.http}/api/v2{path}", method="GET" if body is None else "POST",
        headers={"Authorization": f"Bearer {key}", "Content-Type": "application/json"},
        body=None if body is None else json.dumps(body), request_timeout=60,
    )  # fmt: skip
    return json.loads(answer.body)


def main() -> int:
    """Print a line a run; exit 1 when a goal is missed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--phones", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=3)
    said = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        return 0 if asyncio.run(run(Path(name), said.phones, said.runs)) else 1


if __name__ == "__main__":
    sys.exit(main())
