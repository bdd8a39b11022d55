"""Two people who change the same settings: the second is told who changed what, and nothing is overwritten."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from provd.api import layering
from provd.api.call import Call
from provd.api.layering import Target
from provd.api.problems import Refused
from provd.api.schema import Schema, moment, number, table, text
from provd.phone.state import ago
from provd.store import layer_history
from provd.store.database import Store
from provd.store.layer_history import Saved
from provd.store.rows import Layer

MOST_VERSIONS = 20
CHANGED: Schema = table({}, "What differs from the version before: {keys.5: [old, new]}; secrets are marks", 210)
VERSION: dict[str, Schema] = {
    "revision": number(), "who": text(), "at": moment(), "comment": text(longest=1000), "changed": CHANGED,
}  # fmt: skip


class Stale(Refused):
    """A change that was made on a version which is not the newest any more; `changes` tells what happened since."""

    def __init__(self, status: int, detail: str, changes: list[dict[str, Any]]) -> None:
        super().__init__(status, detail)
        self.changes = changes


def guard(store: Store, call: Call, target: Target, before: Layer) -> None:
    """Raises Stale (412) unless If-Match, where it is sent, names the layer as it is."""
    given = call.if_match
    tags = [one.strip().removeprefix("W/") for one in given.split(",")]
    if given and given.strip() != "*" and layering.etag(before) not in tags:
        raise stale(store, call, target, before, _revision(tags, before), 412)


def guard_seen(store: Store, call: Call, target: Target, before: Layer) -> None:
    """The same for those who replace a layer: they have to say which version they saw, here or as `revision`; raises
    Refused (428) when they do not, Stale (409) when the revision is another."""
    seen = call.body.get("revision")
    if not call.if_match and seen is None:
        text = "Say which version you changed: the ETag in If-Match, or `revision` in the body; If-Match: * takes any."
        raise Refused(428, text)
    guard(store, call, target, before)
    if seen is not None and seen != before.revision:
        raise stale(store, call, target, before, seen, 409)


def _revision(tags: Iterable[str], layer: Layer) -> int | None:
    """The revision that an ETag of this layer names; None for one that never was of it."""
    for tag in tags:
        owner, _, revision = tag.strip('"').partition("-")
        known = revision.isascii() and revision.isdecimal() and len(revision) < 10
        if known and owner in (str(layer.id), "0"):
            return int(revision)
    return None


def stale(store: Store, call: Call, target: Target, now_is: Layer, seen: int | None, status: int) -> Stale:
    """The error for somebody who saw revision `seen` of a layer that has moved on."""
    if seen is None or seen > now_is.revision:
        return Stale(status, "Somebody else saved this in the meantime; load it again and repeat the change.", [])
    saved = layer_history.recent(store, now_is, MOST_VERSIONS + 1, since=seen)
    found = [one for one in versions(saved, target) if one["revision"] > seen][:MOST_VERSIONS]
    return Stale(status, _sentence(found, call.now), found)


def versions(saved: list[Saved], target: Target) -> list[dict[str, Any]]:
    """Versions as answers show them, newest first, each with what it changed. The last of `saved` is only compared
    with, unless it is the first that there ever was."""
    found = []
    for place, one in enumerate(saved):
        if place + 1 < len(saved):
            older = saved[place + 1].layer
        elif one.version.revision == 1:
            older = replace(one.layer, values={}, keys={}, raw={}, directory={})
        else:
            break
        version = one.version
        changed = layering.difference(older, one.layer, target.families)
        found.append(
            {
                "revision": version.revision, "who": version.who, "at": version.at, "comment": version.comment,
                "changed": changed,
            }
        )  # fmt: skip
    return found


def _sentence(changes: list[dict[str, Any]], now: int) -> str:
    if not changes:
        return "Somebody else saved this in the meantime; load it again and repeat the change."
    people = list(dict.fromkeys(one["who"] for one in changes))
    names = list(dict.fromkeys(_named(name) for one in reversed(changes) for name in one["changed"]))
    what = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    who = " and ".join(people[:2]) + (" and others" if len(people) > 2 else "")
    when = ago(now - changes[0]["at"])
    return f"{who} changed {what or 'this'} {when}; load it again and repeat the change."


def _named(name: str) -> str:
    part, _, rest = name.partition(".")
    return {"keys": f"key {rest}", "directory": f"the directory’s {rest}"}.get(part, rest or name)
