"""Every route of the REST API."""

from __future__ import annotations

from typing import Any


def routes(services: Any) -> list[Any]:
    """The routes under /api/."""
    return []
