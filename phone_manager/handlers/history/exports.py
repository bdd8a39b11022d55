"""Exports of the call history by the clock: the list with their files, and the form of one."""

from __future__ import annotations

from typing import Any

from phone_manager import forms
from phone_manager.base import Page
from phone_manager.views import exporting
from phone_manager.views.history import TYPES
from provd.api.exports import CHANGE, DEFAULTS
from provd.errors import ProvdError
from provd.exporting.places import PORTS

LIST, ONE = "/domains/{domain}/cdrschedules", "/domains/{domain}/cdrschedules/{schedule}"
SERVER = ("then", "host", "port")


class Exports(Page):
    """`/c/<company>/history/exports`."""

    right = "exports.read"

    async def show(self, **_: str) -> None:
        schedules = (await self.ask("GET", LIST)).body["items"]
        cursor = self.wanted("cursor")
        found = (await self.ask("GET", "/domains/{domain}/cdrexports", query={"limit": 25, "cursor": cursor})).body
        self.page(
            "pages/history/export_rows.html" if self.partial else "pages/history/exports.html",
            schedules=[exporting.schedule(one) for one in schedules],
            files=[exporting.file(one) for one in found["items"]], cursor=cursor,
            days=self.services.settings.exports_keep_days,
            more=self.url("history", "exports", cursor=found["next"]) if found["next"] else "",
        )  # fmt: skip

    async def act(self, **_: str) -> None:
        name, do = self.field("schedule"), self.field("do")
        if do == "run":
            await self.ask("POST", f"{ONE}/run", schedule=name)
            told = "It runs now; its file is below in a moment."
        elif do == "delete":
            await self.ask("DELETE", ONE, schedule=name)
            told = "The export is deleted. Its files stay for their days."
        else:
            await self.ask("PATCH", ONE, body={"paused": do == "pause"}, schedule=name)
            told = "The export is paused." if do == "pause" else "The export runs again."
        self.go(self.url("history", "exports"), told)


class ExportPage(Page):
    """`/c/<company>/history/exports/<id>`; `new` adds one. `do=look` asks a server who it is before anything is
    saved."""

    right = "exports.write"

    async def show(self, schedule: str, **_: str) -> None:
        await self.form(schedule, await self.saved(schedule))

    async def saved(self, schedule: str) -> dict[str, Any]:
        """The values of the form before anything is typed."""
        if schedule == "new":
            mails = list(self.session.user.emails[:1]) if self.session else []
            return {**DEFAULTS, "name": "", "mails": mails, "has_password": False, "public_key": "", "fingerprint": ""}
        found = dict((await self.ask("GET", ONE, schedule=schedule)).body)
        if found["port"] == PORTS.get(found["then"]):
            found["port"] = 0  # the usual one, also of another protocol
        return found

    async def form(self, schedule: str, values: dict[str, Any], error: ProvdError | None = None, **more: Any) -> None:
        """The form, with what was typed."""
        self.page(
            "pages/history/export.html", status=error.status if error else 200, schedule=schedule, values=values,
            errors=forms.errors(error) if error else {}, rhythms=exporting.RHYTHMS, thens=exporting.THENS,
            layouts=exporting.LAYOUTS, week=exporting.WEEK, types=TYPES, **{"seen": False, "vouched": False, **more},
        )  # fmt: skip

    async def act(self, schedule: str, **_: str) -> None:
        before = await self.saved(schedule)
        names = [*DEFAULTS, "name", *(["password"] if self.field("password") else [])]
        body = forms.typed(CHANGE, self.sent, names)
        body["port"] = body.get("port") or 0  # an empty field
        values = {**before, **body}
        try:
            if self.field("do") == "look":
                await self.look(schedule, values)
                return
            if schedule == "new":
                await self.ask("POST", LIST, body=body)
            else:
                await self.ask("PATCH", ONE, body=body, schedule=schedule)
        except ProvdError as error:
            if error.status == 403:
                raise
            await self.form(schedule, values, error)
            return
        self.go(self.url("history", "exports"), "Saved.")

    async def look(self, schedule: str, values: dict[str, Any]) -> None:
        """Show the server's fingerprint, to be accepted by saving."""
        body = {name: values[name] for name in SERVER}
        found = (await self.ask("POST", f"{LIST}/identity", body=body)).body
        vouched = found["vouched"]
        seen = {"identity": "" if vouched else found["identity"], "fingerprint": found["fingerprint"]}
        await self.form(schedule, values | seen, seen=True, vouched=vouched)
