"""One phone's details: where it stands, whose lines it has, how it proves itself; and its way out of the box."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from phone_manager import forms
from phone_manager.base import Page
from phone_manager.handlers.hardware.adding import places
from phone_manager.views import hardware, words
from provd.api.phones import FIELDS
from provd.api.schema import obj
from provd.errors import NotFound, ProvdError

FORM = obj(FIELDS, required=())
TYPED = ("description", "site_id", "template_id", "time_zone")
SHOWN = (*TYPED, "expansions", "networks", "unproven", "company_token", "lines")
ONE = "/phones/{mac}"
FOUND = 8


async def phone_of(page: Page, mac: str) -> dict[str, Any]:
    """The phone of the address; NotFound when it is not of the address's company."""
    found: dict[str, Any] = (await page.ask("GET", ONE, mac=mac)).body
    if page.domain is None or found["domain"] != page.domain.name:
        raise NotFound(f"There is no phone {mac[:40]} in this company.")
    return found


class Edit(Page):
    """`/c/<company>/phones/<mac>/edit`."""

    right = "phones.write"

    async def show(self, mac: str, **_: str) -> None:
        await self._form(await phone_of(self, mac))

    async def _form(
        self, phone: dict[str, Any], errors: dict[str, str] | None = None, status: int = 200, **typed: Any
    ) -> None:
        model = self.services.catalogue.models.get(phone["model"])
        offered = await places(self)
        told = phone | typed
        lines = hardware.line_rows(told["lines"], model.accounts if model else 1)
        self.page(
            "pages/hardware/edit.html", status=status, phone=phone, values=told, lines=lines, model=model,
            errors=errors or {}, shown=(*SHOWN, *(f"device-{line['line']}" for line in lines)),
            zones=sorted(available_timezones()), open_until=self._window(phone), **offered,
        )  # fmt: skip

    def _window(self, phone: dict[str, Any]) -> int:
        until = int((phone["admission"] or {}).get("open_until", 0))
        return until if until > self.now else 0

    async def act(self, mac: str, **_: str) -> None:
        phone = await phone_of(self, mac)
        await getattr(self, {"open": "_open", "close": "_close", "rotate": "_rotate", "revoke": "_revoke"}.get(
            self.field("do"), "_save"))(phone)  # fmt: skip

    async def _save(self, phone: dict[str, Any]) -> None:
        typed = forms.typed(FORM, self.sent, TYPED) | {
            "expansions": [one for one in self.sent.get("expansions", []) if one.strip()],
            "lines": hardware.lines_of(self.sent),
            "admission": hardware.admission(self.sent, phone["admission"]),
        }
        try:
            saved = (await self.ask("PATCH", ONE, mac=phone["mac"], body=typed)).body
        except ProvdError as error:
            told = hardware.by_field(forms.errors(error), typed["lines"])
            # 404: a device or template that is not there; the page itself is.
            await self._form(phone, told, 422 if error.status == 404 else error.status, **typed)
            return
        took = saved["revision"] != phone["revision"]
        self.go(self.url("phones", phone["mac"], "edit"),
                "Saved. The phone takes it at its next update." if took else "Saved.")  # fmt: skip

    async def _open(self, phone: dict[str, Any]) -> None:
        minutes = int(self.field("minutes")) if self.field("minutes").isdecimal() else 30
        try:
            await self.ask("POST", f"{ONE}/bootstrap", mac=phone["mac"], body={"minutes": minutes})
        except ProvdError as error:
            await self._form(phone, forms.errors(error), error.status)
            return
        self._back(phone, f"For {words.counted(minutes, 'minute')} it gets its whole file without a proof.")

    async def _close(self, phone: dict[str, Any]) -> None:
        await self.ask("DELETE", f"{ONE}/bootstrap", mac=phone["mac"])
        self._back(phone, "From now on it has to prove who it is.")

    async def _rotate(self, phone: dict[str, Any]) -> None:
        await self.ask("POST", f"{ONE}/token", mac=phone["mac"])
        self._back(phone, "Its next file names a new token; the first use of that retires the old one.")

    async def _revoke(self, phone: dict[str, Any]) -> None:
        await self.ask("DELETE", f"{ONE}/token", mac=phone["mac"])
        self._back(phone, "What the hardware has opens nothing any more.")

    def _back(self, phone: dict[str, Any], told: str) -> None:
        self.go(self.url("phones", phone["mac"], "edit") + "#fresh", told)


class Devices(Page):
    """`/c/<company>/phones/devices?q=…`: devices whose owner fits the words, for the lines of a phone."""

    right = "phones.write"

    async def show(self, **_: str) -> None:
        said = next((values[-1].decode("utf-8", "replace") for name, values in self.request.query_arguments.items()
                     if name.startswith("device-") or name == "q"), "").strip()[:60]  # fmt: skip
        found: list[dict[str, Any]] = []
        if said:
            query = {"search": said, "limit": FOUND}
            people = (await self.ask("GET", "/domains/{domain}/people", query=query)).body["items"]
            for person in people:
                path = "/domains/{domain}/users/{user}/devices"
                devices = (await self.ask("GET", path, user=person["extension"])).body["items"]
                found += [{"name": device["name"], "person": person["name"]} for device in devices]
        self.page("pages/hardware/devices.html", found=found)
