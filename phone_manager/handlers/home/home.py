"""Home: the calls that are on, what needs the reader, their own phones, rule and status, what happened."""

from __future__ import annotations

from typing import Any

from phone_manager import forms
from phone_manager.base import Page
from phone_manager.views import calls_now, history, home, trail
from phone_manager.views.rules import moved_words
from provd.api.problems import Refused
from provd.errors import NotFound, ProvdError
from provd.store.statuses import LONGEST

CALLS = "/domains/{domain}/calls"
PERSON = "/domains/{domain}/users/{user}"
RECENT = 5
SHOWN = 100
"""Calls on the page, which is made anew whenever one changes."""
COLLEAGUES = 12
LATEST = 6


class Home(Page):
    """`/c/<company>/`. Asked for by htmx, only what changes by itself and no stream tells of."""

    right = "home.read"

    async def show(self, **_: str) -> None:
        await self.shown()

    async def shown(self, error: ProvdError | None = None) -> None:
        """The page, with what was wrong with what was sent."""
        found = (await self.ask("GET", "/domains/{domain}/home")).body
        told = {
            "needs": home.needs(found["needs"], self.url()), "shares": home.shares(found["states"]),
            "states": found["states"], "counts": found["counts"],
            "activity": [trail.line(row) for row in found["activity"][:LATEST]],
        }  # fmt: skip
        if self.partial and error is None:
            self.page("pages/home/now.html", **told)
            return
        self.page(
            "pages/home/home.html", status=error.status if error else 200, own_phones=found["own_phones"],
            errors=forms.errors(error) if error else {}, **told, **await self.calls(), **await self.colleagues(),
            **await self.person(),
        )  # fmt: skip

    @property
    def own(self) -> str:
        """The reader's extension; empty for who is nobody of this company."""
        user = self.session.user if self.session else None
        mine = user is not None and self.domain is not None and user.domain_id == self.domain.id
        return user.extension if user is not None and mine else ""

    async def calls(self) -> dict[str, Any]:
        """The calls that are on, as far as the reader may see them."""
        if not self.may("calls.read"):
            return {"calls": [], "total": 0}
        found = (await self.ask("GET", CALLS)).body
        return {"calls": calls_now.lines(found["items"][:SHOWN]), "total": found["total"]}

    async def colleagues(self) -> dict[str, Any]:
        """What the others say of themselves."""
        found = (await self.ask("GET", "/domains/{domain}/statuses")).body["items"]
        others = [one for one in found if one["extension"] != self.own]
        return {"colleagues": others[:COLLEAGUES], "more_colleagues": max(0, len(others) - COLLEAGUES)}

    async def person(self) -> dict[str, Any]:
        """What a person sees of themselves: rule in force, status, new messages, latest calls."""
        user = self.own
        if not user:
            return {"user": ""}
        answering = (await self.ask("GET", f"{PERSON}/answering", user=user)).body
        rules = (await self.ask("GET", f"{PERSON}/answerrules", user=user)).body["items"]
        said = (await self.ask("GET", f"{PERSON}/status", user=user)).body
        box = (await self.ask("GET", f"{PERSON}/voicemail", user=user)).body
        latest = (await self.ask("GET", "/domains/{domain}/cdrs", query={"user": user, "limit": RECENT})).body["items"]
        return {
            "user": user, "answering": answering, "rules": rules, "longest": LONGEST,
            "active": next((one for one in rules if one["active"]), None), "box": box,
            "said": said | {"status": self.field("status", said["status"])},
            "until": home.until(answering["until"], self.now, self.zone()),
            "latest": [history.line(one) for one in latest],
        }  # fmt: skip

    async def act(self, **_: str) -> None:
        work = {"choose": self._choose, "status": self._status, "hang_up": self._hang_up}.get(self._sent("do"))
        if work is None:
            raise Refused(400, "The form says nothing that can be done here; go back and try again.")
        if not self.own and work != self._hang_up:
            raise NotFound("You are nobody of this company, so there is nothing to set here.")
        try:
            notice, undo = await work()
        except ProvdError as error:
            if error.status == 403:
                raise
            await self.shown(error)
            return
        self.go(self.url(), notice, undo=undo)

    def _sent(self, name: str) -> str:
        """A field of the form, or of the address where a notice offers to take something back."""
        return self.field(name) or self.wanted(name)

    async def _choose(self) -> tuple[str, str]:
        place, chosen = f"{PERSON}/answering", self._sent("chosen")
        before = (await self.ask("GET", place, user=self.own)).body["chosen"]
        wanted = int(chosen) if chosen.isdecimal() and len(chosen) < 8 else None
        done = (await self.ask("PATCH", place, user=self.own, body={"chosen": wanted})).body
        undo = self.url() + f"?do=choose&chosen={'clock' if before is None else before}"
        return done["why"] + moved_words(done.get("moved", [])), undo if wanted != before else ""

    async def _status(self) -> tuple[str, str]:
        place = f"{PERSON}/status"
        before = (await self.ask("GET", place, user=self.own)).body["status"]
        status = "" if self.field("clear") else self._sent("status")
        after = (await self.ask("PUT", place, user=self.own, body={"status": status[:1000]})).body["status"]
        undo = self.url("", do="status", status=before) if before and after != before else ""
        return f"Your colleagues see: “{after}”." if after else "Your status message is cleared.", undo

    async def _hang_up(self) -> tuple[str, str]:
        await self.ask("DELETE", f"{CALLS}/{{call}}", call=self._sent("call"))
        return "The call is ended for everybody in it.", ""
