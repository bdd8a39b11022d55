"""Forgotten login names and passwords (SF-003, SF-004): the same sentence for everybody, known or not."""

from __future__ import annotations

from phone_manager.base import Page
from provd.errors import ProvdError


class ForgottenLogin(Page):
    """Asks the mail address, and the extension where it is known."""

    open = True
    template = "pages/account/forgotten_login.html"

    async def show(self, **_: str) -> None:
        self.page(self.template, email="", extension="", sent="")

    async def act(self, **_: str) -> None:
        email, extension = self.field("email")[:300], self.field("extension")[:40]
        if not email.strip():
            errors = {"email": "Type the mail address that your login belongs to."}
            self.page(self.template, status=422, email=email, extension=extension, sent="", errors=errors)
            return
        try:
            said = await self.services.accounts.forgot_login(email, extension, self.address)
        except ProvdError as error:
            errors = {"": str(error)}
            self.page(self.template, status=error.status, email=email, extension=extension, sent="", errors=errors)
            return
        self.page(self.template, email=email, extension=extension, sent=said)


class ForgottenPassword(Page):
    """Asks the login name; a link goes to the address on the profile."""

    open = True
    template = "pages/account/forgotten_password.html"

    async def show(self, **_: str) -> None:
        self.page(self.template, login=self.wanted("login"), sent="")

    async def act(self, **_: str) -> None:
        login = self.field("login")[:300]
        if not login.strip():
            errors = {"login": "Type your login name; “Forgot login name” finds it."}
            self.page(self.template, status=422, login=login, sent="", errors=errors)
            return
        try:
            said = await self.services.accounts.forgot_password(login, self.address)
        except ProvdError as error:
            self.page(self.template, status=error.status, login=login, sent="", errors={"": str(error)})
            return
        self.page(self.template, login=login, sent=said)
