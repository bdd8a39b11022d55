"""Time Frames (SF-078 to SF-089): of the company, and of each person."""

from __future__ import annotations

import datetime
from typing import Any
from zoneinfo import ZoneInfo

from phone_manager import forms
from phone_manager.base import Page
from phone_manager.handlers.routing.moved import moved
from phone_manager.views import home
from phone_manager.views import timeframes as view
from provd.api.scope import OWN, reach
from provd.errors import Forbidden, Invalid, Problem, ProvdError
from provd.timeframe import recurrence, week
from provd.timeframe.frame import FORCES, WEEKDAY_NAMES, WEEKDAYS, WHENS
from provd.timeframe.holidays import OBSERVANCES

AHEAD = 90 * 86_400
NAMED_DAYS = list(zip(WEEKDAYS, WEEKDAY_NAMES, strict=True))
NEW: dict[str, Any] = {
    "name": "", "when": "days_of_week", "days": {}, "repeat": None, "dates": [], "holidays": [], "forced": "schedule",
}  # fmt: skip


class Frames(Page):
    """Shared by the pages below: whose frames they are is in the address."""

    right = "timeframes.read"

    def start(self, user: str) -> str:
        """The endpoint of these frames."""
        return "/domains/{domain}/users/{user}/timeframes" if user else "/domains/{domain}/timeframes"

    def here(self, user: str, *more: object, **query: object) -> str:
        """The page of these frames."""
        return self.url(*(["users", user] if user else []), "timeframes", *more, **query)

    def writes(self, user: str) -> bool:
        """Whether to offer changes; the API has the last word."""
        return self.may_for("timeframes.own", user) if user else self.may("timeframes.write")


class TimeFrames(Frames):
    """The list: each with its sentence, whether it is in force, and what comes next."""

    async def show(self, user: str = "", **_: str) -> None:
        whose = self.wanted("whose").partition(" ")[0]
        if whose:
            self.go(self.here(whose))
            return
        found = (await self.ask("GET", self.start(user), user=user, query={"limit": 500})).body["items"]
        person = self.session.user if self.session else None
        own = person.extension if person is not None and person.domain_id is not None else ""
        self.page(
            "pages/timeframes/list.html", frames=found, user=user, here=self.here, writes=self.writes(user), own=own,
            people=await self._people(),
        )  # fmt: skip

    async def _people(self) -> list[dict[str, Any]]:
        """Whose frames can be looked at (SF-089): nobody else's by who sees the own ones only."""
        if reach(self.who, "timeframes.owned") in ("", OWN):
            return []
        query = {"limit": 1000, "services": 1}
        return list((await self.ask("GET", "/domains/{domain}/users", query=query)).body["items"])


class TimeFrame(Frames):
    """One: its form and its month."""

    async def show(self, number: str = "", user: str = "", **_: str) -> None:
        frame = (await self.ask("GET", f"{self.start(user)}/{{timeframe}}", timeframe=number, user=user)).body
        await self.form(frame, user, number)

    async def form(self, values: dict[str, Any], user: str, number: str, error: ProvdError | None = None) -> None:
        """The form with these values, and the month of what is saved."""
        zone = values.get("zone") or self.zone()
        today = self.today(zone)
        month = self.wanted("month")
        country = self.wanted("country") or (self.domain.country if self.domain else "US")
        self.page(
            "pages/timeframes/frame.html", status=error.status if error else 200, values=values, user=user,
            number=number, here=self.here, writes=self.writes(user) and not (user and values.get("owner") == "company"),
            days=values.get("days_text") or view.days_text(values["days"]), weekdays=NAMED_DAYS,
            whens=list(WHENS.items()), forces=list(FORCES.items()), observances=list(OBSERVANCES.items()),
            week_kinds=[("", "every week"), *week.KINDS.items()], kinds=[("", "once"), *recurrence.KINDS.items()],
            spare=view.SPARE, country=country, region=self.wanted("region"), known=await self._holidays(country),
            calendar=await self._month(user, number, month, zone, today) if number else None,
            said=lambda at: home.until(at, self.now, zone), errors=forms.errors(error) if error else {},
        )  # fmt: skip

    def today(self, zone: str) -> datetime.date:
        """The date in a zone."""
        return datetime.datetime.fromtimestamp(self.now, ZoneInfo(zone)).date()

    async def _holidays(self, country: str) -> dict[str, Any] | None:
        """What the country keeps in the year to come; None for one that is not known."""
        query = {"region": self.wanted("region"), "year": self.today(self.zone()).year + 1}
        try:
            found = (await self.ask("GET", "/holidays/{country}", country=country, query=query)).body
        except ProvdError:
            return None
        return dict(found)

    async def _month(self, user: str, number: str, month: str, zone: str, today: datetime.date) -> dict[str, Any]:
        first, start, last = view.window(month, today)
        query = {
            "from": view.midnight(start, zone), "to": view.midnight(last + datetime.timedelta(days=1), zone),
        }  # fmt: skip
        path = f"{self.start(user)}/{{timeframe}}/calendar"
        found = (await self.ask("GET", path, timeframe=number, user=user, query=query)).body
        ahead = {"from": int(self.now), "to": int(self.now) + AHEAD}
        coming = (await self.ask("GET", path, timeframe=number, user=user, query=ahead)).body["next"]
        before, after = view.neighbours(first)
        _, shown = view.weeks(found["ranges"], month, zone, today)
        return {"first": first, "weeks": shown, "before": before, "after": after, "next": coming[:6]}

    async def act(self, number: str = "", user: str = "", **_: str) -> None:
        place: dict[str, Any] = {"timeframe": number, "user": user}
        if self.field("do") == "delete":
            query = {"cascade": 1} if self.field("cascade") else {}
            await self.ask("DELETE", f"{self.start(user)}/{{timeframe}}", query=query, **place)
            self.go(self.here(user), "The time frame is deleted." + await moved(self))
            return
        problems: list[Problem] = []
        body = view.times(self.sent, problems)
        try:
            if problems:
                raise Invalid(problems)
            if number:
                saved = (await self.ask("PATCH", f"{self.start(user)}/{{timeframe}}", body=body, **place)).body
            else:
                saved = (await self.ask("POST", self.start(user), body=body, user=user)).body
        except ProvdError as error:
            if error.status == 403:
                raise
            typed = {f"{day}": self.field(f"days.{day}") for day in WEEKDAYS}
            await self.form(NEW | body | {"days_text": typed}, user, number, error)
            return
        told = f"Saved: {saved['sentence'][:300]}.{await moved(self)}"
        self.go(self.here(user, saved["number"]), told)


class NewTimeFrame(TimeFrame):
    """One more."""

    async def show(self, user: str = "", **_: str) -> None:  # type: ignore[override]
        if user:  # of people beyond reach the API says so
            await self.ask("GET", self.start(user), user=user, query={"limit": 1})
        if not self.writes(user):
            raise Forbidden("Your role does not include new time frames here; ask your office manager.")
        await self.form(dict(NEW), user, "")


class Toggle(Frames):
    """Rules that use a frame, switched on or off for many users at once (SF-087)."""

    right = "timeframes.write"

    async def show(self, number: str, **_: str) -> None:
        frame = (await self.ask("GET", "/domains/{domain}/timeframes/{timeframe}", timeframe=number)).body
        people = (await self.ask("GET", "/domains/{domain}/users", query={"limit": 1000, "services": 1})).body["items"]
        self.page("pages/timeframes/toggle.html", frame=frame, people=people, here=self.here)

    async def act(self, number: str, **_: str) -> None:
        chosen = self.sent.get("users", [])
        if not chosen:
            self.go(self.url("timeframes", number, "toggle"), "Nobody was chosen, so nothing was switched.")
            return
        body = {"enabled": self.field("enabled") == "1", "users": chosen}
        done = (
            await self.ask("POST", "/domains/{domain}/timeframes/{timeframe}/toggle", timeframe=number, body=body)
        ).body  # fmt: skip
        count = len(done["enabled"]) + len(done["disabled"])
        told = "on" if body["enabled"] else "off"
        notice = f"Switched {told} for {count} of {len(chosen)} users.{await moved(self)}"
        self.go(self.url("timeframes", number, "toggle"), notice)
