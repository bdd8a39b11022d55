"""When phones are told: spread, paced, in the night of their own zone."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provd import schedule

CHICAGO = ZoneInfo("America/Chicago")


def at(zone: ZoneInfo, *when: int) -> float:
    return datetime(*when, tzinfo=zone).timestamp()  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    ("now", "opens", "closes"),
    [
        ((2026, 11, 22, 14, 0), (2026, 11, 23, 2, 0), (2026, 11, 23, 4, 0)),
        ((2026, 11, 23, 1, 59), (2026, 11, 23, 2, 0), (2026, 11, 23, 4, 0)),
        ((2026, 11, 23, 3, 0), (2026, 11, 23, 2, 0), (2026, 11, 23, 4, 0)),
        ((2026, 11, 23, 4, 0), (2026, 11, 24, 2, 0), (2026, 11, 24, 4, 0)),
    ],
)
def test_the_next_window_or_the_open_one(now: tuple[int, ...], opens: tuple[int, ...], closes: tuple[int, ...]) -> None:
    assert schedule.window(at(CHICAGO, *now), CHICAGO, 120, 240) == (at(CHICAGO, *opens), at(CHICAGO, *closes))


def test_a_window_over_midnight() -> None:
    night = (at(CHICAGO, 2026, 11, 22, 23, 0), at(CHICAGO, 2026, 11, 23, 1, 0))
    for now in ((2026, 11, 22, 12, 0), (2026, 11, 22, 23, 30), (2026, 11, 23, 0, 59)):
        assert schedule.window(at(CHICAGO, *now), CHICAGO, 23 * 60, 60) == night


def test_the_nights_when_the_clock_is_changed() -> None:
    spring = schedule.window(at(CHICAGO, 2026, 3, 7, 22, 0), CHICAGO, 60, 240)
    assert spring == (at(CHICAGO, 2026, 3, 8, 1, 0), at(CHICAGO, 2026, 3, 8, 4, 0))
    assert spring[1] - spring[0] == 2 * 3600
    autumn = schedule.window(at(CHICAGO, 2026, 10, 31, 22, 0), CHICAGO, 60, 240)
    assert autumn[1] - autumn[0] == 4 * 3600


@given(
    st.floats(0, 4e9),
    st.integers(0, 1439),
    st.integers(0, 1439),
    st.sampled_from([CHICAGO, UTC, ZoneInfo("Asia/Kolkata")]),
)
def test_never_before_now_and_never_after_the_window(now: float, start: int, end: int, zone: ZoneInfo) -> None:
    opens, closes = schedule.window(now, zone, start, end)
    assert closes > now
    assert opens < closes
    assert closes - now < 3 * 86_400
    moment = schedule.tonight(now, zone, start, end, "805ec0000101")
    assert max(now, opens) <= moment <= closes


def test_phones_are_spread_and_each_keeps_its_place() -> None:
    places = [schedule.spread(f"805ec0{number:06x}", 100.0) for number in range(1000)]
    assert places[5] == schedule.spread("805ec0000005", 100.0)
    for tenth in range(10):
        assert 60 < sum(tenth * 10 <= place < tenth * 10 + 10 for place in places) < 140


def test_a_thousand_at_once_come_ten_a_second() -> None:
    pace = schedule.Pace(10)
    slots = [pace.slot(50.0) for _ in range(1000)]
    assert slots[0] == 50.0
    assert slots[-1] == pytest.approx(50.0 + 99.9)
    assert pace.slot(1000.0) == 1000.0
