"""The OpenAPI document as a page for people: plain HTML, every value escaped, no script.  (pure)

The anchors sit inside the folded parts: following a link to one unfolds it (HTML, "ancestor details revealing").
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

METHODS = ("get", "post", "put", "patch", "delete")


def page(document: Mapping[str, Any]) -> str:
    """The whole page."""
    tags = document["tags"]
    menu = "".join(f'<li><a href="#{escape(tag["name"])}">{escape(tag["name"])}</a></li>' for tag in tags)
    menu += '<li><a href="#schemas">schemas</a></li>'
    sections = "".join(_section(tag, document) for tag in tags)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark"><title>provd API</title>'
        '<link rel="stylesheet" href="/api/docs.css"></head><body>'
        '<a class="skip" href="#content">Skip to the endpoints</a>'
        f'<header><h1>provd API <span class="version">{escape(document["info"]["version"])}</span></h1>'
        f"{_paragraphs(document['info']['description'])}"
        '<p><a href="/api/v2/openapi.json">openapi.json</a> is the same for programs.</p></header>'
        f'<nav aria-label="Sections"><ul>{menu}</ul></nav>'
        f'<main id="content">{sections}{_schemas(document)}</main></body></html>\n'
    )


def _section(tag: Mapping[str, str], document: Mapping[str, Any]) -> str:
    operations = [
        _operation(method, path, methods[method])
        for path, methods in document["paths"].items()
        for method in METHODS
        if method in methods and tag["name"] in methods[method]["tags"]
    ]
    name = escape(tag["name"])
    return f'<section id="{name}"><h2>{name}</h2>{_paragraphs(tag["description"])}{"".join(operations)}</section>'


def _operation(method: str, path: str, said: Mapping[str, Any]) -> str:
    anchor = escape(said["operationId"])
    parts = [_paragraphs(said["description"]), _parameters(said["parameters"])]
    body = said.get("requestBody")
    if body:
        parts.append(f"<h4>Body</h4>{_schema(_content(body))}")
    parts.append(f"<h4>Answers</h4>{_answers(said['responses'])}")
    return (
        f'<details><summary><span class="method {method}">{method.upper()}</span> '
        f'<code class="path">{_breakable(path)}</code> <span class="what">{escape(said["summary"])}</span></summary>'
        f'<div class="inside" id="{anchor}">{"".join(parts)}</div></details>'
    )


def _breakable(path: str) -> str:
    """A path that may break after a slash, so that it fits a narrow screen."""
    return escape(path).replace("/", "/<wbr>")


def _parameters(parameters: list[Mapping[str, Any]]) -> str:
    rows = "".join(
        f"<dt><code>{escape(one['name'])}</code> <span class='type'>{escape(one['in'])}, "
        f"{_type(one['schema'])}</span></dt><dd>{escape(_about(one))}</dd>"
        for one in parameters
    )
    return f"<h4>Parameters</h4><dl>{rows}</dl>" if rows else ""


def _about(parameter: Mapping[str, Any]) -> str:
    return str(parameter.get("description") or parameter["schema"].get("description", ""))


def _answers(responses: Mapping[str, Any]) -> str:
    good = [status for status in responses if status.startswith("2")]
    other = ", ".join(f"<code>{escape(status)}</code>" for status in sorted(responses) if status not in good)
    text = ""
    for status in good:
        schema = _content(responses[status])
        what = " without a body" if not schema else "" if "properties" in schema else f" {_type(schema)}"
        text += f"<p><code>{escape(status)}</code>{what}</p>{_fields(schema) if 'properties' in schema else ''}"
    return f"{text}<p>Or a <a href='#schema-Problem'>problem</a>: {other}.</p>"


def _content(said: Mapping[str, Any]) -> Mapping[str, Any]:
    kinds: list[Mapping[str, Any]] = list(said.get("content", {}).values())
    return kinds[0]["schema"] if kinds else {}


def _schemas(document: Mapping[str, Any]) -> str:
    found = "".join(
        f"<details><summary><code>{escape(name)}</code> "
        f'<span class="what">{escape(schema.get("description", ""))}</span></summary>'
        f'<div class="inside" id="schema-{escape(name)}">{_fields(schema)}</div></details>'
        for name, schema in sorted(document["components"]["schemas"].items())
    )
    return f'<section id="schemas"><h2>schemas</h2>{found}</section>'


def _schema(schema: Mapping[str, Any]) -> str:
    if not schema:
        return ""
    if "properties" in schema:
        return _fields(schema)
    about = schema.get("description")
    return f"<p>{_type(schema)}{': ' + escape(about) if about else ''}</p>"


def _fields(schema: Mapping[str, Any]) -> str:
    if "properties" not in schema:
        return _schema(schema) if schema.get("type") or schema.get("$ref") else ""
    required = schema.get("required", [])
    rows = "".join(
        f"<dt><code>{escape(name)}</code> <span class='type'>{_type(field)}"
        f"{', required' if name in required else ''}</span></dt>"
        f"<dd>{escape(field.get('description', ''))}{_inner(field)}</dd>"
        for name, field in schema["properties"].items()
    )
    return f"<dl>{rows}</dl>"


def _inner(field: Mapping[str, Any]) -> str:
    """The fields of an object inside an object."""
    inside = field.get("items", field)
    return _fields(inside) if isinstance(inside, Mapping) and "properties" in inside else ""


_NAMES = {"string": "text", "integer": "number", "number": "number", "boolean": "switch", "object": "object"}


def _type(schema: Mapping[str, Any]) -> str:
    """A schema's type in a few words, with links to what is described elsewhere; HTML."""
    if "$ref" in schema:
        name = escape(schema["$ref"].rsplit("/", 1)[1])
        return f'<a href="#schema-{name}">{name}</a>'
    if "enum" in schema:
        return "one of " + ", ".join(f"<code>{escape(str(word))}</code>" for word in schema["enum"])
    if "const" in schema:
        return f"<code>{escape(str(schema['const']))}</code>"
    if "anyOf" in schema:
        return " or ".join(_type(one) for one in schema["anyOf"])
    kind = schema.get("type", "anything")
    if isinstance(kind, list):
        return " or ".join(_type({**schema, "type": one}) for one in kind)
    if kind == "array":
        return f"list of {_type(schema.get('items', {}))}"
    if kind == "object" and isinstance(schema.get("additionalProperties"), Mapping):
        inside = schema["additionalProperties"]
        return f"table of {_type(inside)}" if inside else "table"
    return escape(_NAMES.get(str(kind), str(kind))) + _bounds(schema)


def _bounds(schema: Mapping[str, Any]) -> str:
    if schema.get("type") == "integer" and schema.get("maximum", 2**31) < 2**31 - 1:
        return f" {schema.get('minimum', 0)}–{schema['maximum']}"
    return ""


def _paragraphs(text: str) -> str:
    return "".join(f"<p>{_marked(part)}</p>" for part in text.split("\n\n") if part.strip())


def _marked(text: str) -> str:
    """Text with `code` in it, as HTML."""
    parts = escape(text).split("`")
    return "".join(f"<code>{part}</code>" if index % 2 else part for index, part in enumerate(parts))
