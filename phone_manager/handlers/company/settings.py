"""Settings of a company: its facts, and how its phones find this server and prove who they are."""

from __future__ import annotations

from zoneinfo import available_timezones

from phone_manager import forms
from phone_manager.base import Page
from phone_manager.views import dhcp
from provd.api.domains import ADMISSION, FIELDS
from provd.api.schema import obj
from provd.errors import ProvdError
from provd.numbering import national
from provd.phone.parameter import LANGUAGES

FACTS = (
    "description", "time_zone", "country", "area_code", "language", "sip_host", "hide_delete", "second_factor",
)  # fmt: skip
FORM = obj(FIELDS, required=())


class CompanySettings(Page):
    """`/c/<company>/settings`: facts; the provider changes them."""

    right = "settings.read"

    async def show(self, **_: str) -> None:
        await self._form({})

    async def _form(self, typed: dict[str, object], error: ProvdError | None = None) -> None:
        company = (await self.ask("GET", "/domains/{domain}")).body
        support = ""
        if self.may("dialling.write"):
            codes = (await self.ask("GET", "/domains/{domain}/featurecodes")).body["items"]
            code = " or ".join(next((one["codes"] for one in codes if one["function"] == "support"), ()))
            to = (await self.ask("GET", "/domains/{domain}/dialling")).body["support"]
            support = f"Dial {code}: it calls {national(to)}." if code and to else ""
        zones = sorted({*(zone for zone in available_timezones() if "/" in zone), "UTC", company["time_zone"]})
        self.page(
            "pages/company/settings.html", status=error.status if error else 200, values=company | typed, zones=zones,
            languages=LANGUAGES, facts=FACTS, support=support, errors=forms.errors(error) if error else {},
        )  # fmt: skip

    async def act(self, **_: str) -> None:
        body = forms.typed(FORM, self.sent, FACTS)
        try:
            await self.ask("PATCH", "/domains/{domain}", body=body)
        except ProvdError as error:
            await self._form(body, error)
            return
        self.go(self.url("settings"), "Saved. Phones take what concerns them at their next update.")


class Provisioning(Page):
    """`…/settings/provisioning`: the address, the DHCP lines, tokens, the bootstrap window, the certificate."""

    right = "domains.token"

    async def show(self, **_: str) -> None:
        await self._page()

    async def _page(self, typed: dict[str, object] | None = None, error: ProvdError | None = None) -> None:
        company = (await self.ask("GET", "/domains/{domain}")).body
        families = (await self.ask("GET", "/families")).body["items"]
        protocol = self.wanted("protocol", "http")
        url = company["provisioning"].get(protocol, company["provisioning"]["http"])
        style = self.wanted("dhcp", dhcp.STYLES[0])
        self.page(
            "pages/company/provisioning.html", status=error.status if error else 200, company=company, url_shown=url,
            protocol=protocol, vendors=dhcp.vendors(families, url), styles=dhcp.STYLES,
            style=style if style in dhcp.STYLES else dhcp.STYLES[0], trust=self.services.certificates,
            admission=company["admission"] | (typed or {}), errors=forms.errors(error) if error else {},
        )  # fmt: skip

    async def act(self, **_: str) -> None:
        asked = self.field("do")
        here = self.url("settings", "provisioning")
        if asked == "rotate":
            await self.ask("POST", "/domains/{domain}/token")
            self.go(
                here, "There is a next token. Phones take it at their updates; the old one works until you retire it."
            )
        elif asked == "promote":
            await self.ask("POST", "/domains/{domain}/token/promote")
            self.go(here, "The old token is retired.")
        elif asked == "open":
            minutes = self.field("minutes")
            body = {
                "minutes": int(minutes) if minutes.isascii() and minutes.isdecimal() and len(minutes) < 5 else minutes
            }
            await self.ask("POST", "/domains/{domain}/bootstrap", body=body)
            self.go(here, f"For {minutes} minutes every known phone gets its whole file without proof.")
        elif asked == "close":
            await self.ask("DELETE", "/domains/{domain}/bootstrap")
            self.go(here, "The window is closed.")
        else:
            await self._admission(here)

    async def _admission(self, here: str) -> None:
        names = ("networks", "sip_allow", "sip_deny", "unproven", "company_token")
        said = forms.typed(ADMISSION, self.sent, names)
        company = (await self.ask("GET", "/domains/{domain}")).body
        kept = {name: value for name, value in company["admission"].items() if name not in names}
        admission = kept | {name: value for name, value in said.items() if value}
        try:
            await self.ask("PATCH", "/domains/{domain}", body={"admission": admission})
        except ProvdError as error:
            await self._page(said, error)
            return
        self.go(here, "Saved.")
