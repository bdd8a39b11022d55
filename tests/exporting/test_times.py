"""When exports run and which calls are in them, also on the nights when the clock is changed."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provd.exporting.times import KINDS, Rhythm, next_run, sentence, span

CHICAGO = ZoneInfo("America/Chicago")  # 2026: summer time from 8 March, 02:00, to 1 November, 02:00


def at(text: str, zone: ZoneInfo = CHICAGO) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=zone).timestamp()


def local(moment: float) -> str:
    return datetime.fromtimestamp(moment, CHICAGO).isoformat(" ", "minutes")


@pytest.mark.parametrize(
    ("rhythm", "after", "run"),
    [
        (Rhythm("monthly", 360), "2026-01-31 23:00", "2026-02-01 06:00-06:00"),
        (Rhythm("monthly", 360), "2026-02-01 06:00", "2026-03-01 06:00-06:00"),
        (Rhythm("weekly", 0, (4,)), "2026-05-04 12:00", "2026-05-08 00:00-05:00"),
        (Rhythm("daily", 150), "2026-03-07 03:00", "2026-03-08 03:30-05:00"),  # there is no 02:30 in this night
        (Rhythm("daily", 150), "2026-03-08 03:30", "2026-03-09 02:30-05:00"),
        (Rhythm("daily", 90), "2026-10-31 12:00", "2026-11-01 01:30-05:00"),  # twice 01:30: the first counts
        (Rhythm("daily", 90), "2026-11-01 01:30", "2026-11-02 01:30-06:00"),
        (Rhythm("custom", 1439, (0, 6), 3), "2026-05-04 23:59", "2026-05-10 23:59-05:00"),
    ],
)
def test_the_next_run(rhythm: Rhythm, after: str, run: str) -> None:
    assert local(next_run(rhythm, at(after), CHICAGO)) == run


@pytest.mark.parametrize(
    ("rhythm", "moment", "since", "until"),
    [
        (Rhythm("monthly", 360), "2026-03-01 06:00", "2026-02-01 00:00-06:00", "2026-03-01 00:00-06:00"),
        (Rhythm("weekly", 360, (0,)), "2026-05-11 06:00", "2026-05-05 00:00-05:00", "2026-05-11 06:00-05:00"),
        (Rhythm("daily", 360), "2026-03-08 06:00", "2026-03-07 06:00-06:00", "2026-03-08 06:00-05:00"),
        (Rhythm("custom", 0, (0,), 1), "2026-05-11 18:00", "2026-05-11 00:00-05:00", "2026-05-11 18:00-05:00"),
        (Rhythm("weekly", 0, (0,)), "2026-05-11 00:00", "2026-05-04 00:00-05:00", "2026-05-11 00:00-05:00"),
    ],
)
def test_which_calls_are_in_it(rhythm: Rhythm, moment: str, since: str, until: str) -> None:
    assert tuple(map(local, span(rhythm, at(moment), CHICAGO))) == (since, until)


RHYTHMS = st.builds(
    Rhythm, st.sampled_from(KINDS), st.integers(0, 1439),
    st.lists(st.integers(0, 6), min_size=1, max_size=7).map(tuple), st.integers(1, 31),
)  # fmt: skip
ZONES = st.sampled_from(["America/Chicago", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"])


@given(RHYTHMS, st.integers(1_700_000_000, 1_900_000_000), ZONES)
def test_runs_go_on_and_spans_are_whole(rhythm: Rhythm, now: int, zone: str) -> None:
    one = next_run(rhythm, now, ZoneInfo(zone))
    then = next_run(rhythm, one, ZoneInfo(zone))
    assert now < one < then and sentence(rhythm)
    since, until = span(rhythm, one, ZoneInfo(zone))
    assert since < until <= one and until - since <= 31 * 86_400 + 3600
    if rhythm.kind in ("daily", "monthly"):
        assert span(rhythm, then, ZoneInfo(zone))[0] == until, "no call between two exports, and none in both"
