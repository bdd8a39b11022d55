"""Calls as a part of the SIP edge: put together, started after presence, stopped before it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress

from provd.bus import Bus
from provd.store import call_events
from provd.store.call_events import DialogRow
from provd.store.database import Store
from sip_edge.call.active import ActiveCall, active_call, active_calls
from sip_edge.call.controller import Controller
from sip_edge.call.inside import PASSED_TYPES
from sip_edge.call.journal import Journal
from sip_edge.call.known import Directory, Source
from sip_edge.call.lamps import Lamps
from sip_edge.call.watching import Watching
from sip_edge.carriers import Carriers
from sip_edge.message import Request, SipError, Uri
from sip_edge.presence.edge import PresenceEdge
from sip_edge.qualifying import Qualifying
from sip_edge.registrar.service import Registrar
from sip_edge.signing_on import SigningOn
from sip_edge.stack import Stack
from sip_edge.stack_listeners import Listeners, Unreachable
from sip_edge.switches import Switches
from sip_edge.trunks import Trunks

log = logging.getLogger(__name__)

EXTENSIONS = frozenset(("timer", "replaces", "100rel"))
"""What an INVITE may Require: for the `Abilities` of the stack."""
BODIES = PASSED_TYPES
"""Bodies of requests that calls take besides descriptions, likewise."""
TICK = 0.5
SKIPPED = 1_000
"""How far the CSeq of a BYE after a crash is beyond what was written: in between, requests went out that were not."""
A_TURN = 50


class CallEdge:
    """`controller` has the calls, `journal` what happened in them."""

    def __init__(
        self,
        stack: Stack,
        listeners: Listeners,
        store: Store,
        registrar: Registrar,
        presence: PresenceEdge,
        companies: Source,
        *,
        mark: str = "",
        mine: Callable[[str], bool] = lambda _domain: True,
    ) -> None:
        """`companies` is what routing knows; `mark` what our tags begin with; `mine`: does a company live here?"""
        self._stack = stack
        self._listeners = listeners
        self._store = store
        self._mine = mine
        self.journal = Journal(store)
        self.watching = Watching()
        self.journal.watchers.append(self.watching.heard)
        self.controller = Controller(
            stack,
            registrar,
            Directory(companies, registrar.accounts.domain_id),
            Lamps(presence.state, presence.presence.book),
            self.journal,
            flow_to=listeners.flow_to,
            udp_flow=listeners.udp_flow,
            mark=mark,
        )
        self.controller.features.switch = Switches(store).dial
        self.registrar = registrar
        self.qualifying = Qualifying(stack, listeners.flow_to)
        self.trunks = Trunks(
            store, SigningOn(stack, listeners.flow_to), self.qualifying, mine=mine,
            calls=lambda: self.controller.book.trunk_calls,
        )  # fmt: skip
        self.controller.trunks = self.trunks.all
        self.controller.owner_of = self.trunks.owner_of
        self._task: asyncio.Task[None] | None = None

    def shared(self, bus: Bus) -> Carriers:
        """Share trunks with the other processes; what is asked of them when a carrier's message is sorted."""
        self.trunks.share(bus)
        return Carriers(
            at=self.trunks.at,
            phone=lambda domain, name: self.registrar.accounts.get(domain, name) is not None,
            owner=self._owner,
            mine=self._mine,
        )

    async def _owner(self, numbers: tuple[str, ...], address: str) -> str:
        for number in numbers:
            owner = await self.trunks.owner_of(number)
            if owner:
                return owner
        # Nobody's, or written as only a company of its country can read: the company of the trunk says which.
        return next((one.domain for one in self.controller.trunks_at(address) if one.domain), "")

    async def start(self) -> None:
        """Answer calls from now on; phones that were in a call of before are told that it is over."""
        await self.trunks.start()
        self.controller.handle()
        left = [row for row in await self._store.run(call_events.left_over) if self._mine(row.domain)]
        self._task = asyncio.create_task(self._run(left))

    async def stop(self) -> None:
        """End every call, and write what happened."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        await self.trunks.stop()
        await self.controller.stop()
        await self.journal.flush()

    async def ask_carrier(self, name: str) -> tuple[bool, str, int] | None:
        """Ask the carrier of a trunk now: whether it answered, what it said, after how many milliseconds. None for a
        trunk that calls do not use."""
        await self.trunks.refresh()
        trunk = self.trunks.by_name(name)
        return await self.qualifying.ask(trunk) if trunk is not None and trunk.enabled else None

    def active(self, domain: str, mine: frozenset[str] | None = None) -> tuple[list[ActiveCall], int]:
        """The calls of a company at this moment (`mine`: of these extensions), and how many there are."""
        return active_calls(self.controller.book.conversations.values(), domain, mine)

    def find(self, domain: str, call: str) -> ActiveCall | None:
        """The call of a company with this id."""
        one = self.controller.book.conversations.get(call)
        return active_call(one) if one is not None and one.domain == domain else None

    def hang_up(self, domain: str, call: str) -> None:
        """End a call of a company for everybody in it."""
        one = self.controller.book.conversations.get(call)
        if one is not None and one.domain == domain:
            self.controller.end(one, None, "ended by a manager", 480)

    async def _run(self, left: list[DialogRow]) -> None:
        while True:
            try:
                await self._bury(left[:A_TURN])
                del left[:A_TURN]
                await self.journal.flush()
            except Exception:
                log.exception("The housekeeping of calls failed; it goes on.")
            await asyncio.sleep(TICK)

    async def _bury(self, some: list[DialogRow]) -> None:
        """Hang up on phones that a process before this one left in a call."""
        for row in some:
            try:
                flow = self._listeners.udp_flow(row.address, row.port) if row.protocol == "UDP" else None
                flow = flow or await self._listeners.flow_to(Uri.parse(row.target))
                self._stack.request(_bye(row), flow)
            except (Unreachable, SipError, ValueError):
                log.info("A phone of %s that was in a call before the start cannot be told.", row.domain)
        if some:
            await self._store.run(call_events.keep_dialogs, [], [row.leg for row in some])


def _bye(row: DialogRow) -> Request:
    rows = [
        *(("Route", route) for route in row.routes),
        ("Max-Forwards", "70"),
        ("From", row.local),
        ("To", row.remote),
        ("Call-ID", row.call_id),
        ("CSeq", f"{row.cseq + SKIPPED} BYE"),
        ("Reason", 'SIP;cause=503;text="The server was started again"'),
    ]
    return Request.build("BYE", row.target, rows)
