"""A Fanvil phone as data, and its configuration by path."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from xml.etree import ElementTree

from provd import catalogue
from provd.phone.config import PhoneConfig
from provd.render import render_file
from tests.factories import phone_config

SHIPPED = catalogue.shipped()
FAMILY = SHIPPED.families["fanvil"]
MAC = "0c383ea1b2c3"


def configured(model: str = "X6U", **case: Any) -> PhoneConfig:
    """A phone of `model`; `case` as in factories.phone_config."""
    return phone_config(SHIPPED, {"mac": MAC, "model": f"fanvil-{model.lower()}"} | case)


def content(phone: PhoneConfig) -> bytes:
    """The phone's own file."""
    rule = next(rule for rule in FAMILY.files if rule.role == "config")
    return render_file(rule, phone, SHIPPED.models[phone.model], FAMILY)


def parameters(phone: PhoneConfig) -> dict[str, str]:
    """What the phone's own file says, by path: `sip/line[1]/Transport`. Nothing may be said twice."""
    found: dict[str, str] = {}
    for path, value in _leaves(ElementTree.fromstring(content(phone)), ""):
        assert path not in found, f"{path} is there twice"
        found[path] = value
    return found


def _leaves(element: ElementTree.Element, above: str) -> Iterator[tuple[str, str]]:
    for child in element:
        index = child.get("index")
        path = f"{above}{child.tag}[{index}]" if index else f"{above}{child.tag}"
        if len(child):
            yield from _leaves(child, f"{path}/")
        else:
            yield path, child.text or ""


def key(said: Mapping[str, str], bank: str, page: int, place: int) -> tuple[str, str, str]:
    """Type, value and title of a key."""
    path = f"dsskey/{bank}[{page}]/Fkey[{place}]"
    return said[f"{path}/Type"], said[f"{path}/Value"], said[f"{path}/Title"]


def keyed(places: Mapping[Any, Any], model: str = "X6U", **case: Any) -> dict[str, str]:
    """The parameters of a phone with keys at `places`."""
    return parameters(configured(model, layers={"phone": {"keys": places}}, **case))
