"""A user becomes another person on the same extension (SF-070)."""

from __future__ import annotations

from typing import Any

from phone_manager import forms
from phone_manager.base import Page
from phone_manager.handlers.people.listing import all_of
from phone_manager.handlers.people.profile import USER, schema
from phone_manager.views import people, people_words
from provd.errors import ProvdError

RECYCLE = f"{USER}/recycle"
NAMES = ("confirm", "first_name", "last_name", "emails", "login_name", "scope", "department_id", "welcome")

FRESH: dict[str, Any] = {
    "first_name": "", "last_name": "", "emails": [], "login_name": "", "scope": "basic_user", "department_id": None,
    "welcome": False, "confirm": "",
}  # fmt: skip


class Recycle(Page):
    """`/c/<company>/users/<extension>/recycle`."""

    right = "users.recycle"

    async def show(self, **path: str) -> None:
        user = (await self.ask("GET", USER, user=path["user"])).body
        fresh = FRESH | {"department_id": user["department_id"], "welcome": True}
        await self._form(user, fresh)

    async def act(self, **path: str) -> None:
        user = (await self.ask("GET", USER, user=path["user"])).body
        body = forms.typed(schema("POST", RECYCLE), self.sent, NAMES)
        wanted = {name: value for name, value in body.items() if name != "login_name" or value}
        try:
            answer = (await self.ask("POST", RECYCLE, user=path["user"], body=wanted)).body
        except ProvdError as error:
            await self._form(user, FRESH | body, people.by_field(forms.errors(error)), error.status)
            return
        self.go(self.url("users", answer["user"]["extension"]), people_words.recycled(answer))

    async def _form(
        self, user: dict[str, Any], shown: dict[str, Any], errors: dict[str, str] | None = None, status: int = 200
    ) -> None:
        self.page(
            "pages/people/recycle.html", status=status, user=user, shown=shown, errors=errors or {},
            departments=await all_of(self, "/domains/{domain}/departments"),
            scopes=people.scopes_to_give(self.who, "basic_user"),
        )  # fmt: skip
