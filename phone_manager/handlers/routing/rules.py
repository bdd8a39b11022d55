"""Answering Rules (SF-090 to SF-116): a person's rules in their order, and what holds before them."""

from __future__ import annotations

import json
from typing import Any

from phone_manager import forms
from phone_manager.base import Page
from phone_manager.handlers.routing.moved import moved
from phone_manager.views import home
from phone_manager.views import rules as view
from provd.api.problems import Refused
from provd.errors import Forbidden, Invalid, ProvdError

START = "/domains/{domain}/users/{user}"
RULES = f"{START}/answerrules"
FILTERS = f"{START}/number-filters"
MOST_PEOPLE = 500
LONGEST_UNDO = 2500
"""A longer address does not fit the cookie of the notice."""
NEW: dict[str, Any] = {
    "timeframe": None, "enabled": True, "do_not_disturb": False, "screening": False, "ring": "all", "own": True,
    "own_all": False, "others": [], "seconds": 25, **dict.fromkeys(view.FORWARD_WORDS),
}  # fmt: skip


def _said(body: dict[str, Any]) -> None:
    """Raises Invalid for a place without its kind."""
    problems = view.unsaid(body)
    if problems:
        raise Invalid(problems)


class People(Page):
    """Whose rules? A person who may see only the own ones goes straight there."""

    right = "answerrules.read"

    async def show(self, **_: str) -> None:
        query = {"search": self.wanted("search"), "cursor": self.wanted("cursor"), "limit": 100, "services": 1}
        own = self.session.user.extension if self.session and self.session.user.domain_id else ""
        if not self.may("users.place") and self.who.scope in ("basic_user", "call_center_agent"):
            self.go(self.url("users", own, "rules"))
            return
        found = (await self.ask("GET", "/domains/{domain}/users", query=query)).body
        self.page(
            "pages/routing/people.html", people=found["items"], next=found["next"], search=query["search"], own=own
        )


class PersonPage(Page):
    """Shared by the pages of one person's rules."""

    right = "answerrules.read"

    async def person(self, user: str) -> dict[str, Any]:
        """The person whose rules they are."""
        return dict((await self.ask("GET", START, user=user)).body)

    def here(self, user: str, *more: object, **query: object) -> str:
        """The page of the rules, or one below it."""
        return self.url("users", user, "rules", *more, **query)

    async def places(self, user: str) -> list[str]:
        """What destinations offer while one types: people and their mailboxes, and phones: all for managers, else the
        person's own."""
        people, devices = [], []
        if self.may("users.read"):
            query = {"limit": MOST_PEOPLE, "services": 1}
            found = (await self.ask("GET", "/domains/{domain}/users", query=query)).body["items"]
            people = [(one["extension"], one["name"]) for one in found]
        if self.may("settings.read"):
            found = (await self.ask("GET", "/domains/{domain}/devices", query={"limit": MOST_PEOPLE})).body["items"]
            devices = [one["name"] for one in found]
        elif self.may("devices.read"):
            devices = [one["name"] for one in (await self.ask("GET", f"{START}/devices", user=user)).body["items"]]
        return view.choices(people, devices)


class Rules(PersonPage):
    """The list with what is in force, do not disturb, forwards by code, and unwanted callers."""

    async def show(self, user: str, **_: str) -> None:
        await self.listed(user)

    async def listed(self, user: str, error: ProvdError | None = None) -> None:
        """The page, with what was wrong with what was sent."""
        rules = (await self.ask("GET", RULES, user=user)).body["items"]
        now = (await self.ask("GET", f"{START}/answering", user=user)).body
        filters = (await self.ask("GET", FILTERS, user=user, query={"limit": 500})).body["items"]
        frames = (await self.ask("GET", f"{START}/timeframes", user=user, query={"limit": 500})).body["items"]
        used = {one["timeframe"] for one in rules}
        person, errors = await self.person(user), forms.errors(error) if error else {}
        self.page(
            "pages/routing/rules.html", status=error.status if error else 200, person=person, user=user, rules=rules,
            answering=now, filters=filters, here=self.here, free=[one for one in frames if one["number"] not in used],
            spam=view.SPAM_WORDS, kinds=view.KINDS, code_forwards=view.CODE_FORWARDS, places=await self.places(user),
            until=home.until(now["until"], self.now, person["time_zone"] or self.zone()),
            writes=self.may_for("answerrules.write", user), typed=self.sent,
            errors=errors, callers=bool(self.wanted("callers")) or "number" in errors,
        )  # fmt: skip

    async def act(self, user: str, **_: str) -> None:
        try:
            notice, undo = await self._done(user, self.field("do"))
        except ProvdError as error:
            if error.status == 403:
                raise
            await self.listed(user, error)
            return
        self.go(self.here(user, callers=1) if self.wanted("callers") else self.here(user), notice, undo=undo)

    async def _done(self, user: str, do: str) -> tuple[str, str]:
        work = {
            "order": self._order, "up": self._order, "down": self._order, "toggle": self._toggle,
            "delete": self._delete, "choose": self._choose, "state": self._state, "unwanted": self._unwanted,
            "add": self._add, "remove": self._remove, "restore": self._restore,
        }.get(do)  # fmt: skip
        if work is None:
            raise Refused(400, "The form says nothing that can be done here; go back and try again.")
        return await work(user)

    async def _order(self, user: str) -> tuple[str, str]:
        before = [one["timeframe"] for one in (await self.ask("GET", RULES, user=user)).body["items"][:-1]]
        wanted = [int(one) for one in self.field("order").split(",") if one.isdecimal() and len(one) < 8]
        if self.field("do") != "order":
            step = -1 if self.field("do") == "up" else 1
            wanted = view.shifted(before, int(self.field("rule", "0") or 0), step)
        await self.ask("PUT", f"{RULES}/reorder", user=user, body={"timeframes": wanted})
        undo = self.here(user, "undo", do="order", order=",".join(map(str, before)))
        return "The rules are in another order." + await moved(self), undo

    async def _toggle(self, user: str) -> tuple[str, str]:
        on = self.field("enabled") == "1"
        saved = await self.ask("PATCH", f"{RULES}/{{rule}}", user=user, rule=self.field("rule"), body={"enabled": on})
        told = f"“{saved.body['name']}” is switched {'on' if on else 'off'}."
        undo = self.here(user, "undo", do="toggle", rule=self.field("rule"), enabled="0" if on else "1")
        return told + view.moved_words(saved.body.get("moved", [])), undo

    async def _delete(self, user: str) -> tuple[str, str]:
        rule = self.field("rule")
        before = (await self.ask("GET", f"{RULES}/{{rule}}", user=user, rule=rule)).body
        await self.ask("DELETE", f"{RULES}/{{rule}}", user=user, rule=rule)
        kept = {name: before[name] for name in NEW}
        undo = self.here(user, "undo", do="restore", kept=json.dumps(kept, separators=(",", ":")))
        told = f"The rule for “{before['name']}” is deleted.{await moved(self)}"
        return told, undo if len(undo) < LONGEST_UNDO else ""

    async def _restore(self, user: str) -> tuple[str, str]:
        try:
            kept = json.loads(self.field("kept"))
        except ValueError:
            raise Refused(400, "What was deleted cannot be read any more; make the rule again.") from None
        await self.ask("POST", RULES, user=user, body=kept)
        return "The rule is there again, at the top." + await moved(self), ""

    async def _choose(self, user: str) -> tuple[str, str]:
        wanted = self.field("chosen")
        chosen = int(wanted) if wanted.isdecimal() and len(wanted) < 8 else None
        before = (await self.ask("GET", f"{START}/answering", user=user)).body["chosen"]
        done = (await self.ask("PATCH", f"{START}/answering", user=user, body={"chosen": chosen})).body
        undo = self.here(user, "undo", do="choose", chosen="clock" if before is None else before)
        return done["why"] + view.moved_words(done.get("moved", [])), undo if chosen != before else ""

    async def _state(self, user: str) -> tuple[str, str]:
        forwards = {kind: view.sent_place(self.sent, f"forwards.{kind}") for kind, _ in view.CODE_FORWARDS}
        body = {"do_not_disturb": self.field("do_not_disturb") == "1", "forwards": forwards}
        _said(body)
        done = (await self.ask("PATCH", f"{START}/answering", user=user, body=body)).body
        return "Saved." + view.moved_words(done.get("moved", [])), ""

    async def _unwanted(self, user: str) -> tuple[str, str]:
        body: dict[str, Any] = {"block_anonymous": self.field("block_anonymous") == "1"}
        if self.field("spam"):
            body["spam"] = self.field("spam")
        await self.ask("PATCH", f"{START}/answering", user=user, body=body)
        return "Saved." + await moved(self), ""

    async def _add(self, user: str) -> tuple[str, str]:
        body = {"number": self.field("number"), "kind": self.field("kind", "block")}
        made = (await self.ask("POST", FILTERS, user=user, body=body)).body
        told = f"{made['national']} is {'allowed' if made['kind'] == 'allow' else 'blocked'}."
        return told + await moved(self), ""

    async def _remove(self, user: str) -> tuple[str, str]:
        number, kind = self.field("number"), self.field("kind", "block")
        await self.ask("DELETE", f"{FILTERS}/{{number}}", user=user, number=number)
        told = f"{number} is off the list.{await moved(self)}"
        return told, self.here(user, "undo", do="add", number=number, kind=kind)


class Undo(Rules):
    """What a notice offers to take back stands in its address."""

    right = "answerrules.write"

    async def show(self, user: str, **_: str) -> None:
        self.go(self.here(user))

    def field(self, name: str, default: str = "") -> str:
        return self.get_query_argument(name, default)


class Rule(PersonPage):
    """One rule: its form."""

    async def show(self, user: str, rule: str = "", **_: str) -> None:
        if not rule:
            if not self.may_for("answerrules.write", user):
                raise Forbidden("Your role does not include new rules of others; ask your office manager.")
            await self.form(dict(NEW), user, "")
            return
        asked = "*" if rule == "default" else rule
        await self.form((await self.ask("GET", f"{RULES}/{{rule}}", user=user, rule=asked)).body, user, rule)

    async def form(self, values: dict[str, Any], user: str, rule: str, error: ProvdError | None = None) -> None:
        """The form with these values."""
        frames = (await self.ask("GET", f"{START}/timeframes", user=user, query={"limit": 500})).body["items"]
        used = {one["timeframe"] for one in (await self.ask("GET", RULES, user=user)).body["items"]}
        named = next((one for one in frames if one["number"] == values.get("timeframe")), None)
        self.page(
            "pages/routing/rule.html", status=error.status if error else 200, values=values, user=user, rule=rule,
            person=await self.person(user), here=self.here, frame=named, places=await self.places(user),
            frames=[one for one in frames if one["number"] not in used], forwards=view.FORWARD_WORDS.items(),
            kinds=view.KINDS, ringable=view.RINGABLE, rings=view.RING_WORDS, seconds=view.seconds(), spare=view.SPARE,
            writes=self.may_for("answerrules.write", user), errors=forms.errors(error) if error else {},
        )  # fmt: skip

    async def act(self, user: str, rule: str = "", **_: str) -> None:
        body = view.body(self.sent, default=rule == "default")
        try:
            _said(body)
            if rule:
                asked = "*" if rule == "default" else rule
                saved = (await self.ask("PATCH", f"{RULES}/{{rule}}", user=user, rule=asked, body=body)).body
            else:
                saved = (await self.ask("POST", RULES, user=user, body=body | self._frame())).body
        except ProvdError as error:
            if error.status == 403 or (not isinstance(error, Invalid) and error.status != 409):
                raise
            wanted = self._frame() if not rule else {"timeframe": None if rule == "default" else int(rule)}
            await self.form(NEW | body | wanted, user, rule, error)
            return
        surprises = "".join(f" {one['text']}" for one in saved["problems"])
        told = f"Saved: {saved['sentence']}.{surprises}{view.moved_words(saved.get('moved', []))}"
        self.go(self.here(user), told)

    def _frame(self) -> dict[str, Any]:
        wanted = self.field("timeframe")
        return {"timeframe": int(wanted) if wanted.isdecimal() and len(wanted) < 8 else 0}
