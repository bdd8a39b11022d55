"""Many virtual phones that stay on: powered on together or one after the other, and off again."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Sequence

from provd.simulate.drive import Wire
from provd.simulate.machine import Patience
from provd.simulate.makes import Unit
from provd.simulate.sip.air import Air
from provd.simulate.sip.handset import Handset

STORM_SECONDS = 3.0
"""Within so many seconds the power comes back everywhere."""
LEAVING = 100
"""Phones that leave at the same time."""
LONGEST_PARTING = 30.0
"""After so many seconds the others go without a word."""


class Crowd:
    """`handsets` in the order of the units; `seconds` from the first request until all were in service."""

    def __init__(
        self, units: Sequence[tuple[Unit, str]], wire: Wire, air: Air, *, patience: Patience | None = None
    ) -> None:
        self.handsets = [
            Handset(unit, url, wire, air, number=number, patience=patience) for number, (unit, url) in enumerate(units)
        ]
        self.seconds = 0.0

    async def power_on(
        self, concurrency: int, *, within: float = 0.0, ready: Callable[[Handset], None] = lambda _handset: None
    ) -> None:
        """Start all of them, spread by chance over `within` seconds; `concurrency` fetch files at the same time.
        `ready` hears of each that is through."""
        gate = asyncio.Semaphore(concurrency)
        begun = time.perf_counter()

        async def one(handset: Handset) -> None:
            if within:
                await asyncio.sleep(random.uniform(0, within))  # noqa: S311 - no secret
            await handset.power_on(gate)
            ready(handset)

        await asyncio.gather(*(one(handset) for handset in self.handsets))
        self.seconds = time.perf_counter() - begun

    async def power_off(self) -> None:
        """Take all of them off the network."""
        gate = asyncio.Semaphore(LEAVING)
        silent = asyncio.get_running_loop().time() + LONGEST_PARTING

        async def one(handset: Handset) -> None:
            async with gate:
                polite = asyncio.get_running_loop().time() < silent
                await handset.power_off(polite=polite)

        await asyncio.gather(*(one(handset) for handset in self.handsets))
