"""Firmware: which phones run what, and a version brought out stage by stage."""

from __future__ import annotations

from typing import Any

from phone_manager import forms
from phone_manager.base import Page
from phone_manager.views import hardware_firmware as firmware
from provd.errors import NotFound, ProvdError

LIST = "/domains/{domain}/firmware"


class Firmware(Page):
    """`/c/<company>/firmware`."""

    right = "firmware.read"

    async def show(self, **_: str) -> None:
        found = (await self.ask("GET", LIST)).body
        rows = [{"model": one, "shares": firmware.shares(one), "newer": firmware.newer(one)} for one in found["items"]]
        self.page("pages/hardware/firmware.html", rows=rows, problems=found["problems"])


class Rollout(Page):
    """`/c/<company>/firmware/rollout?model=…&version=…`: what it would do; sent, it begins."""

    right = "firmware.write"

    async def show(self, **_: str) -> None:
        model, version = self.wanted("model"), self.wanted("version")
        await self._form(model, version, self.wanted("stages", "1, 5%"), self.wanted("resync", "idle"))

    async def _form(
        self, model: str, version: str, stages: str, resync: str, errors: dict[str, str] | None = None,
        status: int = 200,
    ) -> None:  # fmt: skip
        found = (await self.ask("GET", LIST)).body["items"]
        row: dict[str, Any] | None = next((one for one in found if one["model"] == model), None)
        if row is None or version not in {one["version"] for one in row["images"]}:
            raise NotFound("The firmware shelf has no such version for a model of this company.")
        told, steps = dict(errors or {}), []
        count = firmware.behind(row, version)
        try:
            steps = firmware.steps(count, firmware.sizes(stages))
        except ValueError as error:
            told.setdefault("stages", str(error))
        self.page(
            f"pages/hardware/rollout{'_part' if self.partial else ''}.html", status=status, row=row, version=version,
            stages=stages, resync=resync, count=count, steps=steps, errors=told,
        )  # fmt: skip

    async def act(self, **_: str) -> None:
        said = {name: self.field(name) for name in ("model", "version", "stages", "resync")}
        body = {**said, "stages": firmware.sizes(said["stages"])}
        try:
            job = (await self.ask("POST", f"{LIST}/rollouts", body=body)).body
        except ProvdError as error:
            told = {name.split(".")[0]: text for name, text in forms.errors(error).items()}
            await self._form(**said, errors=told, status=error.status)
            return
        self.go(self.url("jobs", job["id"]), f"{said['version']} is brought out; the first phone is told soon.")
