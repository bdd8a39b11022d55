"""What the answer path keeps in memory of every phone: read whole at the start, then by the change feed."""

from __future__ import annotations

from dataclasses import dataclass

from provd.store import changes
from provd.store.database import Store
from provd.store.rows import Change, Token

_TOKENS = "SELECT digest, id, domain_id, phone_id, state, created, first_used FROM tokens"


def tokens(store: Store) -> dict[str, Token]:
    """Every provisioning token by its digest."""
    return {row[0]: Token(*row[1:]) for row in store.sql(_TOKENS).fetchall()}


@dataclass(frozen=True, slots=True)
class News:
    """A change with the row it names as that is now: a phone's place, a token with its digest; None when gone."""

    change: Change
    place: tuple[str, int] | None = None
    token: tuple[str, Token] | None = None


def news(store: Store, since: int, limit: int) -> list[News]:
    """Up to `limit` changes after `since`, oldest first."""
    found = []
    for change in changes.since(store, since, limit):
        where = place(store, int(change.ref)) if change.noun == "phone" else None
        found.append(News(change, where, token(store, int(change.ref)) if change.noun == "token" else None))
    return found


def token(store: Store, token_id: int) -> tuple[str, Token] | None:
    """One token and its digest; None when it has been retired."""
    row = store.sql(f"{_TOKENS} WHERE id = ?", (token_id,)).fetchone()
    return (row[0], Token(*row[1:])) if row else None


def place(store: Store, phone_id: int) -> tuple[str, int] | None:
    """The MAC and company of a phone now; None when it is gone."""
    found = store.sql("SELECT mac, domain_id FROM phones WHERE id = ?", (phone_id,)).fetchone()
    return (found[0], found[1]) if found else None
