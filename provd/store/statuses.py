"""What people say of themselves: a line that their colleagues see (SF-015)."""

from __future__ import annotations

from dataclasses import dataclass

from provd.store import rules
from provd.store.database import Store

LONGEST = 140
"""Characters of a status."""
_SELECT = (
    "SELECT u.extension, u.first_name, u.last_name, s.status, s.at FROM statuses s JOIN users u ON u.id = s.user_id "
    "WHERE s.domain_id = ?"
)
_KEEP = (
    "INSERT INTO statuses (user_id, domain_id, status, at) VALUES (?, ?, ?, ?) "
    "ON CONFLICT (user_id) DO UPDATE SET status = excluded.status, at = excluded.at"
)


@dataclass(frozen=True, slots=True)
class Status:
    """`at`: when it was set, epoch seconds; 0 for a person who says nothing."""

    extension: str
    name: str
    status: str
    at: int


def of_domain(store: Store, domain_id: int, limit: int = 1000) -> list[Status]:
    """Everybody of a company who says something, the latest first."""
    rows = store.sql(f"{_SELECT} ORDER BY s.at DESC, s.user_id LIMIT ?", (domain_id, limit)).fetchall()
    return [Status(str(row[0]), f"{row[1]} {row[2]}".strip(), str(row[3]), int(row[4])) for row in rows]


def get(store: Store, user_id: int) -> tuple[str, int]:
    """What a person says and since when; empty and 0 for nothing."""
    row = store.sql("SELECT status, at FROM statuses WHERE user_id = ?", (user_id,)).fetchone()
    return (str(row[0]), int(row[1])) if row else ("", 0)


def put(store: Store, domain_id: int, user_id: int, status: str, now: int) -> tuple[str, int]:
    """Save what a person says; nothing takes it back. What was said before stays as old as it was."""
    said = " ".join(status.split())
    rules.require(rules.text("status", said, LONGEST))
    before = get(store, user_id)
    if said == before[0]:
        return before
    with store.transaction():
        if said:
            store.sql(_KEEP, (user_id, domain_id, said, now))
        else:
            store.sql("DELETE FROM statuses WHERE user_id = ?", (user_id,))
    return get(store, user_id)
