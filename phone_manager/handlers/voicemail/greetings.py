"""Greetings of a mailbox and the recorded name: heard, uploaded, chosen, renamed, deleted."""

from __future__ import annotations

from typing import Any

from phone_manager import forms
from phone_manager.handlers.voicemail.box import AudioAnswer, MailboxPage
from phone_manager.uploading import TakesAudio
from phone_manager.views import voicemail
from provd.errors import Invalid, NotFound, Problem, ProvdError

_BOX = "/domains/{domain}/users/{user}/voicemail"
_LIST = "/domains/{domain}/users/{user}/greetings"
_NAME = "/domains/{domain}/users/{user}/recordedname"


class Greetings(TakesAudio, MailboxPage):
    """`/c/<company>/voicemail/<extension>/greetings`."""

    async def show(self, user: str, **_: str) -> None:
        await self._page(user)

    async def act(self, user: str, **_: str) -> None:
        try:
            notice = await self._done(user, self.field("do"))
        except ProvdError as error:
            typed = {name: self.field(name) for name in ("name", "to", "voice") if self.field(name)}
            await self._page(user, status=error.status, errors=forms.errors(error), **typed)
            return
        if notice:
            self.go(self.url("voicemail", user, "greetings"), notice)

    async def _done(self, user: str, do: str) -> str:
        greeting = self.field("greeting")
        match do:
            case "choose":
                chosen = int(greeting) if greeting.isdecimal() else None
                await self.ask("PATCH", _BOX, body={"greeting_id": chosen}, user=user)
                return "Callers hear this greeting now." if chosen else "Callers hear the standard greeting now."
            case "upload":
                body = {"name": self.field("name").strip(), "active": True}
                await self.ask("POST", _LIST, body=body, upload=self.audio(), user=user)
                return "The greeting is there, and callers hear it."
            case "speak":
                body = {"name": self.field("name").strip(), **self._spoken(), "active": True}
                await self.ask("POST", f"{_LIST}/spoken", body=body, user=user)
                return "The greeting is there, and callers hear it."
            case "rename":
                body = {"name": self.field("name").strip()}
                await self.ask("PATCH", f"{_LIST}/{{greeting}}", body=body, user=user, greeting=greeting)
                return "The greeting has another name now."
            case "call" | "call-name":
                await self._call(user, do)
                return ""
            case "delete":
                await self.ask("DELETE", f"{_LIST}/{{greeting}}", user=user, greeting=greeting)
                return "The greeting is deleted."
            case "name":
                await self.ask("PUT", _NAME, body={}, upload=self.audio(), user=user)
                return "The recorded name is replaced."
            case "speak-name":
                await self.ask("PUT", f"{_NAME}/spoken", body=self._spoken(), user=user)
                return "The recorded name is replaced."
            case "unname":
                await self.ask("DELETE", _NAME, user=user)
                return "The recorded name is deleted."
        raise Invalid([Problem("do", "There is no such action; use the buttons of the page.")])

    async def _call(self, user: str, do: str) -> None:
        """Have the server call; from there on the page shows how far it is."""
        body: dict[str, Any] = {"to": self.field("to").strip()}
        if do == "call":
            body |= {"name": self.field("name").strip(), "active": True}
        path = f"{_LIST}/call" if do == "call" else f"{_NAME}/call"
        made = (await self.ask("POST", path, body=body, user=user)).body
        self.go(self.url("voicemail", user, "greetings", "call", made["id"]))

    def _spoken(self) -> dict[str, str]:
        voice = self.field("voice")
        return {"words": self.field("words").strip()} | ({"voice": voice} if voice else {})

    async def _page(self, user: str, *, status: int = 200, **more: Any) -> None:
        found = (await self.ask("GET", _LIST, user=user)).body["items"]
        voices = (await self.ask("GET", "/voices")).body["items"]
        spoken = {"words": self.field("words"), "voices": voicemail.by_language(voices), "voice": ""}
        context = {"name": "", "to": user, "call": None, **spoken, **more}
        await self.box_page(
            "pages/voicemail/greetings.html", user, status=status, greetings=found, tab="greetings", **context
        )


class Recording(Greetings):
    """`…/greetings/call/<id>`: how far a call for a recording is; htmx asks for it until it is over."""

    async def show(self, user: str, recordingcall: str = "", **_: str) -> None:
        path = f"{_LIST}/call/{{recordingcall}}"
        try:
            found = (await self.ask("GET", path, user=user, recordingcall=recordingcall)).body
        except NotFound:
            self.go(self.url("voicemail", user, "greetings"))
            return
        if found["state"] == "kept":
            self.go(self.url("voicemail", user, "greetings"), "Your recording is there.")
            return
        call = voicemail.recording(found)
        if self.partial:
            self.page("pages/voicemail/recording.html", user=user, call=call, to=found["to"], name="")
        else:
            await self._page(user, call=call, to=found["to"])


class Preview(AudioAnswer):
    """`…/greetings/preview`: a text as it would sound."""

    right = "voicemails.write"

    async def act(self, user: str, **_: str) -> None:
        body = {"words": self.field("words").strip(), "voice": self.field("voice")}
        sent = {name: value for name, value in body.items() if value or name == "words"}
        self.sound((await self.ask("POST", f"{_LIST}/preview", body=sent, user=user)).body, "preview.wav")


class GreetingAudio(AudioAnswer):
    """`…/greetings/<id>/audio`."""

    async def show(self, user: str, greeting: str, **_: str) -> None:
        content = (await self.ask("GET", f"{_LIST}/{{greeting}}/audio", user=user, greeting=greeting)).body
        self.sound(content, f"greeting-{greeting}.wav")


class NameAudio(AudioAnswer):
    """`…/name/audio`."""

    async def show(self, user: str, **_: str) -> None:
        self.sound((await self.ask("GET", f"{_NAME}/audio", user=user)).body, f"name-{user}.wav")
