"""Virtual phones on the wire: the only place that waits."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import replace

from provd.errors import ProvdError
from provd.simulate import tftp
from provd.simulate.machine import Machine, Patience
from provd.simulate.makes import Unit, find_make
from provd.simulate.outcome import VirtualPhone
from provd.simulate.start import Memory
from provd.simulate.web import Web, trust
from provd.simulate.wire import Reply, Request

Pause = Callable[[float], Awaitable[None]]


class Wire:
    """What carries requests: HTTP, HTTPS and TFTP. `pause` waits for seconds."""

    def __init__(
        self,
        tls: ssl.SSLContext | None = None,
        *,
        connections: int = 100,
        timeout: float = 20.0,
        pause: Pause | None = None,
    ) -> None:
        self._web = Web(tls or trust(), connections=connections, timeout=timeout)
        self._timeout = timeout
        self._pause = pause or asyncio.sleep

    async def carry(self, request: Request) -> Reply:
        """Carry one request out after its pause."""
        if request.after:
            await self._pause(request.after)
        if request.scheme in ("http", "https"):
            return await self._web.fetch(request)
        if request.scheme == "tftp":
            return await tftp.fetch(request, patience=self._timeout / 8)
        return Reply(0, error=f"virtual phones do not speak {request.scheme}")

    def close(self) -> None:
        """Let go of every connection."""
        self._web.close()


async def start(
    unit: Unit, url: str, wire: Wire, *, search: str = "", again: bool = False, patience: Patience | None = None
) -> VirtualPhone:
    """Start one phone that looks for its files at `url`; with `again` it is started a second time, and remembers."""
    memory = Memory()
    first = await _once(unit, url, wire, memory, search, patience)
    if not again or first.failure:
        return first
    return replace(first, again=await _once(unit, url, wire, memory, search, patience))


async def _once(
    unit: Unit, url: str, wire: Wire, memory: Memory, search: str, patience: Patience | None
) -> VirtualPhone:
    begun = time.perf_counter()
    machine = Machine(unit, url, memory=memory, search=search, patience=patience)
    request = machine.begin()
    while request is not None:
        request = machine.receive(await wire.carry(request))
    return machine.outcome(time.perf_counter() - begun)


async def start_all(
    units: Sequence[tuple[Unit, str]], wire: Wire, *, concurrency: int = 20, search: str = "", again: bool = False
) -> AsyncIterator[VirtualPhone]:
    """Start phones, each with its URL, `concurrency` at a time; they come as they are through."""
    waiting = iter(units)
    running: set[asyncio.Task[VirtualPhone]] = set()
    try:
        while True:
            while len(running) < concurrency and (chosen := next(waiting, None)) is not None:
                running.add(asyncio.create_task(start(*chosen, wire, search=search, again=again)))
            if not running:
                return
            done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                yield task.result()
    finally:
        for task in running:
            task.cancel()


async def boot(
    mac: str,
    model: str,
    url: str,
    *,
    modules: int = 0,
    user: str = "",
    password: str = "",
    digests: tuple[str, ...] = ("SHA-256", "MD5"),
    search: str = "",
    again: bool = False,
    ca: str = "",
    patience: Patience | None = None,
) -> VirtualPhone:
    """Start one phone against a running server, for tests: MAC and model (id or name) in, what it sees out.

    `ca` is the file of the CA it trusts over HTTPS (any certificate without one). Raises ProvdError for a model that
    no virtual phone is of.
    """
    make = find_make(model)
    if make is None:
        raise ProvdError(f"No virtual phone is a {model}; provd/simulate/makes.py lists those there are.")
    unit = Unit(mac, make, modules, user, password, digests)
    wire = Wire(trust(ca))
    try:
        return await start(unit, url, wire, search=search, again=again, patience=patience)
    finally:
        wire.close()
