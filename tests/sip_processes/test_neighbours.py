"""Questions from one process to another, and who is asked about which company."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from provd import neighbours as module
from provd.neighbours import Away, Neighbours
from provd.serve.pages import added_up
from tests.sip_processes.neighbourhood import buses, play


def test_alone_every_company_lives_here(tmp_path: Path) -> None:
    alone = Neighbours.of(tmp_path, 0, 1)
    assert alone.bus is None and alone.mine("acme.example") and alone.home("globex.example") == 0


def test_each_company_lives_in_exactly_one_process(tmp_path: Path) -> None:
    three = [Neighbours.of(tmp_path, index, 3) for index in range(3)]
    for number in range(100):
        name = f"company{number}.example"
        assert [one.mine(name) for one in three].count(True) == 1
        assert three[three[0].home(name)].mine(name)


def test_a_question_is_answered(tmp_path: Path) -> None:
    async def scene() -> None:
        async with buses(tmp_path) as made:
            first, second = map(Neighbours, made)

            async def twice(said: Any) -> Any:
                return {"twice": said * 2}

            second.answer("twice", twice)
            assert await asyncio.gather(*(first.ask(1, "twice", n) for n in range(50))) == [
                {"twice": n * 2} for n in range(50)
            ]

    play(scene)


def test_nobody_waits_for_an_answer_that_cannot_come(tmp_path: Path) -> None:
    async def scene() -> None:
        async with buses(tmp_path) as made:
            first, second = map(Neighbours, made)

            async def fail(_said: Any) -> Any:
                raise RuntimeError("a mistake of ours")

            second.answer("fail", fail)
            for name in ("fail", "nothing of that name"):
                with pytest.raises(Away, match="try again"):
                    await first.ask(1, name, None)

    play(scene)


def test_silence_has_an_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SECONDS", 0.05)

    async def scene() -> None:
        async with buses(tmp_path) as made:
            first, second = map(Neighbours, made)
            never = asyncio.Event()

            async def wait(_said: Any) -> Any:
                await never.wait()

            second.answer("wait", wait)
            with pytest.raises(Away):
                await first.ask(1, "wait", None)
            await second.stop()

    play(scene)


def test_all_are_asked_and_those_that_are_silent_are_left_out(tmp_path: Path) -> None:
    async def scene() -> None:
        async with buses(tmp_path, 3) as made:
            first, second, _third = map(Neighbours, made)

            async def count(_said: Any) -> Any:
                return [["calls", 7]]

            second.answer("count", count)
            assert await first.ask_all("count") == [[["calls", 7]]]
            assert await Neighbours().ask_all("count") == []

    play(scene)


def test_what_processes_counted_is_added_up() -> None:
    here = [("provd_phones", 30), ('provd_sip_answers_total{status="200"}', 5)]
    there = [["provd_phones", 30], ['provd_sip_answers_total{status="200"}', 7], ["provd_sip_connections", 1]]
    assert added_up([here, there]) == [  # type: ignore[list-item]
        ("provd_phones", 30), ('provd_sip_answers_total{status="200"}', 12), ("provd_sip_connections", 1),
    ]  # fmt: skip
