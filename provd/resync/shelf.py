"""The resyncs of one process: at most one a phone, found by MAC and by when they are due; saved until they are over."""

from __future__ import annotations

import heapq
import logging
from collections import OrderedDict
from collections.abc import Callable, Iterator

from provd.errors import ProvdError
from provd.resync import steps
from provd.resync.steps import Note, Phase, Resync
from provd.store import resyncs
from provd.store.database import Store
from provd.store.resyncs import ResyncRow

MOST_OVER = 10_000
"""Ends that are remembered; older ones are in the phones' events."""
SLICE = 500

log = logging.getLogger(__name__)


class Shelf:
    """What is under way, and the last ends."""

    def __init__(self, store: Store, mine: Callable[[str], bool]) -> None:
        """`mine`: is the phone with this MAC one for this process?"""
        self._store = store
        self._mine = mine
        self._live: dict[str, Resync] = {}
        self._over: OrderedDict[str, Resync] = OrderedDict()
        self._heap: list[tuple[float, str]] = []
        self._unsaved: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._live)

    def live(self, mac: str) -> Resync | None:
        """The resync of a phone that is not over."""
        return self._live.get(mac)

    def last(self, mac: str) -> Resync | None:
        """The resync of a phone that is under way, else its last one."""
        return self._live.get(mac) or self._over.get(mac)

    def put(self, one: Resync) -> None:
        """Take in a resync, in the place of what the phone had before."""
        before = self._live.get(one.mac)
        if one.over:
            self.forget(one)
            self._over[one.mac] = one
            if len(self._over) > MOST_OVER:
                self._over.popitem(last=False)
            return
        self._over.pop(one.mac, None)
        self._live[one.mac] = one
        self._unsaved[one.mac] = one.phone_id
        if before is None or before.due != one.due:
            heapq.heappush(self._heap, (one.due, one.mac))

    def forget(self, one: Resync) -> None:
        """The phone has no resync any more."""
        self._live.pop(one.mac, None)
        self._unsaved[one.mac] = one.phone_id

    def due(self, now: float) -> Iterator[Resync]:
        """Take out what is due; each may be put in again meanwhile."""
        while self._heap and self._heap[0][0] <= now:
            due, mac = heapq.heappop(self._heap)
            found = self._live.get(mac)
            if found is not None and found.due == due:
                yield found

    async def load(self, now: float) -> list[tuple[Resync, Note]]:
        """Take up what was not over before a restart; → what is to be told of it."""
        told: list[tuple[Resync, Note]] = []
        for mac, row in await self._store.run(resyncs.unfinished):
            if not self._mine(mac):
                continue
            before = _resync(mac, row)
            after, commands = steps.resumed(before, now)
            self.put(after)
            if after == before:
                del self._unsaved[mac]
            told += [(after, command) for command in commands if isinstance(command, Note)]
        return told

    async def save(self) -> None:
        """Write what has changed."""
        while self._unsaved:
            some = [self._unsaved.popitem() for _ in range(min(SLICE, len(self._unsaved)))]
            found = [self._live.get(mac) for mac, _ in some]
            rows = [_row(one) for one in found if one is not None]
            kept = {row.phone_id for row in rows}
            gone = [phone_id for _, phone_id in some if phone_id not in kept]
            try:
                await self._store.run(resyncs.write, rows, gone)
            except ProvdError as error:
                self._unsaved.update(some)
                log.error("Resyncs could not be saved: %s", error)
                return


def _row(one: Resync) -> ResyncRow:
    return ResyncRow(
        one.phone_id, one.id, one.time, one.restarts, one.asked, one.due, one.decides, one.phase.value, one.attempts,
        one.sent, one.fetched, one.text,
    )  # fmt: skip


def _resync(mac: str, row: ResyncRow) -> Resync:
    return Resync(
        row.id, mac, row.phone_id, row.time, row.reboot, row.asked, row.due, Phase(row.phase), row.attempts, row.sent,
        row.fetched, row.text, row.decides,
    )  # fmt: skip
