"""A fresh, migrated store per test, once on SQLite and once on PostgreSQL; `acme` is the company most tests use."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg2
import pytest

from provd.seal import Seal
from provd.store import departments, devices, domains, phones, sites, templates, users
from provd.store.database import Store, open_database
from provd.store.migrations import migrate
from provd.store.rows import Department, Device, Domain, Line, Phone, Site, Template, User
from tests.store.postgres import NoPostgres, server

NOW = 1_760_000_000
KEY = bytes(range(32))


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a server without the database name; one for the whole session."""
    try:
        running = server()
        address = running.__enter__()
    except NoPostgres as reason:
        pytest.skip(str(reason))
    try:
        _command(address, "CREATE DATABASE migrated")
        store = open_database(f"{address}/migrated", Seal([KEY]))
        migrate(store)
        store.close()
        yield address
    finally:
        running.__exit__(None, None, None)


def _command(address: str, text: str) -> None:
    connection = psycopg2.connect(f"{address}/postgres")
    connection.autocommit = True
    connection.cursor().execute(text)
    connection.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def new_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[..., str]]:
    """A function that makes a database and returns its address; `template` names what it begins as."""
    made: list[str] = []
    address = request.getfixturevalue("postgres") if request.param == "postgresql" else ""

    def new(template: str = "template1") -> str:
        name = f"test{len(made)}"
        made.append(name)
        if not address:
            return f"sqlite:///{tmp_path}/{name}.sqlite"
        _command(address, f"CREATE DATABASE {name} TEMPLATE {template}")
        return f"{address}/{name}"

    yield new
    for name in made if address else ():
        _command(address, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def empty_postgres(postgres: str) -> Iterator[str]:
    """A PostgreSQL database without tables, for tests that need one beside the database of `store`."""
    _command(postgres, "CREATE DATABASE beside")
    yield f"{postgres}/beside"
    _command(postgres, "DROP DATABASE beside WITH (FORCE)")


@pytest.fixture
def url(new_url: Callable[..., str]) -> str:
    """The address of a migrated, empty database (SQLite: of a file that is yet to be made)."""
    return new_url("migrated")


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    store = open_database(url, Seal([KEY]))
    migrate(store)
    yield store
    store.close()


@dataclass(frozen=True)
class Company:
    """A company with two users, a phone with one line for each, a site, a department and a template."""

    domain: Domain
    site: Site
    department: Department
    template: Template
    ada: User
    grace: User
    ada_device: Device
    grace_device: Device
    ada_phone: Phone
    grace_phone: Phone

    @property
    def id(self) -> int:
        return self.domain.id


def make_company(store: Store, name: str, first_mac: str) -> Company:
    domain = domains.create(store, name, NOW, time_zone="America/Chicago")
    site = sites.create(store, domain.id, "Dallas", NOW)
    department = departments.create(store, domain.id, "Sales")
    template = templates.create(store, domain.id, "Desk", "yealink-t46u", NOW)
    ada = users.create(
        store,
        domain.id,
        "101",
        NOW,
        first_name="Ada",
        last_name="Lovelace",
        site_id=site.id,
        department_id=department.id,
    )
    grace = users.create(store, domain.id, "102", NOW, first_name="Grace", last_name="Hopper")
    ada_device = devices.create(store, domain.id, ada.id, "101", NOW)
    grace_device = devices.create(store, domain.id, grace.id, "102a", NOW)
    second_mac = f"{int(first_mac, 16) + 1:012x}"
    ada_phone = phones.create(
        store, domain.id, first_mac, "yealink-t46u", NOW, site_id=site.id, template_id=template.id,
        lines=[Line(1, ada_device.id, False, "")],
    )  # fmt: skip
    grace_phone = phones.create(
        store, domain.id, second_mac, "poly-vvx-350", NOW, lines=[Line(1, grace_device.id, False, "")]
    )
    return Company(
        domain, site, department, template, ada, grace, ada_device, grace_device, ada_phone, grace_phone
    )  # fmt: skip


@pytest.fixture
def acme(store: Store) -> Company:
    return make_company(store, "acme.example", "001565aabb01")


@pytest.fixture
def other(store: Store) -> Company:
    """Another company: whatever a test does with acme must not show here."""
    return make_company(store, "other.example", "0004f2000001")
