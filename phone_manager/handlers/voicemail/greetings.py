"""Greetings of a mailbox and the recorded name: heard, uploaded, chosen, renamed, deleted."""

from __future__ import annotations

import base64
from typing import Any

from phone_manager import forms
from phone_manager.base import LARGEST_UPLOAD
from phone_manager.handlers.voicemail.box import AudioAnswer, MailboxPage
from provd.errors import Invalid, Problem, ProvdError

_BOX = "/domains/{domain}/users/{user}/voicemail"
_LIST = "/domains/{domain}/users/{user}/greetings"
_NAME = "/domains/{domain}/users/{user}/recordedname"


class Greetings(MailboxPage):
    """`/c/<company>/voicemail/<extension>/greetings`."""

    largest = LARGEST_UPLOAD

    async def show(self, user: str, **_: str) -> None:
        await self._page(user)

    async def act(self, user: str, **_: str) -> None:
        try:
            notice = await self._done(user, self.field("do"))
        except ProvdError as error:
            await self._page(user, status=error.status, errors=forms.errors(error), name=self.field("name"))
            return
        self.go(self.url("voicemail", user, "greetings"), notice)

    async def _done(self, user: str, do: str) -> str:
        greeting = self.field("greeting")
        match do:
            case "choose":
                chosen = int(greeting) if greeting.isdecimal() else None
                await self.ask("PATCH", _BOX, body={"greeting_id": chosen}, user=user)
                return "Callers hear this greeting now." if chosen else "Callers hear the standard greeting now."
            case "upload":
                body = {"name": self.field("name").strip(), "audio": self._audio(), "active": True}
                await self.ask("POST", _LIST, body=body, user=user)
                return "The greeting is there, and callers hear it."
            case "speak":
                words = {"name": self.field("name").strip(), "words": self.field("words").strip(), "active": True}
                await self.ask("POST", f"{_LIST}/spoken", body=words, user=user)
                return "The greeting is there, and callers hear it."
            case "delete":
                await self.ask("DELETE", f"{_LIST}/{{greeting}}", user=user, greeting=greeting)
                return "The greeting is deleted."
            case "name":
                await self.ask("PUT", _NAME, body={"audio": self._audio()}, user=user)
                return "The recorded name is replaced."
            case "unname":
                await self.ask("DELETE", _NAME, user=user)
                return "The recorded name is deleted."
        raise Invalid([Problem("do", "There is no such action; use the buttons of the page.")])

    def _audio(self) -> str:
        """The uploaded file as the API takes it."""
        files = self.request.files.get("audio", [])
        if not files or not files[0].body:
            raise Invalid([Problem("audio", "Choose an audio file first.")])
        return base64.b64encode(files[0].body).decode()

    async def _page(self, user: str, *, status: int = 200, **more: Any) -> None:
        found = (await self.ask("GET", _LIST, user=user)).body["items"]
        context = {"name": "", "words": self.field("words"), **more}
        await self.box_page(
            "pages/voicemail/greetings.html", user, status=status, greetings=found, tab="greetings", **context
        )


class GreetingAudio(AudioAnswer):
    """`…/greetings/<id>/audio`."""

    async def show(self, user: str, greeting: str, **_: str) -> None:
        content = (await self.ask("GET", f"{_LIST}/{{greeting}}/audio", user=user, greeting=greeting)).body
        self.sound(content, f"greeting-{greeting}.wav")


class NameAudio(AudioAnswer):
    """`…/name/audio`."""

    async def show(self, user: str, **_: str) -> None:
        self.sound((await self.ask("GET", f"{_NAME}/audio", user=user)).body, f"name-{user}.wav")
