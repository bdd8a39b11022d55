"""The dialogs of the key editor: directory, settings, history, a template of the draft (SF-279, SF-281 to SF-283)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from phone_manager import forms
from phone_manager.handlers.keys.subject import KeysPage, Subject
from phone_manager.views import keys_settings
from phone_manager.views import keys_words as words
from provd.errors import ProvdError

CONTACTS = 200
VERSIONS = 30


class Dialog(KeysPage):
    """Shown in a <dialog>, or without a script as a page of its own. What it changes goes into the draft."""

    template = ""

    async def show(self, **path: str) -> None:
        subject = await self.subject(path)
        await self.answer(subject, {})

    async def act(self, **path: str) -> None:
        subject = await self.subject(path)
        try:
            said = await self.done(subject)
        except ProvdError as error:
            await self.answer(subject, forms.errors(error), error.status)
            return
        if self.partial:
            self.set_header("HX-Trigger-After-Swap", json.dumps({"keys-stale": {"say": said}}))
            await self.answer(subject, {})
        else:
            self.go(self.request.uri or subject.keys, said)

    async def done(self, subject: Subject) -> str:
        """Do what the form says; → a sentence."""
        raise ProvdError("Nothing can be sent here.")

    async def told(self, subject: Subject) -> Mapping[str, Any]:
        """What the template shows."""
        return {}

    async def answer(self, subject: Subject, errors: Mapping[str, str], status: int = 200) -> None:
        """The dialog, or the page around it."""
        context = {"subject": subject, "words": words, "errors": errors, "typed": self.sent, **await self.told(subject)}
        frame = {"": "dialog_page", "keys-dialog": "inside"}.get(self.aim, "dialog")
        self.page(f"pages/keys/{frame}.html", status=status, inside=self.template, **context)


class Directory(Dialog):
    """Whose contacts the phone shows, in which order, and who is left out."""

    template = "pages/keys/directory.html"

    async def done(self, subject: Subject) -> str:
        match self.field("do"):
            case "choice":
                body = {name: self.field(name) for name in ("source", "sort") if self.field(name)}
                await self.on(subject, "PATCH", "/draft", body={"directory": body})
                return "The directory is changed."
            case "hide" | "show":
                hide = self.field("do") == "hide"
                await self.on(subject, "POST", "/draft/directory/hide", body={"id": self.field("id"), "hidden": hide})
                return f"{self.field('name')} is {'left out' if hide else 'shown again'}."
        nothing = {"source": None, "sort": None, "hidden": None}
        await self.on(subject, "PATCH", "/draft", body={"directory": nothing})
        return "The directory is as the layers below say."

    async def told(self, subject: Subject) -> Mapping[str, Any]:
        query = {"search": self.wanted("search")[:100], "limit": CONTACTS, "cursor": self.wanted("cursor")}
        return {"listed": await self.on(subject, "GET", "/draft/directory", query=query), "search": query["search"]}


class Settings(Dialog):
    """Every setting with its layers; own values, given back; vendor parameters."""

    template = "pages/keys/settings.html"

    async def done(self, subject: Subject) -> str:
        name, what = self.field("name"), self.field("do")
        if what in ("raw", "raw-back"):
            value = self.field("value") if what == "raw" else None
            await self.on(subject, "PATCH", "/draft", body={"raw": {name.strip(): value}})
            return f"{name} is {'set' if what == 'raw' else 'taken away'}."
        value = None if what == "back" else keys_settings.typed(name, self.sent.get("value", []))
        await self.on(subject, "PATCH", "/draft", body={"values": {name: value}})
        return f"{words.change_title('values.' + name)} is {'given back' if value is None else 'set'}."

    async def told(self, subject: Subject) -> Mapping[str, Any]:
        found = await self.on(subject, "GET", "/draft/settings")
        search = self.wanted("search")
        groups = keys_settings.grouped(found["values"], search)
        return {
            "groups": groups, "raw": found["raw"], "search": search, "open_at": self.wanted("at") or self.field("name")
        }  # fmt: skip


class History(Dialog):
    """The saved versions: who, when, what; each can be laid over as a draft."""

    template = "pages/keys/history.html"

    async def done(self, subject: Subject) -> str:
        revision = self.field("revision", "0")
        await self.on(subject, "POST", "/draft/restore/{revision}", values={"revision": revision})
        return f"Version {revision} is in the draft; look at it, then save."

    async def told(self, subject: Subject) -> Mapping[str, Any]:
        query = {"limit": VERSIONS, "cursor": self.wanted("cursor")}
        below = "/history" if subject.kind == "phone" else "/layer/history"
        return {"history": await self.on(subject, "GET", below, query=query)}


class NewTemplate(Dialog):
    """“Save as new template”: the draft's keys and directory, for other phones of the model."""

    template = "pages/keys/new_template.html"
    right = "templates.write"

    async def act(self, **path: str) -> None:
        subject = await self.subject(path)
        body = {"name": self.field("name").strip(), "description": self.field("description").strip()}
        try:
            made = await self.on(subject, "POST", "/draft/template", body=body)
        except ProvdError as error:
            await self.answer(subject, forms.errors(error), error.status)
            return
        self.go(
            self.url("templates", made["id"], "keys"), f"The template {made['name']} is made. It has no phones yet."
        )
