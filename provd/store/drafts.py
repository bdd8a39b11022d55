"""Drafts: what somebody has changed on a phone or in a template and not saved yet, one for each layer and person.

Rules of this file: a draft outlives sessions, restarts and updates, and is gone KEEP seconds after its last change, or
with the phone, template or person it is of. It is sealed as a whole: a new password may be in it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from provd.store.database import Store
from provd.store.tables import dump

KEEP = 14 * 86_400
STEPS = 10
"""How many steps back there are."""
MOST_OTHERS = 20
_COLUMNS = {"phone": "phone_id", "template": "template_id"}


@dataclass(frozen=True, slots=True)
class Draft:
    """`changes` by name (`keys.7`): what was there, and what is wanted, None for nothing. `undo`: the changes as they
    were before each of the last steps. `revision`: the version of the layer that it was begun on, or last met."""

    revision: int
    changes: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    undo: Sequence[Mapping[str, tuple[Any, Any]]] = ()
    created: int = 0
    updated: int = 0


@dataclass(frozen=True, slots=True)
class Editor:
    """Somebody else who has a draft of the same layer."""

    name: str
    since: int
    updated: int


def get(store: Store, kind: str, ref: int, owner: str, now: int) -> Draft | None:
    """The draft of a person for the layer of a `phone` or `template`; None without one."""
    query = (
        "SELECT revision, sealed_content, created, updated FROM drafts "  # noqa: S608
        f"WHERE {_COLUMNS[kind]} = ? AND owner = ? AND updated > ?"
    )
    found = store.sql(query, (ref, owner, now - KEEP)).fetchone()
    if found is None:
        return None
    content = json.loads(store.seal.open(found[1]))
    return Draft(found[0], _pairs(content["changes"]), tuple(map(_pairs, content["undo"])), found[2], found[3])


def _pairs(said: Mapping[str, Sequence[Any]]) -> dict[str, tuple[Any, Any]]:
    return {name: (pair[0], pair[1]) for name, pair in said.items()}


def put(
    store: Store, kind: str, ref: int, owner: str, draft: Draft, now: int, *, name: str, user_id: int | None
) -> Draft:
    """Keeps a draft with the last STEPS steps; one without changes and steps is dropped. `name`: how others are told
    whose it is."""
    column = _COLUMNS[kind]
    with store.transaction():
        store.sql("DELETE FROM drafts WHERE updated <= ?", (now - KEEP,))
        store.sql(f"DELETE FROM drafts WHERE {column} = ? AND owner = ?", (ref, owner))  # noqa: S608
        kept = Draft(draft.revision, draft.changes, tuple(draft.undo)[-STEPS:], draft.created or now, now)
        if kept.changes or kept.undo:
            content = store.seal.seal(dump({"changes": kept.changes, "undo": kept.undo}))
            store.sql(
                f"INSERT INTO drafts ({column}, owner, user_id, name, revision, sealed_content, created, updated) "  # noqa: S608
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (ref, owner, user_id, name, kept.revision, content, kept.created, now),
            )
    return kept


def drop(store: Store, kind: str, ref: int, owner: str) -> None:
    """Throws a draft away."""
    with store.transaction():
        store.sql(f"DELETE FROM drafts WHERE {_COLUMNS[kind]} = ? AND owner = ?", (ref, owner))  # noqa: S608


def others(store: Store, kind: str, ref: int, owner: str, now: int) -> list[Editor]:
    """Who else has a draft of this layer, the latest first."""
    query = (
        f"SELECT name, created, updated FROM drafts WHERE {_COLUMNS[kind]} = ? AND owner <> ? AND updated > ? "  # noqa: S608
        "ORDER BY updated DESC LIMIT ?"
    )
    rows = store.sql(query, (ref, owner, now - KEEP, MOST_OTHERS)).fetchall()
    return [Editor(*row) for row in rows]


def sample_phone(store: Store, domain_id: int, template_id: int, mac: str = "") -> str | None:
    """The MAC of a phone that uses a template: `mac` if it does, or without one the first; None where none does."""
    query = "SELECT mac FROM phones WHERE domain_id = ? AND template_id = ?"
    values: list[object] = [domain_id, template_id]
    if mac:
        query, values = f"{query} AND mac = ?", [*values, mac]
    found = store.sql(f"{query} ORDER BY mac LIMIT 1", values).fetchone()
    return str(found[0]) if found else None
