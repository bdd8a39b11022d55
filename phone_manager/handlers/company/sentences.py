"""What the system says to the company's callers: heard, replaced, and as shipped again."""

from __future__ import annotations

from typing import Any

from phone_manager import forms
from phone_manager.handlers.voicemail.box import AudioAnswer
from phone_manager.uploading import TakesAudio
from phone_manager.views.voicemail import by_language
from provd.errors import Invalid, Problem, ProvdError

_LIST = "/domains/{domain}/sentences"
_ONE = f"{_LIST}/{{sentence}}"


class SystemSentences(TakesAudio, AudioAnswer):
    """`/c/<company>/settings/sentences`; `?sentence=` opens one, `?search=` looks for words."""

    right = "sentences.read"

    async def show(self, **_: str) -> None:
        await self._page(self.wanted("sentence"))

    async def act(self, **_: str) -> None:
        chosen = self.field("sentence")
        try:
            notice = await self._done(chosen, self.field("do"))
        except ProvdError as error:
            await self._page(chosen, status=error.status, errors=forms.errors(error))
            return
        self.go(self.url("settings", "sentences", sentence=chosen), notice)

    async def _done(self, chosen: str, do: str) -> str:
        match do:
            case "upload":
                await self.ask("PUT", _ONE, body={}, upload=self.audio(), sentence=chosen)
                return "Your own sound is heard from now on."
            case "speak":
                voice = self.field("voice")
                spoken = {"words": self.field("words").strip()} | ({"voice": voice} if voice else {})
                await self.ask("PUT", f"{_ONE}/spoken", body=spoken, sentence=chosen)
                return "Your own words are heard from now on."
            case "shipped":
                await self.ask("DELETE", _ONE, sentence=chosen)
                return "The sentence is as it was shipped again."
        raise Invalid([Problem("do", "There is no such action; use the buttons of the page.")])

    async def _page(self, chosen: str, *, status: int = 200, **more: Any) -> None:
        every = (await self.ask("GET", _LIST)).body["items"]
        search = self.wanted("search")
        found = [one for one in every if all(word in one["words"].lower() for word in search.lower().split())]
        voices = (await self.ask("GET", "/voices")).body["items"] if chosen else []
        self.page(
            "pages/company/sentences.html", status=status, sentences=found, search=search, total=len(every),
            chosen=next((one for one in every if one["id"] == chosen), None), voices=by_language(voices),
            words=self.field("words"), voice=self.field("voice"), **more,
        )  # fmt: skip


class SentenceAudio(AudioAnswer):
    """`…/settings/sentences/<id>/audio`."""

    right = "sentences.read"

    async def show(self, sentence: str, **_: str) -> None:
        self.sound((await self.ask("GET", f"{_ONE}/audio", sentence=sentence)).body, f"{sentence}.wav")
