"""Which firmware runs where, and a rollout before it begins.  (pure)"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from provd.stages import rollout


@dataclass(frozen=True, slots=True)
class Step:
    """A stage of a rollout: so many phones more, `total` of them then."""

    more: int
    total: int


def sizes(said: str) -> list[int | str]:
    """The stages that a person wrote: `1, 10, 50%` → [1, 10, "50%"]."""
    parts = said.replace(";", ",").replace(" %", "%").replace(",", " ").split()
    return [int(part) if part.isascii() and part.isdecimal() and len(part) < 7 else part for part in parts[:10]]


def steps(total: int, stages: Sequence[int | str]) -> list[Step]:
    """What each stage of a rollout to `total` phones takes. Raises ValueError as provd.stages does."""
    found, before = [], 0
    for stage in rollout(total, stages) if total else ():
        upto = total if stage.upto is None else stage.upto
        if upto > before:
            found.append(Step(upto - before, upto))
            before = upto
    return found


def behind(model: Mapping[str, Any], version: str) -> int:
    """How many phones of a model run something else than `version`."""
    return sum(one["phones"] for one in model["versions"] if one["version"] != version)


def newer(model: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The versions on the shelf that some phone of the model does not run, each once, newest first."""
    found = {one["version"]: one for one in model["images"] if behind(model, one["version"])}
    return [found[version] for version in sorted(found, key=_order, reverse=True)]


def _order(version: str) -> tuple[tuple[int, str], ...]:
    return tuple((int(part), "") if part.isdecimal() else (-1, part) for part in version.replace("-", ".").split("."))


def shares(model: Mapping[str, Any]) -> list[tuple[str, int, float, float]]:
    """(version, phones, from, width) of the bar of versions, in hundredths of its length."""
    found, start = [], 0.0
    for one in model["versions"]:
        width = 100 * one["phones"] / max(model["phones"], 1)
        found.append((one["version"], one["phones"], round(start, 2), round(width, 2)))
        start += width
    return found
