"""Trunks: the ways to the telephone network, of one company or of the whole server. Passwords are sealed at rest."""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Iterable, Sequence
from typing import Any

from provd.errors import Conflict, NotFound, Problem
from provd.store import changes, rules
from provd.store.database import Store
from provd.store.routing_rows import Trunk
from provd.store.tables import dump

MOST = 200
KINDS = ("static", "registering")
"""Known by its addresses, or registering with the carrier as a phone does."""
WRITES = ("e164", "plain")
"""Numbers with their + or without."""
DEFAULTS: dict[str, Any] = {
    "place": 0, "kind": "static", "port": 5060, "transport": "udp", "user_name": "", "networks": (), "most_calls": 100,
    "writes": "e164", "enabled": True, "asks": True,
}  # fmt: skip
_COLUMNS = (
    "id, domain_id, name, place, kind, host, port, transport, user_name, networks, most_calls, writes, enabled, asks, "
    "created"
)
_SELECT = f"SELECT {_COLUMNS} FROM trunks"  # noqa: S608
_ORDER = " ORDER BY CASE WHEN domain_id IS NULL THEN 1 ELSE 0 END, place, name"
_MISSING = "There is no such trunk here."


def _networks(name: str, value: Any) -> Iterable[Problem]:
    if not isinstance(value, (list, tuple)) or len(value) > 50:
        return [Problem(name, f"{name} must be a list of at most 50 addresses.")]
    for one in value:
        try:
            ipaddress.ip_network(str(one), strict=False)
        except ValueError:
            return [Problem(name, f"“{str(one)[:60]}” is no address; write it as 203.0.113.7 or 203.0.113.0/28.")]
    return []


def _host(name: str, value: Any) -> Iterable[Problem]:
    return rules.filled(name, value) or rules.host(name, value)


RULES: dict[str, rules.Rule] = {
    "name": rules.filled, "place": rules.whole(0, 999), "kind": rules.one_of(*KINDS), "host": _host,
    "port": rules.whole(1, 65535), "transport": rules.one_of(*rules.TRANSPORTS),
    "user_name": lambda name, value: rules.text(name, value, 120), "networks": _networks,
    "most_calls": rules.whole(1, 10_000), "writes": rules.one_of(*WRITES), "enabled": rules.yes_or_no,
    "asks": rules.yes_or_no,
    "password": lambda name, value: rules.text(name, value, 128),
}  # fmt: skip


def find(store: Store, domain_id: int | None) -> list[Trunk]:
    """The trunks of a company, or (None) of the server, in the order in which they are tried."""
    where = "domain_id IS NULL" if domain_id is None else "domain_id = ?"
    params = () if domain_id is None else (domain_id,)
    return [_row(row) for row in store.sql(f"{_SELECT} WHERE {where}{_ORDER}", params).fetchall()]


def get(store: Store, domain_id: int | None, row_id: int) -> Trunk:
    """One of them."""
    for one in find(store, domain_id):
        if one.id == row_id:
            return one
    raise NotFound(_MISSING)


def everything(store: Store) -> list[tuple[Trunk, str, str]]:
    """Every trunk with its company (empty for the server's) and its password."""
    columns = ", ".join(f"t.{name.strip()}" for name in _COLUMNS.split(","))
    query = f"SELECT {columns}, COALESCE(d.name, ''), t.sealed_password FROM trunks t"  # noqa: S608
    rows = store.sql(f"{query} LEFT JOIN domains d ON d.id = t.domain_id").fetchall()
    return [(_row(row[:-2]), str(row[-2]), store.seal.open(row[-1]) if row[-1] else "") for row in rows]


def create(store: Store, domain_id: int | None, name: str, host: str, now: int, **fields: Any) -> Trunk:
    """Adds a trunk; `fields` as in DEFAULTS, and `password`. Raises Invalid, and Conflict for a name that is taken."""
    values = {**DEFAULTS, "password": "", **fields, "name": name, "host": host}
    rules.require(rules.check(RULES, values))
    require_way_in(values)
    with store.transaction():
        if store.sql("SELECT COUNT(*) FROM trunks").fetchone()[0] >= MOST:
            raise Conflict(f"There are {MOST} trunks already; delete some.")
        _free(store, name)
        row = _values(store, values)
        columns = ", ".join(("domain_id", *row, "created"))
        marks = ", ".join("?" * (len(row) + 2))
        store.sql(f"INSERT INTO trunks ({columns}) VALUES ({marks})", (domain_id, *row.values(), now))  # noqa: S608
        made = next(one for one in find(store, domain_id) if one.name == name)
        changes.record(store, "trunk", made.id, domain_id, now)
    return made


def update(store: Store, domain_id: int | None, row_id: int, now: int, **fields: Any) -> Trunk:
    """Saves the fields that are given; an empty `password` takes it away."""
    rules.require(rules.check(RULES, fields))
    with store.transaction():
        before = get(store, domain_id, row_id)
        require_way_in({name: getattr(before, name) for name in (*DEFAULTS, "host")} | fields)
        if fields.get("name", before.name) != before.name:
            _free(store, fields["name"])
        row = _values(store, fields)
        if row:
            columns = ", ".join(f"{name} = ?" for name in row)
            store.sql(f"UPDATE trunks SET {columns} WHERE id = ?", (*row.values(), before.id))  # noqa: S608
            changes.record(store, "trunk", before.id, domain_id, now)
    return get(store, domain_id, row_id)


def delete(store: Store, domain_id: int | None, row_id: int, now: int) -> Trunk:
    """Deletes a trunk; returns what it was."""
    with store.transaction():
        found = get(store, domain_id, row_id)
        store.sql("DELETE FROM trunks WHERE id = ?", (found.id,))
        changes.record(store, "trunk", found.id, domain_id, now)
    return found


def owner_of(store: Store, numbers: Sequence[str]) -> str:
    """The company that has one of these numbers; empty for none."""
    wanted = list(numbers)[:5]
    marks = ", ".join("?" * len(wanted))
    query = f"SELECT d.name FROM phone_numbers n JOIN domains d ON d.id = n.domain_id WHERE n.number IN ({marks})"  # noqa: S608
    found = store.sql(query, wanted).fetchone() if wanted else None
    return str(found[0]) if found else ""


def require_way_in(values: dict[str, Any]) -> None:
    """Whoever registers needs a name to do it with; raises Invalid."""
    if values["kind"] == "registering" and not values["user_name"]:
        rules.require([Problem("user_name", "A trunk that registers needs the user name that the carrier gave you.")])


def _values(store: Store, fields: dict[str, Any]) -> dict[str, Any]:
    row = {name: value for name, value in fields.items() if name != "password"}
    if "networks" in row:
        row["networks"] = dump([str(one) for one in row["networks"]])
    if "password" in fields:
        row["sealed_password"] = store.seal.seal(fields["password"]) if fields["password"] else ""
    return row


def _free(store: Store, name: str) -> None:
    """Calls are counted and told by the trunk's name, so that no two have one."""
    if store.sql("SELECT 1 FROM trunks WHERE name = ?", (name,)).fetchone():
        raise Conflict(f"There is a trunk {name[:60]} already; choose another name.")


def _row(row: Sequence[Any]) -> Trunk:
    values: list[Any] = [*row[:9], tuple(json.loads(row[9])), row[10], row[11], bool(row[12]), bool(row[13]), row[14]]
    return Trunk(*values)
