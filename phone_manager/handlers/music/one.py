"""Music on hold of the company or of one user: heard, added, ordered, renamed, copied, deleted, set."""

from __future__ import annotations

from typing import Any, ClassVar

from phone_manager import forms
from phone_manager.uploading import TakesAudio
from phone_manager.views import music, voicemail
from provd.api.arriving import LARGEST_FILE
from provd.api.music import SETTINGS, USERS_SETTINGS
from provd.api.schema import obj
from provd.errors import Invalid, NotFound, Problem, ProvdError


class MusicPage(TakesAudio):
    """What the company's page and a user's have in common. `start` is the path of the API, `place` that of the page."""

    start: ClassVar[str]
    fields: ClassVar[tuple[str, ...]]

    def place(self, user: str, *more: object, **query: object) -> str:
        """An address below this page's."""
        return self.url("music", user or "company", *more, **query)

    async def api(self, method: str, end: str, user: str, **more: Any) -> Any:
        """Ask about this owner's music."""
        values: dict[str, Any] = {"user": user} if user else {}
        return (await self.ask(method, f"{self.start}{end}", **values, **more)).body

    async def show(self, user: str = "", **_: str) -> None:
        await self.form(user, add=self.wanted("add"))

    async def act(self, user: str = "", **_: str) -> None:
        do = self.field("do") or self.wanted("do")
        try:
            if do == "add" and self.field("how") == "call":
                await self._call(user)
                return
            notice, undo = await self._done(user, do)
        except ProvdError as error:
            await self.form(
                user, status=error.status, errors=forms.errors(error), typed=do,
                add=self.field("kind") if do == "add" else "",
            )  # fmt: skip
            return
        self.go(self.place(user), notice, undo=undo)

    async def _done(self, user: str, do: str) -> tuple[str, str]:
        track = self.field("track")
        match do:
            case "add":
                return await self._added(user), ""
            case "set":
                body = forms.typed(obj(SETTINGS), self.sent, list(self.fields))
                await self.api("PATCH", "", user, body=body)
                return "Saved.", ""
            case "rename":
                await self.api("PATCH", "/tracks/{track}", user, body={"name": self.field("name")}, track=track)
                return "Renamed.", ""
            case "copy":
                made = await self.api("POST", "/tracks/{track}/copy", user, track=track)
                return f"{made['name']} is at the end of the list.", ""
            case "delete":
                await self.api("DELETE", "/tracks/{track}", user, track=track)
                return "Deleted.", ""
            case "up" | "down" | "order":
                return await self._ordered(user, do)
        raise Invalid([Problem("do", "There is no such action; use the buttons of the page.")])

    async def _ordered(self, user: str, do: str) -> tuple[str, str]:
        kind = self.field("kind") or self.wanted("kind")
        rows = (await self.api("GET", "/tracks", user))["items"]
        before = [row["id"] for row in rows if row["kind"] == kind]
        if do == "order":
            asked = (self.field("order") or self.wanted("order")).split(",")
            after = [int(one) for one in asked if one.isascii() and one.isdecimal() and len(one) < 10]
        else:
            one = self.field("track")
            after = music.moved(before, int(one) if one.isascii() and one.isdecimal() else 0, -1 if do == "up" else 1)
        await self.api("PUT", "/order", user, body={"kind": kind, "tracks": after})
        back = self.place(user, do="order", kind=kind, order=",".join(str(one) for one in before))
        return "The order is saved.", back if self.field("do") else ""

    async def _added(self, user: str) -> str:
        body: dict[str, Any] = {"kind": self.field("kind"), "name": self.field("name").strip()}
        if self.field("how") == "speak":
            voice = self.field("voice")
            body |= {"words": self.field("words").strip()} | ({"voice": voice} if voice else {})
            made = await self.api("POST", "/tracks/spoken", user, body=body)
        else:
            made = await self.api("POST", "/tracks", user, body=body, upload=self.audio())
        return f"{made['name']} is there."

    async def _call(self, user: str) -> None:
        """Have the server call; from there on the page shows how far it is."""
        body = {"kind": self.field("kind"), "name": self.field("name").strip(), "to": self.field("to").strip()}
        made = await self.api("POST", "/call", user, body=body)
        self.go(self.place(user, "call", made["id"], **body))

    async def form(
        self, user: str, *, status: int = 200, add: str = "", typed: str = "", call: Any = None, **more: Any
    ) -> None:
        """Answer with the page; `add`: the dialog that is open; `typed`: what was sent that cannot be done."""
        settings = await self.api("GET", "", user)
        rows = (await self.api("GET", "/tracks", user))["items"]
        voices = (await self.ask("GET", "/voices")).body["items"]
        standard = [] if user else (await self.ask("GET", "/music/standard")).body["items"]
        found = music.lists(rows)
        mine = (
            self.session is not None
            and self.session.user.extension == user
            and self.session.user.domain_id == (self.domain.id if self.domain else None)
        )
        person = None
        if user:
            person = (await self.ask("GET", "/domains/{domain}/users/{user}", user=user)).body
        whose = "" if person is None else "you" if mine else person["name"] or user
        form = {**settings, **forms.typed(obj(SETTINGS), self.sent, list(self.fields))} if typed == "set" else settings
        self.page(
            "pages/music/one.html", status=status, user=user, person=person, mine=mine, found=found, settings=settings,
            form=form, hears=music.hears(settings, found, company=not user, whose=whose), standard=standard,
            most=LARGEST_FILE // 1_000_000, add=add if add in music.TITLES else "", typed=typed,
            titles=music.TITLES, call=call, place=self.place, again=self.again(),
            voices=voicemail.by_language(voices), sent=self._sent(user, bool(voices)),
            space=music.space(settings["used"], settings["quota"]), manages=self.may("music.read"), **more,
        )  # fmt: skip

    def _sent(self, user: str, speaks: bool) -> dict[str, str]:
        """What was typed into the dialog, or what it begins with."""
        own = self.session.user.extension if self.session else ""
        usual = {"name": "", "how": "speak" if speaks else "upload", "words": "", "voice": "", "to": user or own}
        typed = {name: self.field(name, self.wanted(name) or value) for name, value in usual.items()}
        return typed | {"track": self.field("track")}

    def again(self) -> dict[str, str]:
        """What a call for a recording was asked for with, which its address carries."""
        return {name: self.wanted(name) for name in ("kind", "name", "to")}


class CompanyMusic(MusicPage):
    """`/c/<company>/music/company`."""

    right = "music.read"
    start = "/domains/{domain}/music"
    fields = tuple(SETTINGS)


class UserMusic(MusicPage):
    """`/c/<company>/music/<extension>`."""

    right = "music.owned"
    start = "/domains/{domain}/users/{user}/music"
    fields = tuple(USERS_SETTINGS)


class _Calling(MusicPage):
    """`…/call/<id>`: how far a call for a recording is; htmx asks for it until it is over."""

    async def show(self, user: str = "", recordingcall: str = "", **_: str) -> None:
        try:
            found = await self.api("GET", "/call/{recordingcall}", user, recordingcall=recordingcall)
        except NotFound as error:
            self.go(self.place(user), str(error))
            return
        if found["state"] == "kept":
            self.go(self.place(user), "Your recording is there.")
            return
        call = voicemail.recording(found)
        if self.partial:
            self.page("pages/music/call.html", call=call, place=self.place, user=user, again=self.again())
        else:
            await self.form(user, call=call)


class CompanyCall(_Calling, CompanyMusic):
    """`/c/<company>/music/company/call/<id>`."""


class UserCall(_Calling, UserMusic):
    """`/c/<company>/music/<extension>/call/<id>`."""
