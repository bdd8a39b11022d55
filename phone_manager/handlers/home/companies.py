"""The companies of the provider: find one, go in, see what needs attention, make one."""

from __future__ import annotations

from zoneinfo import available_timezones

from phone_manager import forms
from phone_manager.base import Page, find_domain
from phone_manager.views import home
from provd.api.domains import FIELDS, NAME
from provd.api.schema import obj
from provd.errors import ProvdError
from provd.phone.parameter import LANGUAGES

FORM = obj({"name": NAME, **FIELDS}, required=("name",))
SHOWN = ("name", "description", "time_zone", "country", "area_code", "language")


class Companies(Page):
    """The list."""

    right = "domains.create"

    async def show(self, **_: str) -> None:
        query = {"search": self.wanted("search"), "cursor": self.wanted("cursor"), "limit": 50}
        found = (await self.ask("GET", "/domains", query=query)).body
        self.page(
            "pages/home/companies.html", companies=found["items"], next=found["next"], search=query["search"],
            first=not query["cursor"],
        )  # fmt: skip


class CompanyNeeds(Page):
    """What needs attention in one company: a piece of the list, fetched when it comes into view."""

    right = "domains.create"

    async def show(self, name: str, **_: str) -> None:
        self.domain = await self.services.store.run(find_domain, self.who, name)
        found = (await self.ask("GET", "/domains/{domain}/home")).body
        self.page("pages/home/company_needs.html", needs=home.needs(found["needs"], self.url()), counts=found["counts"])


class NewCompany(Page):
    """The form for one more."""

    right = "domains.create"

    async def show(self, **_: str) -> None:
        self._form({"time_zone": "America/Chicago", "country": "US", "language": "en"})

    def _form(self, values: dict[str, object], error: ProvdError | None = None) -> None:
        zones = sorted(zone for zone in available_timezones() if "/" in zone)
        self.page(
            "pages/home/new_company.html", status=error.status if error else 200, values=values, zones=zones,
            languages=LANGUAGES, shown=SHOWN, errors=forms.errors(error) if error else {},
        )  # fmt: skip

    async def act(self, **_: str) -> None:
        body = {name: value for name, value in forms.typed(FORM, self.sent).items() if name in SHOWN}
        try:
            made = (await self.ask("POST", "/domains", body=body)).body
        except ProvdError as error:
            self._form(body, error)
            return
        self.domain = await self.services.store.run(find_domain, await self.fresh_who(), made["name"])
        self.go(self.url("settings"), f"{made['name']} is made. Its provisioning address is below.")
