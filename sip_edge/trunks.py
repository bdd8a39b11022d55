"""The trunks as calls know them: in memory, read anew when the store changes."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from dataclasses import replace

from provd.numbering import e164
from provd.store import changes, trunks
from provd.store.database import Store
from provd.store.routing_rows import Trunk as Row
from sip_edge.call.trunk import Trunk
from sip_edge.signing_on import SigningOn

log = logging.getLogger(__name__)

TICK = 0.5


class Trunks:
    """`all` is for the controller of calls."""

    def __init__(self, store: Store, signing_on: SigningOn | None = None) -> None:
        """`signing_on` registers those that want it; None: none is."""
        self._store = store
        self._signing_on = signing_on
        self._known: tuple[Trunk, ...] = ()
        self._last = -1
        self._task: asyncio.Task[None] | None = None

    def all(self) -> tuple[Trunk, ...]:
        """Every trunk there is; one that has registered takes calls from the address where it did."""
        if self._signing_on is None:
            return self._known
        return tuple(self._reached(one) for one in self._known)

    def _reached(self, trunk: Trunk) -> Trunk:
        state = self._signing_on.state(trunk.name) if self._signing_on is not None else None
        if state is None or not state.on or state.address in trunk.networks:
            return trunk
        return replace(trunk, networks=(*trunk.networks, state.address))

    async def owner_of(self, number: str) -> str:
        """The company that has the number a carrier calls, however it writes it; empty for nobody's."""
        return await self._store.run(trunks.owner_of, ways_to_write(number))

    async def start(self) -> None:
        """Read them, and follow what changes."""
        await self.refresh()
        self._task = asyncio.create_task(self._follow())

    async def stop(self) -> None:
        """Follow no more."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        if self._signing_on is not None:
            await self._signing_on.stop()

    async def refresh(self) -> None:
        """Read the trunks if anything has changed since."""
        latest = await self._store.run(changes.latest_id)
        if latest != self._last:
            self._known = tuple(_trunk(*one) for one in await self._store.run(trunks.everything))
            self._last = latest
            if self._signing_on is not None:
                self._signing_on.follow(self._known)

    async def _follow(self) -> None:
        while True:
            await asyncio.sleep(TICK)
            try:
                await self.refresh()
            except Exception:
                log.exception("The trunks could not be read anew; it is tried again.")


def ways_to_write(number: str) -> list[str]:
    """E.164 of what a carrier sends: +12145550140, 12145550140 or, in North America, 2145550140."""
    digits = number.removeprefix("+")
    if not digits.isascii() or not digits.isdecimal() or len(digits) > 15:
        return []
    found = [f"+{digits}"]
    with suppress(ValueError):
        found.append(e164(digits, "US"))
    return found if number != f"+{digits}" else found[:1]


def _trunk(row: Row, domain: str, password: str) -> Trunk:
    return Trunk(
        row.name, row.host, row.port, row.transport, domain, row.networks, row.user_name, password, row.most_calls,
        row.place, row.writes == "e164", row.enabled, row.kind == "registering",
    )  # fmt: skip
