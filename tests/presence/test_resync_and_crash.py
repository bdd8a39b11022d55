"""A server that goes down in the midst of a resync takes it up again, or says how it ended."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from provd.resync import Phase
from provd.store import resyncs
from provd.store.database import Store
from provd.store.resyncs import ResyncRow
from tests.presence.office import DeskPhone, Office, office
from tests.registrar.scenes import MAC, company

Scene = Callable[[Office], Coroutine[Any, Any, None]]


def crash_between(folder: Path, before: Scene, after: Scene) -> None:
    """Play one scene, put back what was saved at its end as a crash leaves it, and play the other on a new edge."""

    async def run(store: Store) -> None:
        async with asyncio.timeout(20):
            async with office(store) as first:
                await before(first)
                rows = [row for _, row in resyncs.unfinished(store)]
            resyncs.write(store, rows, [])
            async with office(store) as second:
                await after(second)

    with company(folder) as store:
        asyncio.run(run(store))


def saved(office: Office) -> list[ResyncRow]:
    return [row for _, row in resyncs.unfinished(office.store)]


async def until(office: Office, phase: Phase) -> None:
    """Wait until the resync of the phone has come that far, and that is saved."""
    while (found := office.resyncs.status(MAC)) is None or found.phase is not phase:
        await asyncio.sleep(0.01)
    await office.resyncs.work()


def test_a_phone_that_was_told_is_followed_to_its_end(tmp_path: Path) -> None:
    async def before(office: Office) -> None:
        async with DeskPhone(office.address) as phone:
            await phone.registered()
            await office.resyncs.start(MAC)
            await phone.notified()
            await until(office, Phase.ACKNOWLEDGED)
            assert [(row.phase, row.attempts) for row in saved(office)] == [("acknowledged", 1)]

    async def after(office: Office) -> None:
        found = office.resyncs.status(MAC)
        assert found is not None and found.text == "It acknowledged the resync."
        async with DeskPhone(office.address) as phone:
            office.fetched()
            await until(office, Phase.FETCHED)
            await phone.registered()
            await until(office, Phase.DONE)
        assert saved(office) == []
        kinds = [event.kind for event in await office.events("resync")]
        assert kinds == ["resync_sent", "resync_acknowledged", "resync_done"]

    crash_between(tmp_path, before, after)


def test_one_that_may_not_have_heard_is_told_again(tmp_path: Path) -> None:
    async def before(office: Office) -> None:
        async with DeskPhone(office.address) as phone:
            phone.answers = lambda _message: None
            await phone.registered()
            await office.resyncs.start(MAC)
            await phone.notified()
            await until(office, Phase.SENDING)
            assert [row.phase for row in saved(office)] == ["sending"]

    async def after(office: Office) -> None:
        found = office.resyncs.status(MAC)
        assert found is not None and (found.phase, found.attempts) == (Phase.WAITING, 0)
        assert found.text == "The server restarted while it was told; it is told again."
        async with DeskPhone(office.address) as phone:
            await phone.registered()
            assert (await phone.notified()).headers["event"] == "check-sync;reboot=false"
            await until(office, Phase.ACKNOWLEDGED)
        kinds = [event.kind for event in await office.events("resync")]
        assert kinds == ["resync_sent", "resync_waiting", "resync_sent", "resync_acknowledged"]

    crash_between(tmp_path, before, after)


def test_one_whose_phone_is_deleted_meanwhile_is_forgotten(tmp_path: Path) -> None:
    async def run(store: Store) -> None:
        async with office(store) as first:
            await first.resyncs.start(MAC)
            await first.resyncs.work()
            assert len(saved(first)) == 1
            store.sql("DELETE FROM phones WHERE mac = ?", (MAC,))
        assert resyncs.unfinished(store) == []

    with company(tmp_path) as store:
        asyncio.run(run(store))
