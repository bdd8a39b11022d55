"""What the answer path keeps in memory of every phone: read whole at the start, then by the change feed."""

from __future__ import annotations

from provd.store.database import Store
from provd.store.rows import Token

_TOKENS = "SELECT digest, id, domain_id, phone_id, state, created, first_used FROM tokens"


def tokens(store: Store, domain_id: int | None = None) -> dict[str, Token]:
    """Every provisioning token by its digest, or those of one company."""
    where, params = (" WHERE domain_id = ?", (domain_id,)) if domain_id is not None else ("", ())
    return {row[0]: Token(*row[1:]) for row in store.sql(_TOKENS + where, params).fetchall()}


def place(store: Store, phone_id: int) -> tuple[str, int] | None:
    """The MAC and company of a phone now; None when it is gone."""
    found = store.sql("SELECT mac, domain_id FROM phones WHERE id = ?", (phone_id,)).fetchone()
    return (found[0], found[1]) if found else None
