"""Messages in mailboxes: left, moved between folders, deleted (SF-047, SF-058, SF-061, SF-065)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from provd.errors import Conflict, Invalid, NotFound, Problem
from provd.mailbox import FOLDERS, day_began
from provd.store import mailboxes
from provd.store.database import Store
from provd.store.rows import Page
from provd.store.rules import clean

MOST_MESSAGES = 1000
MOST_CHANGES = 10_000
"""Rows of the feed of mailboxes that are kept; who is further behind reads everything."""


@dataclass(frozen=True, slots=True)
class Voicemail:
    """`at` is when it was left, `moved` when it came into its folder, both epoch seconds. `file` is its name in the
    user's folder; `copied_from` is the extension it was first left for, empty for its own."""

    id: int
    domain_id: int
    user_id: int
    folder: str
    at: int
    moved: int
    number: str
    name: str
    seconds: float
    octets: int
    file: str
    urgent: bool
    copied_from: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many messages somebody has."""

    domain: str
    extension: str
    new: int
    saved: int
    urgent_new: int
    urgent_saved: int


_COLUMNS = "id, domain_id, user_id, folder, at, moved, number, name, seconds, octets, file, urgent, copied_from"
_COUNTS = """
SELECT d.name, u.extension,
  SUM(CASE WHEN v.folder = 'new' THEN 1 ELSE 0 END), SUM(CASE WHEN v.folder = 'saved' THEN 1 ELSE 0 END),
  SUM(CASE WHEN v.folder = 'new' AND v.urgent THEN 1 ELSE 0 END),
  SUM(CASE WHEN v.folder = 'saved' AND v.urgent THEN 1 ELSE 0 END)
FROM users u JOIN domains d ON d.id = u.domain_id LEFT JOIN voicemails v ON v.user_id = u.id
"""


def _row(values: Sequence[object]) -> Voicemail:
    row = list(values)
    row[11] = bool(row[11])
    return Voicemail(*row)  # type: ignore[arg-type]


def add(
    store: Store, domain_id: int, user_id: int, file: str, seconds: float, octets: int, now: int, *,
    number: str = "", name: str = "", folder: str = "new", urgent: bool = False, copied_from: str = "",
) -> Voicemail:  # fmt: skip
    """Puts a message into a mailbox; raises Conflict when that is full."""
    with store.transaction():
        mailboxes.require_room(store, user_id, octets)
        if sum(counts(store, user_id).values()) >= MOST_MESSAGES:
            raise Conflict(f"The mailbox has {MOST_MESSAGES} messages already; delete some first.")
        made = store.sql(
            f"INSERT INTO voicemails ({_COLUMNS.removeprefix('id, ')}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "  # noqa: S608
            "RETURNING id",
            (domain_id, user_id, folder, now, now, clean(number, 64), clean(name, 200), seconds, octets, file, urgent,
             copied_from),
        ).fetchone()[0]  # fmt: skip
        mailboxes.touched(store, domain_id, user_id)
    return get(store, user_id, made)


def get(store: Store, user_id: int, message_id: int) -> Voicemail:
    """One message of the user."""
    row = store.sql(
        f"SELECT {_COLUMNS} FROM voicemails WHERE user_id = ? AND id = ?",  # noqa: S608
        (user_id, message_id),
    ).fetchone()
    if row is None:
        raise NotFound("There is no such message in this mailbox.")
    return _row(row)


def find(
    store: Store, user_id: int, folder: str = "", *, latest_first: bool = True, limit: int = 100, cursor: str = ""
) -> Page[Voicemail]:
    """The messages of a folder (empty: of all), page by page."""
    where, params = ["user_id = ?"], [user_id]  # type: tuple[list[str], list[object]]
    if folder:
        where.append("folder = ?")
        params.append(folder)
    if cursor:
        at, dot, last = cursor.partition(".")
        if not (dot and at.isdecimal() and last.isdecimal() and len(cursor) < 40):
            raise Invalid([Problem("cursor", "This cursor is none; begin without.")])
        where.append(f"(at, id) {'<' if latest_first else '>'} (?, ?)")
        params += [int(at), int(last)]
    way = "DESC" if latest_first else "ASC"
    found = store.sql(
        f"SELECT {_COLUMNS} FROM voicemails WHERE {' AND '.join(where)} ORDER BY at {way}, id {way} LIMIT ?",  # noqa: S608
        (*params, limit + 1),
    ).fetchall()
    rows = tuple(_row(row) for row in found[:limit])
    return Page(rows, f"{rows[-1].at}.{rows[-1].id}" if len(found) > limit else None)


def counts(store: Store, user_id: int) -> dict[str, int]:
    """How many messages are in each folder."""
    rows = store.sql("SELECT folder, COUNT(*) FROM voicemails WHERE user_id = ? GROUP BY folder", (user_id,))
    found = {str(folder): int(count) for folder, count in rows.fetchall()}
    return {folder: found.get(folder, 0) for folder in FOLDERS}


def move(store: Store, domain_id: int, user_id: int, message_id: int, folder: str, now: int) -> Voicemail:
    """Puts a message into another folder."""
    with store.transaction():
        before = get(store, user_id, message_id)
        if before.folder != folder:
            store.sql("UPDATE voicemails SET folder = ?, moved = ? WHERE id = ?", (folder, now, message_id))
            mailboxes.touched(store, domain_id, user_id)
    return get(store, user_id, message_id)


def delete(store: Store, domain_id: int, user_id: int, ids: Collection[int] | None = None) -> list[str]:
    """Deletes messages for good (None: all, SF-058); → their files."""
    with store.transaction():
        rows = store.sql("SELECT id, file FROM voicemails WHERE user_id = ?", (user_id,)).fetchall()
        gone = [(int(one), str(file)) for one, file in rows if ids is None or one in ids]
        if gone:
            store.many("DELETE FROM voicemails WHERE id = ?", [(one,) for one, _ in gone])
            mailboxes.touched(store, domain_id, user_id)
    return [file for _, file in gone]


def empty_trash(store: Store, now: int) -> list[tuple[int, int, str]]:
    """Deletes what went to the trash before the present day of its user; → (company, user, file) of each."""
    rows = store.sql(
        "SELECT v.id, v.domain_id, v.user_id, v.file, v.moved, u.time_zone, d.time_zone FROM voicemails v "
        "JOIN users u ON u.id = v.user_id JOIN domains d ON d.id = v.domain_id "
        "WHERE v.folder = 'trash' AND v.moved < ? ORDER BY v.id LIMIT 1000",
        (now,),
    ).fetchall()
    over = [row for row in rows if row[4] < day_began(now, row[5] or row[6])]
    if over:
        with store.transaction():
            store.many("DELETE FROM voicemails WHERE id = ?", [(row[0],) for row in over])
    return [(int(row[1]), int(row[2]), str(row[3])) for row in over]


def waiting(store: Store, user_ids: Iterable[int] | None = None) -> list[Waiting]:
    """What the lamps of these users show (None: of all who have messages)."""
    if user_ids is None:
        query, params = f"{_COUNTS} WHERE v.id IS NOT NULL", ()  # type: tuple[str, tuple[int, ...]]
    else:
        params = tuple(user_ids)
        if not params:
            return []
        query = f"{_COUNTS} WHERE u.id IN ({', '.join('?' * len(params))})"
    rows = store.sql(f"{query} GROUP BY d.name, u.extension", params).fetchall()
    return [Waiting(row[0], row[1], *(int(value) for value in row[2:])) for row in rows]


def changed(store: Store, after: int, limit: int = 500) -> list[tuple[int, int]]:
    """(id, user) of what changed in mailboxes after the change with this id."""
    rows = store.sql("SELECT id, user_id FROM mailbox_changes WHERE id > ? ORDER BY id LIMIT ?", (after, limit))
    return [(int(one), int(user)) for one, user in rows.fetchall()]


def latest_change(store: Store) -> int:
    """The id of the latest change in a mailbox."""
    return int(store.sql("SELECT COALESCE(MAX(id), 0) FROM mailbox_changes").fetchone()[0])


def trim_changes(store: Store) -> None:
    """Forgets old rows of the feed."""
    with store.batch():
        store.sql("DELETE FROM mailbox_changes WHERE id < ?", (latest_change(store) - MOST_CHANGES,))


def reminders(store: Store) -> list[tuple[int, int, int]]:
    """(company, user, when the oldest new message came) of everybody who has a mailbox of their own and new ones."""
    rows = store.sql(
        "SELECT m.domain_id, m.user_id, MIN(v.at) FROM mailboxes m JOIN voicemails v ON v.user_id = m.user_id "
        "WHERE v.folder = 'new' AND m.settings NOT LIKE '%\"reminder_minutes\": 0%' GROUP BY m.domain_id, m.user_id"
    ).fetchall()
    return [(int(row[0]), int(row[1]), int(row[2])) for row in rows]
