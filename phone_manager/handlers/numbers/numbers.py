"""Phone Numbers (SF-247 to SF-253): which the company has, and what is done with calls to each."""

from __future__ import annotations

from typing import Any

from phone_manager import forms
from phone_manager.base import LARGEST_UPLOAD, Page
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
            targets={name: kind.target for name, kind in TREATMENTS.items()},
            errors=forms.errors(error) if error else {},
        )  # fmt: skip

    def typed(self, names: tuple[str, ...]) -> dict[str, Any]:
        """What the form sent; of the second boxes (SF-250) that of the treatment counts."""
        body = forms.typed(FORM, self.sent, names)
        kind = TREATMENTS.get(self.field("treatment"))
        if kind is not None and any(name.startswith("destination.") for name in self.sent):
            body["destination"] = self.field(f"destination.{kind.target}").strip() if kind.target else ""
        return body

    async def act(self, number: str, **_: str) -> None:
        if self.field("do") == "delete":
            await self.ask("DELETE", "/domains/{domain}/phonenumbers/{number}", number=number)
            self.go(self.url("numbers"), f"{number} is taken off the company.{await moved(self)}")
            return
        body = self.typed(SHOWN)
        try:
            await self.ask("PATCH", "/domains/{domain}/phonenumbers/{number}", number=number, body=body)
        except ProvdError as error:
            if error.status in (403, 404):
                raise
            found = (await self.ask("GET", "/domains/{domain}/phonenumbers/{number}", number=number)).body
            await self.form(found | body, error)
            return
        self.go(self.url("numbers"), f"{number} is saved.{await moved(self)}")


class ImportNumbers(Page):
    """Many at once, from a spreadsheet; what came of it."""

    right = "phonenumbers.create"
    largest = min(LARGEST_UPLOAD, 1024 * 1024)

    async def show(self, **_: str) -> None:
        self.page("pages/numbers/import.html", done=None)

    async def act(self, **_: str) -> None:
        file = next(iter(self.request.files.get("file", [])), None)
        csv = file["body"].decode("utf-8", "replace") if file else self.field("csv")
        try:
            done = (await self.ask("POST", "/domains/{domain}/phonenumbers/import", body={"csv": csv})).body
        except ProvdError as error:
            if error.status == 403:
                raise
            self.page("pages/numbers/import.html", status=error.status, done=None, errors=forms.errors(error))
            return
        self.page("pages/numbers/import.html", done=done)


class NewNumber(NumberPage):
    """One more, given out by the provider."""

    right = "phonenumbers.create"

    async def show(self, **_: str) -> None:  # type: ignore[override]
        await self.form({})

    async def act(self, **_: str) -> None:  # type: ignore[override]
        body = self.typed(("number", *SHOWN))
        try:
            made = (await self.ask("POST", "/domains/{domain}/phonenumbers", body=body)).body
        except ProvdError as error:
            await self.form(body, error)
            return
        self.go(self.url("numbers"), f"{made['national']} is the company's now.")
