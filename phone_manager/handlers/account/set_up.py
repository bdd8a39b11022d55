"""The links of mails: a new password (SF-004), or the whole set-up of a new person (SF-073)."""

from __future__ import annotations

from urllib.parse import urlencode

from phone_manager import forms
from phone_manager.base import Page
from phone_manager.views import people
from provd.errors import NotFound, ProvdError
from provd.store.links import Link

SPENT = "This link was used already or is too old. Ask for another one with “Forgot password”."


class SetUp(Page):
    """`/reset/<token>` and `/welcome/<token>`; what the link is for decides what is asked, not its address."""

    open = True

    async def show(self, **path: str) -> None:
        self._form(await self._link(path["token"]), {})

    async def _link(self, token: str) -> Link:
        link = await self.services.accounts.link(token)
        if link is None:
            raise NotFound(SPENT)
        return link  # type: ignore[no-any-return]

    def _form(self, link: Link, errors: dict[str, str], status: int = 200) -> None:
        setup = link.purpose == "setup" and link.user.domain_id is not None
        asks = bool(errors.get("voicemail_pin")) and people.weak_pin(self.field("voicemail_pin"))
        self.page(
            "pages/account/set_up.html", status=status, user=link.user, setup=setup, until=link.until,
            errors=errors, asks_again=asks,
        )  # fmt: skip

    async def act(self, **path: str) -> None:
        link = await self._link(path["token"])
        password, pin = self.field("password"), self.field("voicemail_pin").strip()
        setup = link.purpose == "setup" and link.user.domain_id is not None
        wrong = people.password_typed(password, self.field("again"))
        if setup:
            wrong |= people.pin_typed(pin, anyway=bool(self.field("anyway")))
        if wrong:
            self._form(link, wrong, 422)
            return
        try:
            user = await self.services.accounts.reset(
                path["token"], password, self.address, voicemail_pin=pin if setup else ""
            )
        except ProvdError as error:
            self._form(link, forms.errors(error), error.status)
            return
        self.go("/sign-in?" + urlencode({"login": user.login_name}), "All set. Sign in with your new password.")
