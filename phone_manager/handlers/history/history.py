"""Calls that were: found by filters, told step by step, noted, exported."""

from __future__ import annotations

from typing import Any

from phone_manager import forms
from phone_manager.base import Page
from phone_manager.handlers.history.files import Download
from phone_manager.views import history, people, trail
from provd.api import scope
from provd.api.cdrs import NOTE
from provd.errors import Invalid, ProvdError

COLUMNS = "provd_history"
FILTERS = ("since", "until", "user", "caller", "dialed", "type", "cursor")


class Filtered(Page):
    """What the list and its export have in common."""

    right = "cdrs.read"

    @property
    def own_only(self) -> bool:
        """Whether this person sees their own calls only."""
        return scope.reach(self.who, self.right) == scope.OWN

    def chosen(self) -> dict[str, str]:
        """The filters of the address."""
        return {name: self.wanted(name)[:100] for name in FILTERS}

    def query(self, chosen: dict[str, str]) -> dict[str, Any]:
        """The filters as the API has them; days are those of whoever looks."""
        query: dict[str, Any] = {name: chosen[name] for name in ("user", "type", "cursor")}
        query |= {name: history.digits(chosen[name]) for name in ("caller", "dialed")}
        since, until = trail.day(chosen["since"], self.zone()), trail.day(chosen["until"], self.zone(), end=True)
        return query | {"from": max(since, 0) if since is not None else None, "to": max(until, 0) if until else None}


class History(Filtered):
    """`/c/<company>/history`."""

    async def show(self, **_: str) -> None:
        chosen = self.chosen()
        found: dict[str, Any] = {"items": [], "next": None}
        errors: dict[str, str] = {}
        status = 200
        try:
            found = (await self.ask("GET", "/domains/{domain}/cdrs", query={**self.query(chosen), "limit": 50})).body
        except Invalid as error:
            errors, status = forms.errors(error), error.status
        kept = {name: value for name, value in chosen.items() if name != "cursor"}
        words = {
            "since": f"Since {chosen['since']}", "until": f"Until {chosen['until']}",
            "user": f"Of {chosen['user']}", "caller": f"From …{chosen['caller']}…",
            "dialed": f"Dialed …{chosen['dialed']}…", "type": dict(history.TYPES).get(chosen["type"], chosen["type"]),
        }  # fmt: skip
        self.page(
            "pages/history/rows.html" if self.partial else "pages/history/history.html",
            status=200 if self.partial else status, lines=[history.line(row) for row in found["items"]], chosen=chosen,
            types=history.TYPES, errors=errors, own_only=self.own_only, columns=self.columns(), terms=history.TERMS,
            all_columns=history.COLUMNS, tabs=self.tabs(kept),
            chips=people.chips(chosen, words, self.url("history")), kept=kept,
            more=self.url("history", **kept, cursor=found["next"]) if found["next"] else "",
            first=self.url("history", **kept) if chosen["cursor"] else "",
        )  # fmt: skip

    def columns(self) -> tuple[str, ...]:
        """The columns of this person, remembered by the browser (SF-290)."""
        asked = [one[:20] for one in self.get_query_arguments("columns")][:20]
        found = history.columns(asked, self.get_cookie(COLUMNS, "") or "")
        if asked:
            self.set_cookie(COLUMNS, ".".join(found), httponly=True, samesite="Lax", expires_days=365)
        return found

    def tabs(self, kept: dict[str, str]) -> list[tuple[str, str, bool]]:
        """The types of calls as tabs of an app (SF-303): (words, address, whether it is this one)."""
        rest = {name: value for name, value in kept.items() if name != "type"}
        return [(words, self.url("history", **rest, type=one), one == kept["type"]) for one, words in history.TABS]


class HistoryExport(Filtered, Download):
    """`/c/<company>/history/export`: the same calls as CSV."""

    async def show(self, **_: str) -> None:
        query = {name: value for name, value in self.query(self.chosen()).items() if name != "cursor"}
        found = (await self.ask("GET", "/domains/{domain}/cdrs/export", query=query)).body
        await self.download(found, "calls.csv", "text/csv; charset=utf-8")


class CallPage(Page):
    """`/c/<company>/history/<id>`: one call step by step, and what was noted to it."""

    right = "cdrs.read"

    async def show(self, cdr: str, **_: str) -> None:
        await self._page(cdr)

    async def act(self, cdr: str, **_: str) -> None:
        body = forms.typed(NOTE, self.sent)
        try:
            await self.ask("PATCH", "/domains/{domain}/cdrs/{cdr}", body=body, cdr=cdr)
        except ProvdError as error:
            await self._page(cdr, status=error.status, errors=forms.errors(error), typed=body)
            return
        self.go(self.url("history", cdr), "Saved.")

    async def _page(self, cdr: str, *, status: int = 200, typed: Any = None, **more: Any) -> None:
        told = (await self.ask("GET", "/domains/{domain}/cdrs/{cdr}/flow", cdr=cdr)).body
        call = told["call"]
        note = {
            "note": call["note"], "disposition": call["note_disposition"], "reason": call["note_reason"],
            **(typed or {}),
        }  # fmt: skip
        self.page(
            "pages/history/call.html", status=status, line=history.line(call), call=call, note=note,
            steps=history.steps(told["steps"], self.zone()), **more,
        )  # fmt: skip
