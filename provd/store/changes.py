"""The change feed: how every process learns which phones' files are stale, and the revisions behind it.

Rules of this file: a function that changes what phones get calls one of these inside its own transaction. A change
names the widest thing that covers it, so that a setting of a company of 10,000 phones costs one update:
`server` (ref empty), `brand` and `model` (ref = their ids in the catalogue), `domain`, `directory` (ref = the domain's
id), `site`, `template`, `phone`; `user`, `device`, `contact`, `token`, `timeframe`, `phone_number` say that the row
itself changed. `answering` (ref = the user's id), `number_filter`, `dialling` and `trunk` (ref = the company's or the
trunk's id) are about calls only.
"""

from __future__ import annotations

from collections.abc import Iterable

from provd.store.database import Store
from provd.store.rows import Change

NOUNS = (
    "server", "brand", "model", "domain", "directory", "site", "template", "phone",
    "user", "device", "contact", "token", "timeframe", "phone_number",
    "answering", "number_filter", "dialling", "trunk",
)  # fmt: skip
_INSERT = "INSERT INTO changes (noun, ref, domain_id, at) VALUES (?, ?, ?, ?)"


def record(store: Store, noun: str, ref: int | str, domain_id: int | None, now: int) -> None:
    """Adds one row to the feed."""
    store.sql(_INSERT, (noun, str(ref), domain_id, now))


def domain(store: Store, domain_id: int, now: int) -> None:
    """Something of the company changed that every phone of it may get."""
    store.sql("UPDATE domains SET revision = revision + 1 WHERE id = ?", (domain_id,))
    record(store, "domain", domain_id, domain_id, now)


def directory(store: Store, domain_id: int, now: int) -> None:
    """The company's directory changed: names, numbers or who is listed."""
    store.sql("UPDATE domains SET directory_revision = directory_revision + 1 WHERE id = ?", (domain_id,))
    record(store, "directory", domain_id, domain_id, now)


def site(store: Store, site_id: int, domain_id: int, now: int) -> None:
    """Something of the site changed that its phones may get."""
    store.sql("UPDATE sites SET revision = revision + 1 WHERE id = ?", (site_id,))
    record(store, "site", site_id, domain_id, now)


def template(store: Store, template_id: int, domain_id: int, now: int) -> None:
    """The layout of a template changed."""
    store.sql("UPDATE templates SET revision = revision + 1 WHERE id = ?", (template_id,))
    record(store, "template", template_id, domain_id, now)


def phone(store: Store, phone_id: int, domain_id: int, now: int) -> None:
    """Something of one phone changed."""
    store.sql("UPDATE phones SET revision = revision + 1 WHERE id = ?", (phone_id,))
    record(store, "phone", phone_id, domain_id, now)


def phones_where(store: Store, condition: str, params: Iterable[object], now: int) -> None:
    """Bumps every phone that `condition` (SQL over the columns of phones) picks; each becomes one row of the feed."""
    values = tuple(params)
    # The conditions are texts of this package; only their parameters come from outside.
    store.sql(f"UPDATE phones SET revision = revision + 1 WHERE {condition}", values)  # noqa: S608
    picked = f"SELECT 'phone', CAST(id AS TEXT), domain_id, CAST(? AS BIGINT) FROM phones WHERE {condition}"  # noqa: S608
    store.sql(f"INSERT INTO changes (noun, ref, domain_id, at) {picked}", (now, *values))


def phones_of_device(store: Store, device_id: int, now: int) -> None:
    """Bumps the phones that carry a device."""
    phones_where(store, "id IN (SELECT phone_id FROM phone_lines WHERE device_id = ?)", (device_id,), now)


def phones_of_user(store: Store, user_id: int, now: int) -> None:
    """Bumps the phones that carry a device of a user."""
    carried = "id IN (SELECT phone_id FROM phone_lines WHERE device_id IN (SELECT id FROM devices WHERE user_id = ?))"
    phones_where(store, carried, (user_id,), now)


def latest_id(store: Store) -> int:
    """The id of the newest change, 0 when there is none: where a process starts to follow the feed."""
    return int(store.sql("SELECT COALESCE(MAX(id), 0) FROM changes").fetchone()[0])


def since(store: Store, change_id: int, limit: int = 1000) -> list[Change]:
    """Changes after `change_id`, oldest first. Ids are committed in their order, so none is ever missed."""
    cursor = store.sql(
        "SELECT id, noun, ref, domain_id, at FROM changes WHERE id > ? ORDER BY id LIMIT ?", (change_id, limit)
    )
    return [Change(*row) for row in cursor.fetchall()]


def oldest_id(store: Store) -> int:
    """The id of the oldest change still kept, 0 when there is none; who has seen less than this minus one has missed
    something and must forget all that it remembers."""
    return int(store.sql("SELECT COALESCE(MIN(id), 0) FROM changes").fetchone()[0])


def data_version(store: Store) -> tuple[int, int]:
    """A value that differs when anything may have changed since it was last asked; costs microseconds with SQLite.

    SQLite: PRAGMA data_version sees commits of other connections (of any table), `writes` those of this handle.
    """
    if store.sqlite:
        return int(store.sql("PRAGMA data_version").fetchone()[0]), store.writes
    return latest_id(store), 0


def trim(store: Store, before: int, limit: int = 10_000) -> int:
    """Deletes up to `limit` of the changes older than `before` and says how many; call it again until it says 0.

    The newest row stays, so that ids go on. Rows are in the order of their times, so the oldest have the lowest ids.
    """
    with store.batch():
        cursor = store.sql(
            "DELETE FROM changes WHERE at < ? AND id < (SELECT MAX(id) FROM changes) "
            "AND id IN (SELECT id FROM changes ORDER BY id LIMIT ?)",
            (before, limit),
        )
        return int(cursor.rowcount)
