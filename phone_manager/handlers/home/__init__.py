"""Home, the search palette, and the provider's companies."""

from __future__ import annotations

from typing import Any

from phone_manager.handlers.home import companies, home, live, palette

ROUTES: list[tuple[str, Any]] = [
    (r"/c/(?P<domain>[^/]+)/", home.Home),
    (r"/c/(?P<domain>[^/]+)/live", live.HomeLive),
    (r"/palette", palette.Palette),
    (r"/companies", companies.Companies),
    (r"/companies/new", companies.NewCompany),
    (r"/companies/(?P<name>[^/]+)/needs", companies.CompanyNeeds),
]
