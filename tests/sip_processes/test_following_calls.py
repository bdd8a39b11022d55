"""Who looks on in one process hears of calls that live in another, within a second."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from provd.api import following
from provd.api.following import CHANGED, Following, calls_changed
from provd.events import Recorder
from provd.live import Follower, Live
from provd.neighbours import Neighbours
from provd.store import domains
from provd.store.rows import Domain
from sip_edge.call.event import CallEvent
from sip_edge.call.watching import Watching
from tests.registrar.scenes import NOW, make_store
from tests.sip_processes.neighbourhood import PATIENCE, connected, play
from tests.sip_processes.test_sharing import HERE, THERE


class Server:
    """Two processes, the store they share, and the calls of the second."""

    def __init__(self, folder: Path) -> None:
        self.store = make_store(folder)
        self.watching = Watching()
        self.company = domains.create(self.store, THERE, NOW)
        domains.create(self.store, HERE, NOW)
        self.neighbours = [Neighbours.of(folder / "run", index, 2) for index in (0, 1)]
        self.live = Live(self.store, Recorder(self.store))
        edge = SimpleNamespace(calls=SimpleNamespace(watching=self.watching))
        self.services: list[Any] = [
            SimpleNamespace(sip=one, neighbours=near, live=self.live)
            for one, near in zip((None, edge), self.neighbours, strict=True)
        ]

        async def changed(question: Any) -> Any:
            return await calls_changed(self.services[1], question)

        self.neighbours[1].answer(CHANGED, changed)

    def happens(self, kind: str = "began", call: str = "1") -> None:
        """Something happens in a call of the company."""
        self.watching.heard(CallEvent(call, 1.0, self.company.id, kind))

    async def reader(self, process: int, beat: float = PATIENCE) -> Following:
        """Somebody looks on in a process; what is to be seen at first has been told."""
        follower: Follower = await self.live.follow(self.company.id, (), owner="")
        found = Following(self.services[process], cast(Domain, self.company), follower)
        assert await found.news(beat)
        return found


@asynccontextmanager
async def server(folder: Path) -> AsyncIterator[Server]:
    made = Server(folder)
    for one in made.neighbours:
        await one.start()
    for one in made.neighbours:
        assert one.bus is not None
        await connected(one.bus)
    try:
        yield made
    finally:
        await made.live.stop()
        for one in made.neighbours:
            await one.stop()
        made.store.close()


@pytest.mark.parametrize("process", [0, 1])
def test_a_change_is_told_in_both_processes(tmp_path: Path, process: int) -> None:
    async def scene() -> None:
        async with server(tmp_path) as made:
            reader = await made.reader(process)
            begun = time.monotonic()
            asyncio.get_running_loop().call_later(0.05, made.happens)
            assert await reader.news(PATIENCE)
            assert time.monotonic() - begun < 1
            reader.close()

    play(scene)


def test_what_happens_while_nobody_waits_is_not_missed(tmp_path: Path) -> None:
    async def scene() -> None:
        async with server(tmp_path) as made:
            reader = await made.reader(0)
            made.happens()
            begun = time.monotonic()
            assert await reader.news(PATIENCE)
            assert time.monotonic() - begun < 1
            reader.close()

    play(scene)


def test_silence_has_its_beat_and_the_end_is_told(tmp_path: Path) -> None:
    async def scene() -> None:
        async with server(tmp_path) as made:
            reader = await made.reader(0, 0.05)
            assert await reader.news(0.05)
            closing = asyncio.create_task(reader.news(PATIENCE))
            await asyncio.sleep(0)
            reader.close()
            assert not await closing

    play(scene)


def test_the_end_of_the_server_ends_the_readers(tmp_path: Path) -> None:
    async def scene() -> None:
        async with server(tmp_path) as made:
            reader = await made.reader(1)
            waiting = asyncio.create_task(reader.news(PATIENCE))
            await made.live.stop()
            assert not await waiting
            reader.close()

    play(scene)


def test_a_process_that_is_away_for_a_moment_is_asked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene() -> None:
        monkeypatch.setattr(following, "AGAIN", 0.01)
        async with server(tmp_path) as made:
            reader = await made.reader(0, 0.1)
            answer = made.neighbours[1]._answers.pop(CHANGED)
            made.happens()
            assert await reader.news(0.1), "nothing but the beat"
            made.neighbours[1].answer(CHANGED, answer)
            begun = time.monotonic()
            assert await reader.news(PATIENCE)
            assert time.monotonic() - begun < 1
            reader.close()

    play(scene)


def test_when_a_call_was_answered_is_known_until_it_ends() -> None:
    watching = Watching()
    for kind, at in (("began", 1.0), ("answered", 2.0), ("answered", 3.0)):
        watching.heard(CallEvent("1", at, 7, kind))
    assert watching.answered == {"1": 2.0}
    watching.heard(CallEvent("1", 9.0, 7, "ended"))
    assert watching.answered == {}
