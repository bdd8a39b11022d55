"""Departments: groups of users, for the directory and for group pickup (SF-027)."""

from __future__ import annotations

from provd.errors import Conflict
from provd.store import changes, rules
from provd.store.database import Store
from provd.store.reading import fetch, one, select
from provd.store.rows import Department
from provd.store.tables import Departments


def create(store: Store, domain_id: int, name: str) -> Department:
    """Makes a department."""
    rules.require(rules.filled("name", name))
    with store.transaction():
        _free(store, domain_id, name)
        department_id = store.execute(Departments.insert(domain_id=domain_id, name=name))
    return Department(department_id, domain_id, name)


def get(store: Store, domain_id: int, department_id: int) -> Department:
    """The department of this company with this id."""
    query = select(Department, Departments).where(
        (Departments.domain_id == domain_id) & (Departments.id == department_id)
    )
    return one(store, Department, query, "There is no such department in this company.")


def by_name(store: Store, domain_id: int, name: str) -> Department:
    """The department of this company with this name."""
    query = select(Department, Departments).where((Departments.domain_id == domain_id) & (Departments.name == name))
    return one(store, Department, query, f"There is no department {name} in this company.")


def find(store: Store, domain_id: int) -> list[Department]:
    """All departments of a company by name."""
    query = select(Department, Departments).where(Departments.domain_id == domain_id)
    return fetch(store, Department, query.order_by(Departments.name))


def rename(store: Store, domain_id: int, department_id: int, name: str, now: int) -> Department:
    """Gives a department another name; the directory shows it."""
    rules.require(rules.filled("name", name))
    with store.transaction():
        if get(store, domain_id, department_id).name != name:
            _free(store, domain_id, name)
            store.execute(Departments.update(name=name).where(Departments.id == department_id))
            changes.directory(store, domain_id, now)
    return Department(department_id, domain_id, name)


def delete(store: Store, domain_id: int, department_id: int, now: int) -> None:
    """Deletes a department; its users stay, without one."""
    with store.transaction():
        get(store, domain_id, department_id)
        store.execute(Departments.delete().where(Departments.id == department_id))
        changes.directory(store, domain_id, now)


def _free(store: Store, domain_id: int, name: str) -> None:
    taken = Departments.select(Departments.id).where((Departments.domain_id == domain_id) & (Departments.name == name))
    if store.tuples(taken):
        raise Conflict(f"There is a department {name} in this company already; choose another name.")
