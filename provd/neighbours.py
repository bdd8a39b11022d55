"""The processes of one server: which company lives in which, and questions from one to the other."""

from __future__ import annotations

import asyncio
import itertools
import json
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

from provd import share
from provd.bus import Bus
from provd.errors import ProvdError

log = logging.getLogger(__name__)

QUESTION, ANSWER = 1, 2
SECONDS = 10.0
MOST_ASKED = 2_000
"""Questions of others that are under way; more are answered that nobody has time."""

Answer = Callable[[Any], Awaitable[Any]]
"""JSON in, JSON out."""


class Away(ProvdError):
    """The process that a company lives in does not answer."""

    status = 503

    def __init__(self) -> None:
        super().__init__("The process of this server that has this company does not answer; try again in a moment.")


class Neighbours:
    """This process among the `count` of its server. Alone (`bus` None) every company lives here."""

    def __init__(self, bus: Bus | None = None) -> None:
        self.bus = bus
        self.index = bus.index if bus is not None else 0
        self.count = bus.count if bus is not None else 1
        self._answers: dict[str, Answer] = {}
        self._asked: dict[int, asyncio.Future[Any]] = {}
        self._numbers = itertools.count(1)
        self._tasks: set[asyncio.Task[None]] = set()
        if bus is not None:
            bus.hear[QUESTION] = self._questioned
            bus.hear[ANSWER] = self._answered

    @classmethod
    def of(cls, folder: Path, index: int, count: int) -> Neighbours:
        """The process number `index` of `count`; `folder` is where they find each other."""
        return cls(Bus(folder, index, count) if count > 1 else None)

    async def start(self) -> None:
        """Find the others."""
        if self.bus is not None:
            await self.bus.start()

    async def stop(self) -> None:
        """Answer nobody any more."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self.bus is not None:
            await self.bus.stop()

    def home(self, domain: str) -> int:
        """The number of the process that a company lives in."""
        return share.home(domain, self.count)

    def mine(self, domain: str) -> bool:
        """Does the company live in this one?"""
        return self.count == 1 or self.home(domain) == self.index

    def answer(self, name: str, function: Answer) -> None:
        """Answer questions of that name with what `function` returns."""
        self._answers[name] = function

    async def ask(self, to: int, name: str, question: Any) -> Any:
        """What process `to` answers. Raises Away when it does not, or could not."""
        assert self.bus is not None, "there is nobody to ask"
        number = next(self._numbers)
        content = json.dumps([number, name, question]).encode()
        answer = self._asked[number] = asyncio.get_running_loop().create_future()
        try:
            if not self.bus.send(to, QUESTION, content):
                raise Away
            async with asyncio.timeout(SECONDS):
                good, told = await answer
        except TimeoutError:
            raise Away from None
        finally:
            del self._asked[number]
        if not good:
            raise Away
        return told

    async def ask_all(self, name: str, question: Any = None) -> list[Any]:
        """What the other processes answer; those that do not are left out."""
        others = [to for to in range(self.count) if to != self.index]
        told = await asyncio.gather(*(self.ask(to, name, question) for to in others), return_exceptions=True)
        return [one for one in told if not isinstance(one, BaseException)]

    def _answered(self, _speaker: int, content: bytes) -> None:
        number, good, told = json.loads(content)
        waiting = self._asked.get(number)
        if waiting is not None and not waiting.done():
            waiting.set_result((good, told))

    def _questioned(self, speaker: int, content: bytes) -> None:
        number, name, question = json.loads(content)
        function = self._answers.get(name)
        if function is None or len(self._tasks) >= MOST_ASKED:
            self._reply(speaker, number, False, None)
            return
        task = asyncio.create_task(self._work(speaker, number, partial(function, question)))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _work(self, speaker: int, number: int, work: Callable[[], Awaitable[Any]]) -> None:
        good, told = True, None
        try:
            told = await work()
        except Exception:
            log.exception("A question of another process could not be answered.")
            good = False
        self._reply(speaker, number, good, told)

    def _reply(self, speaker: int, number: int, good: bool, told: Any) -> None:
        assert self.bus is not None
        self.bus.send(speaker, ANSWER, json.dumps([number, good, told]).encode())
