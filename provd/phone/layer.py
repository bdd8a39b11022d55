"""Layers of configuration and their merge, which keeps where every value came from.  (pure)"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from provd.phone.key import Key, Position
from provd.phone.parameter import DEFAULTS, Value

# Low to high: a value in a later kind of layer wins.
LAYER_KINDS = ("server", "brand", "model", "company", "site", "template", "phone")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Layer:
    """What one layer says. `title` names it for people: `company acme.example`, `template Reception`.

    `values` are settings by our names, `keys` line keys by position, `raw` vendor parameters as they stand in the
    vendor's file, `directory` the choices of SF-281 … SF-283 (`source`, `sort`, `hidden`).
    """

    kind: str
    title: str
    values: Mapping[str, Value] = field(default_factory=dict)
    keys: Mapping[Position, Key] = field(default_factory=dict)
    raw: Mapping[str, str] = field(default_factory=dict)
    directory: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sourced(Generic[T]):
    """A value and the title of the layer it came from."""

    value: T
    origin: str
    kind: str


@dataclass(frozen=True, slots=True)
class Merged:
    """All layers as one: every setting has a value, `keys` and `raw` hold what some layer says."""

    values: Mapping[str, Sourced[Value]]
    keys: Mapping[Position, Sourced[Key]]
    raw: Mapping[str, Sourced[str]]
    directory: Mapping[str, Sourced[object]]


def merge(layers: Iterable[Layer]) -> Merged:
    """Lay `layers` over the defaults, the highest kind last; within a kind the later one wins."""
    ordered = sorted(layers, key=lambda layer: LAYER_KINDS.index(layer.kind))
    values = {name: Sourced(value, "default", "default") for name, value in DEFAULTS.items()}
    keys: dict[Position, Sourced[Key]] = {}
    raw: dict[str, Sourced[str]] = {}
    directory: dict[str, Sourced[object]] = {}
    for layer in ordered:
        _lay(values, layer.values, layer)
        _lay(keys, layer.keys, layer)
        _lay(raw, layer.raw, layer)
        _lay(directory, layer.directory, layer)
    return Merged(values, keys, raw, directory)


K = TypeVar("K")


def _lay(over: dict[K, Sourced[T]], said: Mapping[K, T], layer: Layer) -> None:
    for name, value in said.items():
        over[name] = Sourced(value, layer.title, layer.kind)
