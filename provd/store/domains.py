"""Companies."""

from __future__ import annotations

from typing import Any

from provd.errors import Conflict
from provd.store import changes, rules, tokens
from provd.store.database import Store
from provd.store.reading import different, fetch, one, select
from provd.store.rows import Domain
from provd.store.tables import Domains

DEFAULTS: dict[str, Any] = {
    "description": "",
    "time_zone": "UTC",
    "area_code": "",
    "language": "en",
    "admission": {},
    "sip_host": "",
    "hide_delete": False,
    "second_factor": False,
    "country": "US",
}
RULES: dict[str, rules.Rule] = {
    "name": rules.domain_name,
    "description": rules.text,
    "time_zone": rules.time_zone,
    "area_code": rules.phone_number,
    "language": rules.filled,
    "admission": rules.admission,
    "sip_host": rules.host,
    "hide_delete": rules.yes_or_no,
    "second_factor": rules.yes_or_no,
    "country": rules.country,
}
OF_PEOPLE = frozenset({"hide_delete", "second_factor", "country"})  # no phone hears of these


def create(store: Store, name: str, now: int, **fields: Any) -> Domain:
    """Makes a company with its provisioning token; `fields` as in DEFAULTS.

    Raises Invalid for values that break RULES and Conflict when the name is taken.
    """
    values = {**DEFAULTS, **fields, "name": name}
    rules.require(rules.check(RULES, values))
    with store.transaction():
        _free(store, name)
        domain_id = store.execute(
            Domains.insert(revision=1, directory_revision=1, created=now, last_timeframe=0, **values)
        )
        tokens.create(store, domain_id, None, now)
        changes.record(store, "domain", domain_id, domain_id, now)
    return get(store, domain_id)


def get(store: Store, domain_id: int) -> Domain:
    """The company with this id."""
    query = select(Domain, Domains).where(Domains.id == domain_id)
    return one(store, Domain, query, "There is no such company.")


def by_name(store: Store, name: str) -> Domain:
    """The company with this name, such as `acme.example`."""
    query = select(Domain, Domains).where(Domains.name == name)
    return one(store, Domain, query, f"There is no company {name}.")


def find(store: Store) -> list[Domain]:
    """All companies by name."""
    return fetch(store, Domain, select(Domain, Domains).order_by(Domains.name))


def update(store: Store, domain_id: int, now: int, **fields: Any) -> Domain:
    """Saves those of `fields` that differ; every phone of the company is due for a new file then, unless
    the field is about people only."""
    rules.require(rules.check(RULES, fields))
    with store.transaction():
        changed = different(get(store, domain_id), fields)
        if "name" in changed:
            _free(store, changed["name"])
        if changed:
            store.execute(Domains.update(changed).where(Domains.id == domain_id))
        if changed.keys() - OF_PEOPLE:
            changes.domain(store, domain_id, now)
    return get(store, domain_id)


def delete(store: Store, domain_id: int, now: int) -> None:
    """Deletes a company with everything in it. Its events and audit rows stay until their time is over."""
    with store.transaction():
        get(store, domain_id)
        # Devices hang on users and lines on devices; the database follows the references.
        store.execute(Domains.delete().where(Domains.id == domain_id))
        changes.record(store, "domain", domain_id, domain_id, now)


def _free(store: Store, name: str) -> None:
    if store.tuples(Domains.select(Domains.id).where(Domains.name == name)):
        raise Conflict(f"There is a company {name} already; choose another name.")
