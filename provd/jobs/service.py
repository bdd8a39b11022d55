"""Jobs of one process: phones changed stage by stage, told, and followed until they have the change.

Rules of this file: what happens next is decided in `stages` and `following`, which are pure; rows are the only memory,
so that a restart goes on where the last process was. The API makes a job's rows and calls `wake`; whoever has the role
`jobs` calls `start` and `stop`. Phones are heard through their events in the store, whichever process wrote them.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace

from provd.errors import ProvdError
from provd.events import Recorder
from provd.jobs import writing
from provd.jobs.following import TEMPLATE_PART, Followed, Heard, follow, overdue
from provd.jobs.telling import Telling
from provd.resync.service import Resyncs
from provd.stages import (
    FETCHED,
    NOTIFIED,
    TELL_WITHIN,
    UNDER_WAY,
    WRITTEN,
    End,
    Halt,
    Open,
    Stage,
    Write,
    decide,
    from_json,
)  # fmt: skip
from provd.store import job_items, jobs
from provd.store.database import Store
from provd.store.job_items import Move
from provd.store.rows import Job

TICK, IDLE_TICK = 0.5, 2.0
REREAD = 2.5
"""Seconds whose events are read once more: what a phone took is written a moment after the event that says so, and with
PostgreSQL a row may appear behind one with a higher id."""
SLICES = 10
"""Slices of one job before the others have their turn."""

log = logging.getLogger(__name__)


class Jobs:
    """Everything that long work needs. `resyncs` gives those of this process, None where no phone can be told."""

    def __init__(
        self,
        store: Store,
        recorder: Recorder,
        resyncs: Callable[[], Resyncs | None],
        *,
        mine: Callable[[str], bool] = lambda _: True,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`mine`: does the company of this name live in this process? Its jobs run where its phones are told."""
        self._store = store
        self._recorder = recorder
        self._telling = Telling(store, resyncs, clock)
        self._mine = mine
        self._clock = clock
        self._positions: deque[tuple[float, int]] = deque()
        self._met: set[int] = set()
        self._quiet: set[int] = set()
        self._news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def wake(self) -> None:
        """There is a new job, or one that goes on: look now, not at the next tick."""
        self._news.set()

    def start(self) -> None:
        """Take up what was not finished, and work from now on. `stop` ends it."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """End between two slices; the next start takes up what is left."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    async def settle(self) -> None:
        """Do all that can be done at this moment, here and now."""
        while await self.work():  # noqa: ASYNC110 - each turn does some of it
            await asyncio.sleep(0)

    async def _run(self) -> None:
        while True:
            self._news.clear()
            try:
                await self.settle()
            except ProvdError as error:
                log.error("The jobs wait: %s", error)
            except Exception:
                log.exception("The jobs stumbled; they go on.")
            with suppress(TimeoutError):
                async with asyncio.timeout(TICK if self._met else IDLE_TICK):
                    await self._news.wait()

    async def work(self) -> bool:
        """One round through all jobs; whether something is left to be done at once."""
        rows = await self._store.run(jobs.live)
        found = [job for job, name in rows if job.kind in writing.KINDS and self._mine(name)]
        self._met &= {job.id for job in found}
        self._quiet &= self._met
        if not found:
            self._positions.clear()
            return False
        await self._hear({job.id: job for job in found})
        more = False
        for job in found:
            try:
                more = await self._advance(job) or more
            except ProvdError as error:  # it was deleted with its company, or the database is away: the others go on
                log.error("Job %s waits: %s", job.id, error)
            await asyncio.sleep(0)
        return more

    # What phones do

    async def _hear(self, found: dict[int, Job]) -> None:
        """Follow what phones did since the last round, and in the last moments before it."""
        now, latest = time.monotonic(), await self._store.run(job_items.latest_event)
        if not self._positions:
            self._positions.append((now, latest))
        while len(self._positions) > 1 and self._positions[1][0] < now - REREAD:
            self._positions.popleft()
        position = self._positions[0][1]
        self._positions.append((now, latest))
        while position < latest:
            heard, position = await self._store.run(job_items.heard, position, latest)
            items = await self._store.run(job_items.of_phones, list(heard)) if heard else []
            await self._note(found, items, heard)
            await asyncio.sleep(0)

    async def _note(self, found: dict[int, Job], items: Sequence[Followed], heard: dict[str, list[Heard]]) -> None:
        """Write what became of items, job by job."""
        moves: dict[int, list[Move]] = {}
        for item in items:
            job = found.get(item.job_id)
            if job is None:
                continue
            before = _of(job, item)
            after = follow(
                before, heard.get(item.mac, ()), restarting=self._telling.restarting(item.mac), now=self._clock()
            )  # fmt: skip
            if after != before:
                moves.setdefault(job.id, []).append(_move(after))
        for job_id, some in moves.items():
            await self._store.run(job_items.record, found[job_id], some, self._clock())

    # What a job does

    async def _advance(self, job: Job) -> bool:
        """The next step of a job; whether another can follow at once."""
        if job.id not in self._met:
            await self._meet(job)
        await self._expire(job)
        if job.state in jobs.WORKING:
            return await self._step(job)
        if job.state in ("halted", "stopped") and job.id not in self._quiet:
            self._quiet.add(job.id)
            await self._telling.call_off(job)
        over = job.state != "halted" and not await self._store.run(job_items.any_on_their_way, job.id)
        if over or (job.until or 0) < self._clock():
            await self._store.run(jobs.leave, job.id)
        return False

    async def _meet(self, job: Job) -> None:
        """A job that this process sees for the first time: look at all its phones, and have those told that were not
        told when the process before ended."""
        self._met.add(job.id)
        if job.state == "waiting":
            return
        last = 0
        while items := await self._store.run(job_items.on_their_way, job, UNDER_WAY, last):
            last = items[-1].id
            await self._note({job.id: job}, items, {})
            await asyncio.sleep(0)
        if job.state == "running":
            await self._telling.tell_all(job)
        else:
            self._quiet.add(job.id)

    async def _step(self, job: Job) -> bool:
        if job.state == "waiting":
            await self._store.run(jobs.start, job.id, int(self._clock()))
        if job.id in self._quiet:
            self._quiet.discard(job.id)
            await self._telling.tell_all(job)
        job = await self._store.run(jobs.again, job)
        if job.state != "running":
            return True
        stages, told = from_json(job.result.get("stages", ())), bool(job.result.get("resync"))
        if told and not self._telling.possible:
            text = "Halted: no phone can be told anything here; add sip to the roles of this process, then continue."
            await self._store.run(jobs.halt, job.id, text)
            return False
        step = decide(stages, job.stage, await self._store.run(job_items.tally, job), told=told)
        match step:
            case Write():
                await self._write(job, stages[min(job.stage, len(stages) - 1)], step.count)
            case Open():
                await self._store.run(jobs.open_stage, job.id, step.stage)
            case Halt():
                await self._store.run(jobs.halt, job.id, step.text)
            case End():
                now = int(self._clock())
                await self._store.run(jobs.finish, job.id, step.state, job.result, now, among=("running",))
            case _:
                return False
        return True

    async def _write(self, job: Job, stage: Stage, count: int) -> None:
        """Change up to `count` phones, some slices of them, and have them told."""
        refs = await self._telling.registered_first(job, count) if stage.upto is not None else []
        for _ in range(1 if refs else SLICES):
            done = await self._store.run_apart(writing.write, job, count, refs, self._clock())
            if done.stopped:
                return
            for event in done.events:
                self._recorder.add(event)
            await self._telling.tell(job, done.tell)
            count -= sum(1 for move in done.moves if move.state == WRITTEN)
            if count <= 0:
                return
            await asyncio.sleep(0)

    async def _expire(self, job: Job) -> None:
        """Give up phones from which nothing came for too long."""
        stages = from_json(job.result.get("stages", ()))
        first = job.state in ("running", "halted") and stages[min(job.stage, len(stages) - 1)].upto is not None
        states = (WRITTEN, NOTIFIED, FETCHED) if first else (NOTIFIED, FETCHED)
        within, last = TELL_WITHIN.get(job.result.get("resync", "")) if first else None, 0
        while items := await self._store.run(job_items.on_their_way, job, states, last):
            last = items[-1].id
            before = [_of(job, item) for item in items]
            after = [overdue(item, self._clock(), within) for item in before]
            moves = [_move(new) for old, new in zip(before, after, strict=True) if new != old]
            await self._store.run(job_items.record, job, moves, self._clock())
            await asyncio.sleep(0)


def _of(job: Job, item: Followed) -> Followed:
    """The item with what its job wishes."""
    part = TEMPLATE_PART if job.kind == writing.RESYNC else 0
    wish = str(job.result["version"]) if job.kind == writing.FIRMWARE else ""
    return replace(item, firmware_wish=wish, part=part)


def _move(item: Followed) -> Move:
    return Move(item.id, item.state, item.text, notified=item.notified, fetched=item.fetched)
