"""What phones did, gathered in memory and written in batches; what strangers did, kept in memory."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import replace

from provd.errors import ProvdError
from provd.store import events, phones, resyncs
from provd.store.database import Store
from provd.store.rows import Knock, PhoneEvent

SLICE = 500  # events a transaction: a few milliseconds of the loop
MOST_WAITING = 100_000
MOST_KNOCKS = 2_000
CALM_KNOCKS = 600  # more unknown requests than this between two writes is a flood: nothing of it is stored

log = logging.getLogger(__name__)


class Recorder:
    """Takes events at any rate, writes them a batch at a time; drops, and counts, what no batch can hold."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: deque[PhoneEvent] = deque()
        self._knocks: OrderedDict[str, Knock] = OrderedDict()
        self._fresh: dict[str, int] = {}
        self._strangers = 0
        self._turn = asyncio.Lock()
        self.dropped = 0
        self.watchers: list[Callable[[PhoneEvent], None]] = []
        """Hear of every event at once, before it is written."""
        self.passing: list[Callable[[PhoneEvent], object]] = []
        """Hear of what is too common, or too fleeting, to be written. Nobody there: nothing needs to be told."""
        self.counts: dict[str, int] = {}

    def add(self, event: PhoneEvent) -> None:
        """Note what a known phone did."""
        self.counts[event.kind] = self.counts.get(event.kind, 0) + 1
        for hear in self.watchers:
            hear(event)
        if len(self._waiting) >= MOST_WAITING:
            self.dropped += 1
            return
        self._waiting.append(event)

    def tell(self, event: PhoneEvent) -> None:
        """Let those who look on at this moment know; nothing is written."""
        for hear in self.passing:
            hear(event)

    def knock(self, knock: Knock) -> None:
        """Note what an unknown MAC asked; the ones quiet longest are forgotten first."""
        self.counts["unknown"] = self.counts.get("unknown", 0) + 1
        self._strangers += 1
        before = self._knocks.pop(knock.mac, None)
        if before is not None:
            knock = replace(knock, first_seen=before.first_seen, count=before.count + knock.count)
            self._fresh[knock.mac] = self._fresh.get(knock.mac, 0) + 1
        self._knocks[knock.mac] = knock
        if len(self._knocks) > MOST_KNOCKS:
            forgotten, _ = self._knocks.popitem(last=False)
            self._fresh.pop(forgotten, None)

    def knocks(self) -> list[Knock]:
        """Unknown MACs this process has seen, the last first."""
        return list(reversed(self._knocks.values()))

    def forget(self, mac: str) -> None:
        """The MAC is a phone now."""
        self._knocks.pop(mac, None)

    @property
    def waiting(self) -> int:
        """How many events are not written yet."""
        return len(self._waiting)

    async def flush(self) -> None:
        """Write what is waiting, slice by slice; other work runs in between. A failed write is tried again later.

        On return everything is written that had happened at the call, also what another flush() had in hand.
        """
        async with self._turn:
            while self._waiting:
                batch = [self._waiting.popleft() for _ in range(min(SLICE, len(self._waiting)))]
                try:
                    await self._store.run_apart(_write, batch)
                except ProvdError as error:
                    self._waiting.extendleft(reversed(batch))
                    log.error("Phone events could not be written and wait in memory: %s", error)
                    return
                await asyncio.sleep(0)

    async def flush_knocks(self) -> None:
        """Store MACs that came more than once, unless so many strangers came that it must be a flood."""
        calm, self._strangers = self._strangers <= CALM_KNOCKS, 0
        fresh, self._fresh = self._fresh, {}
        batch = [replace(self._knocks[mac], count=count) for mac, count in fresh.items() if mac in self._knocks]
        if calm and batch:
            await self._store.run(events.add_knocks, batch[-100:])


def _write(store: Store, batch: list[PhoneEvent]) -> None:
    events.add(store, batch)
    contacts = {
        event.phone_id: (event.phone_id, int(event.at), event.address, event.firmware, event.file)
        for event in batch
        if event.phone_id is not None and event.kind in ("fetched", "unchanged")
    }
    phones.contacted(store, list(contacts.values()))
    asked = [event for event in batch if event.phone_id is not None and (event.revision or event.lacks)]
    taken = {event.phone_id: (event.phone_id, int(event.at), event.revision) for event in asked if event.revision}
    last = {event.phone_id: event for event in asked}
    lacking = [(key, int(one.at), one.reason, one.address) for key, one in last.items() if key and one.lacks]
    resyncs.took(store, [(one.phone_id, one.restart) for one in batch if one.phone_id and one.restart is not None])
    phones.took(store, [(key, at, revision) for key, at, revision in taken.values() if key], lacking)
