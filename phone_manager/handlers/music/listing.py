"""Who has music on hold: the company, and people with their own (SF-317)."""

from __future__ import annotations

from phone_manager.base import Page
from phone_manager.views import music
from provd.api import scope


class Owners(Page):
    """`/c/<company>/music`; who has only their own is led there."""

    right = "music.owned"

    async def show(self, **_: str) -> None:
        assert self.session is not None and self.domain is not None, "prepare() has let the request in"
        user = self.session.user
        if scope.reach(self.who, self.right) == scope.OWN:
            self.go(self.url("music", user.extension))
            return
        kind = self.wanted("type")
        hide = bool(self.wanted("hide")) or not self.wanted("filtered")
        people, cursor = [], None
        if kind != "company":
            query = {
                "search": self.wanted("search"), "all": 0 if hide else 1, "cursor": self.wanted("cursor"), "limit": 50,
            }  # fmt: skip
            found = (await self.ask("GET", "/domains/{domain}/music/users", query=query)).body
            people, cursor = found["items"], found["next"]
        company = None
        if kind != "user" and self.may("music.read") and not self.wanted("search"):
            tracks = (await self.ask("GET", "/domains/{domain}/music/tracks")).body["items"]
            settings = (await self.ask("GET", "/domains/{domain}/music")).body
            company = music.hears(settings, music.lists(tracks), company=True, whose="")
        asked = {"type": kind, "search": self.wanted("search"), "filtered": "1", "hide": "1" if hide else ""}
        self.page(
            "pages/music/list.html", company=company, hide=hide, kind=kind, search=self.wanted("search"),
            people=[(one, music.has(one)) for one in people], types=music.TYPES,
            more=self.url("music", **asked, cursor=cursor) if cursor else "",
        )  # fmt: skip
