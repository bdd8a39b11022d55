"""Resyncs that wait for their moment, at rest: what was promised for tonight happens after a restart too."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from provd.store.database import Store


class ResyncRow(NamedTuple):
    """A waiting resync; `time` is now, idle or tonight, `asked` and `due` epoch seconds."""

    phone_id: int
    id: str
    time: str
    reboot: bool
    asked: float
    due: float


def write(store: Store, waiting: Sequence[ResyncRow], gone: Sequence[int]) -> None:
    """Saves waiting resyncs and deletes those of other phones (by phone id), in one transaction."""
    with store.batch():
        if waiting:
            store.many(
                "INSERT INTO resyncs (phone_id, id, time, reboot, asked, due) VALUES (?, ?, ?, ?, ?, ?) "
                "ON CONFLICT (phone_id) DO UPDATE SET id = excluded.id, time = excluded.time, "
                "reboot = excluded.reboot, asked = excluded.asked, due = excluded.due",
                waiting,
            )
        if gone:
            store.many("DELETE FROM resyncs WHERE phone_id = ?", [(phone_id,) for phone_id in gone])


def waiting(store: Store) -> list[tuple[str, ResyncRow]]:
    """(MAC, resync) of all that wait for a phone that still exists; the others are deleted."""
    with store.batch():
        store.sql("DELETE FROM resyncs WHERE phone_id NOT IN (SELECT id FROM phones)")
    text = (
        "SELECT p.mac, r.phone_id, r.id, r.time, r.reboot, r.asked, r.due FROM resyncs r "
        "JOIN phones p ON p.id = r.phone_id ORDER BY r.due"
    )
    return [(row[0], ResyncRow(*row[1:])._replace(reboot=bool(row[4]))) for row in store.sql(text).fetchall()]
