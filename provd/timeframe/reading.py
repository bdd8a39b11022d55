"""Time frames as JSON keeps them: read, and every mistake told as a sentence.  (pure)"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from provd.errors import Invalid, Problem
from provd.timeframe import holidays, recurrence, week
from provd.timeframe.frame import (
    FORCES,
    LONGEST_DATE,
    LONGEST_RECURRING,
    MOST_ENTRIES,
    MOST_RANGES,
    WEEKDAYS,
    WHENS,
    WORKWEEK,
    DateEntry,
    HolidayEntry,
    Hours,
    TimeFrame,
    Weekly,
    Weeks,
)

PARTS = {"days_of_week": ("days", "repeat"), "specific_dates": ("dates",), "holidays": ("holidays",), "always": ()}
_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)|24:00")
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)T(([01]\d|2[0-3]):[0-5]\d)")
_YEARS = (1990, 2189)


def read(times: Mapping[str, Any], forced: str = "schedule") -> TimeFrame:
    """The frame that a JSON object says; raises Invalid with everything that is wrong with it.

    `when` is one of WHENS; `days` {mon: [{start, end}]} with `repeat`, `dates`, `holidays`: as the API declares them.
    """
    problems: list[Problem] = []
    when = str(times.get("when"))
    if when not in WHENS or forced not in FORCES:
        wrong, words = ("when", WHENS) if when not in WHENS else ("forced", FORCES)
        raise Invalid([Problem(wrong, f"{wrong} must be one of {', '.join(words)}.")])
    allowed = set(PARTS.get(when, ("days", "repeat", "dates", "holidays")))
    given = {name for name, value in times.items() if name != "when" and value}
    for name in sorted(given - allowed):
        problems.append(Problem(name, f"A frame with “{WHENS[when]}” has no {name[:40]}; leave it out."))
    if when != "always" and not given & (allowed - {"repeat"}):
        problems.append(Problem("when", f"“{WHENS[when]}” names no time yet; add one."))
    if problems:
        raise Invalid(problems)
    frame = TimeFrame(
        when,
        _weekly(times, problems),
        tuple(_listed(times, "dates", _date_entry, problems)),
        tuple(_listed(times, "holidays", _holiday, problems)),
        forced,
    )
    if problems:
        raise Invalid(problems)
    return frame


@lru_cache(4096)
def kept(text: str, forced: str = "schedule") -> TimeFrame:
    """The frame that stored JSON text says; equal texts give the same object, whose days are worked out once."""
    return read(json.loads(text), forced)


def minutes(text: Any) -> int | None:
    """`09:30` as minutes of the day, `24:00` as 1440; None for anything else."""
    if not isinstance(text, str) or not _CLOCK.fullmatch(text):
        return None
    return int(text[:2]) * 60 + int(text[3:])


def day(text: Any) -> date | None:
    """`2027-12-24` as a date of the years that frames know; None for anything else."""
    try:
        found = date.fromisoformat(text) if isinstance(text, str) and len(text) == 10 else None
    except ValueError:
        return None
    return found if found is not None and _YEARS[0] <= found.year <= _YEARS[1] else None


def _listed(times: Mapping[str, Any], name: str, read_one: Any, problems: list[Problem]) -> list[Any]:
    given = times.get(name) or ()
    if not isinstance(given, Sequence) or not all(isinstance(one, Mapping) for one in given):
        problems.append(Problem(name, f"{name} must be a list of objects."))
        return []
    if len(given) > MOST_ENTRIES:
        problems.append(Problem(name, f"A frame has at most {MOST_ENTRIES} {name}; make a second frame for the rest."))
        return []
    found = [read_one(one, f"{name}.{place}", problems) for place, one in enumerate(given)]
    return [one for one in found if one is not None]


def _hours(said: Any, field: str, problems: list[Problem], default: Hours | None = None) -> Hours | None:
    """A range of a day. 23:59 is the end of the day (AM-66); an end that is not after the start is the next day's."""
    if isinstance(said, Mapping) and default is not None and not {"start", "end"} & said.keys():
        return default
    start = minutes(said.get("start")) if isinstance(said, Mapping) else None
    end = minutes(said.get("end")) if isinstance(said, Mapping) else None
    if start is None or end is None or start == 1440:
        problems.append(Problem(field, f"{field} needs start and end as hours and minutes, such as 09:00 and 17:30."))
        return None
    end = 1440 if end == 1439 else end
    return Hours(start, end if end > start else end + 1440)


def _weekly(times: Mapping[str, Any], problems: list[Problem]) -> Weekly | None:
    said = times.get("days") or {}
    if not isinstance(said, Mapping) or not set(said) <= set(WEEKDAYS):
        problems.append(Problem("days", f"days has lists of ranges under {', '.join(WEEKDAYS)}."))
        return None
    days: list[tuple[Hours, ...]] = []
    for name in WEEKDAYS:
        ranges = said.get(name) or ()
        if not isinstance(ranges, Sequence) or isinstance(ranges, str) or len(ranges) > MOST_RANGES:
            problems.append(Problem(f"days.{name}", f"days.{name} must be a list of at most {MOST_RANGES} ranges."))
            continue
        found = [_hours(one, f"days.{name}.{place}", problems) for place, one in enumerate(ranges)]
        days.append(tuple(sorted((one for one in found if one is not None), key=lambda one: (one.start, one.end))))
    repeat = _weeks(times.get("repeat"), problems)
    if not any(days):
        if repeat is not None:
            problems.append(Problem("repeat", "repeat goes with days of the week; choose some, or leave it out."))
        return None
    return Weekly(tuple(days), repeat) if len(days) == 7 else None


def _weeks(said: Any, problems: list[Problem]) -> Weeks | None:
    if not said:
        return None
    if not isinstance(said, Mapping) or str(said.get("kind")) not in week.KINDS:
        problems.append(Problem("repeat.kind", f"repeat.kind must be one of {', '.join(week.KINDS)}."))
        return None
    starts = day(said.get("starts"))
    if starts is None:
        problems.append(Problem("repeat.starts", "repeat.starts must be the first day, such as 2027-01-04."))
    every, ends = _every(said, "repeat", problems), _ends(said, "repeat", problems)
    return Weeks(str(said["kind"]), every, starts, ends) if starts is not None else None


def _every(said: Mapping[str, Any], field: str, problems: list[Problem]) -> int:
    every = said.get("every", 1)
    if isinstance(every, bool) or not isinstance(every, int) or not 1 <= every <= recurrence.MOST_APART:
        text = f"{field}.every must be a whole number from 1 to {recurrence.MOST_APART}."
        problems.append(Problem(f"{field}.every", text))
        return 1
    return every


def _ends(said: Mapping[str, Any], field: str, problems: list[Problem]) -> date | None:
    if said.get("ends") in (None, ""):
        return None
    found = day(said["ends"])
    if found is None:
        problems.append(Problem(f"{field}.ends", f"{field}.ends must be the last day, such as 2027-12-31, or empty."))
    return found


def _date_entry(said: Mapping[str, Any], field: str, problems: list[Problem]) -> DateEntry | None:
    start, end = (_moment(said.get(name)) for name in ("start", "end"))
    if start is None or end is None or end <= start:
        text = f"{field} needs a start and a later end, such as 2027-12-24T12:00 and 2027-12-26T08:00."
        problems.append(Problem(field, text))
        return None
    if end.hour == 23 and end.minute == 59:
        end = end.replace(hour=0, minute=0).fromordinal(end.toordinal() + 1)
    length = int((end - start).total_seconds()) // 60
    repeat = _repeat(said.get("repeat"), start.date(), f"{field}.repeat", problems)
    longest = LONGEST_DATE if repeat is None else LONGEST_RECURRING
    if length > longest * 1440:
        problems.append(Problem(field, f"{field} lasts longer than {longest} days; make it shorter."))
    return DateEntry(start.date(), start.hour * 60 + start.minute, length, repeat)


def _moment(text: Any) -> datetime | None:
    if not isinstance(text, str) or not _MOMENT.fullmatch(text) or day(text[:10]) is None:
        return None
    return datetime.fromisoformat(text)  # a wall time: it has no zone before somebody asks


def _repeat(said: Any, starts: date, field: str, problems: list[Problem]) -> recurrence.Recurrence | None:
    if not said:
        return None
    if not isinstance(said, Mapping) or str(said.get("kind")) not in recurrence.KINDS:
        problems.append(Problem(f"{field}.kind", f"{field}.kind must be one of {', '.join(recurrence.KINDS)}."))
        return None
    every, ends = _every(said, field, problems), _ends(said, field, problems)
    found = recurrence.Recurrence(str(said["kind"]), starts, every, ends)
    if not recurrence.begins_right(found):
        meant = recurrence.KINDS[found.kind].split(",")[0]
        text = f"{starts.isoformat()} is not a day that comes “{meant}”; choose another first day or recurrence."
        problems.append(Problem(f"{field}.kind", text))
    return replace(found, ends=ends)


def _holiday(said: Mapping[str, Any], field: str, problems: list[Problem]) -> HolidayEntry | None:
    country, region, name = (str(said.get(part) or "") for part in ("country", "region", "name"))
    year = said.get("year")
    if year is not None and (isinstance(year, bool) or not isinstance(year, int) or not _known_year(year)):
        problems.append(
            Problem(f"{field}.year", f"{field}.year must be a year, such as 2027, or empty for every year.")
        )
        return None
    if not knows_holiday(country, region, name, year):
        where = f"{country}-{region}" if region else country
        text = f"{where[:20] or 'No country'} has no holiday “{name[:60]}”; GET /api/v2/holidays lists those it has."
        problems.append(Problem(f"{field}.name", text))
        return None
    hours = _hours(said, field, problems, Hours(0, 1440))
    workweek, observances = _workweek(said, field, problems), _observances(said, field, problems)
    ends = _ends(said, field, problems)
    if hours is None:
        return None
    return HolidayEntry(country, region, name, hours, year, observances, workweek, ends)


def _known_year(year: int) -> bool:
    return _YEARS[0] <= year <= _YEARS[1]


def knows_holiday(country: str, region: str, name: str, year: int | None) -> bool:
    """Whether the holiday exists: in its year, or in one of some around now, as new ones begin and old ones end."""
    try:
        return any(holidays.named(country, region, name, one) for one in ((year,) if year else range(2020, 2031)))
    except KeyError:
        return False


def _workweek(said: Mapping[str, Any], field: str, problems: list[Problem]) -> tuple[int, ...]:
    given = said.get("workweek")
    if not given:
        return WORKWEEK
    if not isinstance(given, Sequence) or not all(one in WEEKDAYS for one in given) or not 4 <= len(set(given)) <= 6:
        problems.append(Problem(f"{field}.workweek", f"{field}.workweek must be 4 to 6 of {', '.join(WEEKDAYS)}."))
        return WORKWEEK
    return tuple(sorted({WEEKDAYS.index(one) for one in given}))


def _observances(said: Mapping[str, Any], field: str, problems: list[Problem]) -> tuple[str, ...]:
    given = said.get("observance") or {}
    known = isinstance(given, Mapping) and set(given) <= set(WEEKDAYS)
    if not known or not all(str(option) in holidays.OBSERVANCES for option in given.values()):
        options = ", ".join(holidays.OBSERVANCES)
        problems.append(Problem(f"{field}.observance", f"{field}.observance says for a weekday one of {options}."))
        return ("holiday",) * 7
    return tuple(str(given.get(name, "holiday")) for name in WEEKDAYS)
