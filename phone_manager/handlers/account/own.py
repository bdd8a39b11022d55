"""One's own account: profile, password, voicemail PIN, second factor, where one is signed in, phones."""

from __future__ import annotations

import base64
from typing import Any

from phone_manager import forms
from phone_manager.base import Page
from phone_manager.handlers.account.entering import enter
from phone_manager.handlers.people.listing import owned_numbers
from phone_manager.handlers.people.profile import USER, model_names, typed
from phone_manager.views import people
from provd.api.account import qr_svg
from provd.api.problems import Refused
from provd.errors import NotFound, ProvdError
from provd.store import domains, sessions
from provd.zones import known_zones

FACTOR = "/me/second-factor"


class Own(Page):
    """What all pages about oneself share: the rail of the own company beside them."""

    async def guard(self, **path: str) -> None:
        """Everybody may; whoever belongs to a company sees it."""
        await super().guard(**path)
        if self.who.domain_id is not None:
            self.domain = await self.services.store.run(domains.get, self.who.domain_id)

    async def account(self, errors: dict[str, str], status: int = 200, **shown: Any) -> None:
        """The page, with what is wrong in one of its forms; `shown` is what that form had."""
        user = (await self.ask("GET", USER, user="~")).body if self.domain else None
        query = {"user": user["extension"], "limit": 50} if user else {}
        phones = (await self.ask("GET", "/domains/{domain}/phones", query=query)).body["items"] if user else []
        assert self.session is not None
        rows = await self.services.store.run(sessions.of_user, self.session.user.id, int(self.now))
        self.page(
            "pages/account/me.html", status=status, errors=errors, user=user, phones=phones,
            shown=(user or {}) | shown, zones=sorted(known_zones()), states=people.PHONE_STATES,
            factor=(await self.ask("GET", FACTOR)).body, present=self.session.id,
            browsers=[(one[0], one[2], one[3], people.browser(one[4])) for one in rows],
            scope_words=people.SCOPE_WORDS, numbers=await owned_numbers(self), models=model_names(self, phones),
            asks_again="voicemail_pin" in errors and people.weak_pin(self.field("voicemail_pin")),
        )  # fmt: skip


class Me(Own):
    """`/me`, and the profile that it saves."""

    async def show(self, **_: str) -> None:
        await self.account({})

    async def act(self, **_: str) -> None:
        if self.domain is None:
            raise NotFound("A login of the provider has no profile; provd add-user changes it.")
        user = (await self.ask("GET", USER, user="~")).body
        body = typed(self, user, people.OWN_FIELDS)
        if not body:
            self.go("/me", "Nothing was changed.")
            return
        try:
            await self.ask("PATCH", USER, user="~", body=body)
        except ProvdError as error:
            await self.account(people.by_field(forms.errors(error)), error.status, **body)
            return
        self.go("/me", "Saved. Your phones follow where they show it.")


class Password(Own):
    """A new password, for whoever knows the present one; other browsers are signed out."""

    async def act(self, **_: str) -> None:
        assert self.session is not None
        errors = people.password_typed(self.field("password"), self.field("again"))
        if errors:
            await self.account(errors, 422)
            return
        body = {"current": self.field("current")[:500], "password": self.field("password")[:500]}
        try:
            await self.ask("POST", "/me/password", body=body)
        except ProvdError as error:
            told = forms.errors(error)
            await self.account({"current": told[""]} if "" in told else told, error.status)
            return
        told_ = "Your password is changed; you were signed out everywhere else."
        remember = self.session.until - self.session.created > sessions.DAY
        await enter(self, self.session.user, remember=remember, going="/me", left=(), notice=told_)


class Pin(Own):
    """The PIN of one's voicemail (SF-040)."""

    async def act(self, **_: str) -> None:
        if self.domain is None:
            raise NotFound("A login of the provider has no voicemail.")
        pin = self.field("voicemail_pin").strip()
        errors = people.pin_typed(pin, anyway=bool(self.field("anyway")))
        if errors:
            await self.account(errors, 422)
            return
        await self.ask("PATCH", USER, user="~", body={"voicemail_pin": pin})
        self.go("/me", "Your voicemail PIN is changed.")


class Browsers(Own):
    """Signs out one browser, or all others."""

    async def act(self, **_: str) -> None:
        assert self.session is not None
        wanted, own = self.field("id"), self.session.user.id
        if not wanted:
            await self.services.store.run(sessions.end_all, own, but=self.session.id)
            self.go("/me", "You are signed out everywhere else.")
            return
        rows = await self.services.store.run(sessions.of_user, own, int(self.now))
        found = next((row[0] for row in rows if str(row[0]) == wanted), None)
        if found is None:
            raise NotFound("This browser is signed out already.")
        await self.services.store.run(sessions.end, found)
        self.go("/me", "That browser is signed out.")


class SecondFactor(Own):
    """`/me/second-factor`: begin, confirm, new recovery codes, switch off (SF-007)."""

    async def show(self, **_: str) -> None:
        await self._state()

    async def _state(self, errors: dict[str, str] | None = None, status: int = 200, **more: Any) -> None:
        given = {"begun": None, "codes": None, "asks": ""} | more
        factor = (await self.ask("GET", FACTOR)).body
        self.page("pages/account/second_factor.html", status=status, factor=factor, errors=errors or {}, **given)

    async def act(self, **_: str) -> None:
        do = self.field("do")
        work = {"begin": self._begin, "confirm": self._confirm, "renew": self._renew, "disable": self._disable}
        if do not in work:
            raise Refused(404, "There is nothing of this kind to do here.")
        await work[do]()

    async def _begin(self) -> None:
        begun = (await self.ask("POST", FACTOR)).body
        await self._state(begun=_scanned(begun["secret"], begun["uri"]))

    async def _confirm(self) -> None:
        try:
            codes = (await self.ask("POST", f"{FACTOR}/confirm", body={"code": self.field("code")[:40]})).body
        except ProvdError as error:
            begun = _scanned(self.field("secret")[:100], self.field("uri")[:1000])
            await self._state(forms.errors(error), error.status, begun=begun)
            return
        await self._state(codes=codes["recovery_codes"])

    async def _renew(self) -> None:
        try:
            body = {"code": self.field("code")[:40]}
            codes = (await self.ask("POST", f"{FACTOR}/recovery-codes", body=body)).body
        except ProvdError as error:
            await self._state(forms.errors(error), error.status, asks="renew")
            return
        await self._state(codes=codes["recovery_codes"])

    async def _disable(self) -> None:
        try:
            await self.ask("POST", f"{FACTOR}/disable", body={"code": self.field("code")[:40]})
        except ProvdError as error:
            await self._state(forms.errors(error), error.status, asks="disable")
            return
        self.go("/me", "One-time codes are switched off; the password alone opens now.")


def _scanned(secret: str, uri: str) -> dict[str, str] | None:
    """What is shown to be scanned. The page keeps secret and address, so that a wrong code does not lose them."""
    if not uri.startswith("otpauth://totp/"):
        return None
    picture = base64.b64encode(qr_svg(uri).encode()).decode()
    return {"secret": secret, "uri": uri, "qr": f"data:image/svg+xml;base64,{picture}"}
