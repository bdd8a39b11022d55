"""What a server does by the clock: events written, histories of calls made, reminders mailed, old rows deleted."""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from provd import reminding, sweeping
from provd.errors import ProvdError
from provd.exporting.service import Exports
from provd.music.sweeping import sweep
from provd.postbox import postbox
from provd.store import cdrs, changes, events, jobs, mails, sessions

if TYPE_CHECKING:
    from provd.app import Services

log = logging.getLogger(__name__)

EVENTS_SECONDS = 0.5
MAILBOX_TICKS = 60
EXPORT_TICKS = 4
KNOCKS_TICKS = 120
TRIM_TICKS = 7200
FIRST_TRIM = 60
KNOCKS_KEPT = 7 * 86_400
CHANGES_KEPT = 86_400  # a process that has not followed the feed for a day reads everything anew


async def keep_house(services: Services, stopping: asyncio.Event) -> None:
    """Twice a second the events; once a minute the knocks; once an hour what is too old. Ends between two rounds when
    `stopping` is set: cut off in the midst of a write, a batch would be lost."""
    tick, exports = 0, Exports(services)
    while not stopping.is_set():
        with suppress(TimeoutError):
            async with asyncio.timeout(EVENTS_SECONDS):
                await stopping.wait()
        await services.recorder.flush()
        if "jobs" in services.settings.roles and not services.neighbours.index:
            await _of_calls(services, tick)
        if tick % MAILBOX_TICKS == MAILBOX_TICKS - 1:
            await _reminded(services)
            if tick % EXPORT_TICKS == EXPORT_TICKS - 1:
                exports.wake()
        if tick % KNOCKS_TICKS == KNOCKS_TICKS - 1:
            await services.recorder.flush_knocks()
        if tick % TRIM_TICKS == FIRST_TRIM:
            await trim(services)
        tick += 1
    await exports.stop()


async def _of_calls(services: Services, tick: int) -> None:
    """In one process of all: records of calls that have ended, and what the clock brings to mailboxes."""
    try:
        if await services.store.run(cdrs.behind):
            for domain_id, record in await services.store.run_apart(cdrs.follow):
                await services.store.run(postbox(services).missed, domain_id, record, int(time.time()))
        if tick % MAILBOX_TICKS == MAILBOX_TICKS - 1:
            await postbox(services).look()
    except (ProvdError, OSError) as error:
        log.error("Calls and mailboxes could not be looked after; it is tried again: %s", error)


async def _reminded(services: Services) -> None:
    """In every process: people of its companies are called who have messages that wait."""
    try:
        await reminding.remind(services, int(time.time()))
    except ProvdError as error:
        log.error("Nobody could be called because of messages that wait; it is tried again: %s", error)


async def trim(services: Services) -> None:
    """Delete old events, knocks, changes, sessions and mails, slice by slice."""
    now = time.time()
    keep = services.settings.events_keep_days * 86_400
    while await services.store.run(events.trim, now - keep):  # noqa: ASYNC110 - each turn deletes a slice
        await asyncio.sleep(0)
    while await services.store.run(changes.trim, int(now - CHANGES_KEPT)):  # noqa: ASYNC110
        await asyncio.sleep(0)
    await services.store.run(jobs.trim, int(now - keep))
    await services.store.run(events.trim_knocks, int(now - KNOCKS_KEPT))
    await services.store.run(sessions.trim, int(now))
    await services.store.run(mails.trim, int(now))
    if not services.neighbours.index:
        await services.store.run_apart(sweep, services.settings.data_dir, now)
        await services.store.run_apart(sweeping.sweep, services.settings.data_dir, now)
