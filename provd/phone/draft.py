"""Changes of a layer that are not saved yet: laid over what is saved, and met with what others saved.  (pure)

Rules of this file: a layer is {part: {name: content}} with the parts values, keys, raw and directory. A change is named
`keys.7` and is a pair: what was there when it was made, and what is wanted; None for nothing. Two people who change
different names never disturb each other; of the same name both are kept until somebody chooses.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

PARTS = ("values", "keys", "raw", "directory")
Parts = Mapping[str, Mapping[str, Any]]
Changes = Mapping[str, tuple[Any, Any]]


def named(parts: Parts) -> dict[str, Any]:
    """`{"keys": {"7": …}}` → `{"keys.7": …}`."""
    return {f"{part}.{name}": content for part in PARTS for name, content in parts.get(part, {}).items()}


def applied(parts: Parts, changes: Changes) -> dict[str, dict[str, Any]]:
    """The layer with the changes laid over it, also those that somebody else has met."""
    made = {part: dict(parts.get(part, {})) for part in PARTS}
    for place, (_, wanted) in changes.items():
        part, _, name = place.partition(".")
        if wanted is None:
            made[part].pop(name, None)
        else:
            made[part][name] = wanted
    return made


def after(changes: Changes, now: Parts, wanted: Parts) -> dict[str, tuple[Any, Any]]:
    """The changes that make `wanted` of the saved layer `now`; what was changed before keeps what it was made on."""
    saved, then = named(now), named(wanted)
    made: dict[str, tuple[Any, Any]] = {}
    for name in sorted({*saved, *then}):
        if saved.get(name) != then.get(name):
            was = changes[name][0] if name in changes else saved.get(name)
            made[name] = (was, then.get(name))
    return made


def left(changes: Changes, now: Parts) -> dict[str, tuple[Any, Any]]:
    """The changes without those that are so by now."""
    saved = named(now)
    return {name: pair for name, pair in changes.items() if saved.get(name) != pair[1]}


def met(changes: Changes, now: Parts) -> list[str]:
    """The names that somebody else has changed since, to something else: a person has to choose."""
    saved = named(now)
    return sorted(name for name, (was, wanted) in changes.items() if saved.get(name) not in (was, wanted))


def chosen(changes: Changes, now: Parts, name: str, *, mine: bool) -> dict[str, tuple[Any, Any]]:
    """The changes after somebody chose: `mine` stays and goes over what is saved now, else it is dropped.

    Raises KeyError where there is no such change.
    """
    pair = changes[name]
    made = dict(changes)
    if mine:
        made[name] = (named(now).get(name), pair[1])
    else:
        del made[name]
    return made
