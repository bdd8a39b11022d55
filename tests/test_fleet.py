"""The fleet in memory follows the store, however many ask at once."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from provd.fleet import Fleet
from provd.seal import Seal, token_digest
from provd.store import domains, phones, tokens
from provd.store.database import Store, open_database
from provd.store.migrations import migrate

NOW = 1_800_000_000


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_database(f"sqlite:///{tmp_path}/fleet.db", Seal([bytes(32)]))
    migrate(opened)
    yield opened
    opened.close()


def test_a_phone_that_comes_goes_or_is_swapped_is_known_at_once(store: Store) -> None:
    domain = domains.create(store, "acme.example", NOW)
    fleet = Fleet(store)
    fleet.load()
    phone = phones.create(store, domain.id, "805ec0000101", "yealink-t46u", NOW)
    assert fleet.stale()
    asyncio.run(fleet.catch_up())
    assert not fleet.stale()
    assert fleet.phone_id("805ec0000101") == phone.id
    phones.swap(store, domain.id, phone.id, "805ec0000102", NOW)
    asyncio.run(fleet.catch_up())
    assert "805ec0000101" not in fleet
    assert fleet.domain_id("805ec0000102") == domain.id
    phones.delete(store, domain.id, phone.id, NOW)
    asyncio.run(fleet.catch_up())
    assert len(fleet) == 0


def test_many_who_ask_at_once_all_see_the_change_and_nobody_waits_for_ever(store: Store) -> None:
    domain = domains.create(store, "acme.example", NOW)
    made = [phones.create(store, domain.id, f"805ec00001{n:02d}", "yealink-t46u", NOW) for n in range(20)]
    fleet = Fleet(store)
    fleet.load()
    plain = [tokens.newest(store, domain.id, phone.id) for phone in made]

    async def use(token: str) -> bool:
        found = fleet.token(token)
        assert found is not None
        await store.run(tokens.use, found, NOW)
        await fleet.catch_up()
        after = fleet.token(token)
        return after is not None and after.first_used == NOW

    async def storm() -> list[bool]:
        return await asyncio.wait_for(asyncio.gather(*(use(token) for token in plain)), 10)

    assert asyncio.run(storm()) == [True] * 20
    assert all(fleet.own_token_used(phone.id) for phone in made)


def test_a_retired_token_opens_nothing(store: Store) -> None:
    domain = domains.create(store, "acme.example", NOW)
    phone = phones.create(store, domain.id, "805ec0000101", "yealink-t46u", NOW)
    fleet = Fleet(store)
    fleet.load()
    old = tokens.newest(store, domain.id, phone.id)
    new = tokens.rotate(store, domain.id, phone.id, NOW)
    asyncio.run(fleet.catch_up())
    first = fleet.token(new)
    assert first is not None
    tokens.use(store, first, NOW)
    asyncio.run(fleet.catch_up())
    assert fleet.token(old) is None
    assert token_digest(old) != token_digest(new)


def test_thousands_of_changes_are_followed(store: Store) -> None:
    domain = domains.create(store, "acme.example", NOW)
    fleet = Fleet(store)
    fleet.load()
    with store.transaction():
        for n in range(1, 1001):
            phones.create(store, domain.id, f"805ec0{n:06x}", "yealink-t46u", NOW)
    asyncio.run(fleet.catch_up())
    assert len(fleet) == 1000
