"""Settings that many phones share: of the company, and for the provider of the server, a brand or a model."""

from __future__ import annotations

from typing import Any

from phone_manager import forms
from phone_manager.base import Page
from phone_manager.views import layer_form
from provd.errors import NotFound, ProvdError

# kind → the endpoint of its layer
LAYERS = {
    "company": "/domains/{domain}/layer",
    "server": "/layers/server",
    "brand": "/layers/brands/{family}",
    "model": "/layers/models/{model}",
}


class PhoneSettings(Page):
    """`…/settings/phones[/<kind>[/<name>]]`. Saving over somebody else's change is refused by the version."""

    right = "settings.read"

    async def show(self, kind: str = "company", name: str = "", **_: str) -> None:
        await self._form(kind, name)

    def _path(self, kind: str, name: str) -> tuple[str, dict[str, Any]]:
        if kind not in LAYERS or bool(name) != (kind in ("brand", "model")):
            raise NotFound("There are no such settings; they are of the company, the server, a brand or a model.")
        return LAYERS[kind], {"family": name, "model": name}

    async def _form(self, kind: str, name: str, error: ProvdError | None = None) -> None:
        path, values = self._path(kind, name)
        layer = await self.ask("GET", path, **values)
        history = (await self.ask("GET", f"{path}/history", query={"limit": 10}, **values)).body["items"]
        parameters = (await self.ask("GET", "/parameters")).body["items"]
        said, raw, etag = layer.body["values"], layer_form.raw_lines(layer.body["raw"]), layer.etag
        if error is not None:
            said = layer_form.values(parameters, self.sent, said)
            raw, etag = self.field("raw"), self.field("etag")
        self.page(
            "pages/company/phone_settings.html", status=error.status if error else 200, kind=kind, name=name,
            groups=layer_form.rows(parameters, said), raw=raw, etag=etag, history=history,
            places=await self._places(), errors=_told(error) if error else {}, address=self._address(kind, name),
        )  # fmt: skip

    def _address(self, kind: str, name: str) -> str:
        parts = ["settings", "phones"] + ([] if kind == "company" else [kind]) + ([name] if name else [])
        return self.url(*parts)

    async def _places(self) -> list[tuple[str, str]]:
        """Where else the person may set: (words, address)."""
        if not self.may("server.read"):
            return []
        catalogue = self.services.catalogue
        brands = [(f"Brand: {one.title}", self._address("brand", one.id)) for one in catalogue.families.values()]
        models = [
            (f"Model: {one.vendor} {one.name}", self._address("model", one.id)) for one in catalogue.models.values()
        ]
        return [
            ("This company", self._address("company", "")), ("The whole server", self._address("server", "")),
            *sorted(brands), *sorted(models),
        ]  # fmt: skip

    async def act(self, kind: str = "company", name: str = "", **_: str) -> None:
        path, values = self._path(kind, name)
        if self.field("restore"):
            await self.ask(
                "POST", f"{path}/history/{{revision}}/restore", revision=self.field("restore"), **values
            )  # fmt: skip
            self.go(self._address(kind, name), f"Version {self.field('restore')} is in force again.")
            return
        before = (await self.ask("GET", path, **values)).body
        parameters = (await self.ask("GET", "/parameters")).body["items"]
        body: dict[str, Any] = {
            "values": layer_form.values(parameters, self.sent, before["values"]), "keys": before["keys"],
            "directory": before["directory"], "raw": layer_form.raw_values(self.field("raw")),
            "comment": self.field("comment")[:200],
        }  # fmt: skip
        try:
            await self.ask("PUT", path, body=body, if_match=self.field("etag"), **values)
        except ProvdError as error:
            await self._form(kind, name, error)
            return
        self.go(self._address(kind, name), "Saved. Phones take it at their next update.")


def _told(error: ProvdError) -> dict[str, str]:
    """Errors by the fields of this form: what is wrong with any vendor parameter is said at their box."""
    found: dict[str, str] = {}
    for name, text in forms.errors(error).items():
        place = "raw" if name.startswith("raw") else name
        found[place] = f"{found[place]} {text}" if place in found else text
    return found
