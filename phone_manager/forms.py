"""What a form sends, as the API wants it.  (pure)"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from provd.api.schema import SCHEMAS, Schema
from provd.errors import Invalid

Sent = Mapping[str, Sequence[str]]
MARKED = ("1", "on", "true", "yes")


def typed(schema: Schema, sent: Sent, names: Iterable[str] | None = None) -> dict[str, Any]:
    """The fields of an object's `schema` that a form sent, typed: text stays, `7` becomes a number where one is
    wanted, an empty field becomes null where that is allowed, a list is what was chosen, or one entry a line.

    `names`: the fields that the form shows. Of these, a switch that was not sent is off and a list that was not sent
    is empty, as browsers send nothing for them; without `names`, only what was sent counts. What cannot be typed is
    handed on as it is, for the API to refuse in its own words.
    """
    fields = resolved(schema)["properties"]
    wanted = [name for name in (fields if names is None else names) if name in fields]
    found: dict[str, Any] = {}
    for name in wanted:
        part = resolved(fields[name])
        if name in sent:
            found[name] = value(part, sent[name])
        elif names is not None and _type(part) in ("boolean", "array"):
            found[name] = False if _type(part) == "boolean" else []
    return found


def resolved(schema: Schema) -> Schema:
    """The schema behind a reference."""
    reference = schema.get("$ref")
    return SCHEMAS[reference.rsplit("/", 1)[1]] if reference else schema


def value(schema: Schema, sent: Sequence[str]) -> Any:
    """One field."""
    kind, text = _type(schema), sent[-1] if sent else ""
    if kind == "array":
        lines = [line.strip() for one in sent for line in one.splitlines()]
        return [_one(resolved(schema.get("items", {})), line) for line in lines if line]
    if not text.strip() and _nullable(schema):
        return None
    return _one(schema, text)


def _one(schema: Schema, text: str) -> Any:
    kind = _type(schema)
    if kind == "boolean":
        return text.casefold() in MARKED
    trimmed = text.strip()
    whole = trimmed.removeprefix("-")
    if kind == "integer" and whole.isascii() and whole.isdecimal() and len(whole) < 16:
        return int(trimmed)
    return trimmed


def _type(schema: Schema) -> str:
    for one in schema.get("anyOf", ()):
        found = _type(resolved(one))
        if found != "null":
            return found
    kind = schema.get("type", "string")
    return next((one for one in kind if one != "null"), "null") if isinstance(kind, list) else str(kind)


def _nullable(schema: Schema) -> bool:
    kind = schema.get("type")
    return (isinstance(kind, list) and "null" in kind) or any(
        one.get("type") == "null" for one in schema.get("anyOf", ())
    )


def errors(error: Exception) -> dict[str, str]:
    """What is wrong with each field, for the form to show beside it; a sentence about no field is under ``""``."""
    found: dict[str, str] = {}
    if isinstance(error, Invalid):
        for problem in error.problems:
            if problem.severity == "error":
                found.setdefault(problem.field, problem.text)
    return found or {"": str(error)}
