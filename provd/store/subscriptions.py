"""Subscriptions of phones at rest, so that lamps go on after a restart: presence works in memory and writes behind."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NamedTuple

from provd.store.database import Store
from provd.store.rules import clean

NAMES = (
    "tag, device_id, name, event, list, call_id, local, remote, target, contact, routes, remote_cseq, local_cseq, "
    "version, address, port, until"
)
_COLUMNS = NAMES.split(", ")
_UPSERT = (
    f"INSERT INTO sip_subscriptions ({NAMES}) VALUES ({', '.join('?' * len(_COLUMNS))}) "  # noqa: S608
    f"ON CONFLICT (tag) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in _COLUMNS[1:])}"
)


class SubscriptionRow(NamedTuple):
    """One subscription over UDP: the dialog it lives in and where its phone is. `until` in epoch seconds."""

    tag: str
    device_id: int
    name: str
    event: str
    list: bool
    call_id: str
    local: str
    remote: str
    target: str
    contact: str
    routes: tuple[str, ...]
    remote_cseq: int
    local_cseq: int
    version: int
    address: str
    port: int
    until: float


def write(store: Store, changed: Sequence[SubscriptionRow], gone: Sequence[str]) -> None:
    """Saves subscriptions and deletes others (by tag), in one transaction."""
    rows = [tuple(_stored(value) for value in row) for row in changed]
    with store.batch():
        if rows:
            store.many(_UPSERT, rows)
        if gone:
            store.many("DELETE FROM sip_subscriptions WHERE tag = ?", [(tag,) for tag in gone])


def _stored(value: object) -> object:
    """Lists as JSON; what a phone sent fit for both databases: no NUL, no half of a surrogate pair."""
    if isinstance(value, tuple):
        return json.dumps(value)
    return value if not isinstance(value, str) or value.isprintable() else clean(value, len(value))


def living(store: Store, now: float) -> list[tuple[int, str, str, SubscriptionRow]]:
    """(domain id, domain, device name, subscription) of all that have not run out, of devices that still exist."""
    columns = ", ".join(f"s.{name}" for name in _COLUMNS)
    text = (
        f"SELECT m.id, m.name, d.name, {columns} FROM sip_subscriptions s JOIN devices d ON d.id = s.device_id "  # noqa: S608
        "JOIN domains m ON m.id = d.domain_id WHERE s.until > ? ORDER BY s.tag"
    )
    return [(row[0], row[1], row[2], _row(row[3:])) for row in store.sql(text, (now,)).fetchall()]


def _row(values: Sequence[object]) -> SubscriptionRow:
    row = SubscriptionRow(*values)  # type: ignore[arg-type]
    return row._replace(routes=tuple(json.loads(str(row.routes))), list=bool(row.list))


def sweep(store: Store, now: float) -> int:
    """Deletes what has run out and what belongs to no device; returns how many. For the start."""
    with store.batch():
        cursor = store.sql(
            "DELETE FROM sip_subscriptions WHERE until <= ? OR device_id NOT IN (SELECT id FROM devices)", (now,)
        )
        return int(cursor.rowcount)


def unnoticed_devices(store: Store) -> frozenset[int]:
    """The ids of devices that do not count for their user's presence."""
    return frozenset(row[0] for row in store.sql("SELECT id FROM devices WHERE ignore_for_presence").fetchall())
