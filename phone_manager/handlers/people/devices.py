"""The SIP devices of a user: a new one, a new password, one that goes."""

from __future__ import annotations

from phone_manager import forms
from phone_manager.base import Page
from phone_manager.handlers.people.profile import USER
from provd.api.problems import Refused
from provd.errors import ProvdError

DEVICES = f"{USER}/devices"
DEVICE = f"{DEVICES}/{{device}}"


class Devices(Page):
    """`/c/<company>/users/<extension>/devices`: asked by the profile; a new password is shown once."""

    right = "devices.write"

    async def show(self, **path: str) -> None:
        await self._page(path["user"], {}, "")

    async def _page(
        self, extension: str, errors: dict[str, str], password: str, name: str = "", status: int = 200
    ) -> None:
        user = (await self.ask("GET", USER, user=extension)).body
        found = (await self.ask("GET", DEVICES, user=extension)).body["items"]
        self.page(
            "pages/people/devices.html", status=status, user=user, devices=found, errors=errors, password=password,
            name=name, sent=self.sent,
        )  # fmt: skip

    async def act(self, **path: str) -> None:
        extension, do, name = path["user"], self.field("do"), self.field("name").strip()[:40]
        try:
            if do == "add":
                made = (await self.ask("POST", DEVICES, user=extension, body={"name": name})).body
                await self._page(extension, {}, made["password"], made["name"])
            elif do == "renew":
                made = (await self.ask("POST", f"{DEVICE}/password", user=extension, device=name, body={})).body
                await self._page(extension, {}, made["password"], made["name"])
            elif do == "delete":
                await self.ask("DELETE", DEVICE, user=extension, device=name)
                self.go(self.url("users", extension, "devices"), f"Device {name} is deleted; phones lost its lines.")
            else:
                raise Refused(404, "There is nothing of this kind to do with devices.")
        except ProvdError as error:
            if do not in ("add", "renew", "delete"):
                raise
            await self._page(extension, forms.errors(error), "", name, error.status)
