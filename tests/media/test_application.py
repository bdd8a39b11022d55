"""Sounds and keys of a leg that an application speaks to, or of two that are bridged."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import numpy as np
import pytest

from sip_edge.media import g711, tones
from sip_edge.media.engine import File, Silence, Tone
from sip_edge.media.event import CallLost, Dtmf, PlayEnded
from sip_edge.message.errors import SipError
from tests.media.phone import BOTH, Scene, Studio, local, mu, strength, studio, until, wav_file


def ends(scene: Studio) -> list[tuple[str, str]]:
    """What ended to play, and why."""
    return [(one.play, one.reason) for one in scene.events if isinstance(one, PlayEnded)]


def test_clips_are_heard_one_after_the_other(tmp_path: Path) -> None:
    path = wav_file(tmp_path / "low.wav", tones.sine((500,), 0.2))

    async def play() -> None:
        async with studio() as scene:
            phone = await scene.alone()
            clips = (File(path), Silence(0.1), Tone("beep"))
            name = await scene.engine.play("c", "a", clips)
            await until(lambda: ends(scene))
            assert ends(scene) == [(name, "done")]
            heard = phone.audio()
            assert len(heard) == 1600 + 800 + 2400
            assert strength(heard[:1600], 500) > 0.9 and strength(heard[2400:], 1000) > 0.9
            assert not heard[1600:2400].any()
            gaps = np.diff(phone.times)
            assert 0.015 < float(np.median(gaps)) < 0.025

    asyncio.run(play())


def test_in_a_law_and_round_and_round_until_stopped(tmp_path: Path) -> None:
    path = wav_file(tmp_path / "music.wav", tones.sine((600,), 0.06))

    async def play() -> None:
        async with studio() as scene:
            phone = await scene.alone("8 0 101")
            name = await scene.engine.play("c", "a", [File(path)], repeat=0, shuffle=True)
            await until(lambda: len(phone.packets) > 12)
            other = await scene.engine.play("c", "a", [Tone("ringback", "de")])
            await until(lambda: len(phone.packets) > 24)
            await scene.engine.stop("c", "a")
            await until(lambda: len(ends(scene)) == 2)
            assert ends(scene) == [(name, "replaced"), (other, "stopped")]
            assert strength(phone.audio(8)[:1440], 600) > 0.9
            sequence = [one.sequence for one in phone.packets]
            assert sequence == list(range(sequence[0], sequence[0] + len(sequence)))

    asyncio.run(play())


@BOTH
def test_a_sound_goes_before_the_others_voice_and_gives_it_back(made: Scene) -> None:
    async def play() -> None:
        async with made() as scene:
            a, b = await scene.call()
            await scene.engine.play("c", "b", [Tone("beep")])
            await asyncio.gather(a.say(mu(500, 0.1)), until(lambda: ends(scene)))
            a.send(b"\x11" * 160)
            await until(lambda: b.packets[-1].payload[0] == 0x11)
            assert strength(b.audio()[:2400], 1000) > 0.9

    asyncio.run(play())


def test_what_cannot_be_played_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "text.wav").write_text("no sound")

    async def play() -> None:
        async with studio() as scene:
            await scene.alone()
            for path in ("text.wav", "missing.wav"):
                with pytest.raises(SipError, match="404 A sound cannot be played"):
                    await scene.engine.play("c", "a", [File(str(tmp_path / path))])
            with pytest.raises(SipError, match="404 There is no such tone"):
                await scene.engine.play("c", "a", [Tone("siren")])
            with pytest.raises(SipError, match="481"):
                await scene.engine.play("c", "nobody", [Tone("busy")])

    asyncio.run(play())


def test_keys_are_heard_as_events_and_as_tones() -> None:
    async def play() -> None:
        async with studio() as scene:
            a = await scene.alone()
            await scene.engine.listen("c", "a")
            for key in "19*":
                await a.press(key)
            await until(lambda: len(scene.told(Dtmf)) == 3)
            await scene.engine.delete("c")
            a = await scene.alone("0")  # no telephone-event
            await scene.engine.listen("c", "a")
            pause = np.zeros(800, np.int16)
            parts = [part for key in "2580#" for part in (tones.key_tone(key), pause)]
            await a.say(g711.encode("PCMU/8000", np.concatenate(parts)))
            await until(lambda: len(scene.told(Dtmf)) == 8)
            keys = [one for one in scene.events if isinstance(one, Dtmf)]
            assert "".join(one.digit for one in keys) == "19*2580#"
            assert all(70 <= one.milliseconds <= 130 for one in keys)

    asyncio.run(play())


def test_keys_are_sent_as_events_and_as_tones() -> None:
    async def play() -> None:
        async with studio() as scene:
            a = await scene.alone()
            await scene.engine.digits("c", "a", "42#")
            await until(lambda: a.keys == "42#")
            await scene.engine.delete("c")
            b = await scene.alone("8")
            await scene.engine.digits("c", "a", "6")
            await until(lambda: len(b.packets) == 5)
            heard = b.audio(8)
            assert strength(heard, 770) > 0.4 and strength(heard, 1477) > 0.4

    asyncio.run(play())


def test_a_worker_that_dies_comes_again_and_its_calls_are_told() -> None:
    async def play() -> None:
        async with studio() as scene:
            await scene.call()
            link = local(scene).links[0]
            first = link.pid
            os.kill(first, signal.SIGKILL)
            await until(lambda: scene.events)
            assert scene.events == [CallLost("c")]
            with pytest.raises(SipError, match="481"):
                await scene.engine.bridge("c", "a", "b")
            await until(lambda: link.alive and link.pid != first)
            a, b = await scene.call()
            a.send(b"\xff" * 160)
            await until(lambda: b.packets)

    asyncio.run(play())
