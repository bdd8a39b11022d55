"""Saved versions of a layer with what was in them, for people who ask who changed what."""

from __future__ import annotations

from typing import NamedTuple

from provd.store import layers
from provd.store.database import Store
from provd.store.reading import columns
from provd.store.rows import Layer, LayerVersion
from provd.store.tables import LayerVersions


class Saved(NamedTuple):
    """One version and its content, opened."""

    version: LayerVersion
    layer: Layer


def recent(store: Store, layer: Layer, limit: int, *, before: int | None = None, since: int = 0) -> list[Saved]:
    """Up to `limit` saved versions of a layer, newest first: those before one revision, and from `since` on."""
    content = (LayerVersions.settings, LayerVersions.keys, LayerVersions.raw, LayerVersions.directory)
    names = columns(LayerVersion, LayerVersions)
    query = LayerVersions.select(*names, *content).where(
        (LayerVersions.layer_id == layer.id) & (LayerVersions.revision >= since)
    )
    if before is not None:
        query = query.where(LayerVersions.revision < before)
    found = []
    for row in store.tuples(query.order_by(LayerVersions.revision.desc()).limit(limit)):
        version = LayerVersion(*row[: len(names)])
        head = (layer.id, layer.kind, layer.ref, layer.domain_id)
        found.append(Saved(version, layers.opened(store, (*head, *row[len(names) :], version.revision))))
    return found
