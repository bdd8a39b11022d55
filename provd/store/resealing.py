"""After a new key: seals every secret again with it, a slice at a time, so that the old key can be thrown away."""

from __future__ import annotations

import json
from typing import Any

from provd.store.database import Store
from provd.store.layers import SEALED
from provd.store.tables import dump

PLAIN_COLUMNS = (
    ("facts", "name", "value"),
    ("users", "id", "sealed_voicemail_pin"),
    ("devices", "id", "sealed_password"),
    ("phones", "id", "sealed_digest_password"),
    ("tokens", "id", "sealed"),
    ("mails", "id", "sealed_message"),
    ("second_factors", "user_id", "sealed_secret"),
    ("drafts", "id", "sealed_content"),
    ("trunks", "id", "sealed_password"),
    ("export_schedules", "id", "sealed_password"),
    ("export_schedules", "id", "sealed_key"),
)
JSON_COLUMNS = (
    ("layers", "id", "settings"),
    ("layers", "id", "raw"),
    ("layer_versions", "id", "settings"),
    ("layer_versions", "id", "raw"),
)
SLICE = 200


def reseal(store: Store) -> int:
    """Seals again what an older key sealed; returns how many rows it changed. What phones get stays the same."""
    count = 0
    for columns in (*PLAIN_COLUMNS, *JSON_COLUMNS):
        count += _column(store, *columns)
    return count


def _column(store: Store, table: str, key: str, column: str) -> int:
    """One column, slice by slice: each is a transaction of its own, and what is done already is left alone."""
    changed, last = 0, None
    while True:
        with store.transaction():
            rows = _slice(store, table, key, column, last)
            fresh = [(_again(store, text), row_key) for row_key, text in rows if _stale(store, text)]
            store.many(f"UPDATE {table} SET {column} = ? WHERE {key} = ?", fresh)  # noqa: S608
        changed += len(fresh)
        if len(rows) < SLICE:
            return changed
        last = rows[-1][0]


def _slice(store: Store, table: str, key: str, column: str, last: Any) -> list[tuple[Any, str]]:
    query = f"SELECT {key}, {column} FROM {table}"  # noqa: S608
    if last is None:
        return list(store.sql(f"{query} ORDER BY {key} LIMIT ?", (SLICE,)).fetchall())
    return list(store.sql(f"{query} WHERE {key} > ? ORDER BY {key} LIMIT ?", (last, SLICE)).fetchall())


def _stale(store: Store, text: str) -> bool:
    if text.startswith("{"):
        return any(not store.seal.current(value[SEALED]) for value in json.loads(text).values() if _sealed(value))
    return text.startswith("sealed1:") and not store.seal.current(text)


def _again(store: Store, text: str) -> str:
    if not text.startswith("{"):
        return store.seal.seal(store.seal.open(text))
    part = json.loads(text)
    for name, value in part.items():
        if _sealed(value):
            part[name] = {SEALED: store.seal.seal(store.seal.open(value[SEALED]))}
    return dump(part)


def _sealed(value: Any) -> bool:
    return isinstance(value, dict) and SEALED in value
