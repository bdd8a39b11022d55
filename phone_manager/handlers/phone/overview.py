"""The phone's own page: how it is, its lines, what happened, why it does not work, what can be done."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Any

from phone_manager import forms
from phone_manager.handlers.phone.subject import ONE, PhonePage
from phone_manager.live import Stream
from phone_manager.views import phone as views
from phone_manager.views import timeline
from provd.errors import NotFound, ProvdError

MINUTES = (15, 60, 480)
FEW, MANY = 10, 50
"""Events listed on the phone's page, and on that of its timeline."""


class Phone(PhonePage):
    """`/c/<company>/phones/<mac>`."""

    async def show(self, mac: str, **_: str) -> None:
        await self._page(mac)

    async def _page(self, mac: str, error: ProvdError | None = None) -> None:
        checks = await diagnosis(self, mac)  # first: it has everything written that has happened up to now
        phone = await self.phone(mac)
        told = {**self.common(phone), **await now(self, phone), **await happened(self, phone["mac"])}
        files = (await self.ask("GET", f"{ONE}/files", mac=phone["mac"])).body["items"]
        history = (await self.ask("GET", f"{ONE}/history", query={"limit": 3}, mac=phone["mac"])).body["items"]
        self.page(
            "pages/phone/phone.html", status=error.status if error else 200, **told, files=files, history=history,
            checks=checks, facts=await self._facts(phone), minutes=MINUTES,
            errors=forms.errors(error) if error else {}, window=views.window(phone, self.now),
        )  # fmt: skip

    async def _facts(self, phone: Mapping[str, Any]) -> dict[str, Any]:
        """The names behind the ids of the phone."""
        found: dict[str, Any] = {"site": "", "template": None}
        if phone["site_id"]:
            sites = (await self.ask("GET", "/domains/{domain}/sites", query={"limit": 1000})).body["items"]
            found["site"] = next((one["name"] for one in sites if one["id"] == phone["site_id"]), "")
        if phone["template_id"] and self.may("templates.read"):
            path = "/domains/{domain}/phonetemplates/{template}"
            found["template"] = (await self.ask("GET", path, template=phone["template_id"])).body
        return found

    async def act(self, mac: str, **_: str) -> None:
        phone = await self.phone(mac)
        work: dict[str, Callable[[str], Awaitable[str]]] = {
            "update": self._update, "restart": self._restart, "cancel": self._cancel, "token": self._token,
            "revoke": self._revoke, "open": self._open, "close": self._close,
        }  # fmt: skip
        if self.field("do") not in work:
            raise NotFound("There is nothing of this kind to do with a phone.")
        try:
            said = await work[self.field("do")](phone["mac"])
        except ProvdError as error:
            await self._page(mac, error)
            return
        self.go(self.url("phones", phone["mac"]), said)

    async def _update(self, mac: str) -> str:
        when = self.field("when", "idle")
        await self.ask("POST", f"{ONE}/resync", body={"when": when}, mac=mac)
        return views.TOLD.get(when, "The phone is told.")

    async def _restart(self, mac: str) -> str:
        await self.ask("POST", f"{ONE}/resync", body={"when": self.field("when", "now"), "restart": True}, mac=mac)
        return "The phone is told to restart; it is gone for one or two minutes."

    async def _cancel(self, mac: str) -> str:
        await self.ask("DELETE", f"{ONE}/resync", mac=mac)
        return "It is not told after all."

    async def _token(self, mac: str) -> str:
        await self.ask("POST", f"{ONE}/token", mac=mac)
        return "Its next file carries a new token; when the phone uses it, the old one opens nothing any more."

    async def _revoke(self, mac: str) -> str:
        await self.ask("DELETE", f"{ONE}/token", mac=mac)
        return "What the phone has opens nothing any more. Open its window to let it in again."

    async def _open(self, mac: str) -> str:
        said = self.field("minutes")
        minutes = int(said) if said.isdecimal() and len(said) < 6 else 0
        await self.ask("POST", f"{ONE}/bootstrap", body={"minutes": minutes}, mac=mac)
        return f"For {minutes} minutes the phone gets its whole configuration without a proof. Start it now."

    async def _close(self, mac: str) -> str:
        await self.ask("DELETE", f"{ONE}/bootstrap", mac=mac)
        return "The window is closed."


async def now(page: PhonePage, phone: Mapping[str, Any]) -> dict[str, Any]:
    """How the phone is at this moment: its update and its lines."""
    resync = await page.resync(phone["mac"])
    return {"resync": resync, "steps": views.steps(resync), "lines": await page.lines(phone)}


async def happened(page: PhonePage, mac: str, most: int = FEW) -> dict[str, Any]:
    """What happened: the picture, and the list of the kind that the address names."""
    days = 7 if page.wanted("days") == "7" else 1
    kind = page.wanted("kind")
    events = await page.events(mac, kind if kind in timeline.EVENTS else "", page.wanted("cursor"), most)
    return {
        "drawing": await page.drawing(mac, days), "days": days, "events": events, "kind": kind,
        "kinds": timeline.EVENTS, "older": bool(page.wanted("cursor")), "ticks": timeline.TICKS,
    }  # fmt: skip


async def diagnosis(page: PhonePage, mac: str) -> dict[str, Any]:
    """The checks from the first contact to the lamps."""
    found: dict[str, Any] = (await page.ask("GET", f"{ONE}/diagnosis", mac=mac)).body
    return {**found, "broken": views.first_broken(found)}


class Timeline(PhonePage):
    """`…/timeline?days=7&kind=refused`: the picture and its list alone."""

    async def show(self, mac: str, **_: str) -> None:
        phone = await self.phone(mac)
        told = {**self.common(phone), **await happened(self, phone["mac"], MANY)}
        self.page("pages/phone/happened.html" if self.partial else "pages/phone/timeline.html", **told)


class LivePhone(Stream, PhonePage):
    """`…/live`: the pieces of the page that change, as things happen."""

    async def watched(self, **path: str) -> Collection[str]:
        return [(await self.phone(path["mac"]))["mac"]]

    async def pieces(self, **path: str) -> Mapping[str, str]:
        checks = await diagnosis(self, path["mac"])
        phone = await self.phone(path["mac"])
        self.now = time.time()
        told = {**self.common(phone), **await now(self, phone)}
        made = {name: self.part(f"pages/phone/{name}.html", told) for name in ("now", "lines")}
        made["checks"] = self.part("pages/phone/checks.html", {**told, "checks": checks})
        made["happened"] = self.part("pages/phone/happened.html", {**told, **await happened(self, phone["mac"])})
        return made
