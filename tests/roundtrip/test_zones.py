"""A phone's clock shows the time of its place, in winter and in summer, wherever that is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import cache

import pytest

from provd.phone.zone import Zone
from tests.roundtrip.clocks import CLOCKS, world
from tests.roundtrip.phones import CATALOGUE, RICH, Wish, configured, seen

FAMILIES = sorted(RICH)
PLAIN = (
    "UTC",
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",
    "America/St_Johns",
    "America/Sao_Paulo",
    "Europe/Berlin",
    "Europe/London",
    "Europe/Dublin",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Asia/Tokyo",
    "Australia/Sydney",
    "Pacific/Auckland",
    "America/Havana",
    "Pacific/Honolulu",
)
# Changes at hours no vendor can say (24:00, 26:00, a quarter to three, before midnight), or by half an hour.
AWKWARD = (
    "Australia/Lord_Howe",
    "Pacific/Chatham",
    "America/Santiago",
    "Asia/Jerusalem",
    "America/Nuuk",
    "Africa/Cairo",
    "Pacific/Easter",
)
known = cache(world)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("name", (*PLAIN, *AWKWARD))
def test_the_clock_is_right_all_year(family: str, name: str) -> None:
    reading = seen(configured(Wish(RICH[family], values={"time.zone": name})))
    offset, changes = known(name)
    assert int(reading.settings["time.utc_offset"]) == offset
    rules = CLOCKS[family](reading.parameters)
    wrong = [abs(rule.when() - change) for rule, change in zip(rules or (), changes, strict=True)]
    assert max(wrong, default=timedelta()) <= (timedelta(hours=3) if name in AWKWARD else timedelta())


def test_a_zone_the_snom_phone_knows_by_name_is_the_same_zone() -> None:
    zones = CATALOGUE.families["snom"].facts["zones"]
    assert isinstance(zones, dict)
    for name, own in zones.items():
        reading = seen(configured(Wish(RICH["snom"], values={"time.zone": name})))
        assert reading.settings["time.zone"] == own
        assert int(reading.settings["time.utc_offset"]) == known(name)[0], name


def test_any_other_zone_goes_to_a_snom_phone_by_its_offset() -> None:
    settings = seen(configured(Wish(RICH["snom"], values={"time.zone": "Asia/Kathmandu"}))).settings
    assert (settings.get("time.zone"), settings["time.utc_offset"]) == (None, "345")


def test_a_named_zone_whose_rules_have_changed_goes_by_its_offset_too() -> None:
    config = configured(Wish(RICH["snom"], values={"time.zone": "America/Chicago"}))
    for zone in (Zone("America/Chicago", -300, "EST5"), Zone("America/Chicago", -360, "CST6")):
        settings = seen(replace(config, zone=zone)).settings
        assert (settings.get("time.zone"), settings["time.utc_offset"]) == (None, str(zone.offset))
