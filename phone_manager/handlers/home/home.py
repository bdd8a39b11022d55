"""Home: what needs the reader, their own phones, what happened."""

from __future__ import annotations

from phone_manager.base import Page
from phone_manager.views import home


class Home(Page):
    """`/c/<company>/`. Asked for by htmx, only the part that changes."""

    right = "home.read"

    async def show(self, **_: str) -> None:
        found = (await self.ask("GET", "/domains/{domain}/home")).body
        told = {
            "needs": home.needs(found["needs"], self.url()),
            "shares": home.shares(found["states"]),
            "states": found["states"],
            "counts": found["counts"],
            "own_phones": found["own_phones"],
            "activity": found["activity"],
        }
        self.page("pages/home/now.html" if self.partial else "pages/home/home.html", **told)
