"""Trunks, and how a company dials: the provider's pages."""

from __future__ import annotations

from typing import Any

from phone_manager import forms
from phone_manager.base import Page
from phone_manager.views import dialling as view
from provd.api.trunks import NEW
from provd.errors import ProvdError

TRUNKS = "/domains/{domain}/trunks"
DIALLING = "/domains/{domain}/dialling"
FIELDS = (
    "name", "place", "kind", "host", "port", "transport", "user_name", "networks", "most_calls", "writes", "enabled",
)  # fmt: skip


class Trunks(Page):
    """The company's trunks and the server's, and what is done with what people dial."""

    right = "trunks.read"

    async def show(self, **_: str) -> None:
        await self.listed()

    async def listed(self, error: ProvdError | None = None, typed: dict[str, Any] | None = None) -> None:
        """The page, with what was wrong with what was sent."""
        own = (await self.ask("GET", TRUNKS)).body["items"]
        shared = (await self.ask("GET", "/trunks")).body["items"] if self.who.domain_ids is None else []
        dialling = (await self.ask("GET", DIALLING)).body
        self.page(
            "pages/routing/trunks.html", status=error.status if error else 200, own=own, shared=shared,
            dialling=dialling | (typed or {}), lines=view.lines((typed or dialling).get("translations", [])),
            errors=forms.errors(error) if error else {},
        )  # fmt: skip

    async def act(self, **_: str) -> None:
        body = view.body(self.sent)
        try:
            await self.ask("PATCH", DIALLING, body=body)
        except ProvdError as error:
            if error.status == 403:
                raise
            await self.listed(error, body)
            return
        self.go(self.url("trunks"), "Saved. Calls go by it from now on.")


class Trunk(Page):
    """One: its form. `new` in place of the number adds one."""

    right = "trunks.write"

    async def show(self, trunk: str, **_: str) -> None:
        if trunk == "new":
            await self.form(dict(view.NEW), trunk)
            return
        await self.form((await self.ask("GET", f"{TRUNKS}/{{trunk}}", trunk=trunk)).body, trunk)

    async def form(self, values: dict[str, Any], trunk: str, error: ProvdError | None = None) -> None:
        """The form with these values."""
        self.page(
            "pages/routing/trunk.html", status=error.status if error else 200, values=values, trunk=trunk,
            kinds=view.KINDS, transports=view.TRANSPORTS, writes=view.WRITES,
            errors=forms.errors(error) if error else {},
        )  # fmt: skip

    async def act(self, trunk: str, **_: str) -> None:
        path = f"{TRUNKS}/{{trunk}}"
        if self.field("do") == "delete":
            await self.ask("DELETE", path, trunk=trunk)
            self.go(self.url("trunks"), "The trunk is deleted; calls that are on go on.")
            return
        body = forms.typed(NEW, self.sent, FIELDS)
        if self.field("password"):
            body["password"] = self.field("password")
        try:
            if trunk == "new":
                await self.ask("POST", TRUNKS, body=body)
            else:
                await self.ask("PATCH", path, trunk=trunk, body=body)
        except ProvdError as error:
            if error.status == 403:
                raise
            await self.form({**view.NEW, **body, "id": trunk}, trunk, error)
            return
        self.go(self.url("trunks"), f"{body['name']} is saved. Calls use it from now on.")
