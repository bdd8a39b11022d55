"""The search palette (Ctrl-K): any phone, person, number or page from anywhere."""

from __future__ import annotations

from phone_manager.base import Page, find_domain
from phone_manager.views import home, rail


class Palette(Page):
    """`/palette?q=…&domain=…`: the options for the box, or a page of them without scripts."""

    right = "search.read"

    async def show(self, **_: str) -> None:
        said = self.wanted("q")[:100]
        name = self.wanted("domain")
        if name:
            self.domain = await self.services.store.run(find_domain, self.who, name)
        query = {"q": said, "domain": name}
        found = (await self.ask("GET", "/search", query=query)).body["items"] if said else []
        pages = home.pages(rail.entries(self.who, company=self.domain is not None), self.url(), said)
        template = "parts/found.html" if self.partial else "pages/home/palette.html"
        self.page(template, hits=[*home.hits(found), *pages], said=said)
