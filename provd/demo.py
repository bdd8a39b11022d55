"""The demo company: Acme in Dallas and Denver, with a phone of every vendor family and something on every key."""

from __future__ import annotations

import secrets
import time
from typing import Any

from provd import demo_routing, seal
from provd.errors import ProvdError
from provd.phone.parameter import SECRETS
from provd.settings import Settings
from provd.store import departments, devices, directory, domains, layers, phones, sites, templates, users
from provd.store.database import Store
from provd.store.rows import Line

DOMAIN = "acme.example"

# extension, first name, last name, department, site, scope
PEOPLE = (
    ("101", "Ada", "Lovelace", "Office", "Dallas", "office_manager"),
    ("102", "Grace", "Hopper", "Support", "Dallas", "call_center_supervisor"),
    ("103", "Alan", "Turing", "Support", "Dallas", "call_center_agent"),
    ("104", "Edsger", "Dijkstra", "Support", "Denver", "call_center_agent"),
    ("105", "Barbara", "Liskov", "Support", "Denver", "call_center_agent"),
    ("106", "Katherine", "Johnson", "Office", "Denver", "site_manager"),
    ("107", "Donald", "Knuth", "Sales", "Dallas", "basic_user"),
    ("108", "Radia", "Perlman", "Sales", "Dallas", "basic_user"),
    ("109", "Tim", "Berners-Lee", "Sales", "Denver", "basic_user"),
    ("110", "Zoë", "O'Brien", "Sales", "Denver", "basic_user"),
)

# MAC (from the vendor's real range), model, extensions on its lines, expansion modules
PHONES: tuple[tuple[str, str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("805ec0000101", "yealink-t46u", ("101", "110"), ("EXP43",)),
    ("64167f000102", "poly-vvx450", ("102",), ()),
    ("482567000103", "poly-edge-e350", ("103",), ()),
    ("0002fd000104", "cisco-spa504g", ("104",), ()),
    ("00562b000105", "cisco-cp-8851", ("105",), ("8851 Key Expansion Module",)),
    ("c074ad000106", "grandstream-grp2615", ("106",), ()),
    ("000b82000107", "grandstream-gxp2170", ("107",), ()),
    ("000413000108", "snom-d785", ("108",), ()),
    ("0c383e000109", "fanvil-x6u", ("109",), ()),
    ("000b82000110", "grandstream-ht802", ("110",), ()),
    ("249ad8000111", "yealink-t54w", ("101",), ()),
)

RECEPTION_KEYS: dict[str, dict[str, Any]] = {
    "2": {"kind": "blf", "target": "102"},
    "3": {"kind": "park", "target": "701", "label": "Park 701"},
    "4": {"kind": "park", "target": "702", "label": "Park 702"},
    "5": {"kind": "timeframe_toggle", "target": "1", "label": "Night"},
    "6": {"kind": "queue_toggle"},
    "7": {"kind": "speed_dial", "target": "+12145550100", "label": "Taxi"},
    "m1.1": {"kind": "cascade"},
}
OFFICE_KEYS: dict[str, dict[str, Any]] = {
    "2": {"kind": "speed_dial", "target": "101", "label": "Reception"},
    "3": {"kind": "cascade"},
}


def load(store: Store, settings: Settings) -> str:
    """Make the demo company and the provider's login; returns what to tell the user. ProvdError when it exists."""
    now = int(time.time())
    if any(domain.name == DOMAIN for domain in domains.find(store)):
        raise ProvdError(f"The demo company {DOMAIN} exists already.")
    password = settings.demo_password or secrets.token_urlsafe(9)
    hashed = seal.hash_password(password)
    with store.transaction():
        domain_id = _company(store, now)
        _people(store, domain_id, hashed, now)
        demo_routing.load(store, domain_id, now)
        _layers(store, domain_id, now)
        _phones(store, domain_id, now)
        if users.by_login(store, "admin") is None:
            users.create_provider(store, "admin", now, hashed)
    return (
        f"Demo company {DOMAIN} loaded. Sign in as 101@{DOMAIN} (Office Manager) or admin (provider) "
        f"with the password {password}"
    )


def _company(store: Store, now: int) -> int:
    domain = domains.create(store, DOMAIN, now, description="Acme", time_zone="America/Chicago", area_code="214")
    for city, zone in (("Dallas", "America/Chicago"), ("Denver", "America/Denver")):
        sites.create(store, domain.id, city, now, defaults={"time.zone": zone})
    for name in ("Sales", "Support", "Office"):
        departments.create(store, domain.id, name)
    return domain.id


def _people(store: Store, domain_id: int, hashed: str, now: int) -> None:
    places = {site.name: site.id for site in sites.find(store, domain_id)}
    groups = {department.name: department.id for department in departments.find(store, domain_id)}
    for extension, first, last, department, site, scope in PEOPLE:
        user = users.create(
            store,
            domain_id,
            extension,
            now,
            first_name=first,
            last_name=last,
            department_id=groups[department],
            site_id=places[site],
            scope=scope,
            emails=(f"{first.lower().replace('ë', 'e')}@{DOMAIN}",),
        )
        users.set_password_hash(store, user.id, hashed)
        devices.create(store, domain_id, user.id, extension, now)
    second = users.by_extension(store, domain_id, "101")
    devices.create(store, domain_id, second.id, "101a", now)
    routing = {"scope": "basic_user", "service_code": "system-routing", "list_in_directory": False}
    users.create(store, domain_id, "8900", now, first_name="Inbound", last_name="Routing", **routing)
    directory.create_contact(
        store, domain_id, now, first_name="Building", last_name="Security", numbers=["+12145550190"]
    )


def _layers(store: Store, domain_id: int, now: int) -> None:
    values = {"admin.password": seal.new_password(16), "user.password": seal.new_password(12)}
    layers.save(store, domain_id, "company", domain_id, now, who="demo", values=values, secret_names=SECRETS)
    for name, model, keys in (
        ("Reception", "yealink-t46u", RECEPTION_KEYS),
        ("Everybody T54W", "yealink-t54w", OFFICE_KEYS),
        ("Everybody 8851", "cisco-cp-8851", OFFICE_KEYS | {"m1.1": {"kind": "cascade"}}),
        ("Everybody D785", "snom-d785", OFFICE_KEYS),
    ):
        template = templates.create(store, domain_id, name, model, now, description="Shown by the demo company")
        layers.save(store, domain_id, "template", template.id, now, who="demo", values={}, keys=keys)


def _phones(store: Store, domain_id: int, now: int) -> None:
    by_model = {template.model: template.id for template in templates.find(store, domain_id)}
    taken: set[str] = set()
    for mac, model, extensions, modules in PHONES:
        lines = []
        for number, extension in enumerate(extensions, 1):
            name = f"{extension}a" if extension in taken else extension
            taken.add(extension)
            lines.append(Line(number, _device(store, domain_id, name, now), False, ""))
        phone = phones.create(
            store,
            domain_id,
            mac,
            model,
            now,
            lines=lines,
            expansions=modules,
            site_id=_site_of(store, domain_id, extensions[0]),
            template_id=by_model.get(model),
        )
        if phone.template_id is None:
            keys = {"2": {"kind": "cascade"}} if not model.startswith("grandstream-ht") else {}
            layers.save(store, domain_id, "phone", phone.id, now, who="demo", values={}, keys=keys)


def _device(store: Store, domain_id: int, name: str, now: int) -> int:
    extension = name[:3]
    user = users.by_extension(store, domain_id, extension)
    found = {device.name: device.id for device in devices.of_user(store, domain_id, user.id)}
    return found.get(name) or devices.create(store, domain_id, user.id, name, now).id


def _site_of(store: Store, domain_id: int, extension: str) -> int | None:
    return users.by_extension(store, domain_id, extension).site_id
