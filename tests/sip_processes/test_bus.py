"""What processes say to each other arrives in order, waits for one that restarts, and never fills the memory."""

from __future__ import annotations

import asyncio
import stat
from pathlib import Path

import pytest

from provd import bus as module
from provd.bus import FULL, Bus
from provd.errors import ProvdError
from provd.frames import HEAD
from tests.sip_processes.neighbourhood import Heard, buses, connected, play


def test_everything_arrives_in_its_order(tmp_path: Path) -> None:
    async def scene() -> None:
        async with buses(tmp_path, 3) as (first, second, third):
            heard = Heard(second, 16)
            for number in range(500):
                assert first.send(1, 16, str(number).encode())
            assert [await heard.next() for _ in range(500)] == [(16, 0, str(n).encode()) for n in range(500)]
            assert third.send(1, 16, b"hello")
            assert await heard.next() == (16, 2, b"hello")

    play(scene)


def test_a_flood_of_one_neighbour_is_heard_to_its_end(tmp_path: Path) -> None:
    async def scene() -> None:
        async with buses(tmp_path) as (first, second):
            heard = Heard(second, 16)
            count = 2 * module.CROWDED
            for number in range(count):
                assert first.send(1, 16, str(number).encode())
            for number in range(count):
                assert (await heard.next())[2] == str(number).encode()

    play(scene)


def test_one_that_restarts_finds_what_was_said_meanwhile(tmp_path: Path) -> None:
    async def scene() -> None:
        async with buses(tmp_path) as (first, second):
            lost: asyncio.Queue[int] = asyncio.Queue()
            first.on_lost.append(lost.put_nowait)
            await second.stop()
            assert await lost.get() == 1
            while first.reaches(1):
                await asyncio.sleep(0.005)
            assert first.send(1, 16, b"are you there?")
            again = Bus(tmp_path / "run", 1, 2)
            heard = Heard(again, 16)
            await again.start()
            assert await heard.next() == (16, 0, b"are you there?")
            await connected(again)
            await again.stop()

    play(scene)


def test_one_that_stays_away_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE", -1.0)

    async def scene() -> None:
        alone = Bus(tmp_path / "run", 0, 2)
        await alone.start()
        assert not alone.send(1, 16, b"hello?")
        assert alone.dropped == 1
        await alone.stop()

    play(scene)


def test_what_waits_is_bounded(tmp_path: Path) -> None:
    async def scene() -> None:
        alone = Bus(tmp_path / "run", 0, 2)
        await alone.start()
        large = b"x" * (FULL // 4)  # four with their heads do not fit
        assert [alone.send(1, 16, large) for _ in range(5)] == [True, True, True, False, False]
        await alone.stop()

    play(scene)


def test_whoever_speaks_something_else_is_cut_off(tmp_path: Path) -> None:
    async def scene() -> None:
        async with buses(tmp_path) as (first, second):
            reader, writer = await asyncio.open_unix_connection(str(tmp_path / "run/1.sock"))
            writer.write(HEAD.pack(1 << 31, 1))
            assert await reader.read() == b""
            writer.close()
            heard = Heard(second, 16)
            first.send(1, 16, b"still here")
            assert (await heard.next())[2] == b"still here"

    play(scene)


def test_a_listener_that_fails_does_not_stop_the_others(tmp_path: Path) -> None:
    async def scene() -> None:
        async with buses(tmp_path) as (first, second):
            heard = Heard(second, 17)
            second.hear[16] = lambda _speaker, _content: 1 // 0  # type: ignore[assignment]
            first.send(1, 16, b"bad")
            first.send(1, 17, b"good")
            assert (await heard.next())[2] == b"good"

    play(scene)


def test_only_the_own_user_may_speak(tmp_path: Path) -> None:
    async def scene() -> None:
        async with buses(tmp_path):
            assert stat.S_IMODE((tmp_path / "run").stat().st_mode) == 0o700

    play(scene)


def test_a_path_that_is_too_long_is_told(tmp_path: Path) -> None:
    async def scene() -> None:
        with pytest.raises(ProvdError, match="data_dir is too long"):
            await Bus(tmp_path / ("x" * 90), 0, 2).start()

    play(scene)
