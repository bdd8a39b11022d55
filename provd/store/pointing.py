"""What else of a company names a user: phones, keys of phones and templates, phone numbers."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass

from provd.store import phone_finding
from provd.store.database import Store
from provd.store.rows import Phone

ONE_BY_ONE = 20  # extensions that are searched for in the text of keys; above that, all keys are read


@dataclass(frozen=True, slots=True)
class Pointing:
    """Keys at `positions` of a layer that have the extension as their target. `ref`: the MAC or the template's name,
    empty for the company's own layer."""

    extension: str
    kind: str
    ref: str
    positions: tuple[str, ...]


_LAYERS = """
SELECT y.kind, COALESCE(p.mac, t.name, s.name, ''), y.keys FROM layers y
LEFT JOIN phones p ON y.kind = 'phone' AND p.domain_id = y.domain_id AND y.ref = CAST(p.id AS TEXT)
LEFT JOIN templates t ON y.kind = 'template' AND t.domain_id = y.domain_id AND y.ref = CAST(t.id AS TEXT)
LEFT JOIN sites s ON y.kind = 'site' AND s.domain_id = y.domain_id AND y.ref = CAST(s.id AS TEXT)
WHERE y.id = ?
"""


def keys(store: Store, domain_id: int, extensions: Collection[str]) -> list[Pointing]:
    """The keys that point at one of these users. Reads every layer of the company: call it in a thread for many."""
    wanted, query, params = set(extensions), "SELECT id, keys FROM layers WHERE domain_id = ? AND keys <> '{}'", []
    if len(wanted) <= ONE_BY_ONE:
        query += f" AND ({' OR '.join(['keys LIKE ?'] * len(wanted)) or '1 = 0'})"
        params = [f'%"target":"{one}"%' for one in sorted(wanted)]  # as tables.dump() writes it
    found: list[Pointing] = []
    for layer_id, text in store.sql(query, (domain_id, *params)).fetchall():
        places: dict[str, list[str]] = {}
        for position, key in json.loads(text).items():
            if key.get("target") in wanted and key.get("kind") != "cascade":
                places.setdefault(key["target"], []).append(position)
        if places:
            kind, ref, _ = store.sql(_LAYERS, (layer_id,)).fetchone()
            found += [Pointing(one, kind, ref, tuple(positions)) for one, positions in places.items()]
    return sorted(found, key=lambda one: (one.extension, one.kind, one.ref))


def phones(store: Store, domain_id: int, user_id: int) -> list[Phone]:
    """The phones that carry a device of a user, by MAC; from the user outwards, so that it takes as long in a company
    of ten phones as in one of ten thousand."""
    query = (
        "SELECT DISTINCT p.mac, p.id FROM devices d JOIN phone_lines l ON l.device_id = d.id "
        "JOIN phones p ON p.id = l.phone_id WHERE d.user_id = ? ORDER BY p.mac"
    )
    ids = [int(row[1]) for row in store.sql(query, (user_id,)).fetchall()]
    return phone_finding.by_ids(store, domain_id, ids) if ids else []


def numbers(store: Store, domain_id: int, user_id: int) -> list[str]:
    """The phone numbers that ring a user."""
    query = "SELECT number FROM phone_numbers WHERE domain_id = ? AND user_id = ? ORDER BY number"
    return [str(row[0]) for row in store.sql(query, (domain_id, user_id)).fetchall()]
