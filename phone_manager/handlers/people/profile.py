"""One user: the profile in its groups, devices and phones, and what can be done with the account (SF-025 to SF-041)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from phone_manager import forms
from phone_manager.ask import endpoints
from phone_manager.base import Page
from phone_manager.handlers.people.listing import all_of, owned_numbers
from phone_manager.views import people
from provd.api.scope import outranks
from provd.errors import ProvdError
from provd.zones import known_zones

USER = "/domains/{domain}/users/{user}"


def schema(method: str, path: str) -> dict[str, Any]:
    """What an endpoint takes."""
    found = endpoints()[method, path].body
    assert found is not None, "the endpoint takes a body"
    return dict(found)


def typed(page: Page, user: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """The fields of the profile that the form sent, those that stayed as they were left out."""
    body = forms.typed(schema("PATCH", USER), page.sent, names)
    had = {name: list(value) if isinstance(value, tuple) else value for name, value in user.items()}
    return {name: value for name, value in body.items() if name not in had or had[name] != value}


def model_names(page: Page, phones: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """What the models of these phones are called."""
    found = page.services.catalogue.models
    wanted = {phone["model"] for phone in phones} & found.keys()
    return {model: f"{found[model].vendor} {found[model].name}" for model in wanted}


class Profile(Page):
    """`/c/<company>/users/<extension>`."""

    right = "users.read"

    async def show(self, **path: str) -> None:
        user = (await self.ask("GET", USER, user=path["user"])).body
        await self._form(user, user)

    async def act(self, **path: str) -> None:
        user = (await self.ask("GET", USER, user=path["user"])).body
        names = people.editable(self.who, self.company, user)
        body = typed(self, user, names)
        if self.field("overwrite") and "site_id" in names:
            body["overwrite_with_site_defaults"] = True
        if not body:
            self.go(self.url("users", user["extension"]), "Nothing was changed.")
            return
        try:
            saved = (await self.ask("PATCH", USER, user=path["user"], body=body)).body
        except ProvdError as error:
            await self._form(user, user | body, people.by_field(forms.errors(error)), error.status)
            return
        name = saved["user"]["name"] or saved["user"]["login_name"]
        self.go(self.url("users", saved["user"]["extension"]), f"{name} is saved. Phones that show a change follow.")

    @property
    def company(self) -> int:
        """The id of the page's company."""
        assert self.domain is not None, "the address names a company"
        return self.domain.id

    async def _form(
        self, user: dict[str, Any], shown: dict[str, Any], errors: dict[str, str] | None = None, status: int = 200
    ) -> None:
        extension, may = user["extension"], self._rights(user)
        own_devices = may["devices"] and (await self.ask("GET", f"{USER}/devices", user=extension)).body["items"]
        query = {"user": extension, "limit": 50}
        phones = may["phones"] and (await self.ask("GET", "/domains/{domain}/phones", query=query)).body["items"]
        factor = (await self.ask("GET", f"{USER}/second-factor", user=extension)).body
        self.page(
            "pages/people/profile.html", status=status, user=user, shown=shown, errors=errors or {}, rights=may,
            editable=people.editable(self.who, self.company, user), devices=own_devices or [], phones=phones or [],
            heard=await self._heard(extension) if may["phones"] else {}, models=model_names(self, phones or ()),
            factor=factor, numbers=await owned_numbers(self), sites=await all_of(self, "/domains/{domain}/sites"),
            departments=await all_of(self, "/domains/{domain}/departments"), zones=sorted(known_zones()),
            scopes=people.scopes_to_give(self.who, user["scope"]), scope_words=people.SCOPE_WORDS,
            record_words=people.RECORD_WORDS, states=people.PHONE_STATES, own=self.who.user_id == user["id"],
        )  # fmt: skip

    async def _heard(self, extension: str) -> dict[str, list[str]]:
        """Where each device of the user is registered from at this moment."""
        query = {"user": extension, "limit": 100}
        rows = (await self.ask("GET", "/domains/{domain}/registrations", query=query)).body["items"]
        found: dict[str, list[str]] = {}
        for row in rows:
            found.setdefault(row["device"], []).append(row["address"])
        return found

    def _rights(self, user: dict[str, Any]) -> dict[str, bool]:
        """What may be done with this user, by the names that the template uses."""
        who, company = self.who, self.company
        hidden = self.domain is not None and self.domain.hide_delete and who.domain_id is not None
        lower = people.may_edit(who, company, user) and not people.is_peer(who, user)
        return {
            "place": people.may_do(who, "users.place", company, user),
            "devices": people.may_do(who, "devices.read", company, user),
            "set_devices": people.may_do(who, "devices.write", company, user) and outranks(who, user["scope"]),
            "phones": self.may("phones.read"),
            "mail": people.may_do(who, "users.mail", company, user) and lower,
            "recycle": people.may_do(who, "users.recycle", company, user) and lower,
            "delete": people.may_delete(who, company, user) and not hidden,
            "factor": lower and who.user_id != user["id"],
            "audits": self.may("audits.read"),
            "music": people.may_do(who, "music.owned", company, user),
        }


class SecondFactorOff(Page):
    """Helps somebody who lost the phone with the app and the recovery codes."""

    right = "users.write"

    async def act(self, **path: str) -> None:
        await self.ask("DELETE", f"{USER}/second-factor", user=path["user"])
        self.go(self.url("users", path["user"]), "The second factor is taken away; the password alone opens now.")
