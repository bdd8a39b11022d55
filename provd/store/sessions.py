"""Who is signed in to the pages: the cookie holds a random token, the row its digest.

Rules of this file: a session ends after IDLE seconds without a request and at `until` at the latest; one that `waits`
has given its password and not yet its one-time code, and opens nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from provd import seal
from provd.store.database import Store
from provd.store.reading import first, select
from provd.store.rows import User
from provd.store.rules import clean
from provd.store.tables import Users

IDLE = 8 * 3600
DAY, REMEMBERED = 24 * 3600, 30 * 24 * 3600
WAITING = 600
TOUCH = 60
MOST = 50  # of one person; the oldest goes


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in browser. `own`: an office manager looks at their own things only (SF-008)."""

    id: int
    user: User
    created: int
    seen: int
    until: int
    address: str
    agent: str
    own: bool
    waits: bool


def create(
    store: Store, user_id: int, now: int, *, address: str, agent: str, remember: bool = False, waits: bool = False
) -> str:
    """Signs a user in; returns the token, which is stored nowhere."""
    token = seal.new_token()
    until = now + (WAITING if waits else REMEMBERED if remember else DAY)
    row = (seal.token_digest(token), user_id, now, now, until, clean(address, 60), clean(agent, 200), False, waits)
    with store.transaction():
        store.sql(
            "INSERT INTO sessions (digest, user_id, created, seen, until, address, agent, own, waits) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            row,
        )
        store.sql(
            "DELETE FROM sessions WHERE user_id = ? AND id NOT IN "
            "(SELECT id FROM sessions WHERE user_id = ? ORDER BY id DESC LIMIT ?)",
            (user_id, user_id, MOST),
        )
    return token


def find(store: Store, token: str, now: int) -> Session | None:
    """The session of a cookie, with its user as they are now; None when it is unknown or over."""
    found = store.sql(
        "SELECT id, user_id, created, seen, until, address, agent, own, waits FROM sessions WHERE digest = ?",
        (seal.token_digest(token[:200]),),
    ).fetchone()
    if found is None or found[4] <= now or (found[3] + IDLE <= now and found[4] - found[2] <= DAY):
        return None
    user = first(store, User, select(User, Users).where(Users.id == found[1]))
    if user is None:
        return None
    return Session(found[0], user, found[2], found[3], found[4], found[5], found[6], bool(found[7]), bool(found[8]))


def touch(store: Store, session: Session, now: int) -> None:
    """Notes that it is in use, once a minute at most."""
    if now - session.seen >= TOUCH:
        with store.transaction():
            store.sql("UPDATE sessions SET seen = ? WHERE id = ?", (now, session.id))


def set_own(store: Store, session_id: int, own: bool) -> None:
    """Switches between a person's own things and the organization."""
    with store.transaction():
        store.sql("UPDATE sessions SET own = ? WHERE id = ?", (own, session_id))


def of_user(store: Store, user_id: int, now: int) -> list[tuple[int, int, int, str, str]]:
    """(id, created, seen, address, agent) of a person's sessions, the latest first."""
    query = "SELECT id, created, seen, address, agent FROM sessions WHERE user_id = ? AND until > ? ORDER BY seen DESC"
    return [tuple(row) for row in store.sql(query, (user_id, now)).fetchall()]


def end(store: Store, session_id: int) -> None:
    """Signs one browser out."""
    with store.transaction():
        store.sql("DELETE FROM sessions WHERE id = ?", (session_id,))


def end_all(store: Store, user_id: int, *, but: int = 0) -> None:
    """Signs a person out everywhere, `but` for one session."""
    with store.transaction():
        store.sql("DELETE FROM sessions WHERE user_id = ? AND id <> ?", (user_id, but))


def trim(store: Store, now: int) -> None:
    """Deletes what is over."""
    with store.transaction():
        store.sql(
            "DELETE FROM sessions WHERE until <= ? OR (seen <= ? AND until - created <= ?)", (now, now - IDLE, DAY)
        )
