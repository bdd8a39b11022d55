"""Pages: people."""

from __future__ import annotations

from typing import Any

from phone_manager.handlers.people import listing, profile

COMPANY = r"/c/(?P<domain>[^/]+)"

ROUTES: list[tuple[str, Any]] = [
    (COMPANY + r"/users", listing.Users),
    (COMPANY + r"/users/(?P<user>[0-9]{1,20})", profile.Profile),
]
