"""Looking on: in order, from where the reader left, bounded, and ended by either side."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from provd import live
from provd.errors import ProvdError
from provd.events import Recorder
from provd.live import GAP, Closed, Crowded, Live
from provd.seal import Seal
from provd.store import events
from provd.store.database import Store, open_database
from provd.store.migrations import migrate
from provd.store.rows import PhoneEvent

NOW = 1_800_000_000.0
MAC, OTHER = "805ec0000101", "805ec0000102"
Scene = Callable[[Live, Recorder, Store], Awaitable[None]]


def play(tmp_path: Path, scene: Scene) -> None:
    store = open_database(f"sqlite:///{tmp_path}/live.db", Seal([bytes(32)]))
    migrate(store)

    async def whole() -> None:
        recorder = Recorder(store)
        looking = Live(store, recorder)
        await scene(looking, recorder, store)
        await looking.stop()
        assert len(looking) == 0 and recorder.passing == []

    asyncio.run(whole())
    store.close()


def event(number: int, mac: str = MAC, domain_id: int = 1, kind: str = "fetched") -> PhoneEvent:
    return PhoneEvent(mac, NOW + number, kind, 7, domain_id)


async def numbers(follower: live.Follower, count: int) -> list[int]:
    """The next so many events, by their number."""
    found: list[int] = []
    while len(found) < count:
        some = await follower.take(5.0)
        assert some, "it has to come"
        found += [int(one.at - NOW) for one in some if isinstance(one, PhoneEvent)]
    return found


def test_who_looks_on_is_told_of_what_concerns_them(tmp_path: Path) -> None:
    async def scene(looking: Live, recorder: Recorder, _: Store) -> None:
        company, phone = await looking.follow(1), await looking.follow(1, [MAC])
        rival, everything = await looking.follow(2), await looking.follow(None)
        recorder.add(event(1))
        recorder.add(event(2, OTHER))
        recorder.add(event(3, "001565aabb01", domain_id=2))
        assert await numbers(company, 2) == [1, 2]
        assert await numbers(phone, 1) == [1]
        assert await numbers(rival, 1) == [3]
        assert await numbers(everything, 3) == [1, 2, 3]

    play(tmp_path, scene)


def test_what_another_process_wrote_comes_too(tmp_path: Path) -> None:
    async def scene(looking: Live, _: Recorder, store: Store) -> None:
        follower = await looking.follow(1)
        events.add(store, [event(1), event(2)])
        assert await numbers(follower, 2) == [1, 2]

    play(tmp_path, scene)


def test_a_reader_that_comes_back_misses_nothing_and_hears_nothing_twice(tmp_path: Path) -> None:
    async def scene(looking: Live, recorder: Recorder, _: Store) -> None:
        first = await looking.follow(1)
        recorder.add(event(1))
        assert await numbers(first, 1) == [1]
        cursor = first.position
        first.close()
        for number in range(2, 8):
            recorder.add(event(number))
        await recorder.flush()
        recorder.add(event(8))
        again = await looking.follow(1, after=cursor)
        recorder.add(event(9))
        assert await numbers(again, 8) == [2, 3, 4, 5, 6, 7, 8, 9]
        assert await again.take(0.5) == []

    play(tmp_path, scene)


@pytest.mark.parametrize("cursor", [0, 10**15])
def test_a_cursor_that_is_too_old_or_of_another_database_is_a_gap(tmp_path: Path, cursor: int) -> None:
    async def scene(looking: Live, recorder: Recorder, store: Store) -> None:
        for start in range(0, live.REPLAY + 500, 500):
            events.add(store, [event(number) for number in range(start, start + 500)])
        follower = await looking.follow(1, after=cursor)
        assert await follower.take(1.0) == [GAP]
        recorder.add(event(1_000_000))
        assert await numbers(follower, 1) == [1_000_000]

    play(tmp_path, scene)


def test_a_slow_reader_loses_the_oldest_and_is_told(tmp_path: Path) -> None:
    async def scene(looking: Live, recorder: Recorder, _: Store) -> None:
        slow = await looking.follow(1)
        for number in range(live.QUEUE):
            recorder.tell(event(number))
        for number in (1_001, 1_002):
            recorder.tell(event(number))
        some = await slow.take(1.0)
        assert some is not None and some[0] is GAP and len(some) == 1 + live.QUEUE
        kept = [int(one.at - NOW) for one in some if isinstance(one, PhoneEvent)]
        assert kept == [*range(2, live.QUEUE), 1_001, 1_002]
        assert await slow.take(0.01) == []

    play(tmp_path, scene)


def test_what_passes_is_told_and_not_written(tmp_path: Path) -> None:
    async def scene(looking: Live, recorder: Recorder, store: Store) -> None:
        assert recorder.passing == [], "nobody looks on: nothing needs to be told"
        follower = await looking.follow(1)
        recorder.tell(event(1, kind="refreshed"))
        some = await follower.take(1.0)
        assert some is not None and [(one.kind, one.id) for one in some if one is not GAP] == [("refreshed", 0)]
        await recorder.flush()
        assert events.latest_id(store) == 0

    play(tmp_path, scene)


def test_nobody_holds_too_many(tmp_path: Path) -> None:
    async def scene(looking: Live, _: Recorder, __: Store) -> None:
        mine = [await looking.follow(1, owner="key 1") for _ in range(live.MOST_EACH)]
        with pytest.raises(Crowded, match="close some"):
            await looking.follow(1, owner="key 1")
        await looking.follow(1, owner="key 2")
        mine[0].close()
        assert await mine[0].take(5.0) is None
        await looking.follow(1, owner="key 1")

    play(tmp_path, scene)


def test_the_end_of_the_server_ends_every_stream(tmp_path: Path) -> None:
    async def scene(looking: Live, _: Recorder, __: Store) -> None:
        follower = await looking.follow(1)
        waiting = asyncio.create_task(follower.take(60.0))
        await asyncio.sleep(0)
        await looking.stop()
        assert await waiting is None
        with pytest.raises(Closed):
            await looking.follow(1)

    play(tmp_path, scene)


def test_a_database_that_is_away_for_a_moment_is_looked_at_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scene(looking: Live, recorder: Recorder, _: Store) -> None:
        follower = await looking.follow(1)
        tries = 0

        def broken(*_: object) -> None:
            nonlocal tries
            tries += 1
            raise ProvdError("The database is away.")

        with monkeypatch.context() as patch:
            patch.setattr(events, "since", broken)
            recorder.add(event(1))
            while not tries:
                assert await follower.take(0.05) == []
        assert await numbers(follower, 1) == [1]

    play(tmp_path, scene)
