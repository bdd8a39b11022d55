"""Events: batches, bounds, floods of strangers."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from provd.errors import ProvdError
from provd.events import CALM_KNOCKS, MOST_KNOCKS, Recorder
from provd.seal import Seal
from provd.store import domains, events, phones
from provd.store.database import Store, open_database
from provd.store.migrations import migrate
from provd.store.rows import Knock, PhoneEvent

NOW = 1_800_000_000


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_database(f"sqlite:///{tmp_path}/events.db", Seal([bytes(32)]))
    migrate(opened)
    yield opened
    opened.close()


def _knock(number: int) -> Knock:
    return Knock(f"{number:012x}", NOW, NOW, 1, "10.0.0.1", "agent", "Yealink", "", "unknown")


def test_events_are_written_in_order_and_the_phone_knows_its_last_contact(store: Store) -> None:
    domain = domains.create(store, "acme.example", NOW)
    phone = phones.create(store, domain.id, "805ec0000101", "yealink-t46u", NOW)
    recorder = Recorder(store)
    for number in range(1200):
        kind = "refused" if number == 1199 else "fetched"
        at, address = NOW + number, f"10.0.{number // 256}.{number % 256}"
        recorder.add(PhoneEvent(phone.mac, at, kind, phone.id, domain.id, address, firmware="108.86.0.90"))
    assert recorder.waiting == 1200
    asyncio.run(recorder.flush())
    assert recorder.waiting == 0
    page = events.of_phone(store, phone.id, limit=2)
    assert [event.kind for event in page.items] == ["refused", "fetched"]
    known = phones.get(store, domain.id, phone.id)
    assert (known.last_contact, known.last_firmware) == (NOW + 1198, "108.86.0.90"), "a refusal is no contact"


def test_when_the_database_cannot_write_nothing_is_lost(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = Recorder(store)
    recorder.add(PhoneEvent("805ec0000101", NOW, "fetched"))
    recorder.add(PhoneEvent("805ec0000101", NOW + 1, "unchanged"))

    def broken(*_: object) -> None:
        raise ProvdError("The disk is full.")

    with monkeypatch.context() as patch:
        patch.setattr(events, "add", broken)
        asyncio.run(recorder.flush())
    assert recorder.waiting == 2
    asyncio.run(recorder.flush())
    rows = store.sql("SELECT kind FROM phone_events ORDER BY id").fetchall()
    assert [row[0] for row in rows] == ["fetched", "unchanged"]


def test_strangers_are_bounded_and_the_last_are_known(store: Store) -> None:
    recorder = Recorder(store)
    for number in range(MOST_KNOCKS + 500):
        recorder.knock(_knock(number))
    knocks = recorder.knocks()
    assert len(knocks) == MOST_KNOCKS
    assert knocks[0].mac == f"{MOST_KNOCKS + 499:012x}"


def test_a_stranger_that_comes_again_is_stored_and_one_that_came_once_is_not(store: Store) -> None:
    recorder = Recorder(store)
    for number in (1, 2, 1, 1):
        recorder.knock(_knock(number))
    asyncio.run(recorder.flush_knocks())
    assert [(knock.mac, knock.count) for knock in events.knocks(store)] == [(f"{1:012x}", 2)]
    assert recorder.knocks()[0].count == 3


def test_nothing_of_a_flood_is_stored(store: Store) -> None:
    recorder = Recorder(store)
    for number in range(CALM_KNOCKS + 1):
        recorder.knock(_knock(number % 50))
    asyncio.run(recorder.flush_knocks())
    assert events.knocks(store) == []
