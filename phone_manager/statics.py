"""Files of the pages (styles, scripts, icons), read once, served from memory under a name that holds their hash."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from tornado.web import RequestHandler

FOLDER = Path(__file__).parent / "static"
TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
YEAR = 31_536_000


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file with its two bodies; `url` changes when the content does."""

    url: str
    content_type: str
    body: bytes = field(repr=False)
    packed: bytes = field(repr=False)


@cache
def files() -> dict[str, StaticFile]:
    """Every file by its path below static/ (`css/pages.css`)."""
    return {str(path.relative_to(FOLDER)): _read(path) for path in sorted(FOLDER.rglob("*")) if path.suffix in TYPES}


def _read(path: Path) -> StaticFile:
    body, name = path.read_bytes(), path.relative_to(FOLDER)
    mark = hashlib.sha256(body).hexdigest()[:10]
    kind = TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return StaticFile(f"/static/{mark}/{name}", kind, body, gzip.compress(body, 9, mtime=0))


def asset(name: str) -> str:
    """The address of a file of static/; KeyError for one that is not there."""
    return files()[name].url


class StaticHandler(RequestHandler):
    """`/static/<hash>/<path>`: kept by browsers for a year; an outdated hash gets the present file, not kept."""

    SUPPORTED_METHODS = ("GET", "HEAD")

    def get(self, _mark: str, name: str) -> None:
        found = files().get(name)
        self.set_header("Server", "provd")
        self.set_header("X-Content-Type-Options", "nosniff")
        if found is None:
            self.set_status(404)
            self.finish("Not found\n")
            return
        current = found.url == self.request.path
        self.set_header("Content-Type", found.content_type)
        self.set_header("Cache-Control", f"public, max-age={YEAR}, immutable" if current else "no-cache")
        self.set_header("Vary", "Accept-Encoding")
        if "gzip" in self.request.headers.get("Accept-Encoding", ""):
            self.set_header("Content-Encoding", "gzip")
            self.finish(found.packed)
        else:
            self.finish(found.body)

    head = get
