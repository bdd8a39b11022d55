"""What a draft comes to, what a key can point at, and how far a saved change is."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from phone_manager.handlers.keys.editor import lamps, progress
from phone_manager.handlers.keys.subject import KeysPage
from phone_manager.live import Stream
from phone_manager.views import keys_words as words
from provd.errors import Forbidden, NotFound, ProvdError
from provd.phone.key import KINDS

MOST_TARGETS = 30
MOST_PHONES = 1


class Preview(KeysPage):
    """`…/keys/preview`: what the phone will get, line by line; `file`: one whole file as it is now."""

    async def show(self, **path: str) -> None:
        subject = await self.subject(path)
        wanted = self.wanted("file")
        if wanted and subject.kind == "phone":
            found = await self.on(subject, "GET", "/files/{name}", values={"name": wanted})
            self.page("pages/keys/file.html", subject=subject, name=wanted, body=found.decode("utf-8", "replace"))
            return
        found = await self.on(subject, "GET", "/draft/diff")
        draft = await self.on(subject, "GET", "/draft")
        files = (await self.on(subject, "GET", "/files"))["items"] if subject.kind == "phone" else []
        template = "pages/keys/preview_part.html" if self.partial else "pages/keys/preview.html"
        self.page(template, subject=subject, diff=found, draft=draft, words=words, files=files)


class Targets(KeysPage):
    """`…/keys/targets?kind=blf&target=ada`: what a key can point at, as the options of a list."""

    async def show(self, **path: str) -> None:
        subject = await self.subject(path)
        kind = KINDS.get(self.wanted("kind"))
        if kind is None:
            raise NotFound("There is no such kind of key.")
        typed = self.wanted("target").partition(" — ")[0].strip()
        self.page("pages/keys/targets.html", found=await self._found(subject, kind.target, typed))

    async def _found(self, subject: Any, target: str, typed: str) -> list[tuple[str, str]]:
        if target in ("extension", "number"):
            query = {"search": typed[:100], "limit": MOST_TARGETS}
            contacts = (await self.on(subject, "GET", "/directory", query=query))["contacts"]
            if target == "extension":
                return [(one["extension"], one["name"]) for one in contacts if one["extension"]]
            return [(number, one["name"]) for one in contacts for number in _numbers(one)][:MOST_TARGETS]
        if target == "timeframe":
            rows = (await self.ask("GET", "/domains/{domain}/timeframes", query={"limit": 100})).body["items"]
            return [(str(one["number"]), one["name"]) for one in rows][:MOST_TARGETS]
        if target == "orbit":
            keys = (await self.on(subject, "GET", "/keys"))["items"]
            return [(one["target"], one["shown"]) for one in keys if one["kind"] == "park" and one["target"]]
        return []


def _numbers(contact: Mapping[str, Any]) -> list[str]:
    return [*filter(None, [contact["extension"]]), *(one for one in contact["numbers"] if one != contact["extension"])]


class Live(Stream, KeysPage):
    """`…/keys/live`: how far the phone is with what is saved, and who else edits it, as it happens; and its lamps."""

    beat = 5.0  # lamps change without a word of the phone

    async def watched(self, **path: str) -> Collection[str]:
        subject = await self.subject(path)
        return [subject.values["mac"]] if subject.kind == "phone" else ["-"]

    async def pieces(self, **path: str) -> Mapping[str, str]:
        subject = await self.subject(path)
        made: dict[str, str] = {}
        if subject.kind == "phone":
            told = {"progress": await progress(self, subject), "phone": subject.row, "words": words}
            made["progress"] = self._part("pages/keys/progress.html", told)
            made["lamps"] = self._part("pages/keys/lamps.html", {"lamps": await lamps(self, subject)})
        try:
            draft = await self.on(subject, "GET", "/draft", query={"filled": 0})
        except (Forbidden, ProvdError):
            return made
        made["editors"] = self._part("pages/keys/editors.html", {"draft": draft, "words": words})
        return made

    def _part(self, template: str, told: Mapping[str, Any]) -> str:
        return self.site.pages.get_template(template).render({**self.frame(), **told})
