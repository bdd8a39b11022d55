"""Calls that a company keeps as tests of its rules."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from provd.errors import Conflict, NotFound
from provd.store import rules
from provd.store.database import Store
from provd.store.routing_rows import TriedCall
from provd.store.tables import dump

MOST = 200
_SELECT = "SELECT id, name, asked, expected, created FROM tried_calls WHERE domain_id = ?"
_INSERT = "INSERT INTO tried_calls (domain_id, name, asked, expected, created) VALUES (?, ?, ?, ?, ?)"


def find(store: Store, domain_id: int) -> list[TriedCall]:
    """The company's test calls by name."""
    return [_row(row) for row in store.sql(f"{_SELECT} ORDER BY LOWER(name), id", (domain_id,)).fetchall()]


def get(store: Store, domain_id: int, row_id: int) -> TriedCall:
    """One of them."""
    found = store.sql(f"{_SELECT} AND id = ?", (domain_id, row_id)).fetchone()
    if found is None:
        raise NotFound("There is no such test call here.")
    return _row(found)


def create(
    store: Store, domain_id: int, name: str, asked: Mapping[str, Any], expected: Sequence[str], now: int
) -> TriedCall:  # fmt: skip
    """Keeps a call with what becomes of it now; raises Conflict when the name is taken or there are too many."""
    rules.require(rules.filled("name", name))
    with store.transaction():
        there = find(store, domain_id)
        if len(there) >= MOST:
            raise Conflict(f"There are {MOST} test calls already; delete some.")
        if any(one.name == name for one in there):
            raise Conflict(f"There is a test call {name[:60]} already; choose another name.")
        store.sql(_INSERT, (domain_id, name, dump(dict(asked)), dump(list(expected)), now))
        return next(one for one in find(store, domain_id) if one.name == name)


def expect(store: Store, domain_id: int, row_id: int, expected: Sequence[str]) -> TriedCall:
    """Takes what becomes of the call now for what should."""
    get(store, domain_id, row_id)
    with store.transaction():
        store.sql("UPDATE tried_calls SET expected = ? WHERE id = ?", (dump(list(expected)), row_id))
    return get(store, domain_id, row_id)


def delete(store: Store, domain_id: int, row_id: int) -> TriedCall:
    """Forgets one; returns what it was."""
    found = get(store, domain_id, row_id)
    with store.transaction():
        store.sql("DELETE FROM tried_calls WHERE id = ?", (row_id,))
    return found


def _row(row: tuple[Any, ...]) -> TriedCall:
    return TriedCall(int(row[0]), str(row[1]), json.loads(row[2]), tuple(json.loads(row[3])), int(row[4]))
