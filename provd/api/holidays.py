"""Holidays to choose from: countries, their regions, and what they keep in a year."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from provd.api.call import Call, cut
from provd.api.endpoint import PAGING, SEARCH, Group
from provd.api.gate import off_the_loop
from provd.api.schema import define, listing, number, obj, page, text
from provd.errors import NotFound
from provd.store.database import Store
from provd.timeframe import holidays

group = Group("holidays", "Public holidays of the world, for time frames (SF-085).")

COUNTRY = define("HolidayCountry", obj({"country": text(longest=2), "regions": listing(text(longest=40))}))
REGION = obj({"region": text("Its code", 40), "name": text()})
HOLIDAYS = define(
    "Holidays",
    obj(
        {
            "country": text(longest=2), "region": text(longest=40), "year": number(), "regions": listing(REGION),
            "holidays": listing(obj({"date": text(longest=10), "name": text()}), "Before they are moved to workdays"),
        }
    ),
)  # fmt: skip


@group.get("/holidays", "catalogue.read", page(COUNTRY), query={**PAGING, **SEARCH})
def list_countries(store: Store, call: Call) -> Any:
    """List the countries whose holidays are known"""
    found = cut(
        holidays.countries(), {**call.query, "search": call.query.get("search", "").upper()}, lambda one: one[0]
    )
    return {**found, "items": [{"country": code, "regions": list(regions)} for code, regions in found["items"]]}


@group.get(
    "/holidays/{country}", "catalogue.read", HOLIDAYS,
    query={"region": text("Code of a region", 40), "year": number("This one unless said", 1990, 2189)},
)  # fmt: skip
async def get_holidays(call: Call) -> Any:
    """List the holidays of a country or region in a year"""
    country, region = call.path["country"][:10], call.query.get("region", "")
    year = call.query.get("year") or datetime.fromtimestamp(call.now, UTC).year
    try:
        found = await off_the_loop(holidays.of_year, country, region, year)
        regions = await off_the_loop(holidays.region_names, country)
    except KeyError:
        raise NotFound(f"The holidays of {f'{country}-{region}' if region else country} are not known.") from None
    return {
        "country": country, "region": region, "year": year,
        "regions": [{"region": code, "name": name} for code, name in regions.items()],
        "holidays": [{"date": date.fromordinal(day).isoformat(), "name": name} for day, name in found],
    }  # fmt: skip
