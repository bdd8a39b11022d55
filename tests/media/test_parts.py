"""A file is played from anywhere in it and for as long as is asked: messages interrupt music, which then goes on."""

from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np

from sip_edge.media import g711, tones
from sip_edge.media.engine import File
from sip_edge.media.event import PlayEnded
from sip_edge.media.rtp import FRAME
from sip_edge.media.rtpengine import playing
from sip_edge.media.worker.outgoing import framed, part
from tests.media.phone import strength, studio, until, wav_file

CODES = framed(bytes(range(200)) * 8)  # 1,600 samples: ten frames


def test_a_part_is_whole_frames_of_what_everybody_shares() -> None:
    assert framed(CODES) is CODES, "nothing is copied for one who hears it"
    found = part(CODES, 0.04, 0.06)
    assert (found.codes is CODES, found.first, found.samples) == (True, 2 * FRAME, 3 * FRAME)
    assert part(CODES, 0.0, None).samples == len(CODES)
    assert part(CODES, 0.18, 5.0).samples == FRAME, "no longer than there is"
    assert part(CODES, 0.0, 0.001).samples == FRAME, "a frame at least, so that no list goes round without end"
    behind = part(CODES, 0.2, 1.0)
    assert (behind.samples, set(behind.codes)) == (FRAME, set(g711.SILENCE["PCMU/8000"]))


def test_music_a_message_and_the_music_where_it_was(tmp_path: Path) -> None:
    parts = [tones.sine((500,), 0.1), tones.sine((900,), 0.1)]
    song = wav_file(tmp_path / "song.wav", np.concatenate(parts))
    message = wav_file(tmp_path / "message.wav", tones.sine((1500,), 0.1))

    async def play(codecs: str, payload: int) -> None:
        async with studio() as scene:
            phone = await scene.alone(codecs)
            clips = [File(song, 0.0, 0.1), File(message), File(song, 0.1, 0.1), File(song, 0.1)]
            await scene.engine.play("c", "a", clips)
            await until(lambda: any(isinstance(one, PlayEnded) for one in scene.events))
            heard = phone.audio(payload)
            assert len(heard) == 4 * 800
            for at, tone in enumerate((500, 1500, 900, 900)):
                assert strength(heard[at * 800 : (at + 1) * 800], tone) > 0.9, (at, tone)

    asyncio.run(play("0 8 101", 0))
    asyncio.run(play("8 0 101", 8))


def test_rtpengine_gets_a_part_as_a_file_of_its_own(tmp_path: Path) -> None:
    song = wav_file(tmp_path / "song.wav", tones.sine((500,), 1.0))
    ((asked, seconds),) = playing.read([File(song, 0.5, 0.25)])
    assert seconds == 0.0
    blob = asked["blob"]
    assert isinstance(blob, bytes) and len(blob) == 44 + 2 * 2_000
