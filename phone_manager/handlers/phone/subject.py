"""The phone that a page is about, and what the API tells of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from phone_manager.base import Page
from phone_manager.rendering import segment
from phone_manager.views import phone as views
from phone_manager.views import timeline
from provd.api.scope import COMPANY, EVERYWHERE, SITE, reach
from provd.errors import Conflict, NotFound
from provd.phone.mac import with_colons

ONE = "/phones/{mac}"


class PhonePage(Page):
    """A page about one phone of the address's company."""

    right = "phones.read"

    async def phone(self, mac: str) -> dict[str, Any]:
        """The phone of the address; NotFound when it is another company's."""
        found: dict[str, Any] = (await self.ask("GET", ONE, mac=mac)).body
        if self.domain is None or found["domain"] != self.domain.name:
            raise NotFound(f"There is no phone {mac[:40]} in this company.")
        return found

    @property
    def manages(self) -> bool:
        """Whether this person may tell phones what to do."""
        return reach(self.who, "phones.write") in (EVERYWHERE, COMPANY, SITE)

    @staticmethod
    def named(phone: Mapping[str, Any]) -> str:
        """What people call the phone: by its person, its description, or its MAC."""
        user = phone["user"] or {}
        return str(user.get("name") or phone["description"] or user.get("extension") or with_colons(phone["mac"]))

    def common(self, phone: Mapping[str, Any]) -> dict[str, Any]:
        """What every page about the phone shows."""
        assert self.domain is not None, "the address names a company"
        here = f"/c/{segment(self.domain.name)}/phones/{segment(phone['mac'])}"
        return {"phone": phone, "name": self.named(phone), "here": here, "manages": self.manages}

    async def resync(self, mac: str) -> dict[str, Any] | None:
        """The update that is under way, or the last one; None when nothing is known of any."""
        try:
            found: dict[str, Any] = (await self.ask("GET", f"{ONE}/resync", mac=mac)).body
        except (NotFound, Conflict):
            return None
        return found

    async def lines(self, phone: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Its lines, each with where it is registered."""
        query = {"phone": phone["mac"], "limit": 100}
        found = (await self.ask("GET", "/domains/{domain}/registrations", query=query)).body["items"]
        return views.lines(phone["lines"], found, phone["mac"])

    async def drawing(self, mac: str, days: int) -> timeline.Drawing:
        """The timeline of the last days, ready to draw."""
        query = {"from": int(self.now) - days * 86_400, "to": int(self.now) + 1}
        found = (await self.ask("GET", f"{ONE}/timeline", query=query, mac=mac)).body
        return timeline.draw(found, self.zone())

    async def events(self, mac: str, kind: str, cursor: str, most: int) -> dict[str, Any]:
        """What it did, as a list: the same as the picture for who does not see it, and more."""
        query = {"kind": kind, "cursor": cursor, "limit": most}
        found: dict[str, Any] = (await self.ask("GET", f"{ONE}/events", query=query, mac=mac)).body
        return {**found, "items": [{**one, "words": timeline.event(one)} for one in found["items"]]}

    def part(self, template: str, told: Mapping[str, Any]) -> str:
        """A piece of the page for its stream."""
        return self.site.pages.get_template(template).render({**self.frame(), **told})
