"""Baresips that wait hear what they are to hear: music on hold and in an orbit, ringing while they are transferred."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from provd.sounds import Sounds
from provd.store import domains, music
from sip_edge.call.music import Begin
from sip_edge.media import tones
from sip_edge.media.engine import File
from tests.clients.scenes import DOMAIN, GRANDSTREAM, SNOM, SipOffice
from tests.clients.sip_programs import needs
from tests.clients.talking import Talker
from tests.clients.test_calls_baresip import anchored, quiet
from tests.live import YEALINK
from tests.media.phone import wav_file

pytestmark = [pytest.mark.client, needs("baresip")]
ADA, GRACE, RADIA, MUSIC, WELCOME = 500, 700, 1000, 1300, 1700
RINGBACK = 440
AUTO = ";answermode=auto"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[SipOffice]:
    song = wav_file(tmp_path / "song.wav", np.tile(tones.sine((MUSIC,), 0.2), 20))

    async def played(_domain: str, _extension: str) -> Begin | None:
        return lambda: iter([File(song)] * 50)

    with SipOffice(tmp_path / "var") as running:
        assert running.edge.calls is not None
        running.edge.calls.controller.waiting.music = played
        yield running


def keeps(office: SipOffice, kind: str, tone: int, seconds: float) -> None:
    """Have the company keep a track that sounds."""
    known = office.store(domains.by_name, DOMAIN)
    sound = Sounds(office.settings.data_dir / "music").new(known.id, None)
    wav_file(sound, np.tile(tones.sine((tone,), 0.2), round(seconds * 5)))
    octets = sound.stat().st_size
    office.store(music.add, music.of_company(known.id), kind, kind, sound.name, seconds, octets, int(time.time()))


def waits(office: SipOffice) -> int:
    """How many hear something from the server."""
    assert office.edge.calls is not None
    return len(office.edge.calls.controller.waiting)


@pytest.mark.parametrize("way", ["directly", "through the server"])
def test_who_is_held_hears_music_and_then_the_other_again(office: SipOffice, tmp_path: Path, way: str) -> None:
    ada, radia = office.account(YEALINK), office.account(SNOM)
    with Talker(tmp_path / "ada", ada, ADA) as first, Talker(tmp_path / "radia", radia, RADIA, extra=AUTO) as second:
        office.registered("101"), office.registered("108")
        if way != "directly":
            office.tell(anchored, office)
        first.ask("dial", f"sip:108@{DOMAIN}")
        first.told("CALL_ESTABLISHED")
        assert second.hears(ADA, [RADIA, MUSIC])
        first.ask("hold")
        assert second.hears(MUSIC, [ADA, RADIA])
        first.ask("resume")
        assert second.hears(ADA, [MUSIC])
        first.ask("hold")
        assert second.hears(MUSIC, [ADA, RADIA]) and waits(office) == 2
        second.ask("hangup")
        first.told("CALL_CLOSED")
        office.until(lambda: quiet(office) and not waits(office))


def test_the_introduction_and_the_song_that_the_company_has_chosen(tmp_path: Path) -> None:
    with SipOffice(tmp_path / "var") as office:
        keeps(office, music.INTRODUCTION, WELCOME, 3.0)
        keeps(office, music.SONG, MUSIC, 4.0)
        ada, radia = office.account(YEALINK), office.account(SNOM)
        with (
            Talker(tmp_path / "ada", ada, ADA) as first,
            Talker(tmp_path / "radia", radia, RADIA, extra=AUTO) as second,
        ):
            office.registered("101"), office.registered("108")
            first.ask("dial", f"sip:108@{DOMAIN}")
            first.told("CALL_ESTABLISHED")
            assert second.hears(ADA)
            first.ask("hold")
            assert second.hears(WELCOME, [ADA, MUSIC]) and second.hears(MUSIC, [ADA, WELCOME])
            first.ask("hangup")
            second.told("CALL_CLOSED")
            office.until(lambda: quiet(office) and not waits(office))


@contextmanager
def ada_talks_with_grace(office: SipOffice, tmp_path: Path) -> Iterator[tuple[Talker, Talker, Talker]]:
    """101 is in a call with 107, and 108 is there."""
    ada, grace, radia = office.account(YEALINK), office.account(GRANDSTREAM), office.account(SNOM)
    with (
        Talker(tmp_path / "ada", ada, ADA) as first,
        Talker(tmp_path / "grace", grace, GRACE, extra=AUTO) as second,
        Talker(tmp_path / "radia", radia, RADIA) as third,
    ):
        office.registered("101"), office.registered("107"), office.registered("108")
        first.ask("dial", f"sip:107@{DOMAIN}")
        first.told("CALL_ESTABLISHED")
        assert second.hears(ADA)
        yield first, second, third


def test_who_is_transferred_hears_ringing_and_then_who_answers(office: SipOffice, tmp_path: Path) -> None:
    with ada_talks_with_grace(office, tmp_path) as (first, second, third):
        first.ask("transfer", f"sip:108@{DOMAIN}")
        third.told("CALL_INCOMING")
        assert second.hears(RINGBACK, [ADA, MUSIC])
        third.ask("accept")
        assert third.hears(GRACE, [ADA, RADIA]) and second.hears(RADIA, [RINGBACK, ADA])
        third.ask("hangup")
        second.told("CALL_CLOSED")
        office.until(lambda: quiet(office) and not waits(office))


def test_who_is_parked_hears_music_and_then_who_takes_the_call(office: SipOffice, tmp_path: Path) -> None:
    with ada_talks_with_grace(office, tmp_path) as (first, second, third):
        first.ask("transfer", f"sip:*701@{DOMAIN}")
        first.told("CALL_CLOSED")
        assert second.hears(MUSIC, [ADA])
        third.ask("dial", f"sip:701@{DOMAIN}")
        assert third.hears(GRACE) and second.hears(RADIA, [MUSIC])
        second.ask("hangup")
        third.told("CALL_CLOSED")
        office.until(lambda: quiet(office) and not waits(office))
