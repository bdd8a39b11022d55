"""Time frames in words: for pages, for the trace of a call, for whoever reads a rule aloud.  (pure)"""

from __future__ import annotations

from datetime import date

from provd.timeframe.frame import WEEKDAY_NAMES, WHENS, DateEntry, HolidayEntry, Hours, TimeFrame, Weekly
from provd.timeframe.recurrence import KINDS

_WEEKS = {
    "weeks": "week",
    "monthly_date": "month when it is on that date",
    "monthly_ordinal_weekday": "month in the same of its weeks",
    "monthly_first_weekday": "month on the first of each weekday",
    "monthly_last_weekday": "month on the last of each weekday",
}
_SHORT = tuple(name[:3] for name in WEEKDAY_NAMES)


def told(frame: TimeFrame) -> str:
    """A frame as one sentence: `Mon to Fri 09:00–12:00 and 13:00–17:00; Christmas Day (US)`."""
    if frame.forced != "schedule":
        held = "on" if frame.forced == "on" else "off"
        return f"Switched {held}, whatever its times say"
    if frame.when == "always":
        return "Always"
    parts = [week_told(frame.weekly)] if frame.weekly is not None else []
    parts += [date_told(entry) for entry in frame.dates]
    parts += [holiday_told(entry) for entry in frame.holidays]
    return "; ".join(part for part in parts if part) or WHENS[frame.when]


def week_told(weekly: Weekly) -> str:
    """`Mon to Fri 09:00–17:00, Sat 10:00–14:00`: days that are alike are named together."""
    groups: list[tuple[list[int], tuple[Hours, ...]]] = []
    for day, ranges in enumerate(weekly.days):
        same = next((group for group in groups if group[1] == ranges), None)
        if same is not None:
            same[0].append(day)
        elif ranges:
            groups.append(([day], ranges))
    text = ", ".join(f"{_together(days)} {' and '.join(clock(one) for one in ranges)}" for days, ranges in groups)
    if weekly.repeat is None:
        return text
    often = _often(_WEEKS[weekly.repeat.kind], weekly.repeat.every)
    until = f" until {weekly.repeat.ends.isoformat()}" if weekly.repeat.ends else ""
    return f"{text}, {often} from {weekly.repeat.starts.isoformat()}{until}"


def date_told(entry: DateEntry) -> str:
    """`2027-12-24 12:00 to 2027-12-26 08:00`, with how it comes again."""
    text = date_title(entry, entry.day.toordinal())
    if entry.repeat is None:
        return text
    often = _often(KINDS[entry.repeat.kind].split(",")[0].removeprefix("every "), entry.repeat.every)
    until = f" until {entry.repeat.ends.isoformat()}" if entry.repeat.ends else ""
    return f"{text}, {often}{until}"


def holiday_told(entry: HolidayEntry) -> str:
    """`Christmas Day (US)`, with its hours where it is not all day."""
    place = f"{entry.country}-{entry.region}" if entry.region else entry.country
    hours = "" if entry.hours == Hours(0, 1440) else f" {clock(entry.hours)}"
    year = "" if entry.year is None else f" {entry.year}"
    return f"{entry.name}{year} ({place}){hours}"


def hours_title(day: int, hours: Hours) -> str:
    """`Monday 09:00–17:00`."""
    return f"{WEEKDAY_NAMES[(day - 1) % 7]} {clock(hours)}"


def date_title(entry: DateEntry, day: int) -> str:
    """`2027-12-24 12:00 to 2027-12-26 08:00`, or `2027-12-24 all day`."""
    begin = date.fromordinal(day)
    if entry.start == 0 and entry.length == 1440:
        return f"{begin.isoformat()} all day"
    past, minutes = divmod(entry.start + entry.length, 1440)
    if not minutes:
        past, minutes = past - 1, 1440
    end = f"{minutes // 60:02}:{minutes % 60:02}"
    if past:
        end = f"{date.fromordinal(day + past).isoformat()} {end}"
    return f"{begin.isoformat()} {entry.start // 60:02}:{entry.start % 60:02} to {end}"


def holiday_title(entry: HolidayEntry, day: int, kept: int) -> str:
    """`Independence Day`, or `Independence Day, kept on 2027-07-05`."""
    moved = "" if day == kept else f", kept on {date.fromordinal(kept).isoformat()}"
    return f"{entry.name}{moved}"


def clock(hours: Hours) -> str:
    """`09:00–17:00`; `all day`; an end on the next day is said with it."""
    if hours == Hours(0, 1440):
        return "all day"
    end = hours.end if hours.end <= 1440 else hours.end - 1440
    late = " the next day" if hours.end > 1440 else ""
    return f"{hours.start // 60:02}:{hours.start % 60:02}–{end // 60:02}:{end % 60:02}{late}"


def _often(words: str, every: int) -> str:
    """`every week`, `every 2 weeks`; `words` begin with the unit."""
    unit, space, rest = words.partition(" ")
    return f"every {words}" if every == 1 else f"every {every} {unit}s{space}{rest}"


def _together(days: list[int]) -> str:
    if len(days) == 7:
        return "Every day"
    if len(days) > 2 and days[-1] - days[0] == len(days) - 1:
        return f"{_SHORT[days[0]]} to {_SHORT[days[-1]]}"
    return ", ".join(_SHORT[day] for day in days)
