"""The messages of a mailbox: heard, moved, sent on, deleted."""

from __future__ import annotations

from typing import Any

from phone_manager import forms
from phone_manager.base import Page
from phone_manager.handlers.voicemail.box import AudioAnswer, MailboxPage
from phone_manager.views import voicemail
from provd.errors import Invalid, Problem, ProvdError
from provd.mailbox import FOLDERS

_ONE = "/domains/{domain}/users/{user}/voicemails/{voicemail}"


class Own(Page):
    """`/c/<company>/voicemail`: the own mailbox, or a choice of those that one looks after."""

    right = "voicemails.read"

    async def show(self, **_: str) -> None:
        assert self.session is not None and self.domain is not None, "prepare() has let the request in"
        user = self.session.user
        if user.domain_id == self.domain.id and user.extension and not self.wanted("all"):
            self.go(self.url("voicemail", user.extension))
            return
        search = self.wanted("search")
        found = (await self.ask("GET", "/domains/{domain}/users", query={"search": search, "limit": 100})).body
        self.page("pages/voicemail/choose.html", people=found["items"], search=search)


class Inbox(MailboxPage):
    """`/c/<company>/voicemail/<extension>`."""

    async def show(self, user: str, **_: str) -> None:
        await self._page(user)

    async def act(self, user: str, **_: str) -> None:
        folder = self.field("folder") or self.wanted("folder") or "new"
        try:
            notice, undo = await self._done(user, self.field("do"))
        except ProvdError as error:
            await self._page(user, status=error.status, errors=forms.errors(error))
            return
        self.go(self.url("voicemail", user, folder=folder), notice, undo=undo)

    async def _done(self, user: str, do: str) -> tuple[str, str]:
        message = self.field("message") or self.wanted("message")
        folder = self.field("folder", "new")
        match do or self.wanted("do"):
            case "new" | "saved" | "trash" as target:
                await self.ask("PATCH", _ONE, body={"folder": target}, user=user, voicemail=message)
                back = self.url("voicemail", user, do=folder, message=message, folder=folder)
                words = {"new": "Marked as new.", "saved": "Saved.", "trash": "Moved to the trash until tonight."}
                return words[target], "" if target == folder else back
            case "delete":
                await self.ask("DELETE", _ONE, user=user, voicemail=message)
                return "Deleted.", ""
            case "clear":
                path = "/domains/{domain}/users/{user}/voicemails/clear"
                await self.ask("POST", path, body={"folder": folder} if folder in FOLDERS else {}, user=user)
                return "The folder is empty.", ""
            case "forward":
                wanted = self.field("extensions").replace(",", " ").split()
                if not wanted:
                    raise Invalid([Problem("extensions", "Say to which extensions the message goes.")])
                body = {"extensions": wanted}
                await self.ask("POST", f"{_ONE}/copies", body=body, user=user, voicemail=message)
                return f"Sent on to {', '.join(wanted)}.", ""
        raise Invalid([Problem("do", "There is no such action; use the buttons of the page.")])

    async def _page(self, user: str, *, status: int = 200, **more: Any) -> None:
        folder = self.wanted("folder") or self.field("folder", "new")
        folder = folder if folder in FOLDERS else "new"
        query = {"folder": folder, "cursor": self.wanted("cursor"), "limit": 50}
        found = (await self.ask("GET", "/domains/{domain}/users/{user}/voicemails", query=query, user=user)).body
        await self.box_page(
            "pages/voicemail/inbox.html", user, status=status, folder=folder,
            messages=[voicemail.line(one) for one in found["items"]], tab="inbox",
            more=self.url("voicemail", user, folder=folder, cursor=found["next"]) if found["next"] else "", **more,
        )  # fmt: skip


class MessageAudio(AudioAnswer):
    """`…/voicemail/<extension>/messages/<id>/audio`."""

    async def show(self, user: str, voicemail: str, **_: str) -> None:
        content = (await self.ask("GET", f"{_ONE}/audio", user=user, voicemail=voicemail)).body
        self.sound(content, f"voicemail-{voicemail}.wav")
