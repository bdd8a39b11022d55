"""Zones: what phones are told agrees with zoneinfo for every zone whose rule is of the usual form."""

from __future__ import annotations

import datetime
import zoneinfo
from collections.abc import Iterator
from zoneinfo import ZoneInfo

import pytest

from provd.phone.zone import Change, parse_posix
from provd.zones import known_zones, zone


def test_central_time_changes_on_the_second_sunday_of_march() -> None:
    chicago = zone("America/Chicago")
    assert (chicago.offset, chicago.hours, chicago.clock) == (-360, "-6", "-06:00")
    assert chicago.summer is not None
    assert chicago.summer.start == Change(3, 2, 0, 120)
    assert chicago.summer.end.iso_weekday == 7


def test_half_hours_and_no_summer() -> None:
    assert (zone("Asia/Kolkata").hours, zone("Asia/Kolkata").summer) == ("+5:30", None)
    assert zone("America/St_Johns").hours == "-3:30"
    assert zone("UTC").hours == "0"


def test_ireland_is_told_like_everybody_else() -> None:
    dublin = zone("Europe/Dublin")
    assert dublin.offset == 0
    assert dublin.summer is not None
    assert (dublin.summer.minutes, dublin.summer.start.month, dublin.summer.end.month) == (60, 3, 10)


def test_a_zone_that_does_not_exist_is_utc() -> None:
    assert zone("Moon/Tranquility").name == "UTC"


def test_nonsense_is_refused() -> None:
    with pytest.raises(ValueError, match="POSIX"):
        parse_posix("x", "not a zone!")


@pytest.fixture
def same_rules() -> Iterator[None]:
    """zoneinfo reads the tzdata package as we do, not the system's copy, which may be another year's."""
    zoneinfo.reset_tzpath(to=[])
    ZoneInfo.clear_cache()
    yield
    zoneinfo.reset_tzpath()
    ZoneInfo.clear_cache()


@pytest.mark.usefixtures("same_rules")
def test_winter_and_summer_agree_with_zoneinfo_in_every_zone() -> None:
    wrong = []
    # Morocco pauses its summer time in Ramadan: no two change days can say that.
    for name in known_zones() - {"localtime", "Africa/Casablanca", "Africa/El_Aaiun"}:
        said, real = zone(name), ZoneInfo(name)
        noons = [datetime.datetime(2036, month, 15, 12, tzinfo=real) for month in range(1, 13)]
        offsets = {noon.utcoffset() // datetime.timedelta(minutes=1) for noon in noons}  # type: ignore[operator]
        if offsets != {said.offset, said.offset + (said.summer.minutes if said.summer else 0)}:
            wrong.append(name)
    assert wrong == []
