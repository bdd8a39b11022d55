"""Where devices are registered, as it was last written: the registrar works in memory and writes behind.

Rows are plain tuples in the order of COLUMNS, because a registrar writes thousands a second.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NamedTuple

from provd.store.database import Store
from provd.store.rules import clean

NAMES = (
    "id, device_id, contact, parameters, q, instance, reg_id, path, call_id, cseq, user_agent, protocol, address, "
    "port, registered, refreshed, expires"
)
_COLUMNS = NAMES.split(", ")
_UPSERT = (
    f"INSERT INTO sip_bindings ({NAMES}) VALUES ({', '.join('?' * len(_COLUMNS))}) ON CONFLICT (id) DO UPDATE SET "  # noqa: S608
    + ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS[2:])
)


class BindingRow(NamedTuple):
    """One binding at rest; `path` from the top, times in epoch seconds."""

    id: int
    device_id: int
    contact: str
    parameters: str
    q: float
    instance: str
    reg_id: int
    path: tuple[str, ...]
    call_id: str
    cseq: int
    user_agent: str
    protocol: str
    address: str
    port: int
    registered: float
    refreshed: float
    expires: float


def write(store: Store, changed: Sequence[BindingRow], gone: Sequence[int]) -> None:
    """Saves bindings and deletes others (by id), in one transaction."""
    rows = [(*row[:7], json.dumps(row.path), *row[8:]) for row in changed]
    with store.batch():
        if rows:
            store.many(_UPSERT, [tuple(_text(value) for value in row) for row in rows])
        if gone:
            store.many("DELETE FROM sip_bindings WHERE id = ?", [(one,) for one in gone])


def _text(value: object) -> object:
    """What a phone sent, fit for both databases: no NUL, no half of a surrogate pair."""
    if isinstance(value, str) and not value.isprintable():
        return clean(value, len(value))
    return value


def living(store: Store, now: float) -> list[tuple[str, str, BindingRow]]:
    """(domain, device name, binding) of everything that has not run out, of devices that still exist."""
    columns = ", ".join(f"b.{name}" for name in _COLUMNS)
    text = (
        f"SELECT m.name, d.name, {columns} FROM sip_bindings b JOIN devices d ON d.id = b.device_id "  # noqa: S608
        "JOIN domains m ON m.id = d.domain_id WHERE b.expires > ? ORDER BY b.id"
    )
    return [(row[0], row[1], _row(row[2:])) for row in store.sql(text, (now,)).fetchall()]


def _row(values: tuple[object, ...]) -> BindingRow:
    row = BindingRow(*values)  # type: ignore[arg-type]
    return row._replace(path=tuple(json.loads(str(row.path))))


def sweep(store: Store, now: float) -> int:
    """Deletes what has run out and what belongs to no device; returns how many. For the start."""
    with store.batch():
        cursor = store.sql(
            "DELETE FROM sip_bindings WHERE expires <= ? OR device_id NOT IN (SELECT id FROM devices)", (now,)
        )
        return int(cursor.rowcount)


def firmware_seen(store: Store, seen: Sequence[tuple[int, str]]) -> None:
    """Notes (phone_id, firmware) that phones told when they registered; no change of what phones get."""
    rows = [(version, phone_id, version) for phone_id, version in ((one, clean(text, 64)) for one, text in seen)]
    with store.batch():
        store.many("UPDATE phones SET last_firmware = ? WHERE id = ? AND last_firmware <> ?", rows)
