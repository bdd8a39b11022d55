"""When a phone changes its clock by the rule in its file, and when the world does."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from zoneinfo import ZoneInfo

# A year that no special ruling touches: the rules say what holds from now on.
YEAR = 2028


@dataclass(frozen=True, slots=True)
class Rule:
    """A change of the clock: in `month`, on the first `weekday` (0 = Sunday) on or after `day`, or on the last of the
    month where `day` is 0, `minutes` after midnight."""

    month: int
    day: int
    weekday: int
    minutes: int

    def when(self) -> datetime:
        """The local time of the change in YEAR, by the clock as it goes before."""
        first = date(YEAR, self.month, self.day or 1)
        found = first + timedelta(days=(self.weekday - first.isoweekday()) % 7)
        while not self.day and (found + timedelta(days=7)).month == self.month:
            found += timedelta(days=7)
        return datetime(found.year, found.month, found.day) + timedelta(minutes=self.minutes)  # noqa: DTZ001


def week(number: int) -> int:
    """The first day of the n-th week of a month as `Rule.day`; the fifth stands for the last."""
    return 0 if number == 5 else number * 7 - 6


Said = Mapping[str, str]
Change = tuple[Rule, Rule] | None


def yealink(said: Said) -> Change:
    if said["local_time.summer_time"] == "0":
        return None
    assert said["local_time.dst_time_type"] == "1"

    def rule(text: str) -> Rule:
        month, number, weekday, hour = map(int, text.split("/"))
        return Rule(month, week(number), weekday % 7, hour * 60)

    return rule(said["local_time.start_time"]), rule(said["local_time.end_time"])


def poly(said: Said) -> Change:
    name = "tcpIpApp.sntp.daylightSavings."
    if said[f"{name}enable"] == "0":
        return None
    assert said[f"{name}fixedDayEnable"] == "0"

    def rule(edge: str) -> Rule:
        month, day, weekday, hour = (
            int(said[f"{name}{edge}.{part}"]) for part in ("month", "date", "dayOfWeek", "time")
        )
        last = said[f"{name}{edge}.dayOfWeek.lastInMonth"] == "1"
        return Rule(month, 0 if last else day, weekday - 1, hour * 60)

    return rule("start"), rule("stop")


def cisco(said: Said) -> Change:
    if said["Daylight_Saving_Time_Enable"] == "No":
        return None
    parts = dict(part.split("=") for part in said["Daylight_Saving_Time_Rule"].split(";"))

    def rule(text: str) -> Rule:
        month, day, weekday, time = text.split("/")
        hour, minute, _ = map(int, time.split(":"))
        return Rule(int(month), max(0, int(day)), int(weekday) % 7, hour * 60 + minute)

    return rule(parts["start"]), rule(parts["end"])


def grandstream(said: Said) -> Change:
    """POSIX.1-2024 §8.3."""
    text = said.get("dateTime.timezone.custom") or said["P246"]
    found = re.findall(r",M(\d+)\.(\d)\.(\d)/(\d\d):(\d\d):00", text)
    rules = [Rule(int(m), week(int(w)), int(d), int(hour) * 60 + int(minute)) for m, w, d, hour, minute in found]
    assert len(rules) == text.count(",")
    return (rules[0], rules[1]) if rules else None


def snom(said: Said) -> Change:
    found = re.fullmatch(r"\d+ (\S+ \S+) (\S+ \S+)", said["dst"])
    if found is None:
        assert not said["dst"]
        return None

    def rule(text: str) -> Rule:
        month, number, weekday, hour, minute, _ = map(int, re.split("[. :]", text))
        return Rule(month, week(number), weekday % 7, hour * 60 + minute)

    return rule(found[1]), rule(found[2])


def fanvil(said: Said) -> Change:
    if said["phone/date/EnableDST"] == "0":
        return None

    def rule(edge: str) -> Rule:
        month, number, weekday, hour = (
            int(said[f"phone/date/DST{edge}{part}"]) for part in ("Mon", "Week", "Wday", "Hour")
        )
        return Rule(month, week(number), weekday, hour * 60)

    return rule("Start"), rule("End")


CLOCKS: Mapping[str, Callable[[Said], Change]] = {
    "yealink": yealink,
    "poly-ucs": poly,
    "poly-edge-e": poly,
    "cisco-spa": cisco,
    "cisco-mpp": cisco,
    "grandstream": grandstream,
    "grandstream-ht": grandstream,
    "snom": snom,
    "fanvil": fanvil,
}


def world(name: str) -> tuple[int, list[datetime]]:
    """Minutes east of UTC in winter, and the local times in YEAR, summer's start first, at which clocks are changed."""
    with files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as stream:
        zone = ZoneInfo.from_file(stream, name)
    moment = datetime(YEAR, 1, 1, tzinfo=UTC)
    changes = []
    offsets = [_offset(moment, zone)]
    while moment.year == YEAR:
        moment += timedelta(minutes=15)
        offsets.append(_offset(moment, zone))
        if offsets[-1] != offsets[-2]:
            local = (moment + timedelta(minutes=offsets[-2])).replace(tzinfo=None)
            changes.append((offsets[-1] < offsets[-2], local))
    return min(offsets), [local for _, local in sorted(changes)]


def _offset(moment: datetime, zone: ZoneInfo) -> int:
    delta = moment.astimezone(zone).utcoffset()
    assert delta is not None
    return int(delta.total_seconds()) // 60
