"""The keys of a phone on one of another model: what fits stays, the rest moves up or is told.  (pure)"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from provd.phone.key import KINDS, Key, Position
from provd.phone.model import Family, Model


@dataclass(frozen=True, slots=True)
class LeftOver:
    """A key that the other model cannot have, and why, in a sentence."""

    position: Position
    key: Key
    reason: str


@dataclass(frozen=True, slots=True)
class Remapped:
    """The keys on the other model; `moved` from where to where; `left` what it cannot have."""

    keys: Mapping[Position, Key]
    moved: Mapping[Position, Position]
    left: tuple[LeftOver, ...]


def remap(keys: Mapping[Position, Key], model: Model, family: Family, modules: int, lines: frozenset[int]) -> Remapped:
    """Bring `keys` to a phone of `model` with so many expansion modules and devices on these lines.

    A key whose place exists keeps it. The others take the free places in their order; as many of the first as the
    phone needs for lines that no key names are left free, since a line without a key cannot call.
    """
    places = model.positions(modules)
    made: dict[Position, Key] = {}
    homeless: list[tuple[Position, Key]] = []
    left: list[LeftOver] = []
    for position, key in sorted(keys.items()):
        reason = _cannot(key, model, family)
        if reason:
            left.append(LeftOver(position, key, reason))
        elif position in places:
            made[position] = key
        elif key.kind != "none":
            homeless.append((position, key))
    named = {key.line for key in [*made.values(), *(key for _, key in homeless)] if key.kind in ("line", "shared_line")}
    free = [place for place in places if place not in made][len(lines - named) :]
    moved = {position: place for (position, _), place in zip(homeless, free, strict=False)}
    made |= {moved[position]: key for position, key in homeless if position in moved}
    title = f"{model.vendor} {model.name}"
    for position, key in homeless:
        if position not in moved:
            left.append(LeftOver(position, key, f"The {title} has no free place for it; it has {_counted(places)}."))
    return Remapped(made, moved, tuple(sorted(left, key=lambda one: one.position)))


def _cannot(key: Key, model: Model, family: Family) -> str:
    """Why the other model cannot have this key at all; empty when it can."""
    rule = family.keys.get("blf" if key.kind == "cascade" else key.kind)
    if key.kind != "none" and (key.kind not in KINDS or rule is None or rule.cannot):
        return rule.cannot if rule is not None else f"{family.title} phones have no such key."
    if key.line > model.accounts:
        return f"It is of line {key.line}, and the {model.vendor} {model.name} has {model.accounts}."
    return ""


def _counted(places: tuple[Position, ...]) -> str:
    return "1 key" if len(places) == 1 else f"{len(places)} keys" if places else "no keys"
