"""A Poly phone as data, and its files as the attributes a phone would read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

from provd import catalogue
from provd.phone.config import PhoneConfig, Urls, without_secrets
from provd.render import render
from tests.factories import phone_config

MAC = "64167fa1b2c3"


def configured(model: str, accounts: tuple[str, ...] = ("101",), **more: Any) -> PhoneConfig:
    """A phone of `model`; `more` as in factories.phone_config, but `keys`, `values` and `raw` go to one layer."""
    layer = {name: more.pop(name) for name in ("keys", "values", "raw") if name in more}
    said = {"mac": MAC, "model": model, "accounts": accounts, "layers": {"phone": layer}} | more
    return phone_config(catalogue.shipped(), said)


def without_proof(config: PhoneConfig) -> PhoneConfig:
    """The same phone, before it has proved who it is: no secret, no address with a token."""
    family = catalogue.shipped().family_of(config.model)
    return without_secrets(replace(config, urls=Urls("")), family.secret_parameters)


def files(config: PhoneConfig) -> dict[str, bytes]:
    """Every file of the phone."""
    shipped = catalogue.shipped()
    return render(config, shipped.models[config.model], shipped.family_of(config.model))


def parameters(config: PhoneConfig) -> dict[str, str]:
    """The parameters of the settings file. A phone reads every attribute at any depth; the first value counts."""
    read: dict[str, str] = {}
    for element in ElementTree.fromstring(files(config)[f"{config.mac}-settings.cfg"]).iter():
        for name, value in element.attrib.items():
            assert name not in read, f"{name} is said twice"
            read[name] = value
    return read


def contacts(config: PhoneConfig) -> list[Mapping[str, str]]:
    """The entries of the directory file as tag → text."""
    root = ElementTree.fromstring(files(config)[f"{config.mac}-directory.xml"])
    return [{field.tag: field.text or "" for field in item} for item in root.iter("item")]
