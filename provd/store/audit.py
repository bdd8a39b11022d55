"""The audit trail: who changed what, with secrets masked before they are written."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from provd.seal import mask
from provd.store.database import Store
from provd.store.reading import contains, fetch, page_size, select
from provd.store.rows import Audit, Page
from provd.store.rules import clean
from provd.store.trace_tables import Audits


def record(
    store: Store, now: int, *, who: str, domain_id: int | None, action: str, noun: str, ref: int | str,
    changed: Mapping[str, Any] | None = None,
) -> None:  # fmt: skip
    """Adds a row, best inside the transaction of the change itself. `action`: create, update, delete, resync …"""
    row = {"at": now, "who": who[:200], "domain_id": domain_id, "action": action, "noun": noun, "ref": str(ref)[:200]}
    with store.transaction():
        store.execute(Audits.insert(changed=dict(changed or {}), **row))


def difference(old: Mapping[str, Any], new: Mapping[str, Any], secret_names: Collection[str] = ()) -> dict[str, Any]:
    """{name: [old, new]} of every value that differs; both masked when the name is secret."""
    found: dict[str, Any] = {}
    for name in sorted({*old, *new}):
        before, after = old.get(name), new.get(name)
        if before != after:
            hide = name in secret_names
            found[name] = [mask(str(before or "")), mask(str(after or ""))] if hide else [before, after]
    return found


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of the trail is asked for: words of `who`, the exact others, `since` ≤ time < `until`; empty is all."""

    who: str = ""
    action: str = ""
    noun: str = ""
    ref: str = ""
    since: int | None = None
    until: int | None = None


def find(
    store: Store, domain_id: int | None, *, limit: int = 100, before: str = "", wanted: Wanted | None = None,
    among: Collection[int] | None = None,
) -> Page[Audit]:  # fmt: skip
    """The trail of a company, or everything (None: the provider's page; `among` some companies), newest first;
    `before` = a page's `next`."""
    size = page_size(limit)
    query = select(Audit, Audits)
    if domain_id is not None:
        query = query.where(Audits.domain_id == domain_id)
    elif among is not None:
        query = query.where(Audits.domain_id.in_(sorted(among)))
    for condition in _conditions(wanted or Wanted()):
        query = query.where(condition)
    if before.isdecimal() and len(before) < 19:
        query = query.where(Audits.id < int(before))
    found = fetch(store, Audit, query.order_by(Audits.id.desc()).limit(size + 1))
    return Page(tuple(found[:size]), str(found[size - 1].id) if len(found) > size else None)


def _conditions(wanted: Wanted) -> list[Any]:
    found = [contains((Audits.who,), word) for word in wanted.who.split()]
    for column, value in ((Audits.action, wanted.action), (Audits.noun, wanted.noun), (Audits.ref, wanted.ref)):
        if value:
            found.append(column == clean(value, 200))
    if wanted.since is not None:
        found.append(Audits.at >= wanted.since)
    if wanted.until is not None:
        found.append(Audits.at < wanted.until)
    return found


def trim(store: Store, before: int) -> int:
    """Deletes rows older than `before`; returns how many went."""
    with store.transaction():
        return int(store.execute(Audits.delete().where(Audits.at < before)))
