"""The people of a company as their list shows them: with their places, and how much belongs to each."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from provd.store.database import Store
from provd.store.reading import page_size
from provd.store.rows import Page
from provd.store.rules import clean

LACKS = ("email", "password", "device", "phone")
SORTS = ("extension", "name", "department", "site", "scope")
_FROM = "FROM users u LEFT JOIN departments d ON d.id = u.department_id LEFT JOIN sites s ON s.id = u.site_id"
_DEVICES = "(SELECT COUNT(*) FROM devices v WHERE v.user_id = u.id)"
_PHONES = (
    "(SELECT COUNT(DISTINCT l.phone_id) FROM phone_lines l JOIN devices v ON v.id = l.device_id WHERE v.user_id = u.id)"
)
_COLUMNS = (
    "u.extension, u.first_name, u.last_name, u.login_name, u.scope, COALESCE(d.name, ''), COALESCE(s.name, ''), "
    f"u.emails, u.password_hash <> '', u.service_code, {_DEVICES}, {_PHONES}"
)
_ORDER = {
    "extension": ("LENGTH(u.extension)", "u.extension"),
    "name": ("LOWER(u.last_name)", "LOWER(u.first_name)"),
    "department": ("COALESCE(d.name, '')",),
    "site": ("COALESCE(s.name, '')",),
    "scope": ("u.scope",),
}
_MISSING = {
    "email": "u.emails = '[]'",
    "password": "u.password_hash = ''",
    "device": f"{_DEVICES} = 0",
    "phone": f"{_PHONES} = 0",
}
_SEARCHED = ("u.extension", "u.first_name", "u.last_name", "u.login_name", "u.emails")


@dataclass(frozen=True, slots=True)
class Person:
    """One row of the list. `department` and `site` are names, empty for none; `devices` and `phones` are counted."""

    extension: str
    first_name: str
    last_name: str
    login_name: str
    scope: str
    department: str
    site: str
    emails: tuple[str, ...]
    password_set: bool
    service_code: str
    devices: int
    phones: int

    @property
    def name(self) -> str:
        """First and last name as one text."""
        return f"{self.first_name} {self.last_name}".strip()


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which people: all of what is given holds. `lacks`: one of LACKS that they have none of; `among`: extensions."""

    search: str = ""
    site_id: int | None = None
    department_id: int | None = None
    scope: str = ""
    lacks: str = ""
    services: bool = False
    user_id: int | None = None
    among: tuple[str, ...] = ()


def find(
    store: Store, domain_id: int, wanted: Wanted, *, sort: str = "extension", descending: bool = False,
    limit: int = 100, start: int = 0,
) -> tuple[Page[Person], int]:  # fmt: skip
    """A page of people from the `start`-th on, and how many there are in all."""
    where, values = _where(domain_id, wanted)
    size, turned = page_size(limit), " DESC" if descending else ""
    order = ", ".join([f"{one}{turned}" for one in _ORDER[sort]] + ["LENGTH(u.extension)", "u.extension", "u.id"])
    query = f"SELECT {_COLUMNS} {_FROM} WHERE {where} ORDER BY {order} LIMIT ? OFFSET ?"
    with store.reading():
        rows = store.sql(query, (*values, size, start)).fetchall()
        total = int(store.sql(f"SELECT COUNT(*) FROM users u WHERE {where}", values).fetchone()[0])  # noqa: S608
    left = start + len(rows) < total
    return Page(tuple(_person(row) for row in rows), str(start + size) if left and rows else None), total


def _person(row: tuple[Any, ...]) -> Person:
    """Of a row of _COLUMNS, which are Person's fields in order."""
    values: list[Any] = [*row]
    values[7], values[8] = tuple(json.loads(row[7])), bool(row[8])
    return Person(*values)


def _where(domain_id: int, wanted: Wanted) -> tuple[str, tuple[object, ...]]:
    conditions: list[str] = ["u.domain_id = ?"]
    found: list[object] = [domain_id]
    if not wanted.services:
        conditions.append("u.service_code = ''")
    equal = (
        ("u.site_id", wanted.site_id), ("u.department_id", wanted.department_id), ("u.scope", wanted.scope or None),
        ("u.id", wanted.user_id),
    )  # fmt: skip
    for column, value in equal:
        if value is not None:
            conditions.append(f"{column} = ?")
            found.append(value)
    if wanted.among:
        conditions.append(f"u.extension IN ({', '.join('?' * len(wanted.among))})")
        found += wanted.among
    if wanted.lacks:
        conditions.append(_MISSING[wanted.lacks])
    for word in wanted.search.split():
        text = clean(word, 100).lower()
        for special in "|%_":
            text = text.replace(special, "|" + special)
        conditions.append("(" + " OR ".join(f"LOWER({name}) LIKE ? ESCAPE '|'" for name in _SEARCHED) + ")")
        found += [f"%{text}%"] * len(_SEARCHED)
    return " AND ".join(conditions), tuple(found)


def counts(store: Store, domain_id: int, site_id: int | None = None) -> dict[str, dict[str, int]]:
    """How many people (no services) each site, department and scope has, by id or name; `site_id`: of one site."""
    where, values = _where(domain_id, Wanted(site_id=site_id))
    found = {}
    with store.reading():
        for name, column in (("sites", "u.site_id"), ("departments", "u.department_id"), ("scopes", "u.scope")):
            query = f"SELECT {column}, COUNT(*) FROM users u WHERE {where} GROUP BY {column}"  # noqa: S608
            rows = store.sql(query, values).fetchall()
            found[name] = {str(row[0]): int(row[1]) for row in rows if row[0] is not None}
    return found
