"""The handle: transactions, threads, a server that goes away, and addresses that are wrong."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest

from provd.errors import ProvdError
from provd.seal import Seal
from provd.store import users
from provd.store.database import Store, open_database
from provd.store.failures import Unavailable
from tests.store.conftest import KEY, NOW, Company


def test_sqlite_runs_here_and_postgresql_in_a_thread(store: Store, acme: Company) -> None:
    def where(store: Store, name: str) -> tuple[str, str, threading.Thread]:
        return users.get(store, acme.id, acme.ada.id).first_name, name, threading.current_thread()

    found = asyncio.run(store.run(where, name="x"))
    assert found[:2] == ("Ada", "x")
    assert (found[2] is threading.current_thread()) == store.sqlite
    assert asyncio.run(store.run_apart(where, "y"))[2] is not threading.current_thread()


def test_many_calls_at_once_do_not_get_in_each_others_way(store: Store, acme: Company) -> None:
    def add(store: Store, number: int) -> str:
        return users.create(store, acme.id, str(200 + number), NOW).extension

    async def at_once() -> list[str]:
        return await asyncio.gather(*(store.run(add, number) for number in range(20)))

    assert asyncio.run(at_once()) == [str(200 + number) for number in range(20)]
    assert len(users.find(store, acme.id).items) == 22


def test_the_inner_part_of_a_transaction_can_be_taken_back_alone(store: Store, acme: Company) -> None:
    with store.transaction():
        users.create(store, acme.id, "201", NOW)
        with pytest.raises(ProvdError):
            users.create(store, acme.id, "101", NOW)
        users.create(store, acme.id, "202", NOW)
    assert [user.extension for user in users.find(store, acme.id).items] == ["101", "102", "201", "202"]


def test_a_reading_sees_one_moment_and_writes_nothing(store: Store, acme: Company, url: str) -> None:
    other = open_database(url, Seal([KEY]))
    with store.reading():
        assert users.get(store, acme.id, acme.ada.id).first_name == "Ada"
        users.update(other, acme.id, acme.ada.id, NOW, first_name="Augusta")
        assert users.get(store, acme.id, acme.ada.id).first_name == "Ada"
        with pytest.raises(RuntimeError), store.transaction():
            pass
    assert users.get(store, acme.id, acme.ada.id).first_name == "Augusta"
    other.close()


def test_a_dropped_connection_is_told_once_and_then_replaced(store: Store, acme: Company, postgres: str) -> None:
    if store.sqlite:
        pytest.skip("SQLite has no server to lose.")
    killer = open_database(store.database.database, Seal([KEY]))
    mine = store.sql("SELECT pg_backend_pid()").fetchone()[0]

    killer.sql("SELECT pg_terminate_backend(?)", (mine,))
    with pytest.raises(Unavailable, match="does not answer"):
        users.get(store, acme.id, acme.ada.id)
    assert users.get(store, acme.id, acme.ada.id) == acme.ada

    mine = store.sql("SELECT pg_backend_pid()").fetchone()[0]
    with pytest.raises(Unavailable), store.transaction():
        users.update(store, acme.id, acme.ada.id, NOW, first_name="Augusta")
        killer.sql("SELECT pg_terminate_backend(?)", (mine,))
        users.update(store, acme.id, acme.ada.id, NOW, last_name="King")
    assert users.get(store, acme.id, acme.ada.id) == acme.ada
    killer.close()


def test_a_database_that_somebody_holds_is_busy_not_broken(store: Store, acme: Company, url: str) -> None:
    other = open_database(url, Seal([KEY]))
    other.sql("PRAGMA busy_timeout = 20" if store.sqlite else "SET lock_timeout = 20")
    with store.transaction(), pytest.raises(Unavailable, match="busy"):
        users.update(other, acme.id, acme.ada.id, NOW, first_name="Augusta")
    assert users.update(other, acme.id, acme.ada.id, NOW, first_name="Augusta").first_name == "Augusta"
    other.close()


@pytest.mark.parametrize(
    "url", ["mysql://x", "", "sqlite:///", "sqlite:////nowhere/at/all.db", "postgresql://u:s3cret@127.0.0.1:1/x"]
)
def test_a_wrong_address_is_told_in_one_sentence_without_the_password(url: str) -> None:
    with pytest.raises(ProvdError) as refused:
        open_database(url, Seal([KEY]))
    assert str(refused.value).endswith(".")
    assert "\n" not in str(refused.value) and "s3cret" not in str(refused.value)


def test_the_settings_that_durability_rests_on(tmp_path: Path) -> None:
    store = open_database(f"sqlite:///{tmp_path}/x.sqlite", Seal([KEY]))
    found = {
        name: store.sql(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous", "foreign_keys")
    }
    assert found == {"journal_mode": "wal", "synchronous": 1, "foreign_keys": 1}
    store.close()
