"""JSON Schemas of the API (2020-12), in few words; the named ones are components of the document.  (pure)"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from provd.errors import Problem

Schema = dict[str, Any]

MOST_ROWS = 2**31 - 1
MOST_PROBLEMS = 20
SCHEMAS: dict[str, Schema] = {}


def text(about: str = "", longest: int = 200, **more: Any) -> Schema:
    """Text of at most `longest` characters."""
    return _told({"type": "string", "maxLength": longest, **more}, about)


def number(about: str = "", low: int = 0, high: int = MOST_ROWS, **more: Any) -> Schema:
    """A whole number."""
    return _told({"type": "integer", "minimum": low, "maximum": high, **more}, about)


def moment(about: str = "Epoch seconds", **more: Any) -> Schema:
    """A time as seconds since 1970, up to the year 9999."""
    return number(about, 0, 253_402_300_799, **more)


def switch(about: str = "", **more: Any) -> Schema:
    """true or false."""
    return _told({"type": "boolean", **more}, about)


def choice(words: Sequence[str], about: str = "", **more: Any) -> Schema:
    """One of these words."""
    return _told({"type": "string", "enum": list(words), **more}, about)


def listing(items: Schema, about: str = "", most: int = 1000, **more: Any) -> Schema:
    """A list."""
    return _told({"type": "array", "items": items, "maxItems": most, **more}, about)


def table(values: Schema, about: str = "", most: int = 2000) -> Schema:
    """An object whose names are free."""
    return _told({"type": "object", "additionalProperties": values, "maxProperties": most}, about)


def nullable(schema: Schema) -> Schema:
    """The same, or null."""
    if "type" in schema and "enum" not in schema:
        return {**schema, "type": [schema["type"], "null"]}
    return {"anyOf": [schema, {"type": "null"}]}


def obj(fields: Mapping[str, Schema], required: Collection[str] | None = None, about: str = "") -> Schema:
    """An object of exactly these fields; all of them are required unless `required` says which."""
    needed = list(fields) if required is None else [name for name in fields if name in required]
    found: Schema = {"type": "object", "properties": dict(fields), "additionalProperties": False}
    if needed:
        found["required"] = needed
    return _told(found, about)


def define(name: str, schema: Schema) -> Schema:
    """Makes `schema` a component of the document; returns the reference to it."""
    SCHEMAS[name] = schema
    return {"$ref": f"#/components/schemas/{name}"}


def page(item: Schema) -> Schema:
    """A page of a list."""
    cursor = {"type": ["string", "null"], "description": "Give it as `cursor` for the page after this; null at the end"}
    return obj({"items": {"type": "array", "items": item}, "next": cursor})


def _told(schema: Schema, about: str) -> Schema:
    return {**schema, "description": about} if about else schema


class Validator:
    """A schema made ready: what is wrong with a value, as sentences."""

    def __init__(self, schema: Schema) -> None:
        self._validator = Draft202012Validator({**schema, "components": {"schemas": SCHEMAS}})

    def problems(self, value: object) -> list[Problem]:
        """Up to MOST_PROBLEMS problems of `value`; empty when it fits."""
        found: list[Problem] = []
        for error in self._validator.iter_errors(value):
            found += list(_problems(error))
            if len(found) >= MOST_PROBLEMS:
                break
        return found[:MOST_PROBLEMS]


def _problems(error: ValidationError) -> Iterator[Problem]:
    place = [str(part) for part in error.absolute_path]
    limit = error.validator_value
    rule = str(error.validator)
    if rule == "required" and isinstance(error.instance, Mapping) and isinstance(limit, list):
        for name in limit:
            if name not in error.instance:
                yield Problem(".".join([*place, name]), f"{name} is missing.")
    elif rule == "additionalProperties" and isinstance(error.instance, Mapping):
        known = error.schema.get("properties", {}) if isinstance(error.schema, Mapping) else {}
        for name in [name for name in error.instance if name not in known][:MOST_PROBLEMS]:
            shown = shorten(str(name))
            yield Problem(".".join([*place, shown]), f"There is no field {shown} that can be set here.")
    else:
        field = ".".join(shorten(part) for part in place)
        yield Problem(field, f"{field or 'The body'} {_rule(rule, limit, error.schema)}.")


_SENTENCES = {
    "maxLength": "may have at most {} characters",
    "minLength": "must have at least {} characters",
    "maxItems": "may have at most {} entries",
    "minItems": "must have at least {} entries",
    "maxProperties": "may have at most {} entries",
    "minProperties": "must name at least {} field",
    "minimum": "must be at least {}",
    "maximum": "must be at most {}",
    "pattern": "must look like {}",
}
_TYPES = {
    "string": "text", "integer": "a whole number", "number": "a number", "boolean": "true or false",
    "array": "a list", "object": "an object", "null": "null",
}  # fmt: skip


def _rule(rule: str, limit: object, schema: object) -> str:
    if rule == "type":
        names = limit if isinstance(limit, list) else [limit]
        return "must be " + " or ".join(_TYPES.get(str(name), str(name)) for name in names)
    if rule == "enum" and isinstance(limit, list):
        return "must be one of " + ", ".join(str(word) for word in limit)
    if rule == "pattern" and isinstance(schema, Mapping) and schema.get("examples"):
        limit = schema["examples"][0]
    sentence = _SENTENCES.get(rule)
    return sentence.format(limit) if sentence else "is not of the right form"


def shorten(name: str, most: int = 60) -> str:
    """A stranger's word, short and printable enough to be said back."""
    return re.sub(r"[^\x20-\x7e\u00a0-\ud7ff\uf900-\uffef]", "?", name[:most])
