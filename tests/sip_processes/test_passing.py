"""Who looks on sees what passes in any process, and nobody is told anything while nobody looks on."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from provd import passing
from provd.bus import Bus
from provd.events import Recorder
from provd.live import Live
from provd.neighbours import Neighbours
from provd.passing import Passing
from provd.store.rows import PhoneEvent
from tests.registrar.scenes import make_store
from tests.sip_processes.neighbourhood import PATIENCE, Heard, buses, play


def refreshed(number: int) -> PhoneEvent:
    return PhoneEvent("805ec0000101", time.time(), "refreshed", domain_id=1, reason=f"number {number}")


def process(folder: Path, bus: Bus) -> tuple[Recorder, Live, asyncio.Task[None]]:
    """What one process has of it."""
    store = make_store(folder)
    recorder = Recorder(store)
    live = Live(store, recorder)
    return recorder, live, asyncio.create_task(Passing(Neighbours(bus), recorder, live).run())


def test_a_refresh_is_seen_in_the_other_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passing, "EVERY", 0.005)

    async def scene() -> None:
        async with buses(tmp_path) as (one, two):
            recorder, _, relay = process(tmp_path, one)
            own, live, announcing = process(tmp_path, two)
            follower = await live.follow(1)
            while not recorder.passing:
                await asyncio.sleep(0.002)
            recorder.tell(refreshed(1))
            seen = await follower.take(PATIENCE)
            assert seen is not None and [getattr(event, "reason", "") for event in seen] == ["number 1"]
            own.tell(refreshed(2))
            seen = await follower.take(PATIENCE)
            assert seen is not None and [getattr(event, "reason", "") for event in seen] == ["number 2"]
            follower.close()
            for task in (relay, announcing):
                task.cancel()

    play(scene)


def test_when_nobody_looks_on_any_more_nothing_is_passed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passing, "LONG", -1.0)

    async def scene() -> None:
        async with buses(tmp_path) as (one, two):
            recorder, _, relay = process(tmp_path, one)
            heard = Heard(two, passing.PASSED, 16)
            two.send(0, passing.LOOKS_ON, b"")
            while not recorder.passing:
                await asyncio.sleep(0.002)
            recorder.tell(refreshed(1))
            assert not recorder.passing
            one.send(1, 16, b"the next thing said")
            assert await heard.next() == (16, 0, b"the next thing said")
            relay.cancel()

    play(scene)


def test_alone_there_is_nothing_to_do(tmp_path: Path) -> None:
    async def scene() -> None:
        store = make_store(tmp_path)
        recorder = Recorder(store)
        await asyncio.wait_for(Passing(Neighbours(), recorder, Live(store, recorder)).run(), PATIENCE)

    play(scene)
