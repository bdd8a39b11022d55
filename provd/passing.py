"""What is of the moment only, and no row, told to the processes in which somebody looks on.

Each says every second that it has lookers-on; who hears that passes on, for LONG seconds, what its own phones do.
"""

from __future__ import annotations

import asyncio
import dataclasses
import json
import time

from provd.events import Recorder
from provd.live import Live
from provd.neighbours import Neighbours
from provd.store.rows import PhoneEvent

LOOKS_ON, PASSED = 3, 4
"""Kinds of frames."""
EVERY, LONG = 1.0, 3.0


class Passing:
    """The relay of one process."""

    def __init__(self, neighbours: Neighbours, recorder: Recorder, live: Live) -> None:
        self._bus = neighbours.bus
        self._recorder = recorder
        self._live = live
        self._until: dict[int, float] = {}
        if self._bus is not None:
            self._bus.hear |= {LOOKS_ON: self._looks_on, PASSED: self._passed}

    async def run(self) -> None:
        """Say that somebody looks on here, whenever that is so; for good. Returns at once where there is one process
        only."""
        bus = self._bus
        while bus is not None:
            if len(self._live):
                for to in range(bus.count):
                    if to != bus.index and bus.reaches(to):
                        bus.send(to, LOOKS_ON, b"")
            await asyncio.sleep(EVERY)

    def _looks_on(self, speaker: int, _content: bytes) -> None:
        self._until[speaker] = time.monotonic() + LONG
        if self._relay not in self._recorder.passing:
            self._recorder.passing.append(self._relay)

    def _relay(self, event: PhoneEvent) -> None:
        assert self._bus is not None
        now = time.monotonic()
        self._until = {to: until for to, until in self._until.items() if until > now}
        if not self._until:
            self._recorder.passing = [one for one in self._recorder.passing if one != self._relay]  # it is being read
            return
        content = json.dumps(dataclasses.asdict(event)).encode()
        for to in self._until:
            self._bus.send(to, PASSED, content)

    def _passed(self, _speaker: int, content: bytes) -> None:
        event = PhoneEvent(**json.loads(content))
        for hear in list(self._recorder.passing):
            if hear != self._relay:
                hear(event)
