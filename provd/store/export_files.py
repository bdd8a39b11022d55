"""The files that exports of the call history have made, and what became of them.

Rules of this file: a file is made once, and sent as often as it takes; `state` is ready (nothing is to be done),
waiting (to be sent), sent, or failed (given up, with a sentence).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from provd.errors import NotFound
from provd.store import claims
from provd.store.database import Store
from provd.store.reading import page_size
from provd.store.rows import Page

READY, WAITING, SENT, FAILED = "ready", "waiting", "sent", "failed"
_COLUMNS = (
    "id, domain_id, schedule_id, name, file, at, since, until, calls, octets, state, text, tries, try_at, claimed"
)
_SELECT = f"SELECT {_COLUMNS} FROM exports"  # noqa: S608
_INSERT = (
    f"INSERT INTO exports ({_COLUMNS.removeprefix('id, ')}) VALUES ({', '.join('?' * 14)}) "  # noqa: S608
    "ON CONFLICT DO NOTHING RETURNING id"
)


@dataclass(frozen=True, slots=True)
class ExportFile:
    """`at`: the moment it is for; `since` until before `until`: whose calls are in it; `file`: its name on the disk;
    `name`: what it is called outside."""

    id: int
    domain_id: int
    schedule_id: int | None
    name: str
    file: str
    at: int
    since: int
    until: int
    calls: int
    octets: int
    state: str
    text: str
    tries: int
    try_at: int
    claimed: int


def add(
    store: Store, domain_id: int, schedule_id: int, name: str, file: str, at: int, span: tuple[int, int], calls: int,
    octets: int, state: str, now: int,
) -> bool:  # fmt: skip
    """Notes a file, inside the caller's batch; False when there is one of this moment already."""
    values = (domain_id, schedule_id, name, file, at, *span, calls, octets, state, "", 0, now, 0)
    return store.sql(_INSERT, values).fetchone() is not None


def there(store: Store, schedule_id: int, at: int) -> bool:
    """Whether the file of this moment was made."""
    query = "SELECT 1 FROM exports WHERE schedule_id = ? AND at = ?"
    return store.sql(query, (schedule_id, at)).fetchone() is not None


def find(store: Store, domain_id: int, *, limit: int = 100, before: str = "") -> Page[ExportFile]:
    """The files of a company, the latest first; `before` = a page's `next`."""
    size = page_size(limit)
    last = int(before) if before.isascii() and before.isdecimal() and len(before) < 16 else 2**53
    rows = store.sql(
        f"{_SELECT} WHERE domain_id = ? AND id < ? ORDER BY id DESC LIMIT ?", (domain_id, last, size + 1)
    ).fetchall()
    found = tuple(_row(row) for row in rows[:size])
    return Page(found, str(found[-1].id) if len(rows) > size else None)


def get(store: Store, domain_id: int, export_id: int) -> ExportFile:
    """One of the company."""
    row = store.sql(f"{_SELECT} WHERE domain_id = ? AND id = ?", (domain_id, export_id)).fetchone()
    if row is None:
        raise NotFound("There is no such file here; it may have been deleted after its days.")
    return _row(row)


def claim(store: Store, now: int, lease: int) -> ExportFile | None:
    """One that waits to be sent, for whoever asks alone, for `lease` seconds."""
    row = store.sql(
        f"{_SELECT} WHERE state = 'waiting' AND try_at <= ? AND claimed < ? ORDER BY try_at LIMIT 1", (now, now)
    ).fetchone()
    if row is None:
        return None
    found = _row(row)
    return found if claims.take(store, "exports", found.id, found.claimed, now + lease) else None


def release(store: Store, export_id: int) -> None:
    """Whoever had claimed it does not go on."""
    claims.release(store, "exports", export_id)


def settled(store: Store, export_id: int, state: str, text: str = "", try_at: int = 0) -> None:
    """What became of an attempt to send it; inside the caller's batch."""
    store.sql(
        "UPDATE exports SET state = ?, text = ?, tries = tries + 1, try_at = ?, claimed = 0 WHERE id = ?",
        (state, text[:500], try_at, export_id),
    )


def send_again(store: Store, one: ExportFile, now: int) -> ExportFile:
    """Have it sent anew, with all its attempts."""
    with store.transaction():
        store.sql("UPDATE exports SET state = 'waiting', text = '', tries = 0, try_at = ? WHERE id = ?", (now, one.id))
    return get(store, one.domain_id, one.id)


def delete(store: Store, one: ExportFile) -> None:
    """Forgets a file; whoever calls this deletes it from the disk afterwards."""
    with store.transaction():
        store.sql("DELETE FROM exports WHERE id = ?", (one.id,))


def trim(store: Store, before: int, limit: int = 200) -> list[tuple[int, str]]:
    """Forgets up to `limit` files of before this moment, but none that waits; → (company, file) to delete."""
    with store.batch():
        found = store.sql(
            "DELETE FROM exports WHERE id IN (SELECT id FROM exports WHERE at < ? AND state <> 'waiting' "
            "ORDER BY at LIMIT ?) RETURNING domain_id, file",
            (before, limit),
        ).fetchall()
    return [(int(domain_id), str(file)) for domain_id, file in found]


def companies(store: Store) -> set[int]:
    """The ids of all companies."""
    return {int(row[0]) for row in store.sql("SELECT id FROM domains").fetchall()}


def names(store: Store, domain_id: int) -> set[str]:
    """The files of a company that rows know, those of the archives too."""
    query = "SELECT file FROM exports WHERE domain_id = ? UNION ALL SELECT file FROM cdr_archives WHERE domain_id = ?"
    return {str(row[0]) for row in store.sql(query, (domain_id, domain_id)).fetchall()}


def _row(row: Any) -> ExportFile:
    return ExportFile(*row)
