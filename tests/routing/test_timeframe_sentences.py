"""Time frames as people would say them."""

from __future__ import annotations

from typing import Any

import pytest

from provd.timeframe.reading import read
from provd.timeframe.sentence import told
from provd.timeframe.week import KINDS

DAY = [{"start": "09:00", "end": "17:00"}]
NIGHT = [{"start": "22:00", "end": "06:00"}]
MONTHLY = {"kind": "monthly_date", "every": 3}
FORTNIGHT = {"kind": "weeks", "every": 2, "starts": "2027-01-04"}
BROKEN = [{"start": "09:00", "end": "12:00"}, {"start": "13:00", "end": "17:00"}]
WORKDAYS = ("mon", "tue", "wed", "thu", "fri")


@pytest.mark.parametrize(
    ("times", "sentence"),
    [
        ({"when": "always"}, "Always"),
        ({"when": "days_of_week", "days": dict.fromkeys(WORKDAYS, DAY)}, "Mon to Fri 09:00–17:00"),
        (
            {"when": "days_of_week", "days": {**dict.fromkeys(WORKDAYS[:4], BROKEN), "fri": BROKEN[:1]}},
            "Mon to Thu 09:00–12:00 and 13:00–17:00, Fri 09:00–12:00",
        ),
        (
            {"when": "days_of_week", "days": {"mon": DAY, "wed": [{"start": "00:00", "end": "24:00"}], "fri": DAY}},
            "Mon, Fri 09:00–17:00, Wed all day",
        ),
        (
            {"when": "days_of_week", "days": dict.fromkeys((*WORKDAYS, "sat", "sun"), NIGHT)},
            "Every day 22:00–06:00 the next day",
        ),
        (
            {"when": "days_of_week", "days": {"mon": DAY}, "repeat": FORTNIGHT},
            "Mon 09:00–17:00, every 2 weeks from 2027-01-04",
        ),
        (
            {"when": "days_of_week", "days": {"mon": DAY},
             "repeat": {"kind": "monthly_first_weekday", "starts": "2027-01-04", "ends": "2027-12-31"}},
            "Mon 09:00–17:00, every month on the first of each weekday from 2027-01-04 until 2027-12-31",
        ),
        (
            {"when": "specific_dates", "dates": [{"start": "2027-12-24T12:00", "end": "2027-12-26T08:00"}]},
            "2027-12-24 12:00 to 2027-12-26 08:00",
        ),
        (
            {"when": "specific_dates", "dates": [{"start": "2027-12-24T12:00", "end": "2027-12-24T23:59"}]},
            "2027-12-24 12:00 to 24:00",
        ),
        (
            {"when": "specific_dates", "dates": [
                {"start": "2027-01-31T00:00", "end": "2027-02-01T00:00", "repeat": MONTHLY}]},
            "2027-01-31 all day, every 3 months on the same date",
        ),
        (
            {"when": "holidays", "holidays": [
                {"country": "US", "name": "Christmas Day"},
                {"country": "US", "region": "TX", "name": "Texas Independence Day", "year": 2027, "start": "08:00",
                 "end": "12:00"}]},
            "Christmas Day (US); Texas Independence Day 2027 (US-TX) 08:00–12:00",
        ),
    ],
)  # fmt: skip
def test_a_frame_reads_as_a_sentence(times: dict[str, Any], sentence: str) -> None:
    assert told(read(times)) == sentence
    assert told(read(times, "on")) == "Switched on, whatever its times say"


@pytest.mark.parametrize("kind", KINDS)
def test_every_repetition_has_its_words(kind: str) -> None:
    for every, words in ((1, "every week" if kind == "weeks" else "every month "), (3, "every 3 ")):
        repeat = {"kind": kind, "every": every, "starts": "2027-01-04"}
        assert words in told(read({"when": "days_of_week", "days": {"mon": DAY}, "repeat": repeat}))
