"""Any model as a configuration, and what the phone of it reads from the files it gets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from provd import catalogue
from provd.phone.config import Account, PhoneConfig, PhoneFacts, Urls, resolve, without_secrets
from provd.phone.directory import CompanyDirectory, Contact, search
from provd.phone.key import Key, Position
from provd.phone.layer import Layer, merge
from provd.phone.model import Family, FileRule, Model
from provd.render import render_common, render_file
from provd.simulate import reading
from provd.simulate.reading import Directory, Reading, read_directory
from provd.zones import zone
from tests.factories import BASE, CONTACTS, PEOPLE, SIP_HOST, account

CATALOGUE = catalogue.shipped()
MODELS = tuple(CATALOGUE.models)
FIRMWARE = f"http://{SIP_HOST}:8080/firmware/image.bin"
# Prefixes of each vendor's own hardware; a phone of Cisco has no prefix of its own.
MACS = {"yealink": "805ec0a1b2c3", "poly-ucs": "64167fa1b2c3", "poly-edge-e": "482567a1b2c3", "fanvil": "0c383ea1b2c3"}
MACS |= {"grandstream": "c074ada1b2c3", "grandstream-ht": "000b82a1b2c3", "snom": "000413a1b2c3"}
MACS |= {"cisco-spa": "649ef3a1b2c3", "cisco-mpp": "00562ba1b2c3"}
# The richest model of every family, for what need not be tried on all of them.
RICH = {"yealink": "yealink-t46u", "poly-ucs": "poly-vvx601", "poly-edge-e": "poly-edge-e450", "fanvil": "fanvil-x6u"}
RICH |= {"grandstream": "grandstream-gxp2140", "grandstream-ht": "grandstream-ht812", "snom": "snom-d785"}
RICH |= {"cisco-spa": "cisco-spa508g", "cisco-mpp": "cisco-cp-8851"}


@dataclass(frozen=True)
class Wish:
    """A phone as a test wants it; everything has a harmless default."""

    model: str
    accounts: tuple[Account, ...] = ()
    keys: Mapping[Position, Key] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)
    raw: Mapping[str, str] = field(default_factory=dict)
    directory: Mapping[str, Any] = field(default_factory=dict)
    contacts: tuple[Contact, ...] = CONTACTS
    modules: int = 0
    firmware: str = ""
    login: tuple[str, str] = ("", "")


def facts_of(model_id: str) -> tuple[Model, Family]:
    return CATALOGUE.models[model_id], CATALOGUE.family_of(model_id)


def people(count: int, shared: Sequence[int] = ()) -> tuple[Account, ...]:
    """So many accounts in line order, of as many people as there are; those of `shared` are shared lines."""
    extensions = [person[0] for person in PEOPLE][:count]
    return tuple(account(line, extension, shared=line in shared) for line, extension in enumerate(extensions, 1))


def configured(wish: Wish) -> PhoneConfig:
    model, family = facts_of(wish.model)
    mac = MACS[family.id]
    layer = Layer("phone", "phone", wish.values, wish.keys, wish.raw, wish.directory)
    merged = merge([layer])
    names = (
        tuple(model.modules.names[i % len(model.modules.names)] for i in range(wish.modules)) if model.modules else ()
    )
    facts = PhoneFacts(
        mac=mac,
        model=model.id,
        accounts=wish.accounts or people(1),
        merged=merged,
        directory=CompanyDirectory(wish.contacts),
        positions=model.positions(wish.modules),
        sip_host=SIP_HOST,
        urls=Urls(BASE, f"{BASE}directory/{mac}.xml", wish.firmware, *wish.login),
        zone=zone(str(merged.values["time.zone"].value)),
        site="Dallas",
        department="Office",
        revision="7.3",
        modules=names,
    )
    return resolve(facts)


def unproven(config: PhoneConfig) -> PhoneConfig:
    """The same phone before it has proved who it is: no secret, no address with a token."""
    family = CATALOGUE.family_of(config.model)
    return without_secrets(replace(config, urls=Urls("")), family.secret_parameters)


def rules(config: PhoneConfig, *roles: str) -> list[tuple[str, FileRule]]:
    """The files of these roles by the names under which this phone asks for them."""
    model, family = facts_of(config.model)
    named = ((rule.file_name(config.mac, model), rule) for rule in family.files if rule.role in roles)
    return [(name, rule) for name, rule in named if name is not None]


def fetched(config: PhoneConfig) -> list[tuple[str, bytes]]:
    """The files that say how the phone is set up, in the order in which the vendor's phone takes them.

    A name that only repeats a file under another spelling is asked by other firmware, so it is not taken twice.
    """
    model, family = facts_of(config.model)
    common = [(name, render_common(rule, model, family, config.urls.base)) for name, rule in rules(config, "common")]
    own = [(name, render_file(rule, config, model, family)) for name, rule in rules(config, "index", "config")]
    if family.id.startswith("poly"):
        directory = [(n, render_file(rule, config, model, family)) for n, rule in rules(config, "directory")]
        return own + directory
    if family.id == "snom":
        return common[:1] + own[:1] + [own[-1]]
    return common[:1] + own[:1]


def seen(config: PhoneConfig) -> Reading:
    """What the phone understands from all its files, keys counted as on the model."""
    model, family = facts_of(config.model)
    parts = [
        reading.read(family.id, name, content, mac=config.mac, model=model.name) for name, content in fetched(config)
    ]
    return reading.arrange(
        reading.merge(parts),
        model.keys,
        model.modules.keys if model.modules else 0,
        _banks(model),
        modules=len(config.modules),
        module_page=int(str(model.facts.get("module_page", 0))),
    )


def _banks(model: Model) -> dict[str, tuple[int, int]]:
    def count(name: str) -> int:
        return int(str(model.facts.get(name, 0)))

    banks = {"vpk": (count("vpk"), 1), "mpk": (count("mpk"), 1)}
    banks |= {
        "side": (count("side_keys"), count("side_pages")),
        "internal": (count("dss_per_page"), count("dss_pages")),
    }
    return {name: size for name, size in banks.items() if size[0]}


def directory_of(config: PhoneConfig, term: str = "", page: int = 1) -> Directory:
    """One page of the phone's directory as the phone shows it, of those who match `term`."""
    return read_directory(directory_bytes(config, term, page))


def directory_bytes(config: PhoneConfig, term: str = "", page: int = 1) -> bytes:
    """The same page as the phone gets it."""
    model, family = facts_of(config.model)
    _, rule = next(found for found in rules(config, "directory") if "search" not in found[1].name)
    return render_file(rule, config, model, family, contacts=search(config.contacts, term), term=term, page=page)
