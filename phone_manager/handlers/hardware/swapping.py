"""Other hardware in a phone's place: said, looked at, done."""

from __future__ import annotations

from typing import Any

from phone_manager import forms
from phone_manager.base import Page
from phone_manager.handlers.hardware.editing import phone_of
from phone_manager.views import hardware
from provd.errors import Invalid, Problem, ProvdError
from provd.phone.key import KINDS
from provd.phone.mac import with_colons

SWAP = "/phones/{mac}/swap"


class Swap(Page):
    """`/c/<company>/phones/<mac>/swap`."""

    right = "phones.write"

    async def show(self, mac: str, **_: str) -> None:
        await self._form(await phone_of(self, mac))

    async def _form(
        self, phone: dict[str, Any], errors: dict[str, str] | None = None, status: int = 200, **more: Any
    ) -> None:
        models = self.services.catalogue.models
        values = {name: self.field(name) for name in ("new_mac", "model")}
        values["model"] = values["model"] or self.model_name(phone["model"])
        self.page(
            "pages/hardware/swap.html", status=status, phone=phone, values=values, errors=errors or {},
            models=sorted(hardware.title(model) for model in models.values()),
            kinds={name: kind.title for name, kind in KINDS.items()}, **{"report": None, **more},
        )  # fmt: skip

    def _body(self, phone: dict[str, Any]) -> dict[str, Any]:
        models = self.services.catalogue.models
        model = hardware.model_id(self.field("model"), models) or phone["model"]
        if model not in models:
            raise Invalid([Problem("model", "Choose one of the models that are listed.")])
        found = {"mac": self.field("new_mac").strip(), "model": model if model != phone["model"] else ""}
        body = {name: value for name, value in found.items() if value}
        if not body:
            raise Invalid([Problem("new_mac", "Give the MAC of the new hardware, or another model, or both.")])
        return body

    async def act(self, mac: str, **_: str) -> None:
        phone, sure = await phone_of(self, mac), self.field("do") == "swap"
        try:
            body = self._body(phone)
            done = (await self.ask("POST", SWAP if sure else f"{SWAP}/preview", mac=phone["mac"], body=body)).body
        except ProvdError as error:
            told = forms.errors(error)
            if "mac" in told:
                told["new_mac"] = told.pop("mac")
            await self._form(phone, told, error.status)
            return
        if sure:
            told_mac = with_colons(done["mac"])
            self.go(self.url("phones", done["mac"]), f"{told_mac} stands in its place. Connect it to get its file.")
            return
        await self._form(phone, report=done, change=body)
