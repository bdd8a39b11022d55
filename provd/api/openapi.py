"""The OpenAPI 3.1 document, made from the declarations that route, validate and guard.  (pure)"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from provd.api.endpoint import PARAMETERS, Endpoint, Group
from provd.api.problems import CONTENT_TYPE, PROBLEM
from provd.api.schema import SCHEMAS, Schema
from provd.api.scope import RANKS, RIGHTS

DESCRIPTION = (
    "Everything that can be done with provd. Send an API key as `Authorization: Bearer pk_…`; `GET /api/v2/me` tells "
    "what it may do. Lists answer `{items, next}`: give `next` as `cursor` for the page after. Errors are problem "
    "documents (RFC 9457) with one sentence in `detail`. What belongs to another company does not exist: 404. "
    "Passwords and tokens are marks (••••••••) unless `secrets=1` asks for them and the key may see them."
)
RAW_AUDIO = (
    "A WAV, MP3, FLAC or OGG file of at most 50 MB as it is; the other fields come in the address, as parameters. Only "
    "its conversion to 8 kHz mono is kept."
)
STATUSES = {
    "400": "The request cannot be read",
    "401": "No API key, or a wrong one",
    "403": "The key may not do this",
    "404": "There is no such thing here",
    "409": "It exists already, is in use, or was changed in the meantime",
    "412": "If-Match names an older version",
    "413": "The body is too large",
    "415": "The body is neither JSON nor, where audio is taken, audio",
    "422": "Values that break a rule; `errors` has one sentence for each",
    "428": "The change has to say which version it was made on",
    "429": "Too many calls, or too many wrong keys; Retry-After says how long to wait",
    "503": "The database is busy; try again",
}


def document(groups: Sequence[Group], endpoints: Sequence[Endpoint], version: str) -> dict[str, Any]:
    """The whole document as JSON; `endpoints` in any order."""
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in sorted(endpoints, key=lambda one: one.path):
        path = paths.setdefault(f"/api/v2{endpoint.path}", {})
        path[endpoint.method.lower()] = _operation(endpoint)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "provd", "version": version, "description": DESCRIPTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{"key": []}],
        "tags": [{"name": group.name, "description": group.about} for group in groups],
        "paths": paths,
        "components": {
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "description": "An API key, pk_…"}},
            "schemas": SCHEMAS,
            "responses": {status: _problem(text) for status, text in STATUSES.items()},
        },
    }  # fmt: skip


def _operation(endpoint: Endpoint) -> dict[str, Any]:
    made: dict[str, Any] = {
        "operationId": endpoint.operation,
        "tags": [endpoint.group],
        "summary": endpoint.title,
        "description": f"{endpoint.about}\n\n{allowed(endpoint)}".strip(),
        "parameters": [*map(_path_parameter, endpoint.parameters), *_query(endpoint), *_headers(endpoint)],
        "responses": _responses(endpoint),
    }
    if endpoint.body is not None:
        content: dict[str, Any] = {"application/json": {"schema": endpoint.body}}
        if endpoint.takes_audio:
            content |= {
                kind: {"schema": {"description": RAW_AUDIO}} for kind in ("audio/*", "application/octet-stream")
            }
        made["requestBody"] = {"required": True, "content": content}
    return made


def allowed(endpoint: Endpoint) -> str:
    """Which scopes may use it, and how far each reaches, as one line."""
    rights = RIGHTS[endpoint.action]
    far = {"everywhere": "", "company": "", "site": " (own site)", "own": " (own)"}
    return "Allowed: " + ", ".join(f"{scope}{far[rights[scope]]}" for scope in reversed(RANKS) if scope in rights) + "."


def _path_parameter(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "description": PARAMETERS[name], "schema": {"type": "string"}}


def _query(endpoint: Endpoint) -> list[dict[str, Any]]:
    beside = endpoint.beside_audio.get("properties", {}) if endpoint.takes_audio else {}
    about = "In the address only where the body is the audio itself"
    return [
        *({"name": name, "in": "query", "required": False, "schema": one} for name, one in endpoint.query.items()),
        *({"name": n, "in": "query", "required": False, "description": about, "schema": s} for n, s in beside.items()),
    ]


def _headers(endpoint: Endpoint) -> list[dict[str, Any]]:
    if not (endpoint.versioned and endpoint.writes):
        return []
    about = "The ETag that was read, or * for any"
    return [{"name": "If-Match", "in": "header", "required": False, "description": about, "schema": {"type": "string"}}]


def _responses(endpoint: Endpoint) -> dict[str, Any]:
    good: dict[str, Any] = {"description": endpoint.title}
    if endpoint.answer is not None:
        good["content"] = {"application/json": {"schema": endpoint.answer}}
    elif endpoint.status != 204:
        good["content"] = {endpoint.produces.partition(";")[0]: {"schema": {"type": "string"}}}
    headers: Schema = {}
    if endpoint.versioned:
        headers["ETag"] = {"description": "The version, for If-Match", "schema": {"type": "string"}}
    if headers:
        good["headers"] = headers
    refs = {status: {"$ref": f"#/components/responses/{status}"} for status in _refusals(endpoint)}
    return {str(endpoint.status): good, **refs}


def _refusals(endpoint: Endpoint) -> list[str]:
    found = ["401", "403", "404", "422", "429", "503"]
    found += ["400", "413", "415"] if endpoint.body is not None else []
    found += ["409"] if endpoint.writes else []
    found += ["412"] if endpoint.versioned and endpoint.writes else []
    found += ["428"] if endpoint.versioned and endpoint.method == "PUT" and "NewLayer" in str(endpoint.body) else []
    return sorted(found)


def _problem(text: str) -> dict[str, Any]:
    return {"description": text, "content": {CONTENT_TYPE: {"schema": PROBLEM}}}
