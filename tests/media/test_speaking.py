"""Numbers, dates and times are spoken with prompts that exist and sound."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sip_edge.media import g711, wav
from sip_edge.media.prompts import SHIPPED, Prompts
from sip_edge.media.speaking import clock, day, digits, messages, moment, number, year

ENGLISH = Prompts(Path("/nonexistent")).sentences["en"]


def said(ids: list[str]) -> str:
    return " ".join(ENGLISH[one] for one in ids)


@pytest.mark.parametrize(
    ("ids", "words"),
    [
        (number(0), "zero"),
        (number(21), "twenty one"),
        (number(-40), "minus forty"),
        (number(115), "one hundred fifteen"),
        (number(1_042), "one thousand forty two"),
        (number(2_000_300), "two million three hundred"),
        (digits("+1 (555) 01*#"), "plus one five five five zero one star pound"),
        (year(1999), "nineteen ninety nine"),
        (year(2008), "two thousand eight"),
        (year(2026), "twenty twenty six"),
        (year(1905), "nineteen oh five"),
        (year(2100), "twenty one hundred"),
        (clock(0, 0), "twelve A M"),
        (clock(14, 5), "two oh five P M"),
        (clock(14, 30, twelve=False), "fourteen thirty"),
        (clock(7, 0, twelve=False), "seven o'clock"),
        (day(date(2026, 11, 22), date(2026, 11, 22)), "today"),
        (day(date(2026, 11, 17), date(2026, 11, 22)), "Tuesday"),
        (day(date(2026, 11, 23), date(2026, 11, 22)), "November twenty third"),
        (day(date(2025, 12, 31), date(2026, 11, 22)), "December thirty first twenty twenty five"),
        (moment(datetime(2026, 11, 21, 9, 30), datetime(2026, 11, 22, 8)), "yesterday at nine thirty A M"),  # noqa: DTZ001
        (messages(0, 0), "You have no messages."),
        (messages(1, 12), "You have one new message. and twelve saved messages."),
        (messages(0, 1), "You have one saved message."),
    ],
)
def test_what_is_said(ids: list[str], words: str) -> None:
    assert said(ids) == words


@given(st.integers(-999_999_999, 999_999_999), st.dates(date(1000, 1, 1), date(9999, 12, 31)), st.times())
def test_every_number_day_and_time_has_its_prompts(value: int, then: date, time: object) -> None:
    assert said(number(value)) and said(day(then, date(2026, 1, 1)))
    assert all(said(clock(time.hour, time.minute, twelve=each)) for each in (True, False))  # type: ignore[attr-defined]


def test_too_large_a_number_is_a_sentence() -> None:
    with pytest.raises(ValueError, match="Numbers up to"):
        number(1_000_000_000)


def test_every_sentence_has_a_sound_that_is_loud_enough_and_the_set_is_small() -> None:
    sounds = {path.stem: path for path in (SHIPPED / "en").glob("*.wav")}
    assert set(sounds) == set(ENGLISH)
    for path in sounds.values():
        sound = wav.parse(path.read_bytes())
        assert sound.rate == 8_000 and 0.1 < sound.seconds < 15
        assert abs(sound.samples.astype(int)).max() > 4_000
    assert sum(path.stat().st_size for path in sounds.values()) < 2_000_000


def test_a_company_may_replace_a_sentence_and_a_language_need_not_be_complete(tmp_path: Path) -> None:
    prompts = Prompts(tmp_path)
    shipped = prompts.path("goodbye")
    assert shipped == SHIPPED / "en" / "goodbye.wav"
    sound = wav.mu_law_file(g711.SILENCE["PCMU/8000"] * 800)
    for folder in ("de", "example.com/en", "en"):
        (tmp_path / "prompts" / folder).mkdir(parents=True)
        (tmp_path / "prompts" / folder / "goodbye.wav").write_bytes(sound)
    assert prompts.path("goodbye", domain="example.com").parent == tmp_path / "prompts/example.com/en"
    assert prompts.path("goodbye", domain="other.com").parent == tmp_path / "prompts/en"
    assert prompts.path("goodbye", language="de-at").parent == tmp_path / "prompts/de"
    assert prompts.path("sorry", language="de").parent == SHIPPED / "en"
    assert prompts.path("goodbye", domain="../..", language="../x").parent == tmp_path / "prompts/en"
    assert [clip.path for clip in prompts.clips(["n-1"])] == [str(SHIPPED / "en" / "n-1.wav")]
    with pytest.raises(KeyError):
        prompts.path("../../etc/passwd")
