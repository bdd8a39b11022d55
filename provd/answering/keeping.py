"""Rules as they are kept: people and phones by their ids, so that a rule follows them to another extension.  (pure)"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from provd.answering.rule import FORWARDS, Destination, Rule, SimRing

PLACES = {"user": "user", "voicemail": "user", "device": "device"}
"""Kinds of destinations that are a row of the store, and which noun it is."""
_PLAIN = ("do_not_disturb", "screening", "ring", "own", "own_all", "seconds")


def kept(rule: Rule, ids: Mapping[tuple[str, str], int]) -> dict[str, Any]:
    """The rule as JSON without time frame and switch; `ids` gives (noun, name) → id of what it names."""
    said: dict[str, Any] = {name: getattr(rule, name) for name in _PLAIN}
    said |= {name: kept_place(to, ids) for name, to in rule.forwards()}
    if rule.others:
        said["others"] = [[kept_place(one.target, ids), one.delay, one.confirm] for one in rule.others]
    return said


def opened(
    said: Mapping[str, Any], frame: int | None, enabled: bool, names: Mapping[tuple[str, int], str]
) -> Rule:  # fmt: skip
    """The rule of what kept() made; `names` gives (noun, id) → name now. Who is gone stays gone, whoever gets the
    extension later."""
    fields: dict[str, Any] = {name: said[name] for name in _PLAIN}
    fields |= {name: opened_place(said[name], names) for name in FORWARDS if name in said}
    others = tuple(SimRing(opened_place(to, names), delay, confirm) for to, delay, confirm in said.get("others", ()))
    return Rule(frame, enabled, others=others, **fields)


def kept_place(to: Destination, ids: Mapping[tuple[str, str], int]) -> list[Any]:
    """One destination: kind, value and, where it is a row, its id; of an outside number whether it is to confirm."""
    noun = PLACES.get(to.kind)
    if noun is None:
        return [to.kind, to.value, True] if to.confirm else [to.kind, to.value]
    return [to.kind, to.value, ids[noun, to.value]]


def opened_place(said: list[Any], names: Mapping[tuple[str, int], str]) -> Destination:
    """The destination of what kept_place() made."""
    kind, value = said[0], said[1]
    if kind not in PLACES:
        return Destination(kind, value, len(said) > 2 and said[2] is True)
    if len(said) > 2:
        value = names.get((PLACES[kind], said[2]), f"{value} (gone)")
    return Destination(kind, value)
