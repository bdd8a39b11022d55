"""Runs the exports that are due, sends their files, and moves old records into archives, beside everything else.

Rules of this file: what is to be done stands in the database, so that a restart forgets nothing; rows are claimed, so
that of several processes one does it; nothing raises out of here.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from provd.errors import ProvdError
from provd.exporting import archiving, making
from provd.exporting.delivering import PAUSES, TRIES, Delivery
from provd.exporting.files import ExportFolder
from provd.exporting.places import file_name, networks
from provd.exporting.times import MOST_DAYS, next_run, span
from provd.store import call_events, cdrs, domains, export_files, exports
from provd.store.database import Store
from provd.store.exports import Schedule
from provd.store.rows import Domain

log = logging.getLogger(__name__)

LEASE = 900
"""Seconds after which what a process had claimed is free again: longer than an export and an attempt to send take."""
SETTLED = 5
"""Seconds that an export waits for the records of calls that have just ended."""
TIDY_SECONDS = 3600.0
DAY = 86_400
MOST_AT_ONCE = 200


class Exports:
    """One a process that has the role `jobs`: wake() it now and then."""

    def __init__(self, services: Any) -> None:
        settings = services.settings
        self._store: Store = services.store
        self._keep_days: int = settings.exports_keep_days
        self.folder = export_folder(services)
        self._delivery = Delivery(
            self._store, self.folder, services.outbox,
            lambda: settings.public_url or services.addresses.root("https"), networks(settings.export_networks),
        )  # fmt: skip
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._tidied = float("-inf")

    def wake(self) -> None:
        """Look for what is due, and tidy up once an hour, unless that is being done already."""
        self._go_on("look", self.look)
        if time.monotonic() - self._tidied > TIDY_SECONDS:
            self._tidied = time.monotonic()
            self._go_on("tidy", self.tidy)

    def _go_on(self, name: str, work: Callable[[float], Awaitable[object]]) -> None:
        if name not in self._tasks or self._tasks[name].done():
            self._tasks[name] = asyncio.create_task(_safely(work))

    async def stop(self) -> None:
        """Stop; a transfer under way is broken off, and made anew after the next start."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def look(self, now: float) -> int:
        """Do everything that is due at this moment; → how many files were made or tried to send."""
        count = 0
        while count < MOST_AT_ONCE and (due := await self._store.run(exports.claim, int(now) - SETTLED, LEASE)):
            with self._released(exports.release, due.id):
                await self._make(due, int(now))
            count += 1
        while count < MOST_AT_ONCE and (file := await self._store.run(export_files.claim, int(now), LEASE)):
            with self._released(export_files.release, file.id):
                await self._delivery.deliver(file, int(now))
            count += 1
        return count

    @contextmanager
    def _released(self, release: Callable[[Store, int], None], row_id: int) -> Iterator[None]:
        """What was claimed is free again when the server stops in the midst of it."""
        try:
            yield
        except asyncio.CancelledError:
            release(self._store, row_id)
            raise

    async def _make(self, due: Schedule, now: int) -> None:
        try:
            await self._store.run_apart(self._made, due, now)
        except (ProvdError, OSError) as error:
            why = str(error) if isinstance(error, ProvdError) else f"The file cannot be written ({error.strerror})."
            log.warning("The export %s was not made: %s", due.id, why)
            if due.tries + 1 < TRIES:
                await self._store.run(exports.again, due, now + PAUSES[due.tries], why)
            else:
                await self._store.run(_given_up, due, now, why)

    def _made(self, store: Store, due: Schedule, now: int) -> None:
        """Makes the file of the run that is due, and says when the next one is, in one transaction."""
        domain = domains.get(store, due.domain_id)
        zone, rhythm = ZoneInfo(domain.time_zone), making.rhythm(due.settings)
        whose = span(rhythm, due.due, zone)
        if export_files.there(store, due.id, due.due):
            with store.batch():
                exports.ran(store, due, _next(due, domain, now), now)
            return
        layout = due.settings["layout"]
        made = making.write(store, self.folder, domain.id, making.wanted(due.settings, whose), layout, zone)
        name = file_name(due.name, _stamp(due.due, zone))
        with store.batch():
            new = export_files.add(
                store, domain.id, due.id, name, made.file, due.due, whose, made.calls, made.octets,
                export_files.WAITING, now,
            )  # fmt: skip
            exports.ran(store, due, _next(due, domain, now), now)
        if not new:
            self.folder.delete(domain.id, made.file)

    async def tidy(self, now: float) -> None:
        """Old records into archives, old files and old events away, a little at a time."""
        store = self._store
        while await store.run_apart(archiving.step, self.folder, now) > 0:  # noqa: ASYNC110 - each turn moves a slice
            await asyncio.sleep(0)
        last = await store.run(cdrs.position)
        while await store.run(call_events.trim, archiving.border(now), last) > 0:  # noqa: ASYNC110
            await asyncio.sleep(0)
        while old := await store.run(export_files.trim, int(now) - self._keep_days * DAY):
            for domain_id, file in old:
                await asyncio.to_thread(self.folder.delete, domain_id, file)
        await store.run_apart(self._swept, now)

    def _swept(self, store: Store, now: float) -> None:
        """Folders of companies that are gone, and files that a crash has left."""
        there = export_files.companies(store)
        for domain_id in self.folder.companies():
            if domain_id in there:
                self.folder.sweep(domain_id, export_files.names(store, domain_id), now - DAY)
            else:
                self.folder.drop(domain_id)


async def _safely(work: Callable[[float], Awaitable[object]]) -> None:
    try:
        await work(time.time())
    except (ProvdError, OSError) as error:
        log.error("Exports of the call history could not be looked after; it is tried again: %s", error)
    except Exception:
        log.exception("Exports of the call history could not be looked after; it is tried again.")


def export_folder(services: Any) -> ExportFolder:
    """Where the services' files of exports and archives are."""
    return ExportFolder(services.settings.data_dir / "exports")


def _next(due: Schedule, domain: Domain, now: int) -> int:
    """The run after the one that is due: those that were missed while the server was down are made up for, as far as
    the longest span goes."""
    rhythm, zone = making.rhythm(due.settings), ZoneInfo(domain.time_zone)
    return next_run(rhythm, max(due.due, now - MOST_DAYS * DAY), zone)


def _given_up(store: Store, due: Schedule, now: int, why: str) -> None:
    with store.batch():
        exports.ran(store, due, _next(due, domains.get(store, due.domain_id), now), now, why)


def _stamp(at: int, zone: ZoneInfo) -> str:
    return f"{datetime.fromtimestamp(at, zone):%Y%m%d-%H%M}"
