"""Phones that knock: MACs that nobody has set up, and how one of them becomes a company's phone."""

from __future__ import annotations

from typing import Any

from phone_manager import forms
from phone_manager.base import Page
from phone_manager.handlers.hardware.adding import MINUTES
from phone_manager.views import hardware
from provd.errors import Invalid, NotFound, Problem, ProvdError
from provd.phone.mac import parse_mac, with_colons

SHOWN = 200


class Knocking(Page):
    """`/knocking`. Asked for by htmx, only the list."""

    right = "knocks.read"

    async def show(self, **_: str) -> None:
        search = self.wanted("search").casefold()
        found = (await self.ask("GET", "/knocks", query={"limit": 1000})).body["items"]
        fits = [knock for knock in found if not search or search in _words(knock)]
        self.page(
            f"pages/hardware/knocking{'_part' if self.partial else ''}.html", knocks=fits[:SHOWN], total=len(fits),
            search=self.wanted("search"), pictures=hardware.minis(
                self.services.catalogue.models, (knock["model"] for knock in fits[:SHOWN])
            ),
        )  # fmt: skip


def _words(knock: dict[str, Any]) -> str:
    names = ("mac", "shown", "address", "vendor", "model", "user_agent")
    return " ".join(str(knock[name]) for name in names).casefold()


class Adopt(Page):
    """`/knocking/<mac>/adopt`: for which company, for whom."""

    right = "knocks.adopt"

    async def show(self, mac: str, **_: str) -> None:
        knock = await self._knock(mac)
        model = self.model_name(knock["model"]) if knock["model"] else ""
        await self._form(knock, {"domain": self.wanted("domain"), "model": model, "minutes": "30"})

    async def _knock(self, mac: str) -> dict[str, Any]:
        try:
            bare = parse_mac(mac)
        except ValueError as error:
            raise NotFound(str(error)) from None
        found = (await self.ask("GET", "/knocks", query={"limit": 1000})).body["items"]
        knock = next((one for one in found if one["mac"] == bare), None)
        if knock is None:
            raise NotFound(f"{with_colons(bare)} has not asked for anything lately, or is set up by now.")
        return knock  # type: ignore[no-any-return]

    async def _form(
        self, knock: dict[str, Any], values: dict[str, str], errors: dict[str, str] | None = None, status: int = 200
    ) -> None:
        companies = (await self.ask("GET", "/domains", query={"limit": 1000})).body["items"]
        values["domain"] = values["domain"] or (companies[0]["name"] if len(companies) == 1 else "")
        models = self.services.catalogue.models.values()
        self.page(
            "pages/hardware/dialog.html" if self.partial else "pages/hardware/adopt.html", ask="adopt", status=status,
            title=f"Adopt {with_colons(knock['mac'])}", knock=knock, values=values, errors=errors or {},
            companies=companies, models=sorted(map(hardware.title, models)), minutes=MINUTES,
        )  # fmt: skip

    async def _known(self, domain: str) -> bool:
        found = (await self.ask("GET", "/domains", query={"limit": 1000})).body["items"]
        return any(company["name"] == domain for company in found)

    async def act(self, mac: str, **_: str) -> None:
        knock = await self._knock(mac)
        values = {name: self.field(name).strip() for name in ("domain", "model", "user", "minutes")}
        body: dict[str, Any] = {name: values[name] for name in ("domain", "user") if values[name]}
        try:
            if "domain" not in body:
                raise Invalid([Problem("domain", "Choose the company that the phone is for.")])
            model = hardware.model_id(values["model"], self.services.catalogue.models)
            body |= {"minutes": int(values["minutes"]) if values["minutes"].isdecimal() else 30}
            body |= {"model": model} if model else {}
            phone = (await self.ask("POST", "/knocks/{knock}/adopt", knock=knock["mac"], body=body)).body
        except ProvdError as error:
            told = forms.errors(error)
            if error.status == 404 and await self._known(body.get("domain", "")):
                told = {"user": str(error)}  # the company is there: it is the person who is not
            await self._form(knock, values, told, 422 if error.status == 404 else error.status)
            return
        self.go(f"/c/{phone['domain']}/phones/{phone['mac']}", "Adopted. It gets its configuration when it asks again.")
