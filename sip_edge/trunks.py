"""The trunks as calls know them: in memory, read anew when the store changes; with how it stands with each.

Rules of this file: a trunk is registered and asked by one process, the one where its company lives (for a trunk of
everybody, the one that its name leads to); the others are told what came of it, and how many calls each has on it.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from provd.bus import Bus
from provd.numbering import e164
from provd.store import changes, trunks
from provd.store.database import Store
from provd.store.routing_rows import Trunk as Row
from sip_edge.call.trunk import Trunk, from_address
from sip_edge.qualifying import Qualifying
from sip_edge.signing_on import SigningOn
from sip_edge.trunk_state import TrunkState, as_json, from_json

log = logging.getLogger(__name__)

TICK = 0.5
TOLD_ANYWAY = 5.0
"""Seconds after which the others are told though nothing has changed: one of them may have been started again."""
MOST_ADDRESSES = 20_000
"""Addresses of which is remembered whether they are a carrier's."""
TOLD = 21
"""The kind of frame."""


class Trunks:
    """`all` is for the controller of calls, `state` for who looks."""

    def __init__(
        self,
        store: Store,
        signing_on: SigningOn | None = None,
        qualifying: Qualifying | None = None,
        *,
        mine: Callable[[str], bool] = lambda _name: True,
        calls: Callable[[], Mapping[str, int]] = dict,
    ) -> None:
        """`signing_on` registers those that want it, `qualifying` asks whether they are there; None: nobody does.
        `mine`: does what has this name live in this process? `calls`: those of this process, by trunk."""
        self._store = store
        self._signing_on = signing_on
        self._qualifying = qualifying
        self._mine = mine
        self._known: tuple[Trunk, ...] = ()
        self._shown: tuple[Trunk, ...] = ()
        self._fresh = False
        self._addresses: dict[str, bool] = {}
        self._last = -1
        self._task: asyncio.Task[None] | None = None
        self._bus: Bus | None = None
        self._calls = calls
        self._elsewhere: dict[int, tuple[dict[str, TrunkState], dict[str, int]]] = {}
        self._said = b""
        self._said_at = 0.0
        for one in (signing_on, qualifying):
            if one is not None:
                one.changed = self._stale

    def share(self, bus: Bus) -> None:
        """Tell the other processes, and hear them."""
        self._bus = bus
        bus.hear[TOLD] = self._told
        bus.on_lost.append(self._lost)

    def all(self) -> tuple[Trunk, ...]:
        """Every trunk there is; one that has registered takes calls from the address where it did. What other
        processes have of a trunk is taken off its calls."""
        if not self._fresh:
            shown = tuple(self._as_it_stands(one) for one in self._known)
            if shown != self._shown:
                self._shown = shown
                self._addresses.clear()
            self._fresh = True
        return self._shown

    def at(self, address: str) -> bool:
        """May this address be a carrier's? Asked of every message in a server of several processes."""
        trunks = self.all()
        found = self._addresses.get(address)
        if found is None:
            if len(self._addresses) >= MOST_ADDRESSES:
                self._addresses.clear()
            found = self._addresses[address] = bool(from_address(trunks, address))
        return found

    def state(self, name: str) -> TrunkState:
        """How it stands with a trunk, whichever process has to do with it."""
        trunk = next((one for one in self._known if one.name == name), None)
        if trunk is not None and not self._asks(trunk):
            told = (states[name] for states, _ in self._elsewhere.values() if name in states)
            return next(told, TrunkState(registered=False if trunk.registers else None))
        return self._own(name)

    def calls(self, name: str) -> int:
        """The calls that a trunk has now, in all processes."""
        return self._calls().get(name, 0) + self._calls_elsewhere(name)

    def by_name(self, name: str) -> Trunk | None:
        """The trunk of that name; None when there is none."""
        return next((one for one in self._known if one.name == name), None)

    def _own(self, name: str) -> TrunkState:
        state = self._qualifying.state(name) if self._qualifying is not None else TrunkState()
        one = self._signing_on.state(name) if self._signing_on is not None else None
        if one is None or self._signing_on is None:
            return state
        address = self._signing_on.address(name)
        return replace(state, registered=one.on, refusal=one.why, registered_since=one.since, address=address)

    def _as_it_stands(self, trunk: Trunk) -> Trunk:
        state = self.state(trunk.name)
        more = (state.address,) if state.address and state.address not in trunk.networks else ()
        left = max(0, trunk.most_calls - self._calls_elsewhere(trunk.name))
        if not more and not state.silent and left == trunk.most_calls:
            return trunk
        return replace(trunk, networks=(*trunk.networks, *more), silent=state.silent, most_calls=left)

    def _calls_elsewhere(self, name: str) -> int:
        return sum(calls.get(name, 0) for _, calls in self._elsewhere.values())

    def _asks(self, trunk: Trunk) -> bool:
        """Is it this process that registers and asks a trunk?"""
        return self._mine(trunk.domain or trunk.name)

    def _stale(self) -> None:
        self._fresh = False

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
        for one in (self._signing_on, self._qualifying):
            if one is not None:
                await one.stop()

    async def refresh(self) -> None:
        """Read the trunks if anything has changed since."""
        latest = await self._store.run(changes.latest_id)
        if latest != self._last:
            self._known = tuple(_trunk(*one) for one in await self._store.run(trunks.everything))
            self._last = latest
            self._stale()
            for one in (self._signing_on, self._qualifying):
                if one is not None:
                    one.follow([trunk for trunk in self._known if self._asks(trunk)])

    async def _follow(self) -> None:
        while True:
            await asyncio.sleep(TICK)
            try:
                self._stale()  # a registration that was lost runs out by the clock
                await self.refresh()
                self._tell()
            except Exception:
                log.exception("The trunks could not be read anew; it is tried again.")

    # Between processes

    def _tell(self) -> None:
        bus = self._bus
        if bus is None:
            return
        states = {one.name: as_json(self._own(one.name)) for one in self._known if self._asks(one)}
        said = json.dumps({"states": states, "calls": dict(self._calls())}).encode()
        now = time.monotonic()
        if said == self._said and now - self._said_at < TOLD_ANYWAY:
            return
        self._said, self._said_at = said, now
        for to in range(bus.count):
            if to != bus.index and bus.reaches(to):
                bus.send(to, TOLD, said)

    def _told(self, speaker: int, content: bytes) -> None:
        said: dict[str, Any] = json.loads(content)
        states = {name: from_json(one) for name, one in said["states"].items()}
        self._elsewhere[speaker] = states, said["calls"]
        self._stale()

    def _lost(self, speaker: int) -> None:
        """A process has ended, and its calls with it; what it knew of carriers holds until it is back."""
        states, _ = self._elsewhere.get(speaker, ({}, {}))
        self._elsewhere[speaker] = states, {}
        self._stale()


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
        row.asks,
    )  # fmt: skip
