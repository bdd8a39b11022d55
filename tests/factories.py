"""The same people and phones in every test: Acme, a small company in Dallas and Denver."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from provd.catalogue import Catalogue
from provd.phone.config import Account, PhoneConfig, PhoneFacts, Urls, resolve
from provd.phone.directory import CompanyDirectory, Contact
from provd.phone.key import Key, Position
from provd.phone.layer import Layer, merge
from provd.zones import zone

DOMAIN = "acme.example"
SIP_HOST = "pbx.acme.example"
TOKEN = "Zq3vT0kenOfThePhone9"
BASE = f"http://{SIP_HOST}:8080/p/{TOKEN}/"
PASSWORD = "s3cr3t-Of-{extension}"

PEOPLE = (
    ("101", "Ada", "Lovelace", "Office", "Dallas"),
    ("102", "Grace", "Hopper", "Support", "Dallas"),
    ("103", "Alan", "Turing", "Support", "Dallas"),
    ("104", "Edsger", "Dijkstra", "Support", "Denver"),
    ("105", "Barbara", "Liskov", "Support", "Denver"),
    ("106", "Katherine", "Johnson", "Office", "Denver"),
    ("107", "Donald", "Knuth", "Sales", "Dallas"),
    ("108", "Radia", "Perlman", "Sales", "Dallas"),
    ("109", "Tim", "Berners-Lee", "Sales", "Denver"),
    ("110", "Zoë", "O'Brien & Söhne", "Sales", "Denver"),
)

CONTACTS = (
    *(Contact(f"user-{p[0]}", p[0], p[1], p[2], department=p[3], site=p[4]) for p in PEOPLE),
    Contact("contact-1", "", "Fire", "Alarm <Centre>", ("+12145550199", "+12145550198")),
)


def account(line: int, extension: str, *, shared: bool = False) -> Account:
    """Line `line` of a phone, registering as the device of one of the PEOPLE."""
    person = next(p for p in PEOPLE if p[0] == extension)
    name = f"{person[1]} {person[2]}"
    password = PASSWORD.format(extension=extension)
    return Account(line, extension, extension, f"{person[1]} {extension}", name, password, DOMAIN, shared)


def phone_config(catalogue: Catalogue, case: Mapping[str, Any]) -> PhoneConfig:
    """A configuration from a golden case's phone.yaml.

    `mac`, `model`; `accounts`: extensions in line order; `modules`: names; `layers`: kind → `values`, `keys`
    (position → kind, target, label, line, locked), `raw`, `directory`; `firmware`: a URL; `http_user`: true for
    HTTP credentials.
    """
    model = catalogue.models[case["model"]]
    modules = tuple(case.get("modules", ()))
    layers = [_layer(kind, said) for kind, said in case.get("layers", {}).items()]
    merged = merge(layers)
    mac = case["mac"]
    login = ("provd-" + mac, "Pr0visioning-Passw0rd") if case.get("http_user") else ("", "")
    facts = PhoneFacts(
        mac=mac,
        model=model.id,
        accounts=tuple(account(line, extension) for line, extension in enumerate(case.get("accounts", ["101"]), 1)),
        merged=merged,
        directory=CompanyDirectory(CONTACTS),
        positions=model.positions(len(modules)),
        sip_host=SIP_HOST,
        urls=Urls(BASE, f"{BASE}directory/{mac}.xml", case.get("firmware", ""), *login),
        zone=zone(str(merged.values["time.zone"].value)),
        site="Dallas",
        department="Office",
        modules=modules,
    )
    return resolve(facts)


def _layer(kind: str, said: Mapping[str, Any]) -> Layer:
    return Layer(
        kind=kind,
        title=kind,
        values={name: tuple(v) if isinstance(v, list) else v for name, v in said.get("values", {}).items()},
        keys={Position.parse(str(place)): Key(**key) for place, key in said.get("keys", {}).items()},
        raw=said.get("raw", {}),
        directory=said.get("directory", {}),
    )
