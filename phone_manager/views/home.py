"""Home and the search palette, from what the API found.  (pure)"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from phone_manager.views.rail import Entry

SIGNS: Mapping[str, tuple[str, str]] = {
    "phones_refused": ("circle-x", "bad"),
    "jobs_failed": ("circle-x", "bad"),
    "phones_never": ("circle-dashed", "off"),
    "phones_unregistered": ("plug-off", "bad"),
    "phones_pending": ("hourglass", "warn"),
    "firmware_old": ("cpu", "warn"),
    "knocks": ("hand-stop", "warn"),
    "users_without_mail": ("mail", "off"),
}
STATES = ("registered", "pending", "waiting", "unregistered", "refused", "never")
HIT_PAGES: Mapping[str, tuple[str, str]] = {
    "user": ("users/{}", "user"),
    "phone": ("phones/{}", "device-landline-phone"),
    "phone_number": ("numbers?search={}", "number"),
    "department": ("users?department={}", "users-group"),
    "site": ("sites/{}", "map-pin"),
    "template": ("templates/{}", "template"),
    "domain": ("", "building"),
}


@dataclass(frozen=True, slots=True)
class Need:
    """A line of “what needs me”: a sentence, its sign and kind of urgency, and where to look."""

    text: str
    sign: str
    kind: str
    address: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A line of the palette."""

    title: str
    text: str
    sign: str
    address: str


def needs(found: Iterable[Mapping[str, Any]], start: str) -> list[Need]:
    """The needs that the API tells, as lines; `start`: the address of the company's pages, `/c/acme.example/`."""
    told = []
    for need in found:
        sign, kind = SIGNS.get(need["kind"], ("info-circle", "off"))
        page = "/knocking" if need["page"] == "knocks" else start + need["page"]
        query = urlencode(need["query"])
        told.append(Need(need["text"], sign, kind, f"{page}?{query}" if query else page))
    return told


def shares(states: Mapping[str, int]) -> list[tuple[str, int, float, float]]:
    """(state, count, from, width) of the bar of states, in hundredths of its length; states nobody is in are left
    out."""
    total, start, found = sum(states.values()), 0.0, []
    for name in STATES:
        count = states.get(name, 0)
        if count:
            width = 100 * count / total
            found.append((name, count, round(start, 2), round(width, 2)))
            start += width
    return found


def hits(found: Iterable[Mapping[str, Any]]) -> list[Hit]:
    """What the search found, with the page of each."""
    told = []
    for hit in found:
        page, sign = HIT_PAGES[hit["kind"]]
        place = page.format(quote(str(hit["ref"]), safe="@:"))
        told.append(Hit(hit["title"], hit["text"], sign, f"/c/{quote(hit['domain'])}/{place}"))
    return told


def until(at: int | None, now: float, zone: str) -> str:
    """When something ends, as one says it: `today at 17:00`, `on Tuesday 24 November at 08:00`; empty for None."""
    if at is None:
        return ""
    there = ZoneInfo(zone)
    end, today = datetime.fromtimestamp(at, there), datetime.fromtimestamp(now, there).date()
    days = (end.date() - today).days
    year = f" {end.year}" if end.year != today.year else ""
    named = {0: "today", 1: "tomorrow"}.get(days, f"on {end:%A} {end.day} {end:%B}{year}")
    return f"{named} at {end:%H:%M}"


def pages(rail: Sequence[Entry], start: str, said: str) -> list[Hit]:
    """The pages of the rail whose title has every word of `said`; all of them when nothing was said."""
    words = said.casefold().split()
    named = [entry for entry in rail if all(word in entry.title.casefold() for word in words)]
    return [
        Hit(entry.title, "Page", entry.icon, entry.path if entry.path.startswith("/") else start + entry.path)
        for entry in named
    ]
