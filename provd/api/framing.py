"""A time frame as JSON: what is sent, what is shown, and its calendar.  (pure)"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from provd.api.schema import Schema, choice, define, listing, moment, nullable, number, obj, switch, text
from provd.errors import Invalid, Problem
from provd.store import rules
from provd.store.routing_rows import SavedFrame
from provd.store.rows import User
from provd.timeframe import recurrence, week
from provd.timeframe.active import active_ranges, is_active, next_changes, title_at
from provd.timeframe.clock import day_of, to_wall
from provd.timeframe.frame import FORCES, MOST_ENTRIES, MOST_RANGES, WEEKDAYS, WHENS, TimeFrame
from provd.timeframe.holidays import OBSERVANCES
from provd.timeframe.reading import knows_holiday
from provd.timeframe.sentence import told

LONGEST_WINDOW = 100
"""Days of one calendar."""
CLOCK = text("Hours and minutes; an end of 23:59 or 24:00 is the end of the day", 5, examples=["09:00"])
DAY = text("A date", 10, examples=["2027-12-24"])
RANGE = define(
    "DayRange",
    obj({"start": CLOCK, "end": CLOCK}, about="The end is not in it; one before the start is the next day's"),
)
REPEAT_FIELDS: dict[str, Schema] = {
    "every": number("Every n-th", 1, recurrence.MOST_APART),
    "ends": nullable(text("The last day; null for never", 10)),
}
WEEKS = obj(
    {"kind": choice(tuple(week.KINDS), "Which weeks or weekdays"), "starts": DAY, **REPEAT_FIELDS},
    required=("kind", "starts"),
)
RECURRENCE = obj({"kind": choice(tuple(recurrence.KINDS), "How it comes again"), **REPEAT_FIELDS}, required=("kind",))
MOMENT = text("A date and time on the clock of whoever's rule it is", 16, examples=["2027-12-24T12:00"])
DATE = define(
    "FrameDate", obj({"start": MOMENT, "end": MOMENT, "repeat": nullable(RECURRENCE)}, required=("start", "end"))
)
OBSERVANCE = obj(
    {day: choice(tuple(OBSERVANCES)) for day in WEEKDAYS}, required=(),
    about="What is kept when the holiday falls on a weekday; `holiday` unless said",
)  # fmt: skip
HOLIDAY = define(
    "FrameHoliday",
    obj(
        {
            "country": text("Two letters; GET /api/v2/holidays lists them", 2),
            "region": text("Its code, or empty", 40),
            "name": text("As GET /api/v2/holidays/{country} writes it", 200), "start": CLOCK, "end": CLOCK,
            "year": nullable(number("Only in this year; null for every year", 1990, 2189)),
            "observance": OBSERVANCE,
            "workweek": listing(choice(WEEKDAYS), "4 to 6 weekdays; Monday to Friday unless said", 7),
            "ends": nullable(text("The last day; null for never", 10)),
        },
        required=("country", "name"),
    ),
)  # fmt: skip
TIMES: dict[str, Schema] = {
    "when": choice(tuple(WHENS), "Kind of the frame; custom is the union of the others"),
    "days": obj({day: listing(RANGE, most=MOST_RANGES) for day in WEEKDAYS}, required=(), about="Ranges by weekday"),
    "repeat": nullable(WEEKS),
    "dates": listing(DATE, "Specific dates", MOST_ENTRIES),
    "holidays": listing(HOLIDAY, "Holidays", MOST_ENTRIES),
}
NAME = text("Unique among its owner's", 200)
FORCED = choice(tuple(FORCES), "`on` and `off` hold the frame there, whatever its times say")
NEW_FRAME = obj({"name": NAME, **TIMES, "forced": FORCED}, required=("name", "when"))
CHANGES = obj({"name": NAME, **TIMES, "forced": FORCED}, required=()) | {"minProperties": 1}
EPOCH = moment("Epoch seconds")
WINDOW: dict[str, Schema] = {"from": EPOCH, "to": EPOCH}
ZONE: dict[str, Schema] = {"zone": text("By the clock of this zone, such as America/Denver", 64)}
PREVIEW = obj({**TIMES, "forced": FORCED, **WINDOW, **ZONE}, required=("when", "from", "to"))
CHANGE = obj({"at": EPOCH, "active": switch("Begins (true) or ends")})
FRAME = define(
    "TimeFrame",
    obj(
        {
            "number": number("What keys and codes name it by", 1), "name": NAME,
            "owner": text("`company` or `user`"), **TIMES, "forced": FORCED,
            "sentence": text("The frame in words", 5000),
            "zone": text("By whose clock"), "active": switch("In force now"), "reason": text("Why, or why not", 500),
            "next": nullable(CHANGE), "disabled_for": listing(text(longest=20), "Extensions whose rules are off", 5000),
            "created": moment(),
        }
    ),
)  # fmt: skip
CALENDAR = define(
    "Calendar",
    obj(
        {
            "zone": text(), "from": EPOCH, "to": EPOCH, "sentence": text(longest=5000),
            "ranges": listing(obj({"start": EPOCH, "end": EPOCH, "title": text(longest=500)}), "In force", 5000),
            "next": listing(CHANGE, "The next changes from the start on", 20),
            "recurrences": listing(
                obj(
                    {
                        "entry": number("Place among the dates"), "rrule": text("RFC 5545", 200),
                        "next": listing(DAY, "Its next days", 5),
                    }
                )
            ),
        }
    ),
)  # fmt: skip
EMPTY: Mapping[str, Any] = {"days": {}, "repeat": None, "dates": [], "holidays": []}


def times_of(body: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """The times that a body says: all of them where it says `when`, else what it says put over those there were."""
    said = {name: body[name] for name in TIMES if name in body}
    merged = said if "when" in said else {**before, **said}
    return {name: value for name, value in merged.items() if value not in (None, [], {})}


def look_up_holidays(body: Mapping[str, Any]) -> None:
    """Work out what the countries of a body keep, in a thread: the first time takes tens of milliseconds each."""
    for said in body.get("holidays") or ():
        knows_holiday(said["country"], said.get("region", ""), said["name"], said.get("year"))


def zone_of(call: Any, asked: str = "") -> str:
    """By whose clock (AM-65): the zone asked for, else the user's, else the company's. Raises Invalid."""
    wanted = asked or call.query.get("zone", "")
    rules.require(rules.time_zone("zone", wanted))
    own = call.user.time_zone if call.user is not None else ""
    return str(wanted or own or call.domain.time_zone or "UTC")


def shown(
    saved: SavedFrame, zone: str, now: float, off: Iterable[tuple[int, str]], user: User | None = None
) -> dict[str, Any]:
    """A frame as answers show it; of whose rules are off, with a `user` only this one."""
    frame, verdict = saved.frame, is_active(saved.frame, zone, now)
    following = next_changes(frame, zone, now, 1)
    return {
        "number": saved.number, "name": saved.name, "owner": "company" if saved.user_id is None else "user",
        **EMPTY, **saved.times, "forced": saved.forced, "sentence": told(frame), "zone": zone,
        "active": verdict.active, "reason": verdict.reason,
        "next": following[0]._asdict() if following else None,
        "disabled_for": [
            one for at, one in off if at == saved.number and (user is None or one == user.extension)
        ],
        "created": saved.created,
    }  # fmt: skip


def calendar(frame: TimeFrame, zone: str, start: int | None, end: int | None) -> Any:
    """When a frame is in force within a window; raises Invalid for one that is too long or ends before it starts."""
    if start is None or end is None or not start < end <= start + LONGEST_WINDOW * 86_400:
        text = f"Give from and to as epoch seconds, at most {LONGEST_WINDOW} days apart."
        raise Invalid([Problem("to", text)])
    ranges = [
        {"start": begin, "end": finish, "title": title_at(frame, to_wall(zone, begin)) or ""}
        for begin, finish in active_ranges(frame, zone, start, end)
    ]
    first = date.fromordinal(day_of(to_wall(zone, start)))
    return {
        "zone": zone, "from": start, "to": end, "sentence": told(frame), "ranges": ranges,
        "next": [change._asdict() for change in next_changes(frame, zone, start, 20)],
        "recurrences": list(_recurrences(frame, first)),
    }  # fmt: skip


def _recurrences(frame: TimeFrame, first: date) -> Iterable[dict[str, Any]]:
    for place, entry in enumerate(frame.dates):
        if entry.repeat is not None:
            days = recurrence.days(entry.repeat, first.toordinal(), first.toordinal() + 12 * 366)
            found = [date.fromordinal(day).isoformat() for day, _ in zip(days, range(5), strict=False)]
            yield {"entry": place, "rrule": recurrence.rrule(entry.repeat), "next": found}
