"""Phone events and knocks of unknown MACs: written in batches, kept for a set time, never read by the answer path.

Rules of this file: pages are in the order of what happened, (at, id): a batch may hold what is older than the batch of
another process. Ids are in the order of commits: who follows the table by id misses nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from provd.store.database import Store
from provd.store.reading import page_size
from provd.store.rows import Knock, Page, PhoneEvent
from provd.store.rules import clean

COLUMNS = (
    "mac, at, kind, phone_id, domain_id, address, protocol, file, firmware, user_agent, duration_us, status, reason"
)
_INSERT = f"INSERT INTO phone_events ({COLUMNS}) VALUES ({', '.join('?' * 13)})"  # noqa: S608
_KNOCK = """
INSERT INTO knocks (mac, first_seen, last_seen, count, address, user_agent, vendor, model, reason)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (mac) DO UPDATE SET last_seen = excluded.last_seen, count = knocks.count + excluded.count,
  address = excluded.address, user_agent = excluded.user_agent, vendor = excluded.vendor, model = excluded.model,
  reason = excluded.reason
"""
_KNOCK_COLUMNS = "mac, first_seen, last_seen, count, address, user_agent, vendor, model, reason"
SLICE = 2000  # a few milliseconds
EVENTS_LOCK = 0x70726F7665  # apart from that of the writers of configuration, for whom no event waits
_CURSOR = re.compile(r"([0-9]{1,12}\.[0-9]{1,17}):([0-9]{1,18})")


def add(store: Store, batch: Sequence[PhoneEvent]) -> None:
    """Stores events in one transaction; texts are cut to what fits a page."""
    rows = [
        (
            clean(event.mac, 32), event.at, clean(event.kind, 32), event.phone_id, event.domain_id,
            clean(event.address, 64), clean(event.protocol, 16), clean(event.file, 200), clean(event.firmware, 64),
            clean(event.user_agent, 200), event.duration_us, event.status, clean(event.reason, 200),
        )
        for event in batch
    ]  # fmt: skip
    with store.batch():
        if not store.sqlite:
            store.sql("SELECT pg_advisory_xact_lock(?)", (EVENTS_LOCK,))
        store.many(_INSERT, rows)


def of_phone(store: Store, phone_id: int, *, limit: int = 100, before: str = "", kind: str = "") -> Page[PhoneEvent]:
    """The events of a phone, the last that happened first; `before` = a page's `next`. The caller has looked up the
    phone in its company."""
    return _page(store, "phone_id = ?", phone_id, limit, before, kind)


def of_domain(store: Store, domain_id: int, *, limit: int = 100, before: str = "", kind: str = "") -> Page[PhoneEvent]:
    """The events of all phones of a company, the last that happened first."""
    return _page(store, "domain_id = ?", domain_id, limit, before, kind)


def _page(store: Store, condition: str, owner: int, limit: int, before: str, kind: str) -> Page[PhoneEvent]:
    size = page_size(limit)
    params: list[Any] = [owner]
    cursor = _CURSOR.fullmatch(before)
    if cursor:
        condition += " AND (at, id) < (?, ?)"
        params += [float(cursor[1]), int(cursor[2])]
    if kind:
        condition += " AND kind = ?"
        params.append(kind)
    text = f"SELECT {COLUMNS}, id FROM phone_events WHERE {condition} ORDER BY at DESC, id DESC LIMIT ?"  # noqa: S608
    found = [PhoneEvent(*row) for row in store.sql(text, (*params, size + 1)).fetchall()]
    last = found[size - 1] if len(found) > size else None
    return Page(tuple(found[:size]), f"{float(last.at)!r}:{last.id}" if last else None)


def latest_id(store: Store) -> int:
    """The id of the newest event, 0 when there is none."""
    return int(store.sql("SELECT COALESCE(MAX(id), 0) FROM phone_events").fetchone()[0])


def since(store: Store, event_id: int, limit: int = 1000) -> list[PhoneEvent]:
    """Events after `event_id`, oldest first."""
    text = f"SELECT {COLUMNS}, id FROM phone_events WHERE id > ? ORDER BY id LIMIT ?"  # noqa: S608
    return [PhoneEvent(*row) for row in store.sql(text, (event_id, limit)).fetchall()]


def fetches(store: Store, after: int, upto: int, limit: int = 1000) -> list[PhoneEvent]:
    """Fetches of phones among the events with ids above `after` and up to `upto`, oldest first."""
    text = (
        f"SELECT {COLUMNS}, id FROM phone_events WHERE id > ? AND id <= ? "  # noqa: S608
        "AND kind IN ('fetched', 'unchanged') ORDER BY id LIMIT ?"
    )
    return [PhoneEvent(*row) for row in store.sql(text, (after, upto, limit)).fetchall()]


def trim(store: Store, before: float, limit: int = SLICE) -> int:
    """Deletes up to `limit` of the events older than `before` and says how many; call it again until it says 0.

    Events are stored about in the order of their times, so the oldest are those with the lowest ids.
    """
    with store.batch():
        cursor = store.sql(
            "DELETE FROM phone_events WHERE at < ? AND id IN (SELECT id FROM phone_events ORDER BY id LIMIT ?)",
            (before, limit),
        )
        return int(cursor.rowcount)


def add_knocks(store: Store, batch: Sequence[Knock]) -> None:
    """Adds to what is known of unknown MACs; `count` is how often each knocked since the last batch."""
    rows = [
        (
            clean(one.mac, 32), one.first_seen, one.last_seen, one.count, clean(one.address, 64),
            clean(one.user_agent, 200), clean(one.vendor, 64), clean(one.model, 64), clean(one.reason, 200),
        )
        for one in batch
    ]  # fmt: skip
    with store.batch():
        store.many(_KNOCK, rows)


def knocks(store: Store, limit: int = 100) -> list[Knock]:
    """Unknown MACs, the last that knocked first."""
    text = f"SELECT {_KNOCK_COLUMNS} FROM knocks ORDER BY last_seen DESC, mac LIMIT ?"  # noqa: S608
    return [Knock(*row) for row in store.sql(text, (page_size(limit),)).fetchall()]


def forget_knocks(store: Store, macs: Sequence[str]) -> None:
    """Drops knocks of MACs that are phones now."""
    with store.batch():
        store.many("DELETE FROM knocks WHERE mac = ?", [(mac,) for mac in macs])


def trim_knocks(store: Store, before: int, keep: int = 10_000) -> int:
    """Deletes knocks that were last seen before `before`, and all but the `keep` latest. Returns how many went."""
    with store.batch():
        old = store.sql("DELETE FROM knocks WHERE last_seen < ?", (before,)).rowcount
        many = store.sql(
            "DELETE FROM knocks WHERE mac IN (SELECT mac FROM knocks ORDER BY last_seen DESC, mac LIMIT ? OFFSET ?)",
            (1_000_000_000, keep),
        ).rowcount
    return int(old) + int(many)
