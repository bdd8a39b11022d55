"""Registrations: who is connected at this moment, from where and how; live."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection, Mapping
from typing import Any

from phone_manager.base import Page
from phone_manager.live import Stream
from phone_manager.views import people

LIST = "/domains/{domain}/registrations"
NAMES = ("search", "state", "transport", "user", "device", "phone", "cursor")
STATES = {"registered": "Registered", "restored": "Not heard since the restart", "unreachable": "Unreachable"}
TRANSPORTS = ("UDP", "TCP", "TLS", "WS", "WSS")
SIZE = 100
PACE = 1.5


def wanted(page: Page) -> dict[str, str]:
    """The filters in the address."""
    return {name: page.wanted(name) for name in NAMES}


class Registrations(Page):
    """`/c/<company>/registrations`. Asked for by htmx, only the list."""

    right = "phones.read"

    async def show(self, **_: str) -> None:
        filters = wanted(self)
        found = (await self.ask("GET", LIST, query=filters | {"limit": SIZE})).body
        base = self.url("registrations")
        words = {
            "search": f"“{filters['search']}”", "state": STATES.get(filters["state"], filters["state"]),
            "transport": filters["transport"], "user": f"Person: {filters['user']}",
            "device": f"Device: {filters['device']}", "phone": f"Phone: {filters['phone']}",
        }  # fmt: skip
        kept = {name: value for name, value in filters.items() if name != "cursor"}
        self.page(
            f"pages/hardware/registrations{'_part' if self.partial else ''}.html", rows=found["items"],
            chosen=filters, chips=people.chips(filters, words, base), states=STATES, transports=TRANSPORTS,
            more=self.url("registrations", **kept, cursor=found["next"]) if found["next"] else "",
            first=self.url("registrations", **kept) if filters["cursor"] else "",
        )  # fmt: skip

    async def act(self, **_: str) -> None:
        """End one registration."""
        device = self.field("device")
        query = {"id": self.field("id")}
        await self.ask("DELETE", f"{LIST}/{{device}}", device=device, query=query)
        self.go(self.url("registrations"), f"The registration of {device} is ended; the phone registers again in time.")


class RegistrationsLive(Stream):
    """`/c/<company>/registrations/live?…`: the rows, as phones come and go."""

    right = "phones.read"
    _last = 0.0

    async def watched(self, **_: str) -> Collection[str] | None:
        return None

    async def pieces(self, **_: str) -> Mapping[str, str]:
        await asyncio.sleep(max(0.0, self._last + PACE - time.monotonic()))
        self._last, self.now = time.monotonic(), time.time()
        found: dict[str, Any] = (await self.ask("GET", LIST, query=wanted(self) | {"limit": SIZE})).body
        template = self.site.pages.get_template("pages/hardware/registrations_rows.html")
        return {"rows": template.render(self.frame() | {"rows": found["items"], "states": STATES})}
