"""What happened in calls, and the dialogs of calls that are on: both written behind, in batches.

Rules of this file: ids are in the order of commits, so who follows the table by id misses nothing; the events of one
call are in the order in which they happened.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from provd import cdr
from provd.store.database import Store
from provd.store.rules import clean

COLUMNS = "call, at, domain_id, kind, leg, extension, device, number, name, called, status, reason, blocked, detail"
_INSERT = f"INSERT INTO call_events ({COLUMNS}) VALUES ({', '.join('?' * 14)})"  # noqa: S608
_DIALOG = "leg, domain, call_id, local, remote, target, routes, cseq, protocol, address, port, since"
_UPSERT = (
    f"INSERT INTO call_dialogs ({_DIALOG}) VALUES ({', '.join('?' * 12)}) ON CONFLICT (leg) DO UPDATE SET "  # noqa: S608
    "local = excluded.local, remote = excluded.remote, target = excluded.target, routes = excluded.routes, "
    "cseq = excluded.cseq"
)
LONGEST_REASON = 2_000


class Event(cdr.Event, Protocol):
    """What is stored: what records are made from, and whose it is."""

    @property
    def domain_id(self) -> int: ...
    @property
    def device(self) -> str: ...


class CallEventRow(NamedTuple):
    """An event at rest; see sip_edge.call.event for what the fields mean."""

    id: int
    call: str
    at: float
    domain_id: int
    kind: str
    leg: int
    extension: str
    device: str
    number: str
    name: str
    called: str
    status: int
    reason: str
    blocked: bool
    detail: Mapping[str, str]


class DialogRow(NamedTuple):
    """The dialog with one phone that is in a call; everything that a BYE is addressed with. `routes` from the top."""

    leg: str
    domain: str
    call_id: str
    local: str
    remote: str
    target: str
    routes: tuple[str, ...]
    cseq: int
    protocol: str
    address: str
    port: int
    since: float


def add(store: Store, batch: Sequence[Event]) -> None:
    """Stores events in one transaction; those of a company that is gone are left out."""
    with store.batch():
        known = {row[0] for row in store.sql("SELECT id FROM domains").fetchall()}
        rows = [_values(event) for event in batch if event.domain_id in known]
        if rows:
            store.many(_INSERT, rows)


def _values(one: Event) -> tuple[object, ...]:
    detail = {clean(key, 32): clean(value, 300) for key, value in one.detail.items()}
    return (
        one.call, one.at, one.domain_id, one.kind, one.leg, clean(one.extension, 64), clean(one.device, 64),
        clean(one.number, 64), clean(one.name, 200), clean(one.called, 128), one.status,
        _steps(one.reason), one.blocked, json.dumps(detail, ensure_ascii=False, sort_keys=True),
    )  # fmt: skip


def _steps(reason: str) -> str:
    """A reason may have a line for every step."""
    return "\n".join(clean(line, LONGEST_REASON) for line in reason[:LONGEST_REASON].split("\n"))


def of_call(store: Store, domain_id: int, call: str) -> list[CallEventRow]:
    """The events of a call of this company, the first first."""
    return _rows(store, "domain_id = ? AND call = ? ORDER BY id", (domain_id, call))


def after(store: Store, last: int, limit: int = 1000) -> list[CallEventRow]:
    """The events that were written after the one with this id, in the order of writing: for who makes histories."""
    return _rows(store, "id > ? ORDER BY id LIMIT ?", (last, limit))


def of_domain(store: Store, domain_id: int, since: float, limit: int = 1000) -> list[CallEventRow]:
    """The events of a company from a moment on, the first first."""
    return _rows(store, "domain_id = ? AND at >= ? ORDER BY at, id LIMIT ?", (domain_id, since, limit))


def _rows(store: Store, where: str, values: Sequence[object]) -> list[CallEventRow]:
    found = store.sql(f"SELECT id, {COLUMNS} FROM call_events WHERE {where}", values).fetchall()  # noqa: S608
    return [CallEventRow._make((*row[:13], bool(row[13]), json.loads(row[14]))) for row in found]


def trim(store: Store, before: float, position: int, limit: int = 200) -> int:
    """Deletes up to `limit` events older than `before` that records were made from (those up to id `position`), and
    says how many; call it again until it says 0. Ids are about in the order of times."""
    with store.batch():
        cursor = store.sql(
            "DELETE FROM call_events WHERE at < ? AND id <= ? "
            "AND id IN (SELECT id FROM call_events ORDER BY id LIMIT ?)",
            (before, position, limit),
        )
        return int(cursor.rowcount)


def keep_dialogs(store: Store, on: Sequence[DialogRow], over: Sequence[str]) -> None:
    """Saves the dialogs of calls that are on, and forgets those that are over (by their leg)."""
    with store.batch():
        if on:
            store.many(_UPSERT, [(*row[:6], json.dumps(row.routes), *row[7:]) for row in on])
        if over:
            store.many("DELETE FROM call_dialogs WHERE leg = ?", [(leg,) for leg in over])


def left_over(store: Store) -> list[DialogRow]:
    """The dialogs that a process has left behind."""
    found = store.sql(f"SELECT {_DIALOG} FROM call_dialogs ORDER BY since").fetchall()  # noqa: S608
    return [DialogRow._make((*row[:6], tuple(json.loads(row[6])), *row[7:])) for row in found]
