"""Trunks, and how a company dials: the provider's pages."""

from __future__ import annotations

from typing import Any

from phone_manager import forms
from phone_manager.base import Page
from phone_manager.views import dialling as view
from provd.api.trunks import NEW
from provd.errors import ProvdError

OF_COMPANY, OF_SERVER = "/domains/{domain}/trunks", "/trunks"
DIALLING = "/domains/{domain}/dialling"
FIELDS = (
    "name", "place", "kind", "host", "port", "transport", "user_name", "networks", "most_calls", "writes", "enabled",
    "asks",
)  # fmt: skip


class Trunks(Page):
    """A company's trunks and the server's, and what is done with what people dial. Asked for by htmx: how it stands
    with the trunks."""

    right = "trunks.read"

    async def show(self, **_: str) -> None:
        await self.listed()

    async def tables(self) -> dict[str, Any]:
        """The trunks, and how it stands with each."""
        everywhere = self.who.domain_ids is None
        return {
            "own": (await self.ask("GET", OF_COMPANY)).body["items"],
            "shared": (await self.ask("GET", OF_SERVER)).body["items"] if everywhere else [],
            "standing": view.standing, "writes": self.may("trunks.write"),
        }  # fmt: skip

    async def listed(self, error: ProvdError | None = None, typed: dict[str, Any] | None = None) -> None:
        """The page, with what was wrong with what was sent."""
        tables = await self.tables()
        if self.partial and error is None:
            self.page("pages/routing/trunk_rows.html", **tables)
            return
        dialling = (await self.ask("GET", DIALLING)).body
        self.page(
            "pages/routing/trunks.html", status=error.status if error else 200, **tables,
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


class ServerTrunks(Trunks):
    """The server's trunks, which every company may use; a page of their own without a company."""

    right = "server.write"

    async def tables(self) -> dict[str, Any]:
        """The server's only."""
        shared = (await self.ask("GET", OF_SERVER)).body["items"]
        return {"own": [], "shared": shared, "standing": view.standing, "writes": self.may("trunks.write")}

    async def listed(self, error: ProvdError | None = None, typed: dict[str, Any] | None = None) -> None:
        """The page."""
        template = "trunk_rows" if self.partial else "server_trunks"
        self.page(f"pages/routing/{template}.html", **await self.tables())

    async def act(self, **_: str) -> None:
        self.go(self.url("trunks"))


class Trunk(Page):
    """One: its form, and a question to its carrier. `new` in place of the number adds one."""

    right = "trunks.write"

    @property
    def trunks(self) -> str:
        """Whose trunks these are, as an address of the API."""
        return OF_COMPANY if self.domain is not None else OF_SERVER

    async def show(self, trunk: str, **_: str) -> None:
        if trunk == "new":
            await self.form(dict(view.NEW), trunk)
            return
        await self.form((await self.ask("GET", f"{self.trunks}/{{trunk}}", trunk=trunk)).body, trunk)

    async def form(self, values: dict[str, Any], trunk: str, error: ProvdError | None = None) -> None:
        """The form with these values."""
        saved = trunk != "new" and "state" in values
        self.page(
            "pages/routing/trunk.html", status=error.status if error else 200, values=values, trunk=trunk,
            kinds=view.KINDS, transports=view.TRANSPORTS, writes=view.WRITES,
            now=view.standing(values) if saved else None, errors=forms.errors(error) if error else {},
        )  # fmt: skip

    async def act(self, trunk: str, **_: str) -> None:
        path = f"{self.trunks}/{{trunk}}"
        if self.field("do") == "delete":
            await self.ask("DELETE", path, trunk=trunk)
            self.go(self.url("trunks"), "The trunk is deleted; calls that are on go on.")
            return
        body = forms.typed(NEW, self.sent, FIELDS)
        if self.field("password"):
            body["password"] = self.field("password")
        try:
            if self.field("do") == "ask":
                told = (await self.ask("POST", f"{path}/ask", trunk=trunk)).body
                self.go(self.url("trunks"), view.asked(told))
                return
            if trunk == "new":
                await self.ask("POST", self.trunks, body=body)
            else:
                await self.ask("PATCH", path, trunk=trunk, body=body)
        except ProvdError as error:
            if error.status == 403:
                raise
            before = {} if trunk == "new" else (await self.ask("GET", path, trunk=trunk)).body
            kept = before if self.field("do") == "ask" else {**view.NEW, **before, **body}
            await self.form(kept, trunk, error)
            return
        self.go(self.url("trunks"), f"{body['name']} is saved. Calls use it from now on.")


class ServerTrunk(Trunk):
    """One of the server's."""

    right = "server.write"
