"""API keys of a company: for programs that act for it."""

from __future__ import annotations

from typing import Any

from phone_manager import forms
from phone_manager.base import Page
from provd.api.scope import PROVIDER, RANKS, may_give
from provd.errors import ProvdError


class ApiKeys(Page):
    """`…/settings/keys`. A new key is shown once, on the answer to the form."""

    right = "apikeys.read"

    async def show(self, **_: str) -> None:
        await self._page()

    async def _page(self, made: dict[str, Any] | None = None, error: ProvdError | None = None) -> None:
        assert self.domain is not None
        keys = (await self.ask("GET", "/apikeys", query={"domain": self.domain.name, "limit": 200})).body["items"]
        scopes = [name for name in reversed(RANKS) if name not in PROVIDER and may_give(self.who, name)]
        self.page(
            "pages/company/api_keys.html", status=error.status if error else 200, keys=keys, scopes=scopes, made=made,
            typed={name: self.field(name) for name in ("name", "scope", "user")},
            errors=forms.errors(error) if error else {},
        )  # fmt: skip

    async def act(self, **_: str) -> None:
        assert self.domain is not None
        query = {"domain": self.domain.name}
        if self.field("delete"):
            await self.ask("DELETE", "/apikeys/{apikey}", apikey=self.field("delete"), query=query)
            self.go(self.url("settings", "keys"), "The key opens nothing any more.")
            return
        body = {name: self.field(name).strip() for name in ("name", "scope", "user") if self.field(name).strip()}
        try:
            made = (await self.ask("POST", "/apikeys", body=body, query=query)).body
        except ProvdError as error:
            await self._page(error=error)
            return
        await self._page(made)
