"""Holidays of countries and regions, and the days on which they are observed.  (pure)"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache, lru_cache
from types import MappingProxyType

import holidays

LANGUAGE = "en_US"
"""Names are kept in one language, so that a saved holiday is found whatever the page speaks."""

OBSERVANCES = MappingProxyType(
    {
        "holiday": "the day itself",
        "holiday_and_next_day": "the day and the day after it",
        "holiday_and_prior_day": "the day and the day before it",
        "holiday_and_next_workday": "the day and the next workday",
        "holiday_and_prior_workday": "the day and the workday before it",
        "next_workday": "the next workday instead",
        "prior_workday": "the workday before it instead",
    }
)
"""What to do with a holiday that falls on a certain weekday (platform-facts.md section 6)."""
FARTHEST = 7
"""Days between a holiday and the farthest day on which it is observed."""


@cache
def countries() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Every country by its two letters (ISO 3166-1), with the codes of its regions, in order."""
    known = holidays.list_supported_countries(include_aliases=False)
    return tuple((code, tuple(known[code])) for code in sorted(known))


def region_names(country: str) -> dict[str, str]:
    """The regions of a country, code → name; the code where it has no other name. KeyError for no country."""
    regions = dict(countries())[country]
    named = {code: name for name, code in _calendar(country, "").subdivisions_aliases.items()}
    return {code: named.get(code, code) for code in regions}


@lru_cache(4096)
def of_year(country: str, region: str, year: int) -> tuple[tuple[int, str], ...]:
    """The public holidays of one year as (ordinal, name) by date, unmoved; KeyError for no such country or region."""
    if region and region not in dict(countries())[country]:
        raise KeyError(region)
    found = _calendar(country, region, year)
    return tuple((day.toordinal(), name.strip()) for day, names in sorted(found.items()) for name in names.split(";"))


@lru_cache(4096)
def named(country: str, region: str, name: str, year: int) -> tuple[int, ...]:
    """The days of the holiday with this name in one year; none where the country does not keep it then."""
    return tuple(day for day, known in of_year(country, region, year) if known == name)


def observed(day: int, option: str, workweek: Iterable[int]) -> tuple[int, ...]:
    """The days on which a holiday is kept: `option` is one of OBSERVANCES, `workweek` has weekdays, Monday = 0."""
    if option == "holiday":
        return (day,)
    step = 1 if "next" in option else -1
    other = day + step
    if option.endswith("workday"):
        work = frozenset(workweek)
        while _weekday(other) not in work and abs(other - day) < FARTHEST:
            other += step
    kept = (other,) if not option.startswith("holiday") else (day, other)
    return tuple(sorted(kept))


def _weekday(day: int) -> int:
    return (day - 1) % 7  # the first day of all, ordinal 1, was a Monday


def _calendar(country: str, region: str, year: int | None = None) -> holidays.HolidayBase:
    if country not in dict(countries()):
        raise KeyError(country)
    years: list[int] = [] if year is None else [year]
    made = holidays.country_holidays(country, subdiv=region or None, years=years, expand=False, observed=False)
    if LANGUAGE in made.supported_languages:
        made = holidays.country_holidays(
            country, subdiv=region or None, years=years, expand=False, observed=False, language=LANGUAGE
        )
    return made


def day_and_month(day: int) -> str:
    """`4 July 2027`, for sentences."""
    found = date.fromordinal(day)
    return f"{found.day} {found:%B} {found.year}"
