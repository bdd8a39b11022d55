"""Many keys at once: which ones sorting moves, and in which order they then stand.  (pure)"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from provd.phone.key import Position

BY = {"sort-label": "label", "sort-target": "number"}
"""The actions, and what each sorts by in words."""
STAYS = frozenset({"none", "line", "shared_line", "cascade"})
"""Lines stand where the person's hand expects them, and a cascade begins where it was put."""


def order(keys: Sequence[Mapping[str, Any]], chosen: Collection[str], what: str, *, locks: bool) -> list[str]:
    """The positions of the keys that `what` of BY sorts, in their new order, as the API's `order` takes them.

    `keys` are a draft's; without `chosen` all of them are meant. Lines, empty keys, what a cascade fills and, unless
    `locks`, locked keys stay where they are.
    """
    moving = [
        one
        for one in keys
        if one["kind"] not in STAYS and not one["filled"] and (locks or not one["locked"])
        if not chosen or one["position"] in chosen
    ]
    told = _label if what == "sort-label" else _target
    return [str(one["position"]) for one in sorted(moving, key=lambda one: (*told(one), _place(one)))]


def _label(one: Mapping[str, Any]) -> tuple[Any, ...]:
    return (not one["shown"], one["shown"].casefold())


def _target(one: Mapping[str, Any]) -> tuple[Any, ...]:
    digits = re.sub(r"\D", "", one["target"])
    return (not digits, len(digits), digits, one["shown"].casefold())


def _place(one: Mapping[str, Any]) -> Position:
    return Position.parse(one["position"])
