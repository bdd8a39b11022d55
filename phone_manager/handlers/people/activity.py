"""The trail: who changed what, when; old and new, secrets as marks."""

from __future__ import annotations

from phone_manager.base import Page
from phone_manager.views import people, trail

FILTERS = ("who", "noun", "action", "ref", "since", "until", "cursor")


class Activity(Page):
    """`/c/<company>/activity`."""

    right = "audits.read"

    async def show(self, **_: str) -> None:
        assert self.domain is not None
        chosen = {name: self.wanted(name)[:100] for name in FILTERS}
        query = {name: chosen[name] for name in ("who", "noun", "action", "ref", "cursor")}
        since, until = trail.day(chosen["since"], self.zone()), trail.day(chosen["until"], self.zone(), end=True)
        times = {"since": max(since, 0) if since is not None else None, "until": max(until, 0) if until else None}
        found = (
            await self.ask("GET", "/audits", query={**query, **times, "domain": self.domain.name, "limit": 100})
        ).body
        base = self.url("activity")
        words = {
            "who": f"By {chosen['who']}",
            "noun": dict(trail.KINDS).get(chosen["noun"], chosen["noun"]),
            "action": dict(trail.ACTIONS).get(chosen["action"], chosen["action"]),
            "ref": f"About {chosen['ref']}",
            "since": f"Since {chosen['since']}",
            "until": f"Until {chosen['until']}",
        }
        kept = {name: value for name, value in chosen.items() if name != "cursor"}
        self.page(
            "pages/people/activity_part.html" if self.partial else "pages/people/activity.html",
            lines=[trail.line(row) for row in found["items"]], chosen=chosen, kinds=trail.KINDS, zone=self.zone(),
            actions=trail.ACTIONS, chips=people.chips(chosen, words, base),
            more=self.url("activity", **kept, cursor=found["next"]) if found["next"] else "",
            first=self.url("activity", **kept) if chosen["cursor"] else "",
        )  # fmt: skip
