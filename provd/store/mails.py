"""Mails that wait to be sent: none is lost when a process ends, and none goes out more than twice.

Rules of this file: a mail is claimed before it is sent, for LEASE seconds. What a process left claimed is tried once
more, for it may have gone out already; a second time it is given up. Mails carry links that open accounts: they are
sealed, and gone from the row once they are out.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from provd.store.database import Store

LEASE = 180
RETRIES = (30, 120, 300, 900, 1800)  # seconds; in an hour it is given up, for a link is good no longer
HOUR = 3600
MOST_PER_HOUR = 20
KEPT = 30 * 86_400
SLICE = 1000
_UNKNOWN = "It is not known whether it arrived: the server stopped, or lost the mail server, twice while sending it."


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail that is being sent; `message` is what RFC 5322 calls a message, as bytes."""

    id: int
    recipient: str
    attempts: int
    message: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a mail."""

    id: int
    kind: str
    recipient: str
    state: str
    attempts: int
    created: int
    finished: int | None
    reason: str


def room(store: Store, recipient: str, now: int, most: int = MOST_PER_HOUR, kind: str = "") -> bool:
    """Whether this address may get another mail (of this kind) in this hour."""
    params: list[object] = [recipient.lower(), now - HOUR]
    of_kind = ""
    if kind:
        of_kind, params = " AND kind = ?", [*params, kind]
    query = f"SELECT COUNT(*) FROM mails WHERE recipient = ? AND created > ?{of_kind}"  # noqa: S608
    return int(store.sql(query, params).fetchone()[0]) < most


def add(store: Store, kind: str, recipient: str, message: bytes, now: int) -> None:
    """Puts a mail in the queue, best inside the transaction of what it tells of."""
    row = (kind, recipient.lower(), store.seal.seal(message.decode("utf-8", "surrogateescape")), now, now)
    with store.transaction():
        store.sql(
            "INSERT INTO mails (kind, recipient, sealed_message, state, attempts, doubts, due, created, reason) "
            "VALUES (?, ?, ?, 'waiting', 0, 0, ?, ?, '')",
            row,
        )


def claim(store: Store, now: int) -> Mail | None:
    """The next mail that is due, claimed; None when there is none."""
    due = "SELECT id, recipient, sealed_message, attempts FROM mails WHERE state = 'waiting' AND due <= ?"
    left = "SELECT 1 FROM mails WHERE state = 'sending' AND due <= ? LIMIT 1"
    waiting = "SELECT 1 FROM mails WHERE state = 'waiting' AND due <= ? LIMIT 1"
    if not store.sql(left, (now,)).fetchone() and not store.sql(waiting, (now,)).fetchone():
        return None  # looked at every few seconds: without a transaction
    with store.transaction():
        store.sql(
            "UPDATE mails SET state = 'failed', sealed_message = '', finished = ?, reason = ? "
            "WHERE state = 'sending' AND due <= ? AND doubts > 0",
            (now, _UNKNOWN, now),
        )
        store.sql("UPDATE mails SET state = 'waiting', doubts = 1 WHERE state = 'sending' AND due <= ?", (now,))
        found = store.sql(f"{due} ORDER BY due, id LIMIT 1", (now,)).fetchone()
        if found is None:
            return None
        store.sql(
            "UPDATE mails SET state = 'sending', attempts = attempts + 1, due = ? WHERE id = ?", (now + LEASE, found[0])
        )
    return Mail(found[0], found[1], found[3] + 1, store.seal.open(found[2]).encode("utf-8", "surrogateescape"))


def sent(store: Store, mail_id: int, now: int) -> None:
    """Notes that a mail is out; its text is forgotten."""
    _end(store, mail_id, "sent", "", now)


def failed(store: Store, mail: Mail, reason: str, now: int, *, for_good: bool, doubt: bool) -> bool:
    """Notes that a mail did not go out; True when it is given up. `doubt`: it may have arrived all the same."""
    with store.transaction():
        doubts = int(store.sql("SELECT doubts FROM mails WHERE id = ?", (mail.id,)).fetchone()[0]) + int(doubt)
        if for_good or mail.attempts > len(RETRIES) or doubts > 1:
            _end(store, mail.id, "failed", _UNKNOWN if doubts > 1 and not for_good else reason, now)
            return True
        due = now + RETRIES[mail.attempts - 1]
        store.sql(
            "UPDATE mails SET state = 'waiting', doubts = ?, due = ?, reason = ? WHERE id = ?",
            (doubts, due, reason[:200], mail.id),
        )
    return False


def _end(store: Store, mail_id: int, state: str, reason: str, now: int) -> None:
    with store.transaction():
        store.sql(
            "UPDATE mails SET state = ?, sealed_message = '', finished = ?, reason = ? WHERE id = ?",
            (state, now, reason[:200], mail_id),
        )


def find(store: Store, limit: int = 100) -> list[Sent]:
    """What became of the latest mails, newest first."""
    query = "SELECT id, kind, recipient, state, attempts, created, finished, reason FROM mails ORDER BY id DESC LIMIT ?"
    return [Sent(*row) for row in store.sql(query, (limit,)).fetchall()]


def trim(store: Store, now: int) -> int:
    """Deletes up to SLICE mails that ended long ago; returns how many went."""
    query = "DELETE FROM mails WHERE id IN (SELECT id FROM mails WHERE finished < ? ORDER BY id LIMIT ?)"
    with store.batch():
        return int(store.sql(query, (now - KEPT, SLICE)).rowcount)
