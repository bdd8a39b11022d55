"""Each process hears of the fetches that others answered: a resync may end with one."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from provd import processes
from provd.errors import ProvdError
from provd.processes import hear, hear_workers
from provd.store import events
from provd.store.database import Store
from provd.store.rows import PhoneEvent
from tests.registrar.scenes import make_store
from tests.sip_processes.neighbourhood import PATIENCE, play

MAC = "805ec0000101"


def wrote(store: Store, *kinds: str) -> None:
    """Another process wrote events of these kinds."""
    events.add(store, [PhoneEvent(MAC, time.time(), kind) for kind in kinds])


def test_fetches_are_told_once_and_nothing_else_is(tmp_path: Path) -> None:
    async def scene() -> None:
        here, there = make_store(tmp_path), make_store(tmp_path)
        told: list[str] = []
        wrote(there, "fetched")
        last = await hear(here, None, lambda event: told.append(event.kind))
        assert told == [], "that was before we listened"
        wrote(there, "registered", "fetched", "refused", "unchanged", "registered")
        last = await hear(here, last, lambda event: told.append(event.kind))
        assert told == ["fetched", "unchanged"]
        last = await hear(here, last, lambda event: told.append(event.kind))
        assert told == ["fetched", "unchanged"]
        here.close()
        there.close()

    play(scene)


def test_a_morning_of_fetches_is_told_to_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "SLICE", 10)

    async def scene() -> None:
        store = make_store(tmp_path)
        told: list[PhoneEvent] = []
        wrote(store, *(["registered", "fetched"] * 35))
        last = await hear(store, 0, told.append)
        assert len(told) == 35 and [one.id for one in told] == sorted(one.id for one in told)
        assert last == events.latest_id(store)
        store.close()

    play(scene)


def test_it_goes_on_when_the_database_was_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "HEAR_SECONDS", 0.005)

    async def scene() -> None:
        store = make_store(tmp_path)
        told: asyncio.Queue[str] = asyncio.Queue()
        failures = iter([True, False, True])
        looked = asyncio.Event()
        really = events.latest_id

        def sometimes(where: Store) -> int:
            if next(failures, False):
                raise ProvdError("The database is away.")
            looked.set()
            return really(where)

        monkeypatch.setattr(events, "latest_id", sometimes)
        hearing = asyncio.create_task(hear_workers(store, lambda event: told.put_nowait(event.kind)))
        await asyncio.wait_for(looked.wait(), PATIENCE)
        wrote(store, "registered", "fetched")
        assert await asyncio.wait_for(told.get(), PATIENCE) == "fetched"
        hearing.cancel()
        await asyncio.gather(hearing, return_exceptions=True)
        store.close()

    play(scene)
