"""A Snom phone as data, and its settings file as elements."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree

from provd import catalogue
from provd.phone.config import PhoneConfig
from provd.render import render
from tests.factories import phone_config

SHIPPED = catalogue.shipped()
FAMILY = SHIPPED.families["snom"]
MAC = "000413a1b2c3"


def configured(model: str = "D785", **case: Any) -> PhoneConfig:
    """A phone of `model`; `case` as in factories.phone_config."""
    return phone_config(SHIPPED, {"mac": MAC, "model": f"snom-{model.lower()}"} | case)


def own_file(phone: PhoneConfig) -> ElementTree.Element:
    """The phone's settings file."""
    model = SHIPPED.models[phone.model]
    return ElementTree.fromstring(render(phone, model, FAMILY)[f"snom{model.name}-{MAC.upper()}.htm"])


def setting(root: ElementTree.Element, name: str, idx: int | None = None) -> str:
    """The value of a setting, of identity `idx` where it has one; it must be there exactly once."""
    wanted = [e for e in root.iter(name) if e.get("idx") == (None if idx is None else str(idx))]
    assert len(wanted) == 1, f"{name} {idx} is there {len(wanted)} times"
    return wanted[0].text or ""


def keys(root: ElementTree.Element) -> dict[int, ElementTree.Element]:
    """The function keys by idx."""
    return {int(e.get("idx", "")): e for e in root.iter("fkey")}


def keyed(places: Mapping[Any, Any], model: str = "D785", **case: Any) -> dict[int, ElementTree.Element]:
    """The function keys of a phone with keys at `places`."""
    return keys(own_file(configured(model, layers={"phone": {"keys": places}}, **case)))
