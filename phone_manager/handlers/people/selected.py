"""Something done to the users chosen, one or many: welcome mails, password resets, edits, deletions (SF-071 to SF-077).

Without JavaScript each question is a page; with it, a dialog over the page that asks.
"""

from __future__ import annotations

from typing import Any

from phone_manager import forms
from phone_manager.base import Page
from phone_manager.handlers.people.listing import all_of
from phone_manager.handlers.people.profile import schema
from phone_manager.views import people, people_words
from provd.api.problems import Refused
from provd.errors import Invalid, Problem, ProvdError
from provd.zones import known_zones

USERS = "/domains/{domain}/users"
BULK = f"{USERS}/bulk"
RIGHTS = {"edit": "users.mail", "welcome": "users.mail", "password": "users.mail", "delete": "users.delete"}
MOST = 1000


class Selected(Page):
    """`/c/<company>/users/selected?do=welcome&users=101&users=102`."""

    right = "users.read"

    async def show(self, **_: str) -> None:
        await self._question(self.get_query_argument("do", ""), self.get_query_arguments("users")[:MOST])

    async def act(self, **_: str) -> None:
        do, chosen = self.field("do"), self.sent.get("users", [])[:MOST]
        self._check(do, chosen)
        try:
            told = await getattr(self, f"_{do}")(chosen)
        except ProvdError as error:
            await self._question(do, chosen, people_words.of_bulk(forms.errors(error)), error.status)
            return
        one = len(chosen) == 1 and do != "delete"
        self.go(self.url("users", chosen[0]) if one else self.url("users"), told)

    def _check(self, do: str, chosen: list[str]) -> None:
        if do not in RIGHTS:
            raise Refused(404, "There is nothing of this kind to do with users.")
        if not self.may(RIGHTS[do]):
            raise Refused(403, "Your role does not include this; ask your office manager.")
        if not chosen:
            raise Invalid([Problem("users", "Nobody is chosen; tick the users in the list first.")])

    async def _question(
        self, do: str, chosen: list[str], errors: dict[str, str] | None = None, status: int = 200
    ) -> None:
        self._check(do, chosen)
        query = {"limit": MOST, "services": 1, "among": ",".join(one[:20] for one in chosen)}
        found = await self.ask("GET", "/domains/{domain}/people", query=query)
        known = {one["extension"]: one for one in found.body["items"]}
        named = [known.get(extension, {"extension": extension, "name": "", "emails": []}) for extension in chosen]
        more: dict[str, Any] = await self._edit_options() if do == "edit" else {}
        if do == "delete":
            more["gone"] = (await self.ask("POST", f"{USERS}/delete", body={"users": chosen, "preview": True})).body
        template = "dialog" if self.partial else "question"
        self.page(
            f"pages/people/{template}.html", status=status, do=do, chosen=named, errors=errors or {},
            title=people_words.question(do, named), sent=self.sent, **more,
        )  # fmt: skip

    async def _edit_options(self) -> dict[str, Any]:
        return {
            "sites": await all_of(self, "/domains/{domain}/sites"),
            "departments": await all_of(self, "/domains/{domain}/departments"),
            "zones": sorted(known_zones()),
            "scopes": people.scopes_to_give(self.who, ""),
            "record_words": people.RECORD_WORDS,
            "places": self.may("users.place"),
        }

    async def _welcome(self, chosen: list[str]) -> str:
        return people_words.mails((await self.ask("POST", f"{USERS}/welcome", body={"users": chosen})).body)

    async def _password(self, chosen: list[str]) -> str:
        body = {"users": chosen, "mail": bool(self.field("mail"))}
        return people_words.cleared((await self.ask("POST", f"{USERS}/password-reset", body=body)).body)

    async def _edit(self, chosen: list[str]) -> str:
        fields = schema("POST", BULK)["properties"]["set"]
        wanted = [name for name in self.sent.get("set", []) if name in fields["properties"]]
        if not wanted:
            raise Invalid([Problem("", "Nothing is ticked; tick the fields that everybody chosen shall get.")])
        body = {"users": chosen, "set": forms.typed(fields, self.sent, wanted)}
        return people_words.edited((await self.ask("POST", BULK, body=body)).body)

    async def _delete(self, chosen: list[str]) -> str:
        return people_words.deleted((await self.ask("POST", f"{USERS}/delete", body={"users": chosen})).body)
