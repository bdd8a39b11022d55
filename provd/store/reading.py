"""Reading rows: from a peewee select to the dataclasses of rows.py."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from peewee import SQL, EnclosedNodeList, NodeList, Value, fn

from provd.errors import Invalid, NotFound, Problem
from provd.store.database import Store
from provd.store.rules import clean

T = TypeVar("T")

PAGE_LIMIT = 1000


@functools.cache
def columns(row: type, model: Any) -> tuple[Any, ...]:
    """The columns of `model` that `row` holds, in the order of its fields."""
    return tuple(model._meta.fields[item.name] for item in dataclasses.fields(row))


def select(row: type, model: Any) -> Any:
    """A peewee select of exactly what `row` holds."""
    return model.select(*columns(row, model))


def fetch(store: Store, row: type[T], query: Any) -> list[T]:
    """All rows of a select() as dataclasses."""
    return [row(*values) for values in store.tuples(query)]


def first(store: Store, row: type[T], query: Any) -> T | None:
    """The first row, or None."""
    found = fetch(store, row, query.limit(1))
    return found[0] if found else None


def one(store: Store, row: type[T], query: Any, missing: str) -> T:
    """The first row; raises NotFound with the sentence `missing`."""
    found = first(store, row, query)
    if found is None:
        raise NotFound(missing)
    return found


def different(row: Any, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Those of `fields` that differ from the row's; raises Invalid for a name that the row does not have."""
    unknown = [name for name in fields if not hasattr(row, name)]
    if unknown:
        raise Invalid([Problem(name, f"There is no field {name}.") for name in unknown])
    given = {name: tuple(value) if isinstance(value, list) else value for name, value in fields.items()}
    return {name: value for name, value in given.items() if getattr(row, name) != value}


def page_size(limit: int) -> int:
    """A page size between 1 and PAGE_LIMIT."""
    return max(1, min(limit, PAGE_LIMIT))


def contains(fields: Sequence[Any], word: str) -> Any:
    """A condition: `word` is somewhere in one of these columns, capitals or not."""
    word = clean(word, 100)
    for special in "|%_":
        word = word.replace(special, "|" + special)
    conditions = [
        NodeList((fn.LOWER(field), SQL("LIKE"), Value(f"%{word.lower()}%"), SQL("ESCAPE '|'"))) for field in fields
    ]
    return EnclosedNodeList([NodeList(conditions, glue=" OR ")])
