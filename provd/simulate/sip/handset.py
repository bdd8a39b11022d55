"""A virtual phone that stays on: it starts, registers, watches, and obeys who tells it to fetch or to restart."""

from __future__ import annotations

import asyncio
import secrets
import time
from contextlib import AbstractAsyncContextManager, nullcontext, suppress
from dataclasses import replace

from provd.simulate.drive import Wire
from provd.simulate.machine import Machine, Patience
from provd.simulate.makes import Unit
from provd.simulate.outcome import VirtualPhone
from provd.simulate.sip import kept, manners
from provd.simulate.sip.air import Air
from provd.simulate.sip.endpoint import Endpoint
from provd.simulate.sip.line import Line
from provd.simulate.sip.login import Doorkeeper
from provd.simulate.sip.manners import Deed
from provd.simulate.sip.summary import InService
from provd.simulate.sip.wants import Wants, wants
from provd.simulate.sip.watch import Watch
from provd.simulate.wire import Made
from sip_edge.stack_request import ServerRequest
from sip_edge.transport.flow import Flow

RECONNECT = 2.0
PARTING = 5.0
NO_BREAK: AbstractAsyncContextManager[object] = nullcontext()


class Handset:
    """`outcome` is what came of its last start, `failure` why it is not in service."""

    def __init__(
        self, unit: Unit, url: str, wire: Wire, air: Air, *, number: int = 0, patience: Patience | None = None
    ) -> None:
        self.unit = unit
        self.outcome: VirtualPhone | None = None
        self.made: list[Made] = []
        """Every request for a file since the first start."""
        self.lines: list[Line] = []
        self.watches: list[Watch] = []
        self.resynced = 0
        """How often it has fetched its files because it was told to."""
        self.challenged = 0
        """How often it asked who tells it."""
        self.seconds = 0.0
        """From its first request until it was registered and every lamp answered for."""
        self._url = url
        self._wire = wire
        self._air = air
        self._patience = patience or Patience()
        self._kept = b""
        self._wants = Wants()
        self._endpoint = Endpoint(air, number)
        self._endpoint.stack.handle("NOTIFY", self._notified)
        self._endpoint.stack.on_closed.append(self._lost)
        self._by_call: dict[str, Watch] = {}
        self._doorkeeper = Doorkeeper(unit.make.vendor.lower())
        self._told: Deed | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def failure(self) -> str:
        """Why it is not in service, as a sentence; "" when it is."""
        if self.outcome is None:
            return "It has not started yet."
        if self.outcome.failure:
            return self.outcome.failure
        said = (*(line.failure for line in self.lines), *(watch.failure for watch in self.watches))
        return next((failure for failure in said if failure), "")

    @property
    def lit(self) -> int:
        """How many of its lamps show something."""
        return sum(watch.lamp.lit for watch in self.watches)

    def lamp(self, name: str, event: str = "dialog") -> str:
        """What the lamp that watches `name` shows; "" when no lamp does."""
        found = (one for one in self.watches if (one.watched.name, one.watched.event) == (name, event))
        return next((one.lamp.shows for one in found), "")

    def state(self) -> InService:
        """How it is now."""
        return InService(
            unit=self.unit,
            lines=len(self._wants.accounts),
            registered=sum(line.registered for line in self.lines),
            watched=len(self.watches),
            lit=self.lit,
            resynced=self.resynced,
            challenged=self.challenged,
            requests=tuple(self.made),
            seconds=self.seconds,
            failure=self.failure,
        )

    async def power_on(self, gate: AbstractAsyncContextManager[object] = NO_BREAK) -> None:
        """Fetch the files within `gate`, register every account, watch everything; done when all of it is answered."""
        begun = time.perf_counter()
        async with gate:
            await self._fetch()
        await self._enter()
        self.seconds = time.perf_counter() - begun

    async def power_off(self, *, polite: bool = True) -> None:
        """Take back every watch and registration, unless it is cut off without a word, and let go of the network."""
        if self._task is not None:
            self._task.cancel()
        with suppress(TimeoutError):  # from a server that is gone nobody takes leave
            async with asyncio.timeout(PARTING if polite else 0):
                await self._leave()
        for watch in self.watches:
            watch.stop()
        for line in self.lines:
            line.stop()
        await self._endpoint.close()

    def resync(self) -> None:
        """Fetch the files again, as from the phone's own menu."""
        self._obey(Deed.FETCH)

    # Files

    async def _fetch(self) -> bool:
        """One start; whether a file changed. A phone that gets no files keeps what it had."""
        begun = time.perf_counter()
        memory = kept.unpack(self._kept)
        machine = Machine(self.unit, self._url, memory=memory, patience=self._patience)
        request = machine.begin()
        while request is not None:
            request = machine.receive(await self._wire.carry(request))
        outcome = machine.outcome(time.perf_counter() - begun)
        if not outcome.failure:
            self._wants, self._kept = wants(outcome), kept.pack(memory)
        self.outcome = replace(outcome, reading=None, directory=(), found=None)
        self.made += outcome.requests
        return any(made.status == 200 and not made.same for made in outcome.requests if made.method == "GET")

    # SIP

    async def _enter(self) -> None:
        """Register the accounts it has now and watch what it wants now; what it wants no more ends."""
        wanted = {account.index: account for account in self._wants.accounts}
        gone = [line for line in self.lines if wanted.get(line.account.index) != line.account]
        ended = [one for one in self.watches if one.line in gone or one.watched not in self._wants.watched]
        await asyncio.gather(*(one.leave() for one in ended))
        await asyncio.gather(*(line.leave() for line in gone))
        self.lines = [line for line in self.lines if line not in gone]
        self.watches = [one for one in self.watches if one not in ended]
        have = {line.account.index for line in self.lines}
        agent, instance = manners.agent(self.unit), manners.instance(self.unit)
        new = [account for index, account in wanted.items() if index not in have]
        self.lines += [Line(self._endpoint, account, agent, instance, self._patience) for account in new]
        for line in self.lines:
            line.on_refreshed = self._watch
        await asyncio.gather(*(line.register() for line in self.lines))
        await self._watch()

    async def _watch(self) -> None:
        registered = {line.account.index: line for line in self.lines if line.registered}
        have = {one.watched for one in self.watches}
        new = [
            Watch(self._endpoint, registered[watched.line], watched, self._patience, self._by_call)
            for watched in self._wants.watched
            if watched not in have and watched.line in registered
        ]
        self.watches += new
        await asyncio.gather(*(one.subscribe() for one in new))
        for one in new:
            await self._answered(one)

    async def _answered(self, one: Watch) -> None:
        """Wait for the NOTIFY that every subscription begins with (RFC 6665 section 4.1.2.4), for timer N."""
        try:
            async with asyncio.timeout(32):
                await one.answered.wait()
        except TimeoutError:
            one.failure = f"The server has taken the watch on {one.watched.name} and told nothing of it."

    async def _leave(self) -> None:
        await asyncio.gather(*(one.leave() for one in self.watches))
        await asyncio.gather(*(line.leave() for line in self.lines))
        self.watches, self.lines = [], []

    def _lost(self, flow: Flow) -> None:
        for line in self.lines:
            if line.flow is flow:
                line.again_soon(RECONNECT)
                for watch in self.watches:
                    if watch.line is line:
                        watch.again_soon(RECONNECT + 0.5)

    # NOTIFY

    def _notified(self, asked: ServerRequest) -> None:
        request = asked.request
        event = request.field("event")
        if event is None:
            asked.reply(489)
            return
        watch = self._by_call.get(request.call_id)
        if watch is not None and event.value.lower() == watch.watched.event:
            asked.reply(200)
            watch.notified(request)
            return
        deed = manners.deed(
            self.unit.make.family, event.value.lower(), event.parameter("reboot"), self._wants.parameters
        )
        if deed is None:
            asked.reply(481 if watch is None and request.to.tag else 489)
        elif self._admits(asked):
            asked.reply(200)
            self._obey(deed)

    def _admits(self, asked: ServerRequest) -> bool:
        """Whether who sent the command may; else asks for the password of the line it was sent to."""
        user = asked.request.uri.username
        line = next((one for one in self.lines if one.account.user == user), None)
        if line is None:
            asked.reply(404)
            return False
        if not manners.challenges(self.unit.make.family, self._wants.parameters, line.account.index):
            return True
        if self._doorkeeper.admits(asked.request, line.login.user, line.login.password):
            return True
        self.challenged += 1
        asked.reply(401, None, [("WWW-Authenticate", self._doorkeeper.challenge(secrets.token_hex(12)))])
        return False

    def _obey(self, deed: Deed) -> None:
        """Do it now, or after what is being done; a restart goes before a fetch."""
        if deed is Deed.NOTHING:
            return
        self._told = deed if self._told is None or deed is Deed.RESTART else self._told
        if self._task is None or self._task.done():
            self._task = asyncio.ensure_future(self._resync())

    async def _resync(self) -> None:
        while self._told is not None:
            deed, self._told = self._told, None
            begun = time.perf_counter()
            self._air.tell(self.unit.mac, f"told to {deed}")
            if deed is Deed.RESTART:
                await self._leave()
            changed = await self._fetch()
            if deed is Deed.RESTART_IF_CHANGED and changed:
                await self._leave()
                await self._fetch()
            await self._enter()
            self.resynced += 1
            news = "with a changed file" if changed else "and found nothing changed"
            took = time.perf_counter() - begun
            failed = f"; {self.failure}" if self.failure else ""
            self._air.tell(self.unit.mac, f"resynced in {took:.2f} s {news}{failed}")
