"""The further processes of the setting `processes`: they answer HTTP and SIP on the ports of the first, and no more."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Callable
from contextlib import suppress

from provd.errors import ProvdError
from provd.facts import Addresses
from provd.settings import Settings
from provd.store import events
from provd.store.database import Store
from provd.store.rows import PhoneEvent

SHARED = ("http", "sip")
"""Roles that every process has; the others are the first one's alone."""
RESTART_SECONDS = 1.0
WATCH_SECONDS = 1.0
HEAR_SECONDS = 0.5
SLICE = 500

log = logging.getLogger(__name__)


class Workers:
    """Keeps a number of worker processes running until stop()."""

    def __init__(self, settings: Settings, addresses: Addresses) -> None:
        shared = [role for role in SHARED if role in settings.roles]
        self._numbers = range(1, settings.processes if shared else 1)
        self._environment = dict(os.environ) | {
            "PROVD_ROLES": ",".join(shared),
            "PROVD_PROCESSES": str(settings.processes),
            "PROVD_HTTP_PORT": str(addresses.http),
            "PROVD_HTTPS_PORT": str(addresses.https),
            "PROVD_TFTP_PORT": str(addresses.tftp),
            "PROVD_SIP_PORT": str(addresses.sip),
            "PROVD_SIPS_PORT": str(addresses.sips),
        }
        self._tasks: list[asyncio.Task[None]] = []
        self._running: set[asyncio.subprocess.Process] = set()

    def start(self) -> None:
        """Start them all; one that ends is started again."""
        self._tasks = [asyncio.create_task(self._keep_one(number)) for number in self._numbers]

    async def _keep_one(self, number: int) -> None:
        command = [sys.executable, "-m", "provd.cli", "serve", "--worker", str(number)]
        while True:
            process = await asyncio.create_subprocess_exec(*command, env=self._environment)
            self._running.add(process)
            status = await process.wait()
            self._running.discard(process)
            log.error("Process %d ended with status %s and is started again.", number, status)
            await asyncio.sleep(RESTART_SECONDS)

    async def stop(self) -> None:
        """End them and wait until they are gone."""
        for task in self._tasks:
            task.cancel()
        for process in list(self._running):
            with suppress(ProcessLookupError):
                process.terminate()
            await process.wait()


async def until_orphaned() -> None:
    """Returns when the first process is gone without having ended this worker: then it has to end by itself."""
    parent = os.getppid()
    while os.getppid() == parent:  # noqa: ASYNC110 - the kernel tells nobody else
        await asyncio.sleep(WATCH_SECONDS)


async def hear_workers(store: Store, observe: Callable[[PhoneEvent], None]) -> None:
    """Tell of the fetches that were written, by whatever process: a resync that this one began may end with a fetch
    from another."""
    last: int | None = None
    while True:
        try:
            last = await hear(store, last, observe)
        except ProvdError as error:
            log.error("What other processes wrote could not be read: %s", error)
        await asyncio.sleep(HEAR_SECONDS)


async def hear(store: Store, last: int | None, observe: Callable[[PhoneEvent], None]) -> int:
    """Tell of the fetches with ids above `last`, None: of those to come. Returns the id up to which all were told."""
    latest = await store.run(events.latest_id)
    while last is not None and last < latest:
        found = await store.run(events.fetches, last, latest, SLICE)
        for event in found:
            observe(event)
        last = found[-1].id if len(found) == SLICE else latest
        await asyncio.sleep(0)
    return latest
