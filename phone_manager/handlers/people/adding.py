"""A new user, with a device and the welcome mail if wanted; for those who may (the provider)."""

from __future__ import annotations

from typing import Any

from phone_manager import forms
from phone_manager.base import Page
from phone_manager.handlers.people.listing import all_of
from phone_manager.handlers.people.profile import schema
from phone_manager.views import people, people_words
from provd.errors import ProvdError

USERS = "/domains/{domain}/users"
NAMES = ("extension", "first_name", "last_name", "emails", "department_id", "site_id", "scope")

FRESH: dict[str, Any] = dict.fromkeys(NAMES, "") | {"emails": [], "scope": "basic_user"}


class Add(Page):
    """`/c/<company>/users/add`."""

    right = "users.create"

    async def show(self, **_: str) -> None:
        await self._form(FRESH | {"device": True, "welcome": True})

    async def act(self, **_: str) -> None:
        body = forms.typed(schema("POST", USERS), self.sent, NAMES)
        wishes = {name: bool(self.field(name)) for name in ("device", "welcome")}
        try:
            user = (await self.ask("POST", USERS, body=body)).body["user"]
        except ProvdError as error:
            await self._form(FRESH | body | wishes, people.by_field(forms.errors(error)), error.status)
            return
        told = [f"{user['name'] or user['login_name']} is added."]
        try:
            told += await self._more(user["extension"], wishes)
        except ProvdError as error:
            told.append(str(error))
        self.go(self.url("users", user["extension"]), " ".join(told))

    async def _more(self, extension: str, wishes: dict[str, bool]) -> list[str]:
        told = []
        if wishes["device"]:
            await self.ask("POST", f"{USERS}/{{user}}/devices", user=extension, body={"name": extension})
            told.append(f"Device {extension} is ready for a phone.")
        if wishes["welcome"]:
            answer = (await self.ask("POST", f"{USERS}/welcome", body={"users": [extension]})).body
            told.append(people_words.mails(answer))
        return told

    async def _form(self, shown: dict[str, Any], errors: dict[str, str] | None = None, status: int = 200) -> None:
        self.page(
            "pages/people/add.html", status=status, shown=shown, errors=errors or {},
            sites=await all_of(self, "/domains/{domain}/sites"),
            departments=await all_of(self, "/domains/{domain}/departments"),
            scopes=people.scopes_to_give(self.who, "basic_user"),
        )  # fmt: skip
