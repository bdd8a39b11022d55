"""Resyncs of many phones: paced, counted, joined, given up; the edge behind is a stand-in that remembers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from provd import catalogue
from provd.configure import Configurator
from provd.errors import Invalid, NotFound
from provd.events import Recorder
from provd.facts import Addresses
from provd.firmware import FirmwareShelf
from provd.fleet import Fleet
from provd.resync import Line, Phase, Resyncs
from provd.store import domains, phones
from tests.fakes import FakeClock
from tests.registrar.scenes import DOMAIN, MAC, NOW, company


@dataclass
class Reach:
    """Phones that are registered, idle, and answer 200, unless a test says otherwise."""

    clock: FakeClock
    status: int = 200
    here: bool = True
    calls: bool = False
    told: list[tuple[float, str, str]] = field(default_factory=list)

    def registered(self, lines: Sequence[Line], mac: str, address: str) -> bool:
        return self.here

    def busy(self, lines: Sequence[Line]) -> bool:
        return self.calls

    async def notify(self, lines: Sequence[Line], mac: str, address: str, event: str) -> int:
        self.told.append((self.clock.time(), mac, event))
        return self.status


def play(folder: Path, scene: Callable[[Resyncs, Reach, FakeClock, list[str]], Any], count: int = 5) -> None:
    """Play a scene with `count` phones more than MAC."""

    async def run() -> None:
        with company(folder) as store:
            domain_id = domains.by_name(store, DOMAIN).id
            macs = [f"805ec00002{number:02x}" for number in range(count)]
            for mac in macs:
                phones.create(store, domain_id, mac, "yealink-t46u", NOW)
            clock, fleet, recorder = FakeClock(1_700_000_000.0), Fleet(store), Recorder(store)
            fleet.load()
            addresses = Addresses("127.0.0.1", 8080, 8443, 69)
            shelf = FirmwareShelf({}, ())
            configurator = Configurator(store, catalogue.shipped(), shelf, addresses, http_digest=False)
            reach = Reach(clock)
            made = Resyncs(store, configurator, fleet, recorder, reach, per_second=2, clock=clock.time)
            await scene(made, reach, clock, macs)
            await made.stop()

    asyncio.run(run())


async def pass_time(resyncs: Resyncs, clock: FakeClock, seconds: float) -> None:
    """Work four times a second, as the running server does."""
    for _ in range(int(seconds * 4)):
        await resyncs.work()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        clock.advance(0.25)


def test_a_batch_is_paced_and_counted(tmp_path: Path) -> None:
    async def scene(resyncs: Resyncs, reach: Reach, clock: FakeClock, macs: list[str]) -> None:
        start = clock.time()
        batch = await resyncs.start_many([*macs, "000000000000"], "now")
        assert resyncs.batch(batch).total == resyncs.batch(batch).waiting == 5
        await pass_time(resyncs, clock, 4)
        assert [round(at - start, 2) for at, _, _ in reach.told] == [0, 0.5, 1, 1.5, 2]
        assert [mac for _, mac, _ in reach.told] == macs
        assert resyncs.batch(batch).under_way == 5
        await pass_time(resyncs, clock, 130)
        assert resyncs.batch(batch).waiting == 5, "they have not fetched, and are told again later"
        with pytest.raises(NotFound):
            resyncs.batch("nobody's")

    play(tmp_path, scene)


def test_asking_twice_tells_once_and_a_restart_is_not_forgotten(tmp_path: Path) -> None:
    async def scene(resyncs: Resyncs, reach: Reach, clock: FakeClock, macs: list[str]) -> None:
        first = await resyncs.start(MAC)
        assert await resyncs.start(MAC, changed=["network.vlan.id"]) == first
        await pass_time(resyncs, clock, 2)
        assert [event for _, _, event in reach.told] == ["check-sync;reboot=true"]
        assert await resyncs.start(MAC) == first

    play(tmp_path, scene)


def test_now_takes_the_place_of_tonight(tmp_path: Path) -> None:
    async def scene(resyncs: Resyncs, reach: Reach, clock: FakeClock, macs: list[str]) -> None:
        first = await resyncs.start(MAC, "tonight")
        second = await resyncs.start(MAC, "now")
        assert first != second
        await pass_time(resyncs, clock, 1)
        assert len(reach.told) == 1
        assert not resyncs.cancel(MAC), "it has been told"

    play(tmp_path, scene)


def test_given_up_before_it_was_told(tmp_path: Path) -> None:
    async def scene(resyncs: Resyncs, reach: Reach, clock: FakeClock, macs: list[str]) -> None:
        reach.calls = True
        await resyncs.start(MAC, "idle")
        await pass_time(resyncs, clock, 1)
        assert resyncs.cancel(MAC)
        reach.calls = False
        await pass_time(resyncs, clock, 60)
        assert reach.told == []
        assert resyncs.status(MAC) is None

    play(tmp_path, scene)


def test_a_phone_deleted_meanwhile(tmp_path: Path) -> None:
    async def scene(resyncs: Resyncs, reach: Reach, clock: FakeClock, macs: list[str]) -> None:
        await resyncs.start(macs[0], "tonight")
        phone = phones.anywhere(resyncs._store, macs[0])
        assert phone is not None
        phones.delete(resyncs._store, phone.domain_id, phone.id, NOW)
        clock.advance(86_400)
        await pass_time(resyncs, clock, 1)
        assert reach.told == []
        assert resyncs.status(macs[0]) is None

    play(tmp_path, scene)


def test_what_cannot_be_asked_for(tmp_path: Path) -> None:
    async def scene(resyncs: Resyncs, reach: Reach, clock: FakeClock, macs: list[str]) -> None:
        with pytest.raises(NotFound):
            await resyncs.start("000000000000")
        with pytest.raises(Invalid, match="now, idle, tonight"):
            await resyncs.start(MAC, "yesterday")

    play(tmp_path, scene)


def test_an_edge_that_breaks_is_a_broken_connection(tmp_path: Path) -> None:
    async def scene(resyncs: Resyncs, reach: Reach, clock: FakeClock, macs: list[str]) -> None:
        async def broken(*_: object) -> int:
            raise OSError("no such device")

        reach.notify = broken  # type: ignore[method-assign]
        await resyncs.start(MAC)
        await pass_time(resyncs, clock, 2)
        found = resyncs.status(MAC)
        assert found is not None
        assert (found.phase, found.text.startswith("Its connection broke")) == (Phase.WAITING, True)

    play(tmp_path, scene)
