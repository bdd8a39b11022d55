"""Phone Numbers (SF-247 to SF-253): which the company has, and what is done with calls to each."""

from __future__ import annotations

from typing import Any

from phone_manager import forms
from phone_manager.base import Page
from phone_manager.handlers.routing.moved import moved
from provd.api.phonenumbers import FIELDS, NUMBER
from provd.api.schema import obj
from provd.errors import ProvdError
from provd.treatment import TREATMENTS

SHOWN = ("treatment", "destination", "caller_id_prefix", "notes", "enabled", "site_id")
FORM = obj({"number": NUMBER, **FIELDS}, required=())
OPTIONS = [(name, kind.title) for name, kind in TREATMENTS.items()]
MOST_PEOPLE = 500


class Numbers(Page):
    """The list; asked for by htmx, only its rows."""

    right = "phonenumbers.read"

    async def show(self, **_: str) -> None:
        names = ("search", "treatment", "cursor")
        query = {name: self.wanted(name) for name in names} | {"limit": 100}
        found = (await self.ask("GET", "/domains/{domain}/phonenumbers", query=query)).body
        self.page(
            "pages/numbers/rows.html" if self.partial else "pages/numbers/numbers.html", numbers=found["items"],
            next=found["next"], query=query, options=OPTIONS,
        )  # fmt: skip


class NumbersExport(Page):
    """The list as a spreadsheet (SF-248)."""

    right = "phonenumbers.read"

    async def show(self, **_: str) -> None:
        query = {name: self.wanted(name) for name in ("search", "treatment")}
        content = (await self.ask("GET", "/domains/{domain}/phonenumbers/export", query=query)).body
        self.set_header("Content-Type", "text/csv; charset=utf-8")
        self.set_header("Content-Disposition", 'attachment; filename="phone-numbers.csv"')
        self.finish(content)


class NumberPage(Page):
    """One number: treatment, destination, prefix, notes."""

    right = "phonenumbers.read"

    async def show(self, number: str, **_: str) -> None:
        found = (await self.ask("GET", "/domains/{domain}/phonenumbers/{number}", number=number)).body
        await self.form(found)

    async def form(self, values: dict[str, Any], error: ProvdError | None = None) -> None:
        """The form with these values."""
        people = (await self.ask("GET", "/domains/{domain}/users", query={"limit": MOST_PEOPLE, "services": 1})).body
        sites = (await self.ask("GET", "/domains/{domain}/sites")).body["items"]
        self.page(
            "pages/numbers/number.html", status=error.status if error else 200, values=values, options=OPTIONS,
            people=people["items"], sites=[(None, "None"), *((site["id"], site["name"]) for site in sites)],
            planned={name: kind.planned for name, kind in TREATMENTS.items() if kind.planned}, shown=SHOWN,
            errors=forms.errors(error) if error else {},
        )  # fmt: skip

    async def act(self, number: str, **_: str) -> None:
        if self.field("do") == "delete":
            await self.ask("DELETE", "/domains/{domain}/phonenumbers/{number}", number=number)
            self.go(self.url("numbers"), f"{number} is taken off the company.{await moved(self)}")
            return
        body = forms.typed(FORM, self.sent, SHOWN)
        try:
            await self.ask("PATCH", "/domains/{domain}/phonenumbers/{number}", number=number, body=body)
        except ProvdError as error:
            if error.status in (403, 404):
                raise
            found = (await self.ask("GET", "/domains/{domain}/phonenumbers/{number}", number=number)).body
            await self.form(found | body, error)
            return
        self.go(self.url("numbers"), f"{number} is saved.{await moved(self)}")


class NewNumber(NumberPage):
    """One more, given out by the provider."""

    right = "phonenumbers.create"

    async def show(self, **_: str) -> None:  # type: ignore[override]
        await self.form({})

    async def act(self, **_: str) -> None:  # type: ignore[override]
        body = forms.typed(FORM, self.sent, ("number", *SHOWN))
        try:
            made = (await self.ask("POST", "/domains/{domain}/phonenumbers", body=body)).body
        except ProvdError as error:
            await self.form(body, error)
            return
        self.go(self.url("numbers"), f"{made['national']} is the company's now.")
