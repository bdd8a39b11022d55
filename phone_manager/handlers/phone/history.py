"""What was saved on a phone: who, when, what it changed, what its files would be, and back again."""

from __future__ import annotations

from typing import Any

from phone_manager import forms
from phone_manager.handlers.phone.subject import ONE, PhonePage
from phone_manager.views import phone as views
from provd.errors import ProvdError

SHOWN = 20
PARTS = ("values", "keys", "raw", "directory")


class History(PhonePage):
    """`…/history`: every saved version, newest first."""

    async def show(self, mac: str, **_: str) -> None:
        phone = await self.phone(mac)
        query = {"cursor": self.wanted("cursor"), "limit": SHOWN}
        found = (await self.ask("GET", f"{ONE}/history", query=query, mac=phone["mac"])).body
        rows = [{**one, "changes": views.changes(one["changed"])} for one in found["items"]]
        self.page(
            "pages/phone/history.html", **self.common(phone), versions=rows, newest=not query["cursor"],
            more=found["next"] and self.url("phones", phone["mac"], "history", cursor=found["next"]),
        )  # fmt: skip


class Version(PhonePage):
    """`…/history/<revision>`: what restoring it would change in the phone's files; sent, it is restored."""

    async def show(self, mac: str, revision: str, **_: str) -> None:
        await self._page(await self.phone(mac), revision)

    async def _page(self, phone: dict[str, Any], revision: str, error: ProvdError | None = None) -> None:
        path = f"{ONE}/history/{{revision}}"
        said = (await self.ask("GET", path, mac=phone["mac"], revision=revision)).body
        body = {name: said[name] for name in PARTS if name in said}
        found = (await self.ask("POST", f"{ONE}/diff", body=body, mac=phone["mac"])).body
        files = [{"name": one["name"], "lines": views.diff_lines(one["diff"])} for one in found["files"]]
        self.page(
            "pages/phone/version.html", status=error.status if error else 200, **self.common(phone), files=files,
            revision=int(revision), problems=found["problems"], errors=forms.errors(error) if error else {},
        )  # fmt: skip

    async def act(self, mac: str, revision: str, **_: str) -> None:
        phone = await self.phone(mac)
        before = (await self.ask("GET", f"{ONE}/layer", mac=phone["mac"])).body["revision"]
        try:
            path = f"{ONE}/history/{{revision}}/restore"
            await self.ask("POST", path, mac=phone["mac"], revision=revision)
        except ProvdError as error:
            await self._page(phone, revision, error)
            return
        undo = self.url("phones", phone["mac"], "history", before) if before else ""
        self.go(self.url("phones", phone["mac"], "history"), f"Version {revision} is saved again.", undo=undo)
