"""What happened in calls, written behind in batches; and the dialogs of calls that are on, for after a crash."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable

from provd.errors import ProvdError
from provd.store import call_events
from provd.store.call_events import DialogRow
from provd.store.database import Store
from sip_edge.call.event import CallEvent

SLICE = 100
"""Events a transaction: 2 ms of the interpreter, which calls wait for no longer than that."""
MOST_WAITING = 100_000
log = logging.getLogger(__name__)


class Journal:
    """Takes events at any rate; those who watch hear of each at once."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: deque[CallEvent] = deque()
        self._on: dict[str, DialogRow] = {}
        self._saved: set[str] = set()
        self._over: list[str] = []
        self._turn = asyncio.Lock()
        self.watchers: list[Callable[[CallEvent], None]] = []
        self.dropped = 0

    @property
    def waiting(self) -> int:
        """How many events are not written yet."""
        return len(self._waiting)

    def add(self, event: CallEvent) -> None:
        """Something happened."""
        for hear in self.watchers:
            hear(event)
        if len(self._waiting) >= MOST_WAITING:
            self.dropped += 1
        else:
            self._waiting.append(event)

    def on(self, row: DialogRow) -> None:
        """A leg is in a call; a call that is over before the next batch is never written."""
        self._on[row.leg] = row

    def over(self, leg: str) -> None:
        """The leg is over."""
        self._on.pop(leg, None)
        if leg in self._saved:
            self._saved.discard(leg)
            self._over.append(leg)

    async def flush(self) -> None:
        """Write what waits, slice by slice; what cannot be written now is tried again."""
        async with self._turn:
            while self._waiting:
                batch = [self._waiting.popleft() for _ in range(min(SLICE, len(self._waiting)))]
                try:
                    await self._store.run_apart(call_events.add, batch)
                except ProvdError as error:
                    self._waiting.extendleft(reversed(batch))
                    log.error("What happened in calls could not be written and waits in memory: %s", error)
                    return
                await asyncio.sleep(0)
            await self._flush_dialogs()

    async def _flush_dialogs(self) -> None:
        on, over = list(self._on.values())[:SLICE], self._over[:SLICE]
        if not on and not over:
            return
        try:
            await self._store.run_apart(call_events.keep_dialogs, on, over)
        except ProvdError as error:
            log.error("The calls that are on could not be noted: %s", error)
            return
        del self._over[: len(over)]
        for row in on:
            if self._on.get(row.leg) is row:
                del self._on[row.leg]
                self._saved.add(row.leg)
            else:  # it ended, or changed, while it was written
                self._over.append(row.leg) if row.leg not in self._on else self._saved.add(row.leg)
