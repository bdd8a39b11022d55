"""What a mailbox is set to."""

from __future__ import annotations

from typing import Any

from phone_manager import forms
from phone_manager.handlers.voicemail.box import MailboxPage
from phone_manager.views import voicemail
from provd.api.schema import obj
from provd.api.voicemails import SETTINGS
from provd.errors import ProvdError

_BOX = "/domains/{domain}/users/{user}/voicemail"
_FORM = obj(SETTINGS)


class MailboxSettings(MailboxPage):
    """`/c/<company>/voicemail/<extension>/settings`."""

    async def show(self, user: str, **_: str) -> None:
        await self._page(user)

    async def act(self, user: str, **_: str) -> None:
        if self.field("do") == "erase":
            await self.ask("DELETE", _BOX, user=user)
            self.go(self.url("voicemail", user), "Messages, greetings and the recorded name are deleted.")
            return
        if self.field("do") == "clear":
            await self.ask("POST", "/domains/{domain}/users/{user}/voicemails/clear", body={}, user=user)
            self.go(
                self.url("voicemail", user),
                "All messages are deleted; greetings and the recorded name are still there.",
            )
            return
        body = forms.typed(_FORM, self.sent, list(SETTINGS))
        body["copies"] = [one for line in body["copies"] for one in line.replace(",", " ").split()]
        try:
            await self.ask("PATCH", _BOX, body=body, user=user)
        except ProvdError as error:
            await self._page(user, status=error.status, typed=body, errors=forms.errors(error))
            return
        self.go(self.url("voicemail", user, "settings"), "Saved.")

    async def _page(self, user: str, *, status: int = 200, typed: Any = None, **more: Any) -> None:
        saved = (await self.ask("GET", _BOX, user=user)).body
        await self.box_page(
            "pages/voicemail/settings.html", user, status=status, tab="settings", form={**saved, **(typed or {})},
            mails=voicemail.MAILS, after=voicemail.AFTER, minutes=voicemail.MINUTES,
            gateways=voicemail.GATEWAYS, **more,
        )  # fmt: skip
