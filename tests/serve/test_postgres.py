"""The same server on PostgreSQL: files, changes, tokens."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import psycopg2
import pytest

from provd.store import layers, phones, tokens
from tests.live import YEALINK, LiveServer
from tests.store.conftest import postgres as postgres

NOW = 1_800_000_000


@pytest.fixture
def database(postgres: str) -> Iterator[str]:
    """A database of the test's own; its address."""
    connection = psycopg2.connect(f"{postgres}/postgres")
    connection.autocommit = True
    connection.cursor().execute("CREATE DATABASE served")
    yield f"{postgres}/served"
    connection.cursor().execute("DROP DATABASE served WITH (FORCE)")
    connection.close()


def test_phones_are_served_changed_and_recorded(database: str, start: Callable[..., LiveServer]) -> None:
    server = start(database_url=database)
    path = f"/p/{server.token}/{YEALINK}.cfg"
    first = server.get(path)
    assert first.status == 200
    assert server.get(path, headers={"If-None-Match": first.headers["etag"]}).status == 304
    phone = server.store(phones.anywhere, YEALINK)
    keys = {"9": {"kind": "speed_dial", "target": "4711"}}
    server.store(layers.save, phone.domain_id, "phone", phone.id, NOW, who="test", values={}, keys=keys)
    assert "linekey.9.value = 4711" in server.get(path).text
    assert [event.kind for event in server.events()] == ["fetched", "unchanged", "fetched"]
    own = server.store(tokens.newest, phone.domain_id, phone.id)
    new = server.store(tokens.rotate, phone.domain_id, phone.id, NOW)
    assert server.get(f"/p/{new}/{YEALINK}.cfg").status == 200
    assert server.get(f"/p/{own}/{YEALINK}.cfg").status == 404
