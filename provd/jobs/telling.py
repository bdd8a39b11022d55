"""Having phones told about what a job changed, or not any more."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress

from provd.errors import NotFound
from provd.jobs import writing
from provd.resync.service import Resyncs
from provd.stages import WRITTEN
from provd.store import job_items, layers
from provd.store.database import Store
from provd.store.job_items import Move
from provd.store.rows import Job
from provd.store.targets import FIRMWARE

LOOK_FOR_REGISTERED = 200
"""Among so many phones those that are registered are looked for, to be the first."""


class Telling:
    """Between jobs and the resyncs of this process."""

    def __init__(self, store: Store, resyncs: Callable[[], Resyncs | None], clock: Callable[[], float]) -> None:
        self._store = store
        self._resyncs = resyncs
        self._clock = clock

    @property
    def possible(self) -> bool:
        """Can a phone be told anything here?"""
        return self._resyncs() is not None

    def restarting(self, mac: str) -> bool:
        """Was the phone told to restart, and is not back yet?"""
        service = self._resyncs()
        one = service.status(mac) if service is not None else None
        return one is not None and one.restarts and not one.over

    async def registered_first(self, job: Job, count: int) -> list[str]:
        """The phones to begin with: registered ones, which can be told at once."""
        items = await self._store.run(job_items.waiting, job.id, LOOK_FOR_REGISTERED)
        service = self._resyncs()
        first: list[str] = []
        later: list[str] = []
        for item in items:
            with suppress(NotFound):
                reachable = service is not None and await service.reachable(item.ref)
                (first if reachable else later).append(item.ref)
            if len(first) >= count:
                break
            await asyncio.sleep(0)
        unknown = [item.ref for item in items if item.ref not in {*first, *later}] if len(first) < count else []
        return [*first, *later, *unknown][:count]

    async def tell_all(self, job: Job) -> None:
        """Have all phones told that the job has changed and that were not told yet."""
        last = 0
        while job.result.get("resync") and (some := await self._store.run(job_items.to_tell, job.id, last)):
            last = some[-1][0]
            await self.tell(job, some)

    async def tell(self, job: Job, some: Sequence[tuple[int, str]]) -> None:
        """Have phones fetch; what is under way for one of them already is joined."""
        service, moves = self._resyncs(), []
        if not some or service is None:
            return
        names = await self._store.run(changed_settings, job)
        for place, (item_id, mac) in enumerate(some):
            try:
                await service.start(mac, job.result["resync"], changed=names)
            except NotFound as error:
                moves.append(Move(item_id, "failed", str(error)))
            if place % 10 == 9 or job.result["resync"] == "tonight":  # whose moment takes the phone's configuration
                await asyncio.sleep(0)
        await self._store.run(job_items.record, job, moves, self._clock())

    async def call_off(self, job: Job) -> None:
        """Phones of a stopped or halted job that were not told yet are not told any more; they take the change by
        themselves, unless it goes on or is rolled back."""
        service, last = self._resyncs(), 0
        while service is not None and (some := await self._store.run(job_items.to_tell, job.id, last)):
            last, moves = some[-1][0], []
            for item_id, mac in some:
                if service.cancel(mac):
                    what = "halted" if job.state == "halted" else "was stopped"
                    text = f"The job {what} before it was told; it takes the change at its nightly update."
                    moves.append(Move(item_id, WRITTEN, text))
            await self._store.run(job_items.record, job, moves, self._clock())


def changed_settings(store: Store, job: Job) -> list[str]:
    """The settings that a job changes: some of them make a phone restart."""
    if job.kind == writing.FIRMWARE or job.result.get("kind") == writing.FIRMWARE:
        return [FIRMWARE]
    try:
        return list(layers.get(store, job.domain_id, "template", job.result["template"]).values)
    except (NotFound, KeyError):
        return []
