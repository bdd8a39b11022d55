"""Phone Hardware (SF-254 to SF-257): every phone and how it is; a basic user's own phones (SF-289)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection, Mapping
from contextlib import suppress
from typing import Any

from phone_manager.base import Page
from phone_manager.live import Stream
from phone_manager.views import hardware, people
from provd.api import scope
from provd.errors import NotFound

PHONES = "/domains/{domain}/phones"
WHICH = ("search", "model", "site_id", "template_id", "firmware", "user")
FILTERS = ("state", *WHICH, "sort", "descending", "cursor")
NUMBERS = ("site_id", "template_id", "descending")
TITLES = {
    "mac": "Phone", "model": "Model", "user": "Person", "state": "State", "last_contact": "Last contact",
    "firmware": "Firmware",
}  # fmt: skip
SIZE = 100
PACE = 1.0
"""Seconds between two looks at the same list, however much happens."""
END_OF_CELL, END_OF_PHONE = "\x1f", "\x1e"


def chosen(page: Page) -> dict[str, str]:
    """The filters in the address."""
    return {name: page.wanted(name) for name in FILTERS}


def asked(filters: Mapping[str, str]) -> dict[str, Any]:
    """The filters as the API takes them."""
    return {name: int(value) if name in NUMBERS and value.isdecimal() else value for name, value in filters.items()}


class Phones(Page):
    """`/c/<company>/phones`. Asked for by htmx, only the list."""

    right = "phones.read"

    async def show(self, **_: str) -> None:
        if scope.reach(self.who, self.right) == scope.OWN:
            await self._own()
            return
        filters = chosen(self)
        found = (await self.ask("GET", PHONES, query=asked(filters) | {"limit": SIZE, "counts": 1})).body
        narrowed = {name: value for name, value in asked(filters).items() if name in WHICH}
        counts = found["counts"]
        shown = {
            "phones": found["items"], "counts": counts, "chosen": filters,
            "pictures": hardware.minis(self.services.catalogue.models, (one["model"] for one in found["items"])),
        }  # fmt: skip
        shown |= await self._links(filters, found, counts)
        if not self.partial:
            every = counts if not any(narrowed.values()) else (await self.ask("GET", f"{PHONES}/states")).body
            shown |= {"models": every["models"], "firmwares": [name for name in every["firmwares"] if name]}
        self.page("pages/hardware/list_part.html" if self.partial else "pages/hardware/list.html", **shown)

    async def _links(self, filters: dict[str, str], found: Any, counts: Any) -> dict[str, Any]:
        sites = (await self.ask("GET", "/domains/{domain}/sites", query={"limit": 1000})).body["items"]
        templates: list[dict[str, Any]] = []
        if self.may("templates.read"):
            query = {"limit": 1000}
            templates = (await self.ask("GET", "/domains/{domain}/phonetemplates", query=query)).body["items"]
        base = self.url("phones")
        words = {
            "search": f"“{filters['search']}”", "model": f"Model: {self.model_name(filters['model'])}",
            "site_id": f"Site: {_named(sites, filters['site_id'])}",
            "template_id": f"Template: {_named(templates, filters['template_id'])}",
            "firmware": f"Firmware: {filters['firmware']}", "user": f"Person: {filters['user']}",
        }  # fmt: skip
        kept = {name: value for name, value in filters.items() if name != "cursor"}
        return {
            "sites": sites, "site_names": {site["id"]: site["name"] for site in sites}, "templates": templates,
            "chips": people.chips(filters, words, base), "heads": people.heads(filters, base, TITLES),
            "tabs": hardware.tabs(counts, filters, base),
            "more": self.url("phones", **kept, cursor=found["next"]) if found["next"] else "",
            "first": self.url("phones", **kept) if filters["cursor"] else "",
        }  # fmt: skip

    async def _own(self) -> None:
        """What somebody sees who has phones, and no phones of others."""
        found = (await self.ask("GET", PHONES, query={"limit": SIZE})).body["items"]
        pictures = hardware.minis(self.services.catalogue.models, (one["model"] for one in found))
        self.page("pages/hardware/own.html", phones=found, pictures=pictures)


def _named(rows: list[dict[str, Any]], wanted: str) -> str:
    return next((row["name"] for row in rows if str(row["id"]) == wanted), wanted)


class PhonesLive(Stream):
    """`/c/<company>/phones/live?…`: state and last contact of the phones that a list shows, as they change."""

    right = "phones.read"
    _macs: tuple[str, ...] = ()
    _last = 0.0

    async def watched(self, **_: str) -> Collection[str]:
        self._macs = tuple(phone["mac"] for phone in await self._listed())
        return self._macs

    async def _listed(self) -> list[dict[str, Any]]:
        query = asked(chosen(self)) | {"limit": SIZE}
        return (await self.ask("GET", PHONES, query=query)).body["items"]  # type: ignore[no-any-return]

    async def pieces(self, **_: str) -> Mapping[str, str]:
        await asyncio.sleep(max(0.0, self._last + PACE - time.monotonic()))
        self._last, self.now = time.monotonic(), time.time()
        found = {phone["mac"]: phone for phone in await self._listed()}
        for mac in self._macs:
            if mac not in found:  # it left the list by its filter, and is still on the page
                with suppress(NotFound):
                    found[mac] = (await self.ask("GET", "/phones/{mac}", mac=mac)).body
        macs = [mac for mac in self._macs if mac in found]
        told = self.site.pages.get_template("pages/hardware/cells.html").render(
            self.frame() | {"phones": [found[mac] for mac in macs], "cell": END_OF_CELL, "end": END_OF_PHONE}
        )
        pieces: dict[str, str] = {}
        for mac, cells in zip(macs, told.split(END_OF_PHONE), strict=False):
            state, seen = cells.split(END_OF_CELL)
            pieces |= {f"state-{mac}": state.strip(), f"seen-{mac}": seen.strip()}
        return pieces
