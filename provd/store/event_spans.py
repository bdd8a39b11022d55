"""The events of one phone in a span of time, for pictures of it."""

from __future__ import annotations

from provd.store.database import Store
from provd.store.events import COLUMNS
from provd.store.rows import PhoneEvent

_REGISTERING = "('registered', 'refreshed', 'unregistered', 'expired', 'replaced')"


def between(store: Store, phone_id: int, start: float, end: float, limit: int) -> list[PhoneEvent]:
    """The last `limit` events from `start` to `end` (epoch seconds), oldest first."""
    query = "WHERE phone_id = ? AND at >= ? AND at <= ? ORDER BY at DESC, id DESC LIMIT ?"
    return _read(store, query, (phone_id, start, end, limit))


def registering_before(store: Store, phone_id: int, moment: float, limit: int = 100) -> list[PhoneEvent]:
    """The last events of its registrations before a moment, oldest first: what had begun by then."""
    query = f"WHERE phone_id = ? AND at < ? AND kind IN {_REGISTERING} ORDER BY at DESC, id DESC LIMIT ?"
    return _read(store, query, (phone_id, moment, limit))


def _read(store: Store, query: str, parameters: tuple[float, ...]) -> list[PhoneEvent]:
    rows = store.sql(f"SELECT {COLUMNS}, id FROM phone_events {query}", parameters).fetchall()  # noqa: S608
    return [PhoneEvent(*row) for row in reversed(rows)]
