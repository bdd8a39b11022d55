"""That something has changed in the calls of a company, for pages and streams that show them as they are."""

from __future__ import annotations

import asyncio
import secrets

from sip_edge.call.event import CallEvent

SETTLE = 0.25
"""Seconds in which everything that happens after the first is one change: a call that is answered is many events."""


class Watching:
    """Hears every event of the journal (`heard`); whoever looks on waits for the next (`changed`)."""

    def __init__(self) -> None:
        # Numbers of before a restart are never those of now: who waited over one looks again.
        self._first = secrets.randbits(40) + 1
        self._numbers: dict[int, int] = {}
        self._waiting: dict[int, asyncio.Event] = {}
        self.answered: dict[str, float] = {}
        """When each call that is on was answered, by its id."""

    def heard(self, event: CallEvent) -> None:
        """Something happened in a call."""
        if event.kind == "answered":
            self.answered.setdefault(event.call, event.at)
        elif event.kind == "ended":
            self.answered.pop(event.call, None)
        self._numbers[event.domain_id] = self._numbers.get(event.domain_id, self._first) + 1
        waiting = self._waiting.pop(event.domain_id, None)
        if waiting is not None:
            waiting.set()

    async def changed(self, domain_id: int, seen: int, seconds: float) -> int:
        """The number of the company's latest change, once it is another than `seen`, or after `seconds`."""
        if self._numbers.get(domain_id, self._first) == seen:
            waiting = self._waiting.setdefault(domain_id, asyncio.Event())
            try:
                async with asyncio.timeout(seconds):
                    await waiting.wait()
                await asyncio.sleep(SETTLE)
            except TimeoutError:
                pass
        return self._numbers.get(domain_id, self._first)
