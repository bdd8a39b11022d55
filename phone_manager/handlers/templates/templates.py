"""Templates: the list, one more, and a template with the phones that use it (SF-284 to SF-286)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from phone_manager import forms
from phone_manager.base import Page
from phone_manager.views import templates as views
from provd.api.schema import SCHEMAS
from provd.errors import NotFound, ProvdError
from provd.phone.state import STATES

LIST = "/domains/{domain}/phonetemplates"
ONE = f"{LIST}/{{template}}"
PHONES = "/domains/{domain}/phones"
FIELDS = ("name", "description", "model")
SHOWN = 50


class Templates(Page):
    """`/c/<company>/templates`: found by name or model."""

    right = "templates.read"

    async def show(self, **_: str) -> None:
        search, cursor = self.wanted("search"), self.wanted("cursor")
        query = {"search": search, "cursor": cursor, "limit": SHOWN}
        found = (await self.ask("GET", LIST, query=query)).body
        self.page(
            "pages/templates/rows.html" if self.partial else "pages/templates/list.html", templates=found["items"],
            search=search, more=found["next"] and self.url("templates", search=search, cursor=found["next"]),
            first=not cursor,
        )  # fmt: skip


class NewTemplate(Page):
    """`/c/<company>/templates/new`: name, description, model; empty, or with the layout of a phone."""

    right = "templates.write"

    async def show(self, **_: str) -> None:
        await self._form({name: self.wanted(name) for name in (*FIELDS, "phone")})

    async def _form(self, values: dict[str, Any], error: ProvdError | None = None) -> None:
        counts = (await self.ask("GET", f"{PHONES}/states")).body["models"]
        self.page(
            "pages/templates/new.html", status=error.status if error else 200, values=values, fields=(*FIELDS, "phone"),
            models=views.models(self.services.catalogue.models.values(), counts),
            errors=forms.errors(error) if error else {},
        )  # fmt: skip

    async def act(self, **_: str) -> None:
        body = {name: self.field(name).strip() for name in (*FIELDS, "phone")}
        try:
            wanted = {name: value for name, value in body.items() if value or name == "name"}
            made = (await self.ask("POST", LIST, body=wanted)).body
        except ProvdError as error:
            await self._form(body, error)
            return
        self.go(self.url("templates", made["id"], "keys"), f"{made['name']} is made; now its keys.")


class OneTemplate(Page):
    """`/c/<company>/templates/<id>`: what it is, and which phones use it."""

    right = "templates.read"

    async def show(self, template: str, **_: str) -> None:
        await self._page(template)

    async def _page(self, template: str, error: ProvdError | None = None) -> None:
        row = (await self.ask("GET", ONE, template=template)).body
        state, cursor = self.wanted("state"), self.wanted("cursor")
        if state not in ("", *STATES):
            raise NotFound("Phones have no such state.")
        query = {"template_id": row["id"], "state": state, "cursor": cursor, "limit": SHOWN}
        phones = (await self.ask("GET", PHONES, query=query)).body if self.may("phones.read") else None
        counts = await self._counts(row, phones["items"] if phones and not state and not cursor else ())
        typed = {name: self.field(name) for name in ("name", "description")} if error else {}
        self.page(
            "pages/templates/template.html", status=error.status if error else 200, row=row, phones=phones,
            counts={name: counts[name] for name in STATES if counts.get(name)}, total=row["phones"], state=state,
            values={**row, **typed}, errors=forms.errors(error) if error else {}, states=views.STATE_WORDS,
            more=phones and phones["next"] and self.url("templates", row["id"], state=state, cursor=phones["next"]),
        )  # fmt: skip

    async def _counts(self, row: dict[str, Any], shown: Sequence[Mapping[str, Any]]) -> Mapping[str, int]:
        """How many of its phones are in which state; where all of them are `shown`, these are counted."""
        if len(shown) == row["phones"]:
            return Counter(one["state"] for one in shown)
        counts: dict[str, int] = (await self.ask("GET", f"{PHONES}/states", query={"template_id": row["id"]})).body
        return counts

    async def act(self, template: str, **_: str) -> None:
        work = {"save": self._save, "delete": self._delete, "resync": self._resync, "lock": self._lock}
        if self.field("do") not in work:
            raise NotFound("There is nothing of this kind to do with a template.")
        try:
            await work[self.field("do")](template)
        except ProvdError as error:
            await self._page(template, error)

    async def _save(self, template: str) -> None:
        body = forms.typed(SCHEMAS["PhoneTemplate"], self.sent, ("name", "description"))
        await self.ask("PATCH", ONE, body=body, template=template)
        self.go(self.url("templates", template), "Saved.")

    async def _lock(self, template: str) -> None:
        wanted = self.field("read_only") == "1"
        await self.ask("PATCH", ONE, body={"read_only": wanted}, template=template)
        told = "It is read-only now; who wants to change it makes a copy." if wanted else "It can be edited again."
        self.go(self.url("templates", template), told)

    async def _delete(self, template: str) -> None:
        row = (await self.ask("GET", ONE, template=template)).body
        await self.ask("DELETE", ONE, template=template)
        self.go(self.url("templates"), f"{row['name']} is deleted.")

    async def _resync(self, template: str) -> None:
        body = {"when": self.field("when", "idle")}
        job = (await self.ask("POST", f"{ONE}/resync", body=body, template=template)).body
        self.go(self.url("jobs", job["id"]), "The phones are told; how far they are is below.")


class CopyTemplate(Page):
    """`/c/<company>/templates/<id>/copy`: a copy of another name opens in the editor (SF-285)."""

    right = "templates.write"

    async def show(self, template: str, **_: str) -> None:
        row = (await self.ask("GET", ONE, template=template)).body
        self._form(row, f"{row['name']} copy")

    def _form(self, row: dict[str, Any], name: str, error: ProvdError | None = None) -> None:
        self.page(
            "pages/templates/copy.html", status=error.status if error else 200, row=row, name=name,
            errors=forms.errors(error) if error else {},
        )  # fmt: skip

    async def act(self, template: str, **_: str) -> None:
        row, name = (await self.ask("GET", ONE, template=template)).body, self.field("name").strip()
        try:
            made = (await self.ask("POST", f"{ONE}/copy", body={"name": name}, template=template)).body
        except ProvdError as error:
            self._form(row, name, error)
            return
        self.go(self.url("templates", made["id"], "keys"), f"{made['name']} is a copy of {row['name']}.")
