"""The editor itself: the picture, the panel of one key, the draft, and saving it (SF-256 to SF-280)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from markupsafe import Markup

from phone_manager import forms
from phone_manager.handlers.keys.actions import done
from phone_manager.handlers.keys.subject import KeysPage, Subject
from phone_manager.views import keys as views
from phone_manager.views import keys_words as words
from phone_manager.views.drawing import PhoneDrawing
from provd.errors import ProvdError
from provd.phone.key import Position

T = TypeVar("T")

AT_ONCE = 40
"""Drawings of more keys are rendered in a thread."""


class Editor(KeysPage):
    """`…/keys`: the picture with nothing chosen. A form's `do` names an action on the draft."""

    async def show(self, **path: str) -> None:
        subject = await self.subject(path)
        if self.aim == "key-panel":
            self.set_header("HX-Push-Url", f"{subject.keys}{self.look.text}")
        await self.answer(subject)

    async def act(self, **path: str) -> None:
        subject = await self.subject(path)
        what = self.field("do", "")
        try:
            if what == "save":
                await self.save(subject, self.field("when", ""))
                return
            said = await done(self, subject, what, None)
        except ProvdError as error:
            await self.answer(subject, error=error)
            return
        at = self.field("at")  # the key whose panel stays open
        await self.edited(subject, said.text, said.position or (self.place(subject, at) if at else None))

    async def save(self, subject: Subject, when: str) -> None:
        """Save the draft, and have the phones told when that is wished."""
        saved = await self.on(subject, "POST", "/draft/save", body={})
        told = "Saved."
        more: dict[str, object] = {}
        if when in ("now", "idle", "tonight") and saved["phones"]:
            try:
                if subject.kind == "phone":
                    await self.on(subject, "POST", "/keys/resync", body={"when": when})
                    told = "Saved. The phone is told; how far it is stands here."
                else:
                    job = await self.on(subject, "POST", "/resync", body={"when": when})
                    told, more = "Saved. The phones that use it are told one after the other.", {"job": job["id"]}
            except ProvdError as error:
                told = f"Saved. {error}"
        elif subject.kind == "phone":
            told = "Saved. The phone takes it at its nightly update, or when it restarts."
        if subject.kind == "phone":
            more["saved"] = saved["revision"]
        look = self.look.query
        query = "&".join(f"{name}={value}" for name, value in {**look, **more}.items())
        self.go(f"{subject.keys}{'?' + query if query else ''}", told)

    async def edited(self, subject: Subject, said: str, position: Position | None) -> None:
        """The draft changed: the editor anew, or on to it where there is no script."""
        if not self.partial:
            here = f"{subject.keys}/{position}" if position else subject.keys
            self.go(here + self.look.text, said)
            return
        self.set_header("HX-Trigger-After-Swap", json.dumps({"keys-edited": {"say": said, "at": str(position or "")}}))
        self.set_header("HX-Push-Url", (f"{subject.keys}/{position}" if position else subject.keys) + self.look.text)
        await self.answer(subject, position)

    async def answer(
        self, subject: Subject, position: Position | None = None, *, error: ProvdError | None = None,
        typed: Mapping[str, Any] | None = None,
    ) -> None:  # fmt: skip
        """The page, the editor for htmx, or only the panel beside it."""
        draft, may_edit = await self.draft(subject)
        context = await self.context(subject, draft, position, may_edit=may_edit, typed=typed)
        context |= {"errors": wrong(error) if error else {}}
        status = error.status if error else 200
        if self.aim == "key-panel":
            self.page("pages/keys/panel.html", status=status, **context)
            return
        context["picture"] = await self.picture(subject, context["drawing"], self.look, choose=may_edit)
        template = "pages/keys/editor_part.html" if self.aim == "editor" else "pages/keys/editor.html"
        self.page(template, status=status, **context)

    async def context(
        self, subject: Subject, draft: Mapping[str, Any], position: Position | None, *, may_edit: bool,
        typed: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:  # fmt: skip
        """What the templates of the editor know."""
        look, side = self.look, None
        if position is not None:
            side = views.side(
                subject.model, subject.family, len(subject.modules), draft, position,
                locks=subject.manages, kind=str((typed or {}).get("kind", "")), owner=subject.kind,
            )  # fmt: skip
        whole = self.aim != "key-panel"
        lit = await lamps(self, subject) if whole else {}
        drawn = await self.apart(subject, lambda: self.drawing(subject, draft, position, lit)) if whole else None
        wanted = not self.partial and may_edit
        return {
            "subject": subject, "draft": draft, "look": look, "may_edit": may_edit, "side": side, "words": words,
            "drawing": drawn, "lamps": lit,
            "typed": typed or {}, "phone": subject.row if subject.kind == "phone" else None,
            "progress": await self.progress(subject) if subject.kind == "phone" and not self.partial else None,
            "saved": self.wanted("saved"), "job": self.wanted("job"), "preview_now": wanted and self.wanted("preview"),
            "departments": await self.departments() if side and may_edit else [],
            "lines": lines(subject),
        }  # fmt: skip

    def drawing(
        self, subject: Subject, draft: Mapping[str, Any], position: Position | None, lit: Mapping[str, str]
    ) -> PhoneDrawing:
        """The picture as it is looked at."""
        address, look = subject.address, self.look
        return views.picture(subject.model, subject.modules, draft, address, look, position, subject.kind, lit)

    async def picture(self, subject: Subject, drawing: PhoneDrawing, look: views.Look, *, choose: bool) -> Markup:
        """The picture or the list as HTML, whose keys one may `choose` to do something with many; a large one is made
        in a thread."""
        pages = self.site.pages

        def made() -> Markup:
            if look.rows:
                lists = pages.get_template("svg/key_list.html.j2").module
                return Markup(lists.key_list(drawing, "keys-many" if choose else ""))  # type: ignore[attr-defined]  # noqa: S704
            return Markup(pages.get_template("svg/phone.svg.j2").module.phone_svg(drawing))  # type: ignore[attr-defined]  # noqa: S704

        return await self.apart(subject, made)

    async def apart(self, subject: Subject, work: Callable[[], T]) -> T:
        """Work on the picture: at once, or where there are many keys in a thread."""
        return work() if len(subject.places) <= AT_ONCE else await asyncio.to_thread(work)

    async def departments(self) -> list[str]:
        """Whom a cascade can be narrowed to."""
        found = (await self.ask("GET", "/domains/{domain}/departments", query={"limit": 1000})).body["items"]
        return [one["name"] for one in found]

    async def progress(self, subject: Subject) -> words.Progress:
        """How far the phone is with what is saved."""
        return await progress(self, subject)


async def progress(page: KeysPage, subject: Subject) -> words.Progress:
    """How far a phone is with what is saved."""
    try:
        resync = await page.on(subject, "GET", "/resync")
    except ProvdError:  # nothing was told to it, or no SIP runs here
        resync = None
    return words.progress(subject.row, resync)


def wrong(error: ProvdError) -> dict[str, str]:
    """What is wrong by field. Who met somebody else's changes loads nothing anew here, but chooses."""
    if getattr(error, "changes", None):
        return {"": f"{str(error).partition(';')[0]}; choose below what stays, then save."}
    return forms.errors(error)


async def lamps(page: KeysPage, subject: Subject) -> dict[str, str]:
    """What the lamps of a phone show now, by position; those that are dark are left out."""
    if subject.kind != "phone":
        return {}
    try:
        found = (await page.on(subject, "GET", "/lamps"))["lamps"]
    except ProvdError:  # the company's process cannot be reached just now
        return {}
    return {place: word for place, word in found.items() if word != "idle"}


def lines(subject: Subject) -> list[tuple[int, str]]:
    """The lines that a key can belong to, in words."""
    if subject.kind == "template":
        return [(number, f"Line {number}") for number in range(1, subject.model.accounts + 1)]
    return [
        (one["line"], f"Line {one['line']}: {one['label'] or one['name'] or one['device']}")
        for one in subject.row["lines"]
    ]


class OneKey(Editor):
    """`…/keys/7`: one key chosen, its panel beside the picture."""

    async def show(self, **path: str) -> None:
        subject = await self.subject(path)
        position = self.place(subject, path["position"])
        if self.aim == "key-panel":
            self.set_header("HX-Push-Url", f"{subject.keys}/{position}{self.look.text}")
        await self.answer(subject, position)

    async def act(self, **path: str) -> None:
        subject = await self.subject(path)
        position = self.place(subject, path["position"])
        try:
            what = "move" if self.field("page_to") else self.field("do", "set")
            said = await done(self, subject, what, position)
        except ProvdError as error:
            typed = {name: self.field(name) for name in ("kind", "target", "label", "line", "locked", "to")}
            await self.answer(subject, position, error=error, typed=typed if self.field("kind") else None)
            return
        await self.edited(subject, said.text, said.position)
