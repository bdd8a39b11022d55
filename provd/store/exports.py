"""Exports of the call history that run by themselves (SF-297 to SF-300): what was ordered, and when it is due.

Rules of this file: whoever runs an export claims it first, for a while; what is claimed nobody else takes, and what a
process left claimed when it died is free again afterwards. Passwords and keys are sealed, and never in a Schedule.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from provd.errors import Conflict, Invalid, NotFound, Problem
from provd.store import claims
from provd.store.database import Store
from provd.store.tables import dump

MOST = 50
"""Exports that a company may have."""
NAME = re.compile(r"[A-Za-z0-9 _-]{1,64}")
_COLUMNS = (
    "id, domain_id, name, settings, sealed_password, paused, next_at, asked, claimed, tries, try_at, ran_at, text, "
    "created, created_by"
)
_SELECT = f"SELECT {_COLUMNS} FROM export_schedules"  # noqa: S608
_MISSING = "There is no such scheduled export here."


@dataclass(frozen=True, slots=True)
class Schedule:
    """`settings` as provd.api.exports has them; `next_at` None while paused; `asked`: a run out of turn, its moment, or
    0; `tries`, `try_at`, `text`: what went wrong with making the file, and when it is tried again."""

    id: int
    domain_id: int
    name: str
    settings: Mapping[str, Any]
    has_password: bool
    paused: bool
    next_at: int | None
    asked: int
    claimed: int
    tries: int
    try_at: int
    ran_at: int
    text: str
    created: int
    created_by: str

    @property
    def due(self) -> int:
        """The moment that the run under way is for."""
        return self.asked or self.next_at or 0


def _row(row: Any) -> Schedule:
    values = list(row)
    values[3], values[4], values[5] = json.loads(row[3]), bool(row[4]), bool(row[5])
    return Schedule(*values)


def find(store: Store, domain_id: int) -> list[Schedule]:
    """All of a company, by name."""
    return [_row(row) for row in store.sql(f"{_SELECT} WHERE domain_id = ? ORDER BY name, id", (domain_id,)).fetchall()]


def get(store: Store, domain_id: int, schedule_id: int) -> Schedule:
    """One of the company."""
    row = store.sql(f"{_SELECT} WHERE domain_id = ? AND id = ?", (domain_id, schedule_id)).fetchone()
    if row is None:
        raise NotFound(_MISSING)
    return _row(row)


def secrets(store: Store, domain_id: int, schedule_id: int) -> tuple[str, str]:
    """(password, private key) of the destination; empty where there is none."""
    query = "SELECT sealed_password, sealed_key FROM export_schedules WHERE domain_id = ? AND id = ?"
    row = store.sql(query, (domain_id, schedule_id)).fetchone()
    if row is None:
        raise NotFound(_MISSING)
    return tuple(store.seal.open(one) if one else "" for one in row)  # type: ignore[return-value]


def create(
    store: Store, domain_id: int, name: str, settings: Mapping[str, Any], next_at: int, now: int, by: str, *,
    password: str = "", private_key: str = "",
) -> Schedule:  # fmt: skip
    """Adds one; raises Invalid for a name that breaks SF-297, Conflict for one that is taken, or too many."""
    with store.transaction():
        _name(store, domain_id, name)
        if store.sql("SELECT COUNT(*) FROM export_schedules WHERE domain_id = ?", (domain_id,)).fetchone()[0] >= MOST:
            raise Conflict(f"A company has at most {MOST} scheduled exports; delete one that nobody needs.")
        made = store.sql(
            "INSERT INTO export_schedules (domain_id, name, settings, sealed_password, sealed_key, paused, next_at, "
            "asked, claimed, tries, try_at, ran_at, text, created, created_by) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, 0, 0, 0, 0, 0, '', ?, ?) RETURNING id",
            (domain_id, name, dump(dict(settings)), _sealed(store, password), _sealed(store, private_key), False,
             next_at, now, by),
        ).fetchone()  # fmt: skip
    return get(store, domain_id, int(made[0]))


def update(
    store: Store, before: Schedule, *, name: str, settings: Mapping[str, Any], paused: bool, next_at: int | None,
    password: str | None = None, private_key: str | None = None,
) -> Schedule:  # fmt: skip
    """Saves a schedule; None leaves a secret as it is. What waited to be tried again is forgotten."""
    with store.transaction():
        if name != before.name:
            _name(store, before.domain_id, name)
        store.sql(
            "UPDATE export_schedules SET name = ?, settings = ?, paused = ?, next_at = ?, tries = 0, try_at = 0, "
            "text = '' WHERE id = ?",
            (name, dump(dict(settings)), paused, next_at, before.id),
        )
        for column, secret in (("sealed_password", password), ("sealed_key", private_key)):
            if secret is not None:
                sealed = _sealed(store, secret)
                store.sql(f"UPDATE export_schedules SET {column} = ? WHERE id = ?", (sealed, before.id))  # noqa: S608
    return get(store, before.domain_id, before.id)


def ask(store: Store, schedule: Schedule, now: int) -> Schedule:
    """Have it run now, out of turn; raises Conflict while it is about to."""
    with store.transaction():
        if get(store, schedule.domain_id, schedule.id).asked:
            raise Conflict("This export is about to run already.")
        store.sql("UPDATE export_schedules SET asked = ?, tries = 0, try_at = 0 WHERE id = ?", (now, schedule.id))
    return get(store, schedule.domain_id, schedule.id)


def delete(store: Store, schedule: Schedule) -> None:
    """Deletes one; its files stay, and go nowhere any more."""
    with store.transaction():
        store.sql("DELETE FROM export_schedules WHERE id = ?", (schedule.id,))


def claim(store: Store, now: int, lease: int) -> Schedule | None:
    """One that is due, for whoever asks alone, for `lease` seconds."""
    row = store.sql(
        f"{_SELECT} WHERE claimed < ? AND try_at <= ? AND (asked > 0 OR (NOT paused AND next_at <= ?)) "
        "ORDER BY id LIMIT 1",
        (now, now, now),
    ).fetchone()
    if row is None:
        return None
    found = _row(row)
    return found if claims.take(store, "export_schedules", found.id, found.claimed, now + lease) else None


def release(store: Store, schedule_id: int) -> None:
    """Whoever had claimed it does not go on."""
    claims.release(store, "export_schedules", schedule_id)


def ran(store: Store, schedule: Schedule, next_at: int, now: int, text: str = "") -> None:
    """The run is over, well or (with a sentence) for good; inside the caller's batch. Who changed the times meanwhile
    is not overruled."""
    store.sql(
        "UPDATE export_schedules SET asked = CASE WHEN asked = ? THEN 0 ELSE asked END, "
        "next_at = CASE WHEN next_at = ? THEN ? ELSE next_at END, claimed = 0, tries = 0, try_at = 0, ran_at = ?, "
        "text = ? WHERE id = ?",
        (schedule.asked, schedule.due, next_at, now, text[:500], schedule.id),
    )


def again(store: Store, schedule: Schedule, try_at: int, text: str) -> None:
    """The file could not be made; it is tried again."""
    with store.batch():
        store.sql(
            "UPDATE export_schedules SET claimed = 0, tries = tries + 1, try_at = ?, text = ? WHERE id = ?",
            (try_at, text[:500], schedule.id),
        )


def _name(store: Store, domain_id: int, name: str) -> None:
    if not NAME.fullmatch(name) or not name.strip():
        text = "The name has 1 to 64 letters, digits, hyphens, underscores and spaces, and nothing else."
        raise Invalid([Problem("name", text)])
    if store.sql("SELECT 1 FROM export_schedules WHERE domain_id = ? AND name = ?", (domain_id, name)).fetchone():
        raise Conflict(f"There is a scheduled export {name} already; choose another name.")


def _sealed(store: Store, secret: str) -> str:
    return store.seal.seal(secret) if secret else ""
