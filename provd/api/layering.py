"""A layer of settings as JSON: read, checked, masked, compared, saved without overwriting anybody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from provd.api.call import Call
from provd.api.schema import Schema, choice, define, listing, nullable, number, obj, shorten, switch, table, text
from provd.errors import Invalid, Problem
from provd.phone.config import MASK
from provd.phone.directory import SORTS, SOURCES
from provd.phone.key import KINDS, Position
from provd.phone.model import Family, Model
from provd.phone.parameter import SECRETS, check_value
from provd.phone.text import has_control
from provd.store import audit, layers
from provd.store.database import Store
from provd.store.rows import Layer, Phone

KEY_FIELDS: dict[str, Schema] = {
    "kind": choice(tuple(KINDS), "What the key does; GET /api/v2/keykinds explains each"),
    "target": text("What it points at: an extension, number, orbit, time frame, address or department", 250),
    "label": nullable(text("Text beside the key; null follows the directory", 100)),
    "line": number("The phone's line that it belongs to", 1, 64),
    "locked": switch("Basic users cannot edit it"),
}
KEY = define("Key", obj(KEY_FIELDS, required=("kind",)))
DIRECTORY = define(
    "DirectoryChoice",
    obj(
        {
            "source": choice(SOURCES, "Whose contacts the phone shows"),
            "sort": choice(SORTS, "How they are sorted; cascades follow"),
            "hidden": listing(text(longest=40), "Ids of contacts left out: user-<id>, contact-<id>", 1000),
        },
        required=(),
    ),
)
PARTS: dict[str, Schema] = {
    "values": table({}, "Settings by name; GET /api/v2/parameters explains each", 100),
    "keys": table(KEY, "Line keys by position", 600),
    "raw": table(text(longest=1000), "Vendor parameters, as they stand in the vendor's file", 2000),
    "directory": DIRECTORY,
}
LAYER_FIELDS: dict[str, Schema] = {
    "kind": text("server, brand, model, company, site, template or phone"),
    "revision": number("Counts up at every save; 0 while nothing was saved"),
    **PARTS,
    "secret_names": listing(text(), "Those whose values are secrets, shown as marks"),
}
LAYER = define("Layer", obj(LAYER_FIELDS, about="What one layer says. Low to high: server … company … template, phone"))
CHANGES: dict[str, Schema] = {**PARTS, "comment": text("Kept with the version", 200)}
SEEN = number("The revision that the change was made on; or send If-Match")
NEW_LAYER = define("NewLayer", obj({**CHANGES, "revision": SEEN}, required=()))


@dataclass(frozen=True, slots=True)
class Target:
    """Whose layer it is. `families` may read its vendor parameters; `model` and `phone` where there is one."""

    kind: str
    ref: str
    domain_id: int | None
    families: tuple[Family, ...]
    model: Model | None = None
    phone: Phone | None = None

    @property
    def named(self) -> str:
        """How the trail names it."""
        return self.phone.mac if self.phone else self.ref


def etag(layer: Layer) -> str:
    """The version of a layer, as ETag and If-Match carry it."""
    return f'"{layer.id}-{layer.revision}"'


def secret_raw(name: str, families: Iterable[Family]) -> bool:
    """Whether a vendor parameter holds a secret for any of these families."""
    return any(family.secret_parameters is not None and family.secret_parameters.search(name) for family in families)


def secrets_of(layer: Layer, families: Iterable[Family]) -> frozenset[str]:
    """The names in a layer whose values are never shown."""
    raw = {name for name in layer.raw if secret_raw(name, families)}
    return layer.secret_names | (SECRETS & layer.values.keys()) | raw


def shown(layer: Layer, families: Iterable[Family], *, secrets: bool = False) -> dict[str, Any]:
    """A layer as answers show it: marks in place of secrets unless `secrets`."""
    hidden = secrets_of(layer, families)

    def part(said: Mapping[str, Any]) -> dict[str, Any]:
        return {n: MASK if n in hidden and value and not secrets else value for n, value in said.items()}

    return {
        "kind": layer.kind, "revision": layer.revision, "values": part(layer.values), "keys": dict(layer.keys),
        "raw": part(layer.raw), "directory": dict(layer.directory), "secret_names": sorted(hidden),
    }  # fmt: skip


def candidate(body: Mapping[str, Any], before: Layer, target: Target) -> Layer:
    """The layer that `body` asks for, masked secrets put back; raises Invalid with everything that is wrong."""
    problems: list[Problem] = []
    values = _values(body.get("values", {}), before, problems)
    raw = _raw(body.get("raw", {}), before, target.families, problems)
    keys = _keys(body.get("keys", {}), problems)
    if problems:
        raise Invalid(problems)
    made = replace(before, values=values, keys=keys, raw=raw, directory=dict(body.get("directory", {})))
    kept = frozenset(name for name in before.secret_names if name in values or name in raw)
    return replace(made, secret_names=secrets_of(replace(made, secret_names=kept), target.families))


def _values(said: Mapping[str, Any], before: Layer, problems: list[Problem]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in said.items():
        if value == MASK and name in SECRETS:
            value = _kept(f"values.{name}", before.values.get(name), problems)
        checked, problem = check_value(name, value)
        if problem is not None:
            problems.append(Problem(f"values.{shorten(name)}", problem.text))
        found[name] = list(checked) if isinstance(checked, tuple) else checked
    return found


def _raw(
    said: Mapping[str, str], before: Layer, families: tuple[Family, ...], problems: list[Problem]
) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in said.items():
        field = f"raw.{shorten(name)}"
        if not any(family.raw_names.search(name) for family in families) or has_control(name):
            whose = families[0].title if len(families) == 1 else "any vendor's"
            problems.append(Problem(field, f"“{shorten(name)}” is not a parameter name as {whose} phones write them."))
        if has_control(value):
            problems.append(Problem(field, f"The value of {shorten(name)} has a line break or control character."))
        if value == MASK and (name in before.secret_names or secret_raw(name, families)):
            value = _kept(field, before.raw.get(name), problems)
        found[name] = value
    return found


def _kept(field: str, old: Any, problems: list[Problem]) -> str:
    """The secret that a mark stands for."""
    if not old:
        problems.append(Problem(field, "There is no secret here yet that the mark could stand for; write it out."))
        return ""
    return str(old)


def _keys(said: Mapping[str, Any], problems: list[Problem]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for place, key in said.items():
        try:
            position = str(Position.parse(place))
        except ValueError as error:
            problems.append(Problem(f"keys.{shorten(place)}", str(error)))
            continue
        if has_control(key.get("target", "")) or has_control(key.get("label") or ""):
            problems.append(Problem(f"keys.{place}", f"Key {place} has a line break or control character in it."))
        found[position] = {**key, "line": int(key["line"])} if "line" in key else dict(key)
    return found


def save(store: Store, call: Call, target: Target, before: Layer, made: Layer, comment: str = "") -> Layer:
    """Save a candidate as the next version, with its row in the trail."""
    after = layers.save(
        store, target.domain_id, target.kind, target.ref, call.now, who=call.who.name, values=made.values,
        keys=made.keys, raw=made.raw, directory=made.directory, secret_names=made.secret_names, comment=comment,
        revision=before.revision,
    )  # fmt: skip
    call.etag = etag(after)
    if after.revision != before.revision:
        call.audit(store, "update", f"{target.kind} layer", target.named, difference(before, after, target.families))
        if target.phone is not None:
            call.changed_phone(target.phone, comment or "settings saved")
    return after


MOST_CHANGES = 200


def difference(before: Layer, after: Layer, families: Iterable[Family]) -> dict[str, Any]:
    """{part.name: [old, new]} of what differs, secrets masked, the first MOST_CHANGES of it."""
    hidden = secrets_of(before, families) | secrets_of(after, families)
    found: dict[str, Any] = {}
    for part in ("values", "keys", "raw", "directory"):
        differs = audit.difference(getattr(before, part), getattr(after, part), hidden)
        found |= {f"{part}.{name}": pair for name, pair in differs.items()}
    if len(found) > MOST_CHANGES:
        more = len(found) - MOST_CHANGES
        found = dict(list(found.items())[:MOST_CHANGES]) | {"…": [None, f"{more} more"]}
    return found
