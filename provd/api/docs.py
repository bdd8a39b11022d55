"""The document of the API, for programs (OpenAPI) and for people (/api/docs)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from tornado.web import RequestHandler

from provd import __version__
from provd.api import openapi
from provd.api.docs_page import page
from provd.api.endpoint import Endpoint, Group

STYLE = Path(__file__).with_name("docs.css")
POLICY = (
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"  # no scripts
)


def routes(groups: Sequence[Group], endpoints: Sequence[Endpoint]) -> list[Any]:
    """The routes of the documents; each is made once, when it is first asked for."""

    @cache
    def document() -> dict[str, Any]:
        return openapi.document(groups, endpoints, __version__)

    @cache
    def as_json() -> bytes:
        return json.dumps(document(), ensure_ascii=False).encode()

    @cache
    def as_page() -> bytes:
        return page(document()).encode()

    return [
        (r"/api/v2/openapi\.json", DocumentHandler, {"make": as_json, "kind": "application/json"}),
        (r"/api/docs/?", DocumentHandler, {"make": as_page, "kind": "text/html; charset=utf-8"}),
        (r"/api/docs\.css", DocumentHandler, {"make": STYLE.read_bytes, "kind": "text/css; charset=utf-8"}),
    ]


class DocumentHandler(RequestHandler):
    """One of the documents. They hold nothing secret and need no key."""

    SUPPORTED_METHODS = ("GET", "HEAD")

    def initialize(self, make: Any, kind: str) -> None:
        self.make = make
        self.kind = kind

    def set_default_headers(self) -> None:
        self.set_header("Server", "provd")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Referrer-Policy", "no-referrer")
        self.set_header("Content-Security-Policy", POLICY)

    def get(self) -> None:
        self.set_header("Content-Type", self.kind)
        self.finish(self.make())

    head = get
