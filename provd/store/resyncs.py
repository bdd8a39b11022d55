"""Resyncs that are not over, at rest: what was promised for tonight, or has begun, goes on after a restart; and what
phones have of the settings that need one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from provd.store.database import Store


class ResyncRow(NamedTuple):
    """A resync; `time` is now, idle or tonight, the times are epoch seconds, 0 for what has not happened."""

    phone_id: int
    id: str
    time: str
    reboot: bool
    asked: float
    due: float
    decides: bool = False
    phase: str = "waiting"
    attempts: int = 0
    sent: float = 0.0
    fetched: float = 0.0
    text: str = ""


_NAMES = ResyncRow._fields
_WRITE = (
    f"INSERT INTO resyncs ({', '.join(_NAMES)}) VALUES ({', '.join('?' * len(_NAMES))}) "  # noqa: S608
    f"ON CONFLICT (phone_id) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in _NAMES[1:])}"
)
_READ = (
    f"SELECT p.mac, {', '.join(f'r.{name}' for name in _NAMES)} FROM resyncs r "  # noqa: S608
    "JOIN phones p ON p.id = r.phone_id ORDER BY r.due"
)


def write(store: Store, living: Sequence[ResyncRow], gone: Sequence[int]) -> None:
    """Saves resyncs that are not over and deletes those of other phones (by phone id), in one transaction."""
    with store.batch():
        if living:
            store.many(_WRITE, living)
        if gone:
            store.many("DELETE FROM resyncs WHERE phone_id = ?", [(phone_id,) for phone_id in gone])


def unfinished(store: Store) -> list[tuple[str, ResyncRow]]:
    """(MAC, resync) of all that are not over, of phones that still exist; the others are deleted."""
    with store.batch():
        for table in ("resyncs", "restart_settings"):
            store.sql(f"DELETE FROM {table} WHERE phone_id NOT IN (SELECT id FROM phones)")  # noqa: S608
    found = [(row[0], ResyncRow(*row[1:])) for row in store.sql(_READ).fetchall()]
    return [(mac, row._replace(reboot=bool(row.reboot), decides=bool(row.decides))) for mac, row in found]


def took(store: Store, taken: Sequence[tuple[int, str]]) -> None:
    """Notes (phone_id, restart_settings) of configurations that phones took whole."""
    if taken:
        with store.batch():
            store.many(
                "INSERT INTO restart_settings (phone_id, settings) VALUES (?, ?) "
                "ON CONFLICT (phone_id) DO UPDATE SET settings = excluded.settings",
                taken,
            )


def taken(store: Store, phone_id: int) -> str:
    """The restart_settings that a phone took last; empty when that is not known."""
    found = store.sql("SELECT settings FROM restart_settings WHERE phone_id = ?", (phone_id,)).fetchone()
    return str(found[0]) if found else ""
