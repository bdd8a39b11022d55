"""Layers of settings: server, brand, model, company, site, template, phone; every saved version is kept.

`ref` names whose layer it is: empty for the server, the catalogue's id for a brand or model, the row's id for the
others. A company's layers are reached with its domain_id; those of the provider with domain_id None.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any

from provd.errors import Conflict, Forbidden, NotFound, Problem
from provd.store import changes, rules
from provd.store.database import Store
from provd.store.reading import fetch, select
from provd.store.rows import Layer, LayerVersion
from provd.store.tables import Layers, LayerVersions, Phones, Sites, Templates, dump

PROVIDER_KINDS = ("server", "brand", "model")
SEALED = "$sealed"
SIZE_LIMIT = 512 * 1024
_CONTENT = (Layers.settings, Layers.keys, Layers.raw, Layers.directory)
_COLUMNS = (Layers.id, Layers.kind, Layers.ref, Layers.domain_id, *_CONTENT, Layers.revision)


def get(store: Store, domain_id: int | None, kind: str, ref: int | str = "") -> Layer:
    """The layer as it is now; an empty one (id 0) where nothing was saved yet."""
    _owned(store, domain_id, kind, str(ref))
    found = store.tuples(Layers.select(*_COLUMNS).where((Layers.kind == kind) & (Layers.ref == str(ref))))
    if not found:
        return Layer(0, kind, str(ref), domain_id, {}, {}, {}, {}, 0)
    return opened(store, found[0])


def opened(store: Store, record: tuple[Any, ...]) -> Layer:
    """A Layer from (id, kind, ref, domain_id, settings, keys, raw, directory, revision), secrets opened."""
    layer_id, kind, ref, domain_id, settings, keys, raw, directory, revision = record
    secret = frozenset(name for part in (settings, raw) for name, value in part.items() if _is_sealed(value))
    if secret:
        settings, raw = _open_all(store, settings), _open_all(store, raw)
    return Layer(layer_id, kind, ref, domain_id, settings, keys, raw, directory, revision, secret)


def save(
    store: Store, domain_id: int | None, kind: str, ref: int | str, now: int, *, who: str,
    values: Mapping[str, Any], keys: Mapping[str, Any] | None = None, raw: Mapping[str, Any] | None = None,
    directory: Mapping[str, Any] | None = None, secret_names: Collection[str] = (), comment: str = "",
    revision: int | None = None,
) -> Layer:  # fmt: skip
    """Saves the whole layer as a new version; the same content again changes nothing.

    `secret_names`: settings and raw parameters to seal. `revision`: the one that the caller has seen; raises Conflict
    when the layer is another by now. Raises NotFound for a ref of another company, Invalid for what is no object.
    """
    parts = {"values": values, "keys": keys or {}, "raw": raw or {}, "directory": directory or {}}
    rules.require(_problems(kind, parts))
    parts = {name: json.loads(dump(part)) for name, part in parts.items()}
    with store.transaction():
        before = _editable(store, domain_id, kind, str(ref))
        if revision is not None and revision != before.revision:
            raise Conflict("Somebody else saved these settings in the meantime; load them again and repeat the change.")
        same = (before.values, before.keys, before.raw, before.directory) == tuple(parts.values())
        if before.id and same and before.secret_names == _present(parts, secret_names):
            return before
        content = {
            "settings": _seal_all(store, parts["values"], secret_names),
            "keys": parts["keys"],
            "raw": _seal_all(store, parts["raw"], secret_names),
            "directory": parts["directory"],
        }
        _write(store, before, content, now, who, comment)
    return get(store, domain_id, kind, before.ref)


def history(
    store: Store, domain_id: int | None, kind: str, ref: int | str = "", limit: int = 100
) -> list[LayerVersion]:
    """The saved versions of a layer, newest first."""
    layer = get(store, domain_id, kind, ref)
    query = select(LayerVersion, LayerVersions).where(LayerVersions.layer_id == layer.id)
    return fetch(store, LayerVersion, query.order_by(LayerVersions.revision.desc()).limit(limit))


def version(store: Store, domain_id: int | None, kind: str, ref: int | str, revision: int) -> Layer:
    """The layer as it was in this version."""
    return opened(store, _version_record(store, get(store, domain_id, kind, ref), revision))


def restore(
    store: Store, domain_id: int | None, kind: str, ref: int | str, revision: int, now: int, *, who: str
) -> Layer:
    """Saves an older version again, as the newest."""
    with store.transaction():
        layer = _editable(store, domain_id, kind, str(ref))
        record = _version_record(store, layer, revision)
        content = dict(zip(("settings", "keys", "raw", "directory"), record[4:8], strict=True))
        _write(store, layer, content, now, who, f"Version {revision} again")
    return get(store, domain_id, kind, ref)


def delete(store: Store, domain_id: int | None, kind: str, ref: int | str, now: int) -> None:
    """Takes a layer away with its history: what it set is inherited again."""
    with store.transaction():
        layer = _editable(store, domain_id, kind, str(ref))
        if layer.id:
            store.execute(Layers.delete().where(Layers.id == layer.id))
            _touch(store, layer, now)


def drop(store: Store, kind: str, ref: int | str) -> None:
    """Part of deleting a site, template or phone: its layer goes with it."""
    store.execute(Layers.delete().where((Layers.kind == kind) & (Layers.ref == str(ref))))


def _write(store: Store, before: Layer, content: dict[str, Any], now: int, who: str, comment: str) -> None:
    revision = before.revision + 1
    if before.id:
        layer_id = before.id
        store.execute(Layers.update(revision=revision, **content).where(Layers.id == layer_id))
    else:
        row = {"kind": before.kind, "ref": before.ref, "domain_id": before.domain_id, "revision": revision, **content}
        layer_id = store.execute(Layers.insert(row))
    row = {"layer_id": layer_id, "revision": revision, "who": who, "at": now, "comment": comment, **content}
    store.execute(LayerVersions.insert(row))
    _touch(store, before, now)


def _touch(store: Store, layer: Layer, now: int) -> None:
    """Only the row that the layer belongs to is bumped: one update for a company of any size."""
    kind, ref, domain_id = layer.kind, layer.ref, layer.domain_id
    if kind in PROVIDER_KINDS or domain_id is None:
        changes.record(store, kind, ref, None, now)
    elif kind == "company":
        changes.domain(store, domain_id, now)
    elif kind == "site":
        changes.site(store, int(ref), domain_id, now)
    elif kind == "template":
        changes.template(store, int(ref), domain_id, now)
    else:
        changes.phone(store, int(ref), domain_id, now)


def _editable(store: Store, domain_id: int | None, kind: str, ref: str) -> Layer:
    layer = get(store, domain_id, kind, ref)
    if kind == "template" and store.tuples(
        Templates.select(Templates.id).where((Templates.id == int(ref)) & Templates.read_only)
    ):
        raise Forbidden("This template is read-only; copy it instead.")
    return layer


def _owned(store: Store, domain_id: int | None, kind: str, ref: str) -> None:
    """Raises NotFound unless (kind, ref) is a layer that this company, or the provider (None), has."""
    table: Any = {"site": Sites, "template": Templates, "phone": Phones}.get(kind)
    if domain_id is None:
        good = kind in PROVIDER_KINDS and (ref == "") == (kind == "server")
    elif table is not None and ref.isdecimal() and len(ref) < 19:
        mine = table.select(table.id).where((table.id == int(ref)) & (table.domain_id == domain_id))
        good = bool(store.tuples(mine))
    else:
        good = kind == "company" and ref == str(domain_id)
    if not good:
        raise NotFound(f"There is no {kind} layer of that name here.")


def _version_record(store: Store, layer: Layer, revision: int) -> tuple[Any, ...]:
    where = (LayerVersions.layer_id == layer.id) & (LayerVersions.revision == revision)
    content = (LayerVersions.settings, LayerVersions.keys, LayerVersions.raw, LayerVersions.directory)
    found = store.tuples(LayerVersions.select(*content).where(where))
    if not found:
        raise NotFound(f"There is no version {revision} of these settings.")
    return (layer.id, layer.kind, layer.ref, layer.domain_id, *found[0], revision)


def _problems(kind: str, parts: Mapping[str, Any]) -> list[Problem]:
    problems = [problem for name, part in parts.items() for problem in rules.mapping(name, part)]
    problems += rules.one_of(*rules.LAYER_KINDS)("kind", kind)
    if problems:
        return problems
    for name in ("values", "raw"):
        bad = [key for key, value in parts[name].items() if isinstance(value, Mapping) and SEALED in value]
        problems += [Problem(f"{name}.{key}", f"{key} has a value that looks sealed; give it in plain.") for key in bad]
    try:
        size = sum(len(dump(part)) for part in parts.values())
    except (TypeError, ValueError):
        return [Problem("values", "The settings hold something that is no JSON value.")]
    if size > SIZE_LIMIT:
        problems.append(Problem("values", f"The settings of one layer may have {SIZE_LIMIT // 1024} KB at most."))
    return problems


def _present(parts: Mapping[str, Any], secret_names: Collection[str]) -> frozenset[str]:
    return frozenset(name for name in secret_names if name in parts["values"] or name in parts["raw"])


def _is_sealed(value: Any) -> bool:
    return isinstance(value, dict) and SEALED in value


def _seal_all(store: Store, part: Mapping[str, Any], secret_names: Collection[str]) -> dict[str, Any]:
    return {
        name: {SEALED: store.seal.seal(dump(value))} if name in secret_names else value for name, value in part.items()
    }


def _open_all(store: Store, part: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: json.loads(store.seal.open(value[SEALED])) if _is_sealed(value) else value for name, value in part.items()
    }
