"""Time frames as a form and as a month: fields to the API's times and back, days with their ranges.  (pure)"""

from __future__ import annotations

import calendar
import datetime
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from provd.errors import Problem
from provd.timeframe.frame import WEEKDAY_NAMES, WEEKDAYS

Sent = Mapping[str, Sequence[str]]
SPARE = 2
"""Empty rows for dates that a form offers."""
_RANGE = re.compile(r"(\d{1,2})(?::?(\d\d))?\s*(?:-|–|to)\s*(\d{1,2})(?::?(\d\d))?")


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the calendar. `ranges`: (from, to, why) in words; `other`: of the month before or after."""

    date: datetime.date
    ranges: tuple[tuple[str, str, str], ...]
    other: bool
    today: bool


def days_text(days: Mapping[str, Sequence[Mapping[str, str]]]) -> dict[str, str]:
    """`09:00–12:00, 13:00–17:00` for every weekday; empty for none."""
    return {day: ", ".join(f"{one['start']}–{one['end']}" for one in days.get(day, ())) for day in WEEKDAYS}


def read_days(sent: Sent, problems: list[Problem]) -> dict[str, list[dict[str, str]]]:
    """The ranges of every weekday from fields `days.mon` …; what cannot be read is told in `problems`."""
    found = {}
    for day, name in zip(WEEKDAYS, WEEKDAY_NAMES, strict=True):
        ranges = []
        for part in re.split(r"[,;\n]", sent.get(f"days.{day}", [""])[-1]):
            if not part.strip():
                continue
            match = _RANGE.fullmatch(part.strip())
            if match is None:
                text = f"“{part.strip()[:20]}” on {name} is not a range; write 9:00-17:00, several with a comma."
                problems.append(Problem(f"days.{day}", text))
                continue
            start, start_minute, end, end_minute = (int(one or 0) for one in match.groups())
            ranges.append({"start": f"{start:02}:{start_minute:02}", "end": f"{end:02}:{end_minute:02}"})
        if ranges:
            found[day] = ranges
    return found


def times(sent: Sent, problems: list[Problem]) -> dict[str, Any]:
    """The whole body that a form stands for; `problems` gets what cannot be read."""
    body: dict[str, Any] = {"name": _one(sent, "name"), "when": _one(sent, "when"), "forced": _one(sent, "forced")}
    when = body["when"]
    if when in ("days_of_week", "custom"):
        body["days"] = read_days(sent, problems)
        if _one(sent, "repeat.kind"):
            body["repeat"] = _repeat(sent, "repeat") | {"starts": _one(sent, "repeat.starts")}
    if when in ("specific_dates", "custom"):
        body["dates"] = [_date(sent, at) for at in _rows(sent, "dates") if _one(sent, f"dates.{at}.start")]
    if when in ("holidays", "custom"):
        body["holidays"] = [_holiday(sent, at) for at in _rows(sent, "holidays") if _one(sent, f"holidays.{at}.keep")]
        body["holidays"] += [_added(name) for name in sent.get("add", ()) if name.count("|") == 2]
    return body


def _one(sent: Sent, name: str) -> str:
    return sent.get(name, [""])[-1].strip()


def _rows(sent: Sent, name: str) -> list[int]:
    numbers = {int(key.split(".")[1]) for key in sent if re.fullmatch(rf"{name}\.\d{{1,3}}\.\w+", key)}
    return sorted(numbers)


def _repeat(sent: Sent, start: str) -> dict[str, Any]:
    every = _one(sent, f"{start}.every")
    number = int(every) if every.isascii() and every.isdecimal() and len(every) < 6 else every or 1
    return {"kind": _one(sent, f"{start}.kind"), "every": number, "ends": _one(sent, f"{start}.ends") or None}


def _date(sent: Sent, at: int) -> dict[str, Any]:
    found: dict[str, Any] = {name: _one(sent, f"dates.{at}.{name}") for name in ("start", "end")}
    if _one(sent, f"dates.{at}.kind"):
        found["repeat"] = _repeat(sent, f"dates.{at}")
    return found


def _holiday(sent: Sent, at: int) -> dict[str, Any]:
    found: dict[str, Any] = {
        name: value
        for name in ("country", "region", "name", "start", "end", "ends")
        if (value := _one(sent, f"holidays.{at}.{name}"))
    }
    year = _one(sent, f"holidays.{at}.year")
    if year.isascii() and year.isdecimal() and len(year) == 4:
        found["year"] = int(year)
    kept = {day: _one(sent, f"holidays.{at}.{day}") for day in WEEKDAYS}
    observance = {day: option for day, option in kept.items() if option not in ("", "holiday")}
    workweek = [day for day in _one(sent, f"holidays.{at}.workweek").split() if day in WEEKDAYS]
    return found | ({"observance": observance} if observance else {}) | ({"workweek": workweek} if workweek else {})


def _added(chosen: str) -> dict[str, Any]:
    country, region, name = chosen.split("|", 2)
    found = {"country": country, "name": name} | ({"region": region} if region else {})
    return found | {"observance": {"sat": "prior_workday", "sun": "next_workday"}}


def window(month: str, today: datetime.date) -> tuple[datetime.date, datetime.date, datetime.date]:
    """(first of the month, first day shown, last day shown) of a month such as `2026-11`; this month for any other
    text. Weeks begin on Monday."""
    found = re.fullmatch(r"(20\d\d)-(0[1-9]|1[0-2])", month)
    first = datetime.date(int(found[1]), int(found[2]), 1) if found else today.replace(day=1)
    shown = first - datetime.timedelta(days=first.weekday())
    last = first.replace(day=calendar.monthrange(first.year, first.month)[1])
    return first, shown, last + datetime.timedelta(days=6 - last.weekday())


def midnight(day: datetime.date, zone: str) -> int:
    """When a day begins in a zone, epoch seconds."""
    return int(datetime.datetime.combine(day, datetime.time(), ZoneInfo(zone)).timestamp())


def weeks(
    ranges: Iterable[Mapping[str, Any]], month: str, zone: str, today: datetime.date
) -> tuple[datetime.date, list[list[Day]]]:
    """The weeks of a month with what of the API's calendar `ranges` falls on each day."""
    first, start, last = window(month, today)
    found: list[list[Day]] = []
    spans = [(one["start"], one["end"], one["title"]) for one in ranges]
    day = start
    while day <= last:
        if day.weekday() == 0:
            found.append([])
        begins, ends = midnight(day, zone), midnight(day + datetime.timedelta(days=1), zone)
        inside = tuple(
            (_clock(max(span[0], begins), zone), "24:00" if span[1] >= ends else _clock(span[1], zone), span[2])
            for span in spans
            if span[0] < ends and span[1] > begins
        )
        found[-1].append(Day(day, inside, day.month != first.month, day == today))
        day += datetime.timedelta(days=1)
    return first, found


def neighbours(first: datetime.date) -> tuple[str, str]:
    """The month before and the month after, as addresses name them."""
    before, after = first - datetime.timedelta(days=1), first + datetime.timedelta(days=31)
    return before.strftime("%Y-%m"), after.strftime("%Y-%m")


def _clock(at: int, zone: str) -> str:
    return datetime.datetime.fromtimestamp(at, ZoneInfo(zone)).strftime("%H:%M")
