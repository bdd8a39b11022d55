"""Reading what a company has, in a few statements, before an import decides what to do."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from typing import Any

from provd.errors import ProvdError
from provd.importing.plan import CompanyFacts, PhoneFact, WishedLine
from provd.store import changes, domains, layers, sites
from provd.store.database import Store
from provd.store.rows import Domain

_SLICE = 500
_LINES = """
SELECT p.mac, l.line, d.name, l.shared, l.label FROM phone_lines l JOIN phones p ON p.id = l.phone_id
JOIN devices d ON d.id = l.device_id WHERE p.domain_id = ? ORDER BY p.mac, l.line
"""
_PHONES = "SELECT mac, id, model, site_id, template_id, description, expansions FROM phones WHERE domain_id = ?"


def company_named(store: Store, name: str) -> Domain:
    """The company to import into: the one named, or the only one there is. Raises NotFound or ProvdError."""
    if name:
        return domains.by_name(store, name)
    every = domains.find(store)
    if len(every) == 1:
        return every[0]
    if not every:
        raise ProvdError("There is no company yet; make one, or load the demo company with `provd demo`.")
    raise ProvdError(f"There are {len(every)} companies; say which one with --domain, such as {every[0].name}.")


def read_company(
    store: Store, domain_id: int, macs: Collection[str], passwords: Iterable[str] = (), *, contacts: bool = False
) -> CompanyFacts:
    """The company at one moment. `macs`: those to import, to find which of them another company has; `passwords`:
    names of devices whose passwords are wanted; `contacts`: read the shared contacts and the layers' values too."""
    with store.reading():
        domain = domains.get(store, domain_id)
        devices = dict(store.sql("SELECT name, id FROM devices WHERE domain_id = ?", (domain_id,)).fetchall())
        templates = store.sql("SELECT name, id, model FROM templates WHERE domain_id = ?", (domain_id,)).fetchall()
        places = sites.find(store, domain_id)
        zones = [domain.time_zone, *(str(place.defaults.get("time.zone", "")) for place in places)]
        return CompanyFacts(
            domain_id=domain_id,
            name=domain.name,
            stamp=changes.latest_id(store),
            users=dict(store.sql("SELECT extension, id FROM users WHERE domain_id = ?", (domain_id,)).fetchall()),
            devices=devices,
            sites={place.name: place.id for place in places},
            templates={name: (template_id, model) for name, template_id, model in templates},
            phones=_phones(store, domain_id),
            taken=_taken(store, domain_id, macs),
            contacts=_contacts(store, domain_id) if contacts else (),
            passwords=_passwords(store, domain_id, frozenset(passwords)),
            values=_values(store, domain) if contacts else {},
            zones=tuple(dict.fromkeys(filter(None, zones))),
        )


def _phones(store: Store, domain_id: int) -> dict[str, PhoneFact]:
    lines: dict[str, list[WishedLine]] = {}
    for mac, line, device, shared, label in store.sql(_LINES, (domain_id,)).fetchall():
        lines.setdefault(mac, []).append(WishedLine(line, device, bool(shared), label))
    return {
        mac: PhoneFact(
            phone_id, model, site_id, template_id, description, tuple(json.loads(modules)), tuple(lines.get(mac, ()))
        )
        for mac, phone_id, model, site_id, template_id, description, modules in store.sql(
            _PHONES, (domain_id,)
        ).fetchall()
    }


def _taken(store: Store, domain_id: int, macs: Collection[str]) -> frozenset[str]:
    found: set[str] = set()
    wanted = list(macs)
    for start in range(0, len(wanted), _SLICE):
        some = wanted[start : start + _SLICE]
        marks = ", ".join("?" * len(some))
        query = f"SELECT mac FROM phones WHERE domain_id <> ? AND mac IN ({marks})"  # noqa: S608 - only marks
        found.update(row[0] for row in store.sql(query, (domain_id, *some)).fetchall())
    return frozenset(found)


def _contacts(store: Store, domain_id: int) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    rows = store.sql("SELECT first_name, last_name, numbers FROM contacts WHERE domain_id = ?", (domain_id,)).fetchall()
    return tuple((first, last, tuple(json.loads(numbers))) for first, last, numbers in rows)


def _passwords(store: Store, domain_id: int, names: frozenset[str]) -> dict[str, str]:
    if not names:
        return {}
    rows = store.sql("SELECT name, sealed_password FROM devices WHERE domain_id = ?", (domain_id,)).fetchall()
    return {name: store.seal.open(sealed) for name, sealed in rows if name in names}


def _values(store: Store, domain: Domain) -> dict[str, Any]:
    """The settings that every phone of the company has, without those of brands and models."""
    values: dict[str, Any] = dict(layers.get(store, None, "server").values)
    values |= {"time.zone": domain.time_zone, "language": domain.language}
    return values | dict(layers.get(store, domain.id, "company", domain.id).values)
