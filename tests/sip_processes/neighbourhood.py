"""Processes of one server, played by one: their buses on one loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

from provd.bus import Bus

PATIENCE = 8.0


def play(scene: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Play a scene, which fails rather than hangs."""

    async def run() -> None:
        async with asyncio.timeout(2 * PATIENCE):
            await scene()

    asyncio.run(run())


@asynccontextmanager
async def buses(folder: Path, count: int = 2) -> AsyncIterator[list[Bus]]:
    """The buses of so many processes, each with a way to every other."""
    made = [Bus(folder / "run", index, count) for index in range(count)]
    for one in made:
        await one.start()
    for one in made:
        await connected(one)
    try:
        yield made
    finally:
        for one in made:
            await one.stop()


async def connected(bus: Bus) -> None:
    """Wait until a bus reaches all the others."""
    while not all(bus.reaches(to) for to in range(bus.count) if to != bus.index):
        await asyncio.sleep(0.005)


class Heard:
    """What came over a bus, to be waited for."""

    def __init__(self, bus: Bus, *kinds: int) -> None:
        self._queue: asyncio.Queue[tuple[int, int, bytes]] = asyncio.Queue()
        for kind in kinds:
            bus.hear[kind] = partial(self._put, kind)

    def _put(self, kind: int, speaker: int, content: bytes) -> None:
        self._queue.put_nowait((kind, speaker, content))

    async def next(self) -> tuple[int, int, bytes]:
        """Kind, speaker and content of the next frame."""
        return await asyncio.wait_for(self._queue.get(), PATIENCE)
