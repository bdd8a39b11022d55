"""Phones as a change of many sees them, read and written some hundred at a time."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from provd.jobs.judging import Target
from provd.store import changes, layers
from provd.store.database import Store
from provd.store.rows import Layer
from provd.store.tables import dump

SLICE = 400
FIRMWARE = "firmware.version"
_COLUMNS = "id, mac, model, site_id, template_id, revision, expansions, last_firmware, fetched_revision"


def _target(row: tuple[Any, ...]) -> Target:
    values = list(row)
    values[6] = len(json.loads(row[6]))
    return Target(*values)


def named(store: Store, domain_id: int, macs: Sequence[str]) -> dict[str, Target]:
    """Those of a company's phones that have these MACs."""
    found: dict[str, Target] = {}
    for start in range(0, len(macs), SLICE):
        some = macs[start : start + SLICE]
        marks = ", ".join("?" * len(some))
        text = f"SELECT {_COLUMNS} FROM phones WHERE domain_id = ? AND mac IN ({marks})"  # noqa: S608
        found |= {row[1]: _target(row) for row in store.sql(text, (domain_id, *some)).fetchall()}
    return found


def everybody(
    store: Store, domain_id: int, *, model: str = "", site_id: int | None = None, template_id: int | None = None
) -> list[Target]:
    """The phones of a company by MAC: of a model, at a site, with a template, or all."""
    text, values = f"SELECT {_COLUMNS} FROM phones WHERE domain_id = ?", [domain_id]  # noqa: S608
    wanted: Mapping[str, Any] = {"model": model or None, "site_id": site_id, "template_id": template_id}
    for name, value in wanted.items():
        if value is not None:
            text, values = f"{text} AND {name} = ?", [*values, value]
    return [_target(row) for row in store.sql(f"{text} ORDER BY mac", values).fetchall()]


def give_template(store: Store, domain_id: int, phones: Sequence[Target], template_id: int | None, now: int) -> None:
    """Gives phones a template (None: takes it away); the caller has looked that it fits. Part of a transaction."""
    for start in range(0, len(phones), SLICE):
        ids = [one.id for one in phones[start : start + SLICE]]
        condition = f"domain_id = ? AND id IN ({', '.join('?' * len(ids))})"
        store.sql(f"UPDATE phones SET template_id = ? WHERE {condition}", (template_id, domain_id, *ids))  # noqa: S608
        changes.phones_where(store, condition, (domain_id, *ids), now)


def give_firmware(
    store: Store, domain_id: int, phone: Target, version: str | None, now: int, *, who: str
) -> str | None:
    """Has a phone's own layer name a firmware version (None: it names none); → what it named before."""
    layer = layers.get(store, domain_id, "phone", phone.id)
    values = {name: value for name, value in layer.values.items() if name != FIRMWARE}
    comment = f"Firmware {version}" if version is not None else "Firmware as before"
    layers.save(
        store, domain_id, "phone", phone.id, now, who=who, keys=layer.keys, raw=layer.raw, directory=layer.directory,
        values=values if version is None else {**values, FIRMWARE: version}, secret_names=layer.secret_names,
        comment=comment,
    )  # fmt: skip
    before = layer.values.get(FIRMWARE)
    return None if before is None else str(before)


def firmware_of(store: Store, domain_id: int, phone: Target) -> str | None:
    """The firmware version that a phone's own layer names."""
    said = layers.get(store, domain_id, "phone", phone.id).values.get(FIRMWARE)
    return None if said is None else str(said)


def revision_of(store: Store, phone_id: int) -> int:
    """The revision that a phone has now."""
    found = store.sql("SELECT revision FROM phones WHERE id = ?", (phone_id,)).fetchone()
    return int(found[0]) if found else 0


def audit_phones(
    store: Store, now: int, who: str, domain_id: int, rows: Sequence[tuple[str, Mapping[str, Any]]]
) -> None:  # fmt: skip
    """A row of the trail for each of (MAC, what changed)."""
    store.many(
        "INSERT INTO audits (domain_id, at, who, action, noun, ref, changed) VALUES (?, ?, ?, 'update', 'phone', ?, ?)",
        [(domain_id, now, who[:200], mac, dump(dict(changed))) for mac, changed in rows],
    )


def own_layers(store: Store, domain_id: int) -> dict[int, dict[str, frozenset[str]]]:
    """What phones of a company set for themselves, by phone id: the names in each part of their layers."""
    text = "SELECT ref, settings, keys, raw, directory FROM layers WHERE domain_id = ? AND kind = 'phone'"
    parts = ("values", "keys", "raw", "directory")
    return {
        int(row[0]): {part: frozenset(json.loads(said)) for part, said in zip(parts, row[1:], strict=True)}
        for row in store.sql(text, (domain_id,)).fetchall()
    }


def shared_layers(store: Store, domain_id: int, model: str, brand: str) -> list[Layer]:
    """The layers of server, brand, model, company, sites and templates that phones of a model may get, opened."""
    text = (
        "SELECT id, kind, ref, domain_id, settings, keys, raw, directory, revision FROM layers "
        "WHERE (domain_id = ? AND kind IN ('company', 'site', 'template')) OR kind = 'server' "
        "OR (kind = 'brand' AND ref = ?) OR (kind = 'model' AND ref = ?)"
    )
    rows = store.sql(text, (domain_id, brand, model)).fetchall()
    return [layers.opened(store, (*row[:4], *(json.loads(part) for part in row[4:8]), row[8])) for row in rows]


def concerned(store: Store, domain_id: int | None, kind: str, ref: str) -> int | None:
    """How many phones get what a layer of a company says; None for a layer of the provider."""
    column = {"phone": "id", "template": "template_id", "site": "site_id", "company": "domain_id"}.get(kind)
    if column is None or domain_id is None:
        return None
    text = f"SELECT COUNT(*) FROM phones WHERE domain_id = ? AND {column} = ?"  # noqa: S608
    return int(store.sql(text, (domain_id, int(ref))).fetchone()[0])


def firmware_wishes(store: Store, domain_id: int) -> dict[tuple[str, str], str]:
    """{(kind of layer, ref): version} of the layers that name a firmware version: the company's and the provider's."""
    text = "SELECT kind, ref, settings FROM layers WHERE (domain_id = ? OR domain_id IS NULL) AND settings LIKE ?"
    found: dict[tuple[str, str], str] = {}
    for kind, ref, settings in store.sql(text, (domain_id, f"%{FIRMWARE}%")).fetchall():
        said = json.loads(settings).get(FIRMWARE)
        if said is not None:
            found[(kind, ref)] = str(said)
    return found
