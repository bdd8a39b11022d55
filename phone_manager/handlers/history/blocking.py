"""Blocking whoever called, from the history of calls, and letting them through again (SF-116, SF-119)."""

from __future__ import annotations

from typing import Any

from phone_manager.base import Page
from phone_manager.views import history
from provd.errors import NotFound, ProvdError

OWN, COMPANY = "own", "company"
LISTS = {
    OWN: "/domains/{domain}/users/{user}/number-filters", COMPANY: "/domains/{domain}/number-filters",
}  # fmt: skip


class Blocking(Page):
    """What both have in common: a call, whose caller it is about."""

    right = "cdrs.read"

    async def caller(self, cdr: str) -> history.Line:
        """The call; raises NotFound for one whose caller has no number to be blocked."""
        found = history.line((await self.ask("GET", "/domains/{domain}/cdrs/{cdr}", cdr=cdr)).body)
        if not found.blockable:
            raise NotFound("This caller has no number that could be blocked: a colleague, or a hidden number.")
        return found

    def lists(self) -> list[tuple[str, str]]:
        """On whose lists this person may put numbers."""
        found = []
        if self.who.user_id is not None and self.who.domain_id is not None and self.may("answerrules.write"):
            found.append((OWN, "For me: other people still get the calls"))
        if self.may("blocked.write"):
            found.append((COMPANY, "For the whole company"))
        return found

    async def change(self, line: history.Line, whose: str, *, block: bool) -> None:
        """Put a number on a list, or take it off."""
        path = LISTS.get(whose, LISTS[OWN])
        if block:
            body: Any = {"number": line.from_number} | ({"kind": "block"} if whose == OWN else {})
            await self.ask("POST", path, body=body, user="~")
        else:
            await self.ask("DELETE", f"{path}/{{number}}", number=line.from_number, user="~")


class Block(Blocking):
    """`/c/<company>/history/<id>/block`: the question, and what was answered."""

    async def show(self, cdr: str, **_: str) -> None:
        await self.question(cdr)

    async def question(self, cdr: str, error: ProvdError | None = None) -> None:
        """Ask first: calls will be refused."""
        line = await self.caller(cdr)
        lists = self.lists()
        chosen = self.field("whose") or (lists[0][0] if lists else "")
        self.page(
            "pages/history/block.html", status=error.status if error else 200, line=line, lists=lists, chosen=chosen,
            errors={"": str(error)} if error else {},
        )  # fmt: skip

    async def act(self, cdr: str, **_: str) -> None:
        line, whose = await self.caller(cdr), self.field("whose", OWN)
        try:
            await self.change(line, whose, block=True)
        except ProvdError as error:
            if error.status == 403:
                raise
            await self.question(cdr, error)
            return
        undo = self.url("history", cdr, "unblock", whose=whose)
        self.go(self.url("history"), f"{line.from_number} is blocked. Its calls are rejected.", undo=undo)


class Unblock(Blocking):
    """`/c/<company>/history/<id>/unblock`: takes the number off the list that it is on."""

    async def act(self, cdr: str, **_: str) -> None:
        line = await self.caller(cdr)
        whose = self.wanted("whose") or line.caller_blocked or OWN
        await self.change(line, whose, block=False)
        self.go(self.url("history"), f"{line.from_number} may call again.")
