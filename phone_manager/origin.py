"""Whether a request that changes something comes from our own pages.  (pure)

Browsers say where a request was made: `Sec-Fetch-Site` (Fetch Metadata, W3C), older ones `Origin` (RFC 6454). With
them no token is needed in every form; the cookie is SameSite=Lax besides (docs/decisions/0020-pages.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def own(method: str, headers: Mapping[str, str], host: str) -> bool:
    """Whether the request may be acted on. `host`: the Host that the request was sent to.

    A program without either header is no browser and carries no cookie that a stranger's page could ride on.
    """
    if method in SAFE:
        return True
    site = headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = headers.get("Origin")
    return origin is None or (origin != "null" and urlsplit(origin).netloc.casefold() == host.casefold())


def local(path: str) -> str:
    """`path` if it is one of this server's (`/c/acme.example/phones?state=refused`), else `/`: where a form may send
    a person next."""
    plain = path.isprintable() and "\\" not in path and len(path) <= 2000
    return path if plain and path.startswith("/") and not path.startswith("//") else "/"
