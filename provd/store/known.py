"""What the answer path keeps in memory of every phone: read whole at the start, then by the change feed."""

from __future__ import annotations

from provd.store.database import Store
from provd.store.rows import Token

_TOKENS = "SELECT digest, id, domain_id, phone_id, state, created, first_used FROM tokens"


def tokens(store: Store) -> dict[str, Token]:
    """Every provisioning token by its digest."""
    return {row[0]: Token(*row[1:]) for row in store.sql(_TOKENS).fetchall()}


def token(store: Store, token_id: int) -> tuple[str, Token] | None:
    """One token and its digest; None when it has been retired."""
    row = store.sql(f"{_TOKENS} WHERE id = ?", (token_id,)).fetchone()
    return (row[0], Token(*row[1:])) if row else None


def place(store: Store, phone_id: int) -> tuple[str, int] | None:
    """The MAC and company of a phone now; None when it is gone."""
    found = store.sql("SELECT mac, domain_id FROM phones WHERE id = ?", (phone_id,)).fetchone()
    return (found[0], found[1]) if found else None
