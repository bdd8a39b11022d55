"""Records too old for the history, which leave the database for the file of their month (SF-302).

Rules of this file: the rows go in the same transaction that says how long the file now is. A crash before it leaves
the rows, and a tail of the file that is cut off; a crash after it leaves neither.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from provd.errors import NotFound, ProvdError
from provd.store import cdrs
from provd.store.cdrs import SavedCdr
from provd.store.database import Store

SLICE = 200
"""Records that leave at a time: their rows are deleted in some milliseconds."""
_SELECT = "SELECT id, domain_id, month, file, calls, octets, changed FROM cdr_archives"


@dataclass(frozen=True, slots=True)
class Archive:
    """The records of one month, `month` as 2025-11 in the company's zone; `octets` of the file count."""

    id: int
    domain_id: int
    month: str
    file: str
    calls: int
    octets: int
    changed: int


def find(store: Store, domain_id: int) -> list[Archive]:
    """The archives of a company, the latest month first."""
    rows = store.sql(f"{_SELECT} WHERE domain_id = ? ORDER BY month DESC", (domain_id,)).fetchall()
    return [Archive(*row) for row in rows]


def get(store: Store, domain_id: int, archive_id: int) -> Archive:
    """One of the company."""
    row = store.sql(f"{_SELECT} WHERE domain_id = ? AND id = ?", (domain_id, archive_id)).fetchone()
    if row is None:
        raise NotFound("There is no such archive here.")
    return Archive(*row)


def of_month(store: Store, domain_id: int, month: str) -> Archive | None:
    """The archive of a month, if there is one."""
    row = store.sql(f"{_SELECT} WHERE domain_id = ? AND month = ?", (domain_id, month)).fetchone()
    return Archive(*row) if row else None


def waiting(store: Store, before: float) -> int | None:
    """A company that has records of before this moment; None when there is none."""
    row = store.sql(
        "SELECT d.id FROM domains d WHERE EXISTS (SELECT 1 FROM cdrs c WHERE c.domain_id = d.id AND c.at < ?) "
        "ORDER BY d.id LIMIT 1",
        (before,),
    ).fetchone()
    return int(row[0]) if row else None


def oldest(store: Store, domain_id: int, before: float, limit: int = SLICE) -> list[SavedCdr]:
    """The oldest records of a company of before this moment, the first first."""
    return cdrs.first(store, domain_id, before, limit)


def moved(
    store: Store, domain_id: int, month: str, file: str, records: Sequence[SavedCdr], calls: int, octets: int, now: int
) -> None:
    """These records are in the file of their month, which is safe on the disk with `calls` records and so many
    octets: their rows go. Raises ProvdError, and changes nothing, when they are not all there any more."""
    marks = ", ".join("?" * len(records))
    ids = [one.id for one in records]
    with store.batch():
        store.sql(f"DELETE FROM cdr_people WHERE cdr_id IN ({marks})", ids)  # noqa: S608
        gone = store.sql(f"DELETE FROM cdrs WHERE id IN ({marks})", ids).rowcount  # noqa: S608
        if gone != len(records):
            raise ProvdError("Records were archived by another process at the same time; it is tried again.")
        store.sql(
            "INSERT INTO cdr_archives (domain_id, month, file, calls, octets, changed) VALUES (?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (domain_id, month) DO UPDATE SET file = excluded.file, calls = excluded.calls, "
            "octets = excluded.octets, changed = excluded.changed",
            (domain_id, month, file, calls, octets, now),
        )
