"""What happens to phones, told to whoever looks on: pages and API streams.

How to use it, inside a coroutine on the server's loop (`services.live`):

    follower = await services.live.follow(domain_id, macs, owner="session 12", after=cursor)
    try:
        while (some := await follower.take(15.0)) is not None:
            for one in some:      # PhoneEvent, or GAP; empty after 15 seconds of silence: time for a heartbeat
                ...
    finally:
        follower.close()

- `domain_id`: of one company, None of all. `macs`: of these phones only, None of all. `owner`: who may hold at most
  MOST_EACH at a time; more raises Crowded (429).
- A PhoneEvent with an `id` is a row; `follower.position` after a take() is the id up to which everything has been
  told, and what a reader that comes back gives as `after`: what was written since then comes first, up to REPLAY rows.
- A PhoneEvent with `id` 0 is of the moment and no row: a refresh that is too common to be written (`refreshed`), or a
  connection that broke (`unreachable`), so that a page of registrations is right within a second. Where there are
  several processes, only that of the company tells these.
- GAP says that some is missing (a slow reader, a cursor too old): read the lists anew, then go on.
- take() gives None when the server stops, or after close().

Rows come in the order in which they were written, from every process, at most LOOK seconds after that; `at` says when
it happened. One process reads the table once however many look on, and not at all when nobody does.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Collection, Sequence
from contextlib import suppress
from enum import Enum
from typing import Literal

from provd.errors import ProvdError
from provd.events import Recorder
from provd.store import events
from provd.store.database import Store
from provd.store.rows import PhoneEvent

LOOK = 0.2
"""Seconds between two looks at the table, while somebody looks on."""
QUEUE = 500
"""Events kept for a reader that is slow; then the oldest go."""
REPLAY = 5_000
"""Rows that are looked through for a reader that comes back; one that was away for longer reads the lists anew."""
MOST_EACH, MOST = 50, 2_000
SLICE = 500
TURN = 50
"""Readers that are told before others have their turn: each then writes to its connection."""

log = logging.getLogger(__name__)


class _Gap(Enum):
    GAP = "gap"


GAP: Literal[_Gap.GAP] = _Gap.GAP
Told = PhoneEvent | Literal[_Gap.GAP]


class Crowded(ProvdError):
    """Too many look on already."""

    status = 429


class Closed(ProvdError):
    """The server is stopping."""

    status = 503


class Follower:
    """One reader. Made by Live.follow()."""

    def __init__(self, live: Live, domain_id: int | None, macs: frozenset[str] | None, owner: str) -> None:
        self.owner = owner
        self.position = 0
        self._live = live
        self.domain_id = domain_id
        self._macs = macs
        self._queue: deque[PhoneEvent] = deque()
        self._missed = False
        self._ended = False
        self._news = asyncio.Event()

    def wants(self, event: PhoneEvent) -> bool:
        """Is this one of the phones looked at?"""
        of_company = self.domain_id is None or event.domain_id == self.domain_id
        return of_company and (self._macs is None or event.mac in self._macs)

    def put(self, event: PhoneEvent) -> None:
        """Tell of an event; the oldest makes room."""
        self._queue.append(event)
        if len(self._queue) > QUEUE:
            self._queue.popleft()
            self._missed = True
        self._news.set()

    def begin(self, before: Collection[PhoneEvent] | None, position: int) -> None:
        """Put in front what happened while the reader was away; None: that is not known."""
        self.position = max(self.position, position)
        self._queue.extendleft(reversed(list(before or ())))
        self._missed = self._missed or before is None
        while len(self._queue) > QUEUE:
            self._queue.popleft()
            self._missed = True
        if self._queue or self._missed:
            self._news.set()

    async def take(self, seconds: float) -> list[Told] | None:
        """What has happened since the last call, at once or as soon as there is something; empty after `seconds`
        without; None at the end."""
        if not (self._queue or self._missed or self._ended):
            self._news.clear()
            try:
                async with asyncio.timeout(seconds):
                    await self._news.wait()
            except TimeoutError:
                pass
        if self._ended:
            return None
        told: list[Told] = [GAP] if self._missed else []
        told += self._queue
        self._queue.clear()
        self._missed = False
        self.position = max(self.position, self._live.position)
        return told

    def close(self) -> None:
        """End it, from either side; a take() that waits gets None."""
        self._ended = True
        self._live.leave(self)
        self._news.set()


class Live:
    """Reads the table of events for all who look on."""

    def __init__(self, store: Store, recorder: Recorder) -> None:
        self._store = store
        self._recorder = recorder
        self.position = 0
        """Everybody has been told of the rows up to this id."""
        self._followers: dict[int | None, set[Follower]] = {}
        self._joining = asyncio.Lock()
        self._alone = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._closed = False

    def __len__(self) -> int:
        return sum(map(len, self._followers.values()))

    async def follow(
        self,
        domain_id: int | None,
        macs: Collection[str] | None = None,
        *,
        owner: str = "",
        after: int | None = None,
    ) -> Follower:
        """Look on from now, or from the row `after` on. Raises Crowded, and Closed while the server stops."""
        self._open()
        owners = [one.owner for many in self._followers.values() for one in many]
        if len(owners) >= MOST or (owner and owners.count(owner) >= MOST_EACH):
            raise Crowded("Too many streams are open; close some of them.")
        follower = Follower(self, domain_id, None if macs is None else frozenset(macs), owner)
        try:
            position = await self._join(follower)
            before = None if after is None else await self._replay(follower, after, position)
            self._open()
        except BaseException:
            follower.close()
            raise
        follower.begin([] if after is None else before, position)
        return follower

    def _open(self) -> None:
        if self._closed:
            raise Closed("The server is stopping; come back in a moment.")

    def leave(self, follower: Follower) -> None:
        """The reader is gone."""
        many = self._followers.get(follower.domain_id, set())
        many.discard(follower)
        if not many:
            self._followers.pop(follower.domain_id, None)
        if not self._followers:
            self._alone.set()
            if self._pass in self._recorder.passing:
                self._recorder.passing.remove(self._pass)

    async def stop(self) -> None:
        """End every stream and read no more."""
        self._closed = True
        for follower in [one for many in self._followers.values() for one in many]:
            follower.close()
        if self._task is not None:
            await self._task

    async def _join(self, follower: Follower) -> int:
        """Take in a reader; → the id from which on it is told of every row."""
        async with self._joining:
            if self._task is None or self._task.done():
                self.position = await self._store.run(events.latest_id)
                self._task = asyncio.create_task(self._look())
            self._alone.clear()
            self._followers.setdefault(follower.domain_id, set()).add(follower)
            if self._pass not in self._recorder.passing:
                self._recorder.passing.append(self._pass)
            return self.position

    async def _replay(self, follower: Follower, after: int, upto: int) -> list[PhoneEvent] | None:
        """What the reader has missed; None when that cannot be told."""
        if not upto - REPLAY <= after <= upto:
            return None
        found: list[PhoneEvent] = []
        while after < upto:
            rows = await self._store.run(events.since, after, SLICE)
            found += [row for row in rows if row.id <= upto and follower.wants(row)]
            after = rows[-1].id if rows else upto
            await asyncio.sleep(0)
        return found

    async def _look(self) -> None:
        while self._followers and not self._closed:
            try:
                await self._recorder.flush()
                rows = await self._store.run(events.since, self.position, SLICE)
            except ProvdError as error:
                log.error("What happens to phones could not be read: %s", error)
                rows = []
            await self._tell(rows)
            with suppress(TimeoutError):
                async with asyncio.timeout(0 if len(rows) == SLICE else LOOK):
                    await self._alone.wait()

    async def _tell(self, rows: Sequence[PhoneEvent]) -> None:
        told = 0
        for row in rows:
            self.position = row.id
            told += self._pass(row)
            if told >= TURN:
                told = 0
                await asyncio.sleep(0)

    def _pass(self, event: PhoneEvent) -> int:
        told = 0
        for domain_id in {None, event.domain_id}:
            for follower in self._followers.get(domain_id, ()):
                if follower.wants(event):
                    follower.put(event)
                    told += 1
        return told
