"""One phone with all that its files are made of, in four indexed statements: the answer path's only big read."""

from __future__ import annotations

import dataclasses
import json
from typing import Any, TypeVar

from provd.errors import NotFound
from provd.store import layers
from provd.store.database import Store
from provd.store.rows import Device, Domain, Layer, LineSnapshot, Phone, PhoneSnapshot, Site, Template, User

T = TypeVar("T")

_JSON = {
    Domain: ("admission",), Site: ("defaults", "user_defaults"), Template: (), Phone: ("expansions", "admission"),
    Device: (), User: ("emails",),
}  # fmt: skip
_BOOLEANS = {
    Domain: ("hide_delete", "second_factor"), Template: ("read_only",), Device: ("ignore_for_presence",),
    User: ("announce_in_audio_directory", "list_in_directory"),
}  # fmt: skip
_NAMES = {row: tuple(item.name for item in dataclasses.fields(row)) for row in _JSON}


def _columns(alias: str, row: type) -> str:
    return ", ".join(f"{alias}.{name}" for name in _NAMES[row])


_PHONE = f"""
SELECT {_columns("p", Phone)}, {_columns("d", Domain)}, {_columns("s", Site)}, {_columns("t", Template)},
  p.sealed_digest_password
FROM phones p JOIN domains d ON d.id = p.domain_id LEFT JOIN sites s ON s.id = p.site_id
  LEFT JOIN templates t ON t.id = p.template_id
WHERE p.id = ?
"""  # noqa: S608
_LINES = f"""
SELECT {_columns("d", Device)}, {_columns("u", User)}, l.line, l.shared, l.label, d.sealed_password
FROM phone_lines l JOIN devices d ON d.id = l.device_id JOIN users u ON u.id = d.user_id
WHERE l.phone_id = ? ORDER BY l.line
"""  # noqa: S608
_LAYERS = """
SELECT id, kind, ref, domain_id, settings, keys, raw, directory, revision FROM layers
WHERE (kind = 'server' AND ref = '') OR (kind = 'brand' AND ref = ?) OR (kind = 'model' AND ref = ?)
  OR (kind = 'company' AND ref = ?) OR (kind = 'site' AND ref = ?) OR (kind = 'template' AND ref = ?)
  OR (kind = 'phone' AND ref = ?)
"""
# Two lookups: with OR, SQLite reads every token of the company.
_TOKENS = """
SELECT id, phone_id, sealed FROM tokens WHERE domain_id = ? AND phone_id IS NULL
UNION ALL SELECT id, phone_id, sealed FROM tokens WHERE domain_id = ? AND phone_id = ? ORDER BY 1
"""
_ORDER = {
    kind: place for place, kind in enumerate(("server", "brand", "model", "company", "site", "template", "phone"))
}


def load(store: Store, phone_id: int, brand: str) -> PhoneSnapshot:
    """The phone with its lines, company, site, template and layers as they are at one moment.

    `brand` is the catalogue's family or vendor id that brand layers are saved under: the store does not know models.
    Raises NotFound when the phone is gone.
    """
    with store.reading():
        found = store.sql(_PHONE, (phone_id,)).fetchone()
        if found is None:
            raise NotFound("This phone does not exist any more.")
        lines = store.sql(_LINES, (phone_id,)).fetchall()
        phone, rest = _take(Phone, found)
        refs = (brand, phone.model, str(phone.domain_id), _ref(phone.site_id), _ref(phone.template_id), str(phone.id))
        layer_rows = store.sql(_LAYERS, refs).fetchall()
        opened = _layers(store, layer_rows)
        tokens = store.sql(_TOKENS, (phone.domain_id, phone.domain_id, phone.id)).fetchall()
    domain, rest = _take(Domain, rest)
    site, rest = _perhaps(Site, rest)
    template, rest = _perhaps(Template, rest)
    newest = {owner: sealed for _, owner, sealed in tokens}
    return PhoneSnapshot(
        phone=phone,
        domain=domain,
        site=site,
        template=template,
        lines=tuple(_line(store, row) for row in lines),
        layers=opened,
        digest_password=store.seal.open(rest[0]),
        phone_token=_opened(store, newest.get(phone.id)),
        domain_token=_opened(store, newest.get(None)),
    )


def _line(store: Store, row: tuple[Any, ...]) -> LineSnapshot:
    device, rest = _take(Device, row)
    user, (line, shared, label, sealed) = _take(User, rest)
    return LineSnapshot(line, bool(shared), label, device, user, store.seal.open(sealed))


def _layers(store: Store, rows: list[tuple[Any, ...]]) -> tuple[Layer, ...]:
    """Most phones share all layers but their own: each is opened once a revision and kept, a few hundred of them."""
    found = [_kept(store, row) for row in rows]
    return tuple(sorted(found, key=lambda layer: _ORDER[layer.kind]))


def _kept(store: Store, row: tuple[Any, ...]) -> Layer:
    key = (row[0], row[8])
    # Inside a transaction a revision may yet be taken back and given to other content.
    shared = row[1] != "phone" and not store.uncommitted
    if shared and key in store.cache:
        kept: Layer = store.cache[key]
        return kept
    layer = layers.opened(store, (*row[:4], *(json.loads(part) for part in row[4:8]), row[8]))
    if shared:
        if len(store.cache) > 500:
            store.cache.clear()
        store.cache[key] = layer
    return layer


def _ref(row_id: int | None) -> str:
    return "" if row_id is None else str(row_id)


def _opened(store: Store, sealed: str | None) -> str:
    return store.seal.open(sealed) if sealed else ""


def _take(row: type[T], values: tuple[Any, ...]) -> tuple[T, tuple[Any, ...]]:
    """The first columns as one row, and the columns after them."""
    names = _NAMES[row]
    fields = dict(zip(names, values, strict=False))
    for name in _JSON[row]:
        text = fields[name]
        value = None if text is None else json.loads(text)
        fields[name] = tuple(value) if isinstance(value, list) else value
    for name in _BOOLEANS.get(row, ()):
        fields[name] = bool(fields[name])
    return row(**fields), values[len(names) :]


def _perhaps(row: type[T], values: tuple[Any, ...]) -> tuple[T | None, tuple[Any, ...]]:
    return _take(row, values) if values[0] is not None else (None, values[len(_NAMES[row]) :])
