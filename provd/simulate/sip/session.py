"""`provd simulate --register`: phones power on, stay on for a time or until Ctrl-C, and leave."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from tqdm import tqdm

from provd.simulate.drive import Wire
from provd.simulate.inventory import Listed
from provd.simulate.sip import summary
from provd.simulate.sip.air import Air
from provd.simulate.sip.crowd import STORM_SECONDS, Crowd
from provd.simulate.sip.handset import Handset
from provd.simulate.sip.summary import InService
from provd.simulate.web import trust


@dataclass(frozen=True, slots=True)
class Plan:
    """How the phones are to be. `seconds` they stay on after the last came up (None: until told); `storm`: all of
    them get their power at once, and only the summary is printed."""

    concurrency: int
    ca: str
    seconds: float | None = None
    storm: bool = False
    quiet: bool = False


async def run(units: Sequence[Listed], plan: Plan) -> tuple[list[InService], dict[str, Any]]:
    """Do it; → how each phone was at the end of its time on, and the summary in figures."""
    say = _speaker(plan)
    tls = trust(plan.ca)
    wire = Wire(tls, connections=plan.concurrency)
    air = Air(tls, lambda mac, sentence: say(f"{mac}  {sentence}"))
    crowd = Crowd(units, wire, air)
    bar = tqdm(total=len(units), unit="phone", leave=False, disable=not sys.stderr.isatty())

    def ready(handset: Handset) -> None:
        bar.update()
        if not plan.storm or handset.failure:
            say(summary.line_of(handset.state()))

    try:
        with _stopped() as stop:
            within = STORM_SECONDS if plan.storm else 0.0
            powering = asyncio.create_task(crowd.power_on(plan.concurrency, within=within, ready=ready))
            await _first(powering, stop, None)
            bar.close()
            if powering.done():
                powering.result()
                await _first(None, stop, 0.0 if plan.storm and plan.seconds is None else plan.seconds)
        states = [handset.state() for handset in crowd.handsets]
        figures = summary.figures(states, crowd.seconds, air.tally.times, air.tally.unanswered)
        powering.cancel()
        with suppress(asyncio.CancelledError):
            await powering
        await crowd.power_off()
    finally:
        bar.close()
        wire.close()
        air.close()
    return states, figures


def _speaker(plan: Plan) -> Callable[[str], None]:
    def say(line: str) -> None:
        if not plan.quiet:
            with tqdm.external_write_mode(file=sys.stdout):
                print(line, flush=True)

    return say


async def _first(task: asyncio.Task[None] | None, stop: asyncio.Event, seconds: float | None) -> None:
    """Wait for the task, for somebody to say stop, or for so many seconds: for what comes first."""
    stopping = asyncio.create_task(stop.wait())
    waited: list[asyncio.Task[Any]] = [stopping] if task is None else [stopping, task]
    await asyncio.wait(waited, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()


@contextmanager
def _stopped() -> Iterator[asyncio.Event]:
    """Set by SIGINT and SIGTERM, where this thread may hear them."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    heard = []
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError, RuntimeError, ValueError):
            loop.add_signal_handler(number, stop.set)
            heard.append(number)
    try:
        yield stop
    finally:
        for number in heard:
            loop.remove_signal_handler(number)
