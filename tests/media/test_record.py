"""Recordings: mixed, ended by whatever ends them, never over another file."""

from __future__ import annotations

import asyncio
import resource
from pathlib import Path

import pytest

from sip_edge.media import wav
from sip_edge.media.engine import RecordLimits
from sip_edge.media.event import Dtmf, RecordEnded
from sip_edge.message.errors import SipError
from tests.media.phone import Studio, local, mu, strength, studio, until


def recorded(scene: Studio) -> list[RecordEnded]:
    """The recordings that ended."""
    return [one for one in scene.events if isinstance(one, RecordEnded)]


def test_a_call_is_recorded_mixed(tmp_path: Path) -> None:
    path = tmp_path / "call.wav"

    async def play() -> None:
        async with studio() as scene:
            a, b = await scene.call(plain=True)
            name = await scene.engine.record("c", ["a", "b"], str(path), RecordLimits())
            await asyncio.gather(a.say(mu(500, 1.0)), b.say(mu(900, 1.0)))
            await scene.engine.stop_record("c", name)
            await until(lambda: recorded(scene))
            assert recorded(scene)[0].record == name and recorded(scene)[0].reason == "stopped"

    asyncio.run(play())
    sound = wav.parse(path.read_bytes())
    assert sound.rate == 8_000 and 0.9 < sound.seconds < 1.3
    middle = sound.samples[1600:6400]
    assert 0.4 < strength(middle, 500) < 0.6 and 0.4 < strength(middle, 900) < 0.6


def test_a_recording_ends_by_silence_by_its_limit_and_by_a_key(tmp_path: Path) -> None:
    async def play() -> None:
        async with studio() as scene:
            a = await scene.alone()
            quiet = RecordLimits(silence=1.0)
            await scene.engine.record("c", ["a"], str(tmp_path / "silence.wav"), quiet)
            await a.say(mu(500, 0.6))
            await until(lambda: recorded(scene))
            await scene.engine.record("c", ["a"], str(tmp_path / "limit.wav"), RecordLimits(seconds=0.5))
            await until(lambda: len(recorded(scene)) == 2)
            await scene.engine.record("c", ["a"], str(tmp_path / "key.wav"), RecordLimits(digits="#"))
            await a.press("1")
            await a.press("#")
            await until(lambda: len(recorded(scene)) == 3)
            assert [one.reason for one in recorded(scene)] == ["silence", "limit", "digit"]
            assert not scene.told(Dtmf)  # nobody listens
            assert 0.5 < recorded(scene)[0].seconds < 0.75
            assert 0.4 < recorded(scene)[1].seconds <= 0.5

    asyncio.run(play())
    for name, event_seconds in (("silence", 0.6), ("limit", 0.5)):
        assert wav.parse((tmp_path / f"{name}.wav").read_bytes()).seconds == pytest.approx(event_seconds, abs=0.15)


def test_a_recording_never_overwrites_and_ends_with_its_leg(tmp_path: Path) -> None:
    path = tmp_path / "one.wav"

    async def play() -> None:
        async with studio() as scene:
            await scene.alone()
            await scene.engine.record("c", ["a"], str(path), RecordLimits())
            with pytest.raises(SipError, match="500 The recording cannot be written: File exists"):
                await scene.engine.record("c", ["a"], str(path), RecordLimits())
            await scene.engine.delete("c")
            await until(lambda: recorded(scene))
            assert recorded(scene)[0].reason == "gone"

    asyncio.run(play())
    assert wav.parse(path.read_bytes()).rate == 8_000


def test_a_full_disk_ends_the_recording_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "full.wav"

    async def play() -> None:
        async with studio() as scene:
            a, b = await scene.call()
            pid = local(scene).links[0].pid
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (6_000, 6_000))  # EFBIG stands for ENOSPC: no disk is filled
            await scene.engine.record("c", ["a"], str(path), RecordLimits())
            talk = asyncio.create_task(a.say(mu(500, 2.0)))
            await until(lambda: recorded(scene))
            count = len(b.packets)
            await until(lambda: len(b.packets) > count)
            await talk
            assert recorded(scene)[0].reason == "full"

    asyncio.run(play())
    assert len(wav.parse(path.read_bytes()).samples) == (6_000 - wav.HEAD) // 2
