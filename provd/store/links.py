"""One-time links that open an account for its owner: only their digests are here."""

from __future__ import annotations

from dataclasses import dataclass

from provd import seal
from provd.store import users
from provd.store.database import Store
from provd.store.rows import User

PURPOSES = ("reset", "setup")
MOST = 5  # of one person; the oldest goes


@dataclass(frozen=True, slots=True)
class Link:
    """Whose link it is, and what for: `reset` a password, or `setup` of password and voicemail PIN."""

    id: int
    purpose: str
    user: User
    until: int


def make(store: Store, user_id: int, purpose: str, now: int, seconds: int) -> str:
    """Makes a link; returns its token, which is stored nowhere."""
    token = seal.new_token()
    with store.transaction():
        store.sql("DELETE FROM account_links WHERE until <= ?", (now,))
        store.sql(
            "INSERT INTO account_links (user_id, purpose, digest, created, until) VALUES (?, ?, ?, ?, ?)",
            (user_id, purpose, seal.token_digest(token), now, now + seconds),
        )
        store.sql(
            "DELETE FROM account_links WHERE user_id = ? AND id NOT IN "
            "(SELECT id FROM account_links WHERE user_id = ? ORDER BY id DESC LIMIT ?)",
            (user_id, user_id, MOST),
        )
    return token


def find(store: Store, token: str, now: int) -> Link | None:
    """The link with this token; None when it is unknown, used or too old."""
    query = "SELECT id, purpose, user_id, until FROM account_links WHERE digest = ? AND until > ?"
    found = store.sql(query, (seal.token_digest(token[:100]), now)).fetchone()
    user = users.by_id(store, found[2]) if found else None
    return Link(found[0], found[1], user, found[3]) if found and user else None


def drop_of_user(store: Store, user_id: int) -> None:
    """Makes every link of a person worthless."""
    with store.transaction():
        store.sql("DELETE FROM account_links WHERE user_id = ?", (user_id,))
