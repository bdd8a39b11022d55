"""Reads that join what the API shows together, each one statement however long the list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from provd.errors import NotFound
from provd.store import domains
from provd.store.database import Store
from provd.store.rows import Domain

_LINES = """
SELECT l.phone_id, l.line, d.name, u.extension, u.first_name, u.last_name, l.shared, l.label
FROM phone_lines l JOIN devices d ON d.id = l.device_id JOIN users u ON u.id = d.user_id WHERE l.phone_id
"""
_PEOPLE = "SELECT d.user_id FROM phone_lines l JOIN devices d ON d.id = l.device_id WHERE l.phone_id = ?"


def domain_named(store: Store, name: str) -> Domain | None:
    """The company of this name, or None."""
    try:
        return domains.by_name(store, name[:300])
    except NotFound:
        return None


def people_of(store: Store, phone_id: int) -> frozenset[int]:
    """The ids of the users whose devices are on a phone's lines."""
    return frozenset(int(row[0]) for row in store.sql(_PEOPLE, (phone_id,)).fetchall())


def lines_of(store: Store, phone_ids: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    """The lines of many phones, by phone id, in order."""
    found: dict[int, list[dict[str, Any]]] = {phone_id: [] for phone_id in phone_ids}
    for start in range(0, len(phone_ids), 500):
        some = phone_ids[start : start + 500]
        marks = ", ".join("?" * len(some))
        for phone_id, line, device, extension, first, last, shared, label in store.sql(
            f"{_LINES} IN ({marks}) ORDER BY l.phone_id, l.line", tuple(some)
        ).fetchall():
            name = f"{first} {last}".strip()
            row = {"line": line, "device": device, "user": extension, "name": name}
            found[phone_id].append({**row, "shared": bool(shared), "label": label})
    return found


def domain_names(store: Store) -> dict[int, str]:
    """The name of every company by its id."""
    return {int(row[0]): str(row[1]) for row in store.sql("SELECT id, name FROM domains").fetchall()}


def extensions_among(store: Store, domain_id: int, wanted: Sequence[str]) -> frozenset[str]:
    """Those of the wanted extensions that some user of the company has, listed or not."""
    found: set[str] = set()
    different = sorted(set(wanted))
    for start in range(0, len(different), 500):
        some = different[start : start + 500]
        marks = ", ".join("?" * len(some))
        text = f"SELECT extension FROM users WHERE domain_id = ? AND extension IN ({marks})"  # noqa: S608
        found |= {str(row[0]) for row in store.sql(text, (domain_id, *some)).fetchall()}
    return frozenset(found)


def user_id(store: Store, domain_id: int, extension: str) -> int | None:
    """The id of the user with this extension, or None."""
    query = "SELECT id FROM users WHERE domain_id = ? AND extension = ?"
    found = store.sql(query, (domain_id, extension)).fetchone()
    return int(found[0]) if found else None


def job_domain(store: Store, job_id: int) -> int | None:
    """The company of a job; None for one of the provider. Raises NotFound."""
    found = store.sql("SELECT domain_id FROM jobs WHERE id = ?", (job_id,)).fetchone()
    if found is None:
        raise NotFound("There is no such job here.")
    return int(found[0]) if found[0] is not None else None


def macs_of_model(store: Store, domain_id: int, model: str, site_id: int | None) -> list[str]:
    """The MACs of a company's phones of one model, at one site or (None) at all."""
    params: list[object] = [domain_id, model]
    where = "domain_id = ? AND model = ?"
    if site_id is not None:
        where, params = f"{where} AND site_id = ?", [*params, site_id]
    return [str(row[0]) for row in store.sql(f"SELECT mac FROM phones WHERE {where} ORDER BY mac", params).fetchall()]  # noqa: S608
