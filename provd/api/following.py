"""Waiting for news of a company: of its phones, and of its calls, whichever process it lives in.

How to use it: `while await following.news(15.0): …` — true after something happened, or after so many seconds; false
at the end. `close()` when the reader is gone.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

from provd.live import Follower
from provd.neighbours import Away
from provd.store.rows import Domain

CHANGED = "calls changed"
"""The name of the question that the process of the company answers."""
PATIENCE = 8.0
"""Seconds that one question to another process may take; it is given up after ten."""
AGAIN = 1.0


async def calls_changed(services: Any, question: Any) -> int:
    """The number of the latest change in a company's calls, once it is another than `seen`, or after `seconds`."""
    seen, seconds = int(question["seen"]), min(float(question["seconds"]), PATIENCE)
    edge = services.sip
    if edge is None or not edge.calls:
        await asyncio.sleep(seconds)
        return seen
    return int(await edge.calls.watching.changed(question["domain_id"], seen, seconds))


class Following:
    """One reader's. `follower` tells of phones, ends with the server, and bounds how many one reader may have."""

    def __init__(self, services: Any, domain: Domain, follower: Follower) -> None:
        self._services = services
        self._domain = domain
        self._follower = follower
        self._seen = 0
        self._calls: asyncio.Task[int] | None = None
        self._phones: asyncio.Task[Any] | None = None

    @property
    def position(self) -> int:
        """Up to which event of phones the reader has been told."""
        return self._follower.position

    async def news(self, seconds: float) -> bool:
        """Wait for something to happen, or for `seconds`; False at the end."""
        if self._phones is None:
            self._phones = asyncio.create_task(self._follower.take(seconds))
        if self._calls is None:
            self._calls = asyncio.create_task(self._changed())
        done, _ = await asyncio.wait({self._phones, self._calls}, return_when=asyncio.FIRST_COMPLETED)
        if any(task.cancelled() for task in done):  # closed meanwhile
            return False
        if self._calls in done:
            self._seen, self._calls = self._calls.result(), None
        if self._phones in done:
            told, self._phones = self._phones.result(), None
            return told is not None
        return True

    def close(self) -> None:
        """The reader is gone."""
        self._follower.close()
        for task in (self._calls, self._phones):
            if task is not None:
                task.cancel()

    async def _changed(self) -> int:
        """The next change, asked for as long as there is none."""
        neighbours = self._services.neighbours
        question = {"domain_id": self._domain.id, "seen": self._seen, "seconds": PATIENCE}
        while True:
            found = self._seen
            if neighbours.mine(self._domain.name):
                found = await calls_changed(self._services, question)
            else:
                with suppress(Away):
                    found = await neighbours.ask(neighbours.home(self._domain.name), CHANGED, question)
                    if found != self._seen:
                        return int(found)
                    continue
                await asyncio.sleep(AGAIN)
            if found != self._seen:
                return found
