"""Work that several processes look for: whoever claims a row does it alone, for a while.

Rules of this file: what a process left claimed when it died is free again once its time is over.
"""

from __future__ import annotations

from provd.store.database import Store


def take(store: Store, table: str, row: int, before: int, until: int) -> bool:
    """Claim a row that was read with `before` as its claim, until `until`. False: somebody else was faster."""
    with store.batch():
        query = f"UPDATE {table} SET claimed = ? WHERE id = ? AND claimed = ?"  # noqa: S608
        return bool(store.sql(query, (until, row, before)).rowcount)


def release(store: Store, table: str, row: int) -> None:
    """Whoever had claimed it does not go on."""
    with store.batch():
        store.sql(f"UPDATE {table} SET claimed = 0 WHERE id = ?", (row,))  # noqa: S608
