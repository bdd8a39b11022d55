"""Sites with what their users and phones are given, and departments."""

from __future__ import annotations

from typing import Any

from phone_manager import forms
from phone_manager.base import Page
from phone_manager.handlers.people.listing import all_of
from phone_manager.handlers.people.profile import schema
from phone_manager.views import people, places
from provd.api.scope import SITE as SITE_REACH
from provd.api.scope import reach
from provd.errors import NotFound, ProvdError
from provd.zones import known_zones

SITES, DEPARTMENTS = "/domains/{domain}/sites", "/domains/{domain}/departments"
SITE, DEPARTMENT = f"{SITES}/{{site}}", f"{DEPARTMENTS}/{{department}}"


class Sites(Page):
    """`/c/<company>/sites`: both lists; a site manager sees the own site only."""

    right = "sites.read"

    async def show(self, **_: str) -> None:
        await self._lists({})

    async def _lists(self, errors: dict[str, str], status: int = 200) -> None:
        sites, departments = await all_of(self, SITES), await all_of(self, DEPARTMENTS)
        if reach(self.who, self.right) == SITE_REACH:
            sites = [site for site in sites if site["id"] == self.who.site_id]
        counts = (await self.ask("GET", "/domains/{domain}/people/counts")).body
        self.page(
            "pages/people/sites.html", status=status, sites=sites, departments=departments, errors=errors,
            writes=self.may("places.write"), sent=self.sent, counts=counts,
        )  # fmt: skip

    async def act(self, **_: str) -> None:
        do, name = self.field("do"), self.field("name").strip()
        try:
            if do == "site":
                made = (await self.ask("POST", SITES, body={"name": name})).body
                self.go(self.url("sites", made["id"]), f"{made['name']} is added. Say what it prescribes.")
            elif do == "department":
                await self.ask("POST", DEPARTMENTS, body={"name": name})
                self.go(self.url("sites"), f"{name} is added.")
            elif do == "rename":
                await self.ask("PATCH", DEPARTMENT, department=self.field("id"), body={"name": name})
                self.go(self.url("sites"), f"The department is {name} now.")
            elif do == "delete":
                await self.ask("DELETE", DEPARTMENT, department=self.field("id"))
                self.go(self.url("sites"), f"{self.field('old')} is deleted; its users stay, without a department.")
            else:
                raise NotFound("There is nothing of this kind to do with sites.")
        except ProvdError as error:
            told = forms.errors(error)
            await self._lists({f"{do}.{self.field('id')}": next(iter(told.values()))}, error.status)


class Site(Page):
    """`/c/<company>/sites/<id>`: its name, what users are given, what its phones have unless a layer says otherwise."""

    right = "sites.read"

    async def show(self, **path: str) -> None:
        site = await self._site(path["site"])
        await self._form(site, site)

    async def _site(self, site_id: str) -> dict[str, Any]:
        if reach(self.who, self.right) == SITE_REACH and site_id != str(self.who.site_id):
            raise NotFound("There is no such site here.")
        return (await self.ask("GET", SITE, site=site_id)).body  # type: ignore[no-any-return]

    async def act(self, **path: str) -> None:
        site = await self._site(path["site"])
        if self.field("do") == "delete":
            await self.ask("DELETE", SITE, site=site["id"])
            self.go(self.url("sites"), f"{site['name']} is deleted; its users and phones stay, without a site.")
            return
        wanted = forms.typed(schema("PATCH", SITE)["properties"]["user_defaults"], self.sent)
        body = {
            "name": self.field("name").strip(), "user_defaults": {k: v for k, v in wanted.items() if v},
            "defaults": places.defaults_typed(self.sent.get("setting", []), self.sent.get("value", [])),
        }  # fmt: skip
        try:
            saved = (await self.ask("PATCH", SITE, site=site["id"], body=body)).body
        except ProvdError as error:
            told = {name.removeprefix("user_defaults."): text for name, text in forms.errors(error).items()}
            await self._form(site, body, told, error.status)
            return
        self.go(self.url("sites", site["id"]), f"{saved['name']} is saved.")

    async def _form(
        self, site: dict[str, Any], shown: dict[str, Any], errors: dict[str, str] | None = None, status: int = 200
    ) -> None:
        self.page(
            "pages/people/site.html", status=status, site=site, shown=shown, errors=errors or {},
            rows=places.defaults_shown(shown["defaults"]), settings=places.SETTINGS, writes=self.may("places.write"),
            record_words=people.RECORD_WORDS, zones=sorted(known_zones()),
        )  # fmt: skip
