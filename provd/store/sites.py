"""Sites: the locations of a company."""

from __future__ import annotations

from typing import Any

from provd.errors import Conflict, Problem
from provd.store import changes, rules
from provd.store.database import Store
from provd.store.reading import different, fetch, one, select
from provd.store.rows import Site
from provd.store.tables import Layers, Sites

USER_DEFAULTS: dict[str, rules.Rule] = {
    "time_zone": rules.time_zone,
    "area_code": rules.phone_number,
    "caller_id_name": rules.text,
    "caller_id_number": rules.phone_number,
    "emergency_caller_id": rules.phone_number,
    "record_calls": rules.one_of(*rules.RECORD_CALLS),
}


def _user_defaults(name: str, value: Any) -> list[Problem]:
    """Fields of a user with values that a user may have."""
    return rules.mapping(name, value) or [
        Problem(f"{name}.{problem.field}", problem.text) for problem in rules.check(USER_DEFAULTS, value)
    ]


RULES: dict[str, rules.Rule] = {"name": rules.filled, "defaults": rules.mapping, "user_defaults": _user_defaults}


def create(
    store: Store, domain_id: int, name: str, now: int, defaults: dict[str, Any] | None = None,
    user_defaults: dict[str, Any] | None = None,
) -> Site:  # fmt: skip
    """Makes a site; `defaults` are settings of its phones, `user_defaults` what its users can be given (SF-029)."""
    values = {"name": name, "defaults": defaults or {}, "user_defaults": user_defaults or {}}
    rules.require(rules.check(RULES, values))
    with store.transaction():
        _free(store, domain_id, name)
        site_id = store.execute(Sites.insert(domain_id=domain_id, revision=1, **values))
        changes.record(store, "site", site_id, domain_id, now)
    return get(store, domain_id, site_id)


def get(store: Store, domain_id: int, site_id: int) -> Site:
    """The site of this company with this id."""
    query = select(Site, Sites).where((Sites.domain_id == domain_id) & (Sites.id == site_id))
    return one(store, Site, query, "There is no such site in this company.")


def by_name(store: Store, domain_id: int, name: str) -> Site:
    """The site of this company with this name."""
    query = select(Site, Sites).where((Sites.domain_id == domain_id) & (Sites.name == name))
    return one(store, Site, query, f"There is no site {name} in this company.")


def find(store: Store, domain_id: int) -> list[Site]:
    """All sites of a company by name."""
    return fetch(store, Site, select(Site, Sites).where(Sites.domain_id == domain_id).order_by(Sites.name))


def update(store: Store, domain_id: int, site_id: int, now: int, **fields: Any) -> Site:
    """Saves those of `fields` that differ. The name is in the directory, the defaults under the site's
    layer."""
    rules.require(rules.check(RULES, fields))
    with store.transaction():
        changed = different(get(store, domain_id, site_id), fields)
        if "name" in changed:
            _free(store, domain_id, changed["name"])
        if changed:
            store.execute(Sites.update(changed).where(Sites.id == site_id))
            changes.site(store, site_id, domain_id, now)
        if "name" in changed:
            changes.directory(store, domain_id, now)
    return get(store, domain_id, site_id)


def delete(store: Store, domain_id: int, site_id: int, now: int) -> None:
    """Deletes a site and its layer; its users and phones stay in the company, without a site."""
    with store.transaction():
        get(store, domain_id, site_id)
        changes.phones_where(store, "site_id = ?", (site_id,), now)
        store.execute(Layers.delete().where((Layers.kind == "site") & (Layers.ref == str(site_id))))
        store.execute(Sites.delete().where(Sites.id == site_id))
        changes.record(store, "site", site_id, domain_id, now)
        changes.directory(store, domain_id, now)


def _free(store: Store, domain_id: int, name: str) -> None:
    if store.tuples(Sites.select(Sites.id).where((Sites.domain_id == domain_id) & (Sites.name == name))):
        raise Conflict(f"There is a site {name} in this company already; choose another name.")
