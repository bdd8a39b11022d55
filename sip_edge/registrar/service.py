"""The registrar: REGISTER in, bindings, events and answers out (RFC 3261 section 10).

Rules of this file: what is decided, is decided in `challenge` and `location`, which are pure; here it is carried out.
An answer waits for nothing but memory. The store hears of it within a second, whoever watches at once.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import secrets
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from email.utils import formatdate

from provd.events import Recorder
from provd.identify import Recogniser
from provd.store.database import Store
from sip_edge.defence.gate import Gate
from sip_edge.defence.policy import Policy
from sip_edge.message.digest import ALGORITHMS
from sip_edge.registrar import binding as reading
from sip_edge.registrar.accounts import Account, Accounts, Altered, Mine, Name
from sip_edge.registrar.authenticator import Authenticator, identity
from sip_edge.registrar.binding import Asked, Binding, Source
from sip_edge.registrar.challenge import Nonces
from sip_edge.registrar.journal import Journal
from sip_edge.registrar.keeper import Keeper
from sip_edge.registrar.location import Change, Location, Rules
from sip_edge.registrar.offer import FIRST_ONLY, Offers
from sip_edge.stack import Stack
from sip_edge.stack_request import ServerRequest
from sip_edge.transport.flow import Flow

log = logging.getLogger(__name__)

EXTENSIONS = frozenset(("path", "outbound", "gruu"))
"""What a REGISTER may Require: for the `Abilities` of the stack."""
TICK = 0.25
"""Seconds between two looks at what has run out, what changed in the store and what is to be written."""
LAST_TRIES = 20
"""How often the last batch is tried when the database does not take it."""

Watcher = Callable[[Change], None]


class Registrar:
    """Registers itself with a stack at start(); `authenticate` and `watch` are for the other services."""

    def __init__(
        self,
        stack: Stack,
        store: Store,
        recorder: Recorder,
        recogniser: Recogniser,
        *,
        rules: Rules | None = None,
        policy: Policy | None = None,
        algorithms: tuple[str, ...] = ALGORITHMS,
        first_only: tuple[str, ...] = FIRST_ONLY,
        udp_flow: Callable[[str, int], Flow | None] = lambda _host, _port: None,
        own_hosts: Iterable[str] = (),
        mine: Mine = lambda _domain: True,
    ) -> None:
        """`udp_flow`: how a phone of before a restart is reached again (`Listeners.udp_flow`). `own_hosts`: further
        names and addresses of this server. `mine`: does a company live in this process, where there are several?"""
        self._stack = stack
        self._store = store
        self._udp_flow = udp_flow
        self._own_hosts = frozenset((stack.host.lower(), *(host.lower() for host in own_hosts)))
        # Epoch seconds on the monotonic clock: registrations run on when somebody sets the wall clock.
        self._offset = time.time() - stack.timers.now()
        self._mine = mine
        self.accounts = Accounts(store, mine)
        self.gate = Gate(policy or Policy(), stack.timers.now)
        self.location = Location(rules or Rules(), lambda: secrets.randbits(62))
        self.keeper = Keeper(store)
        self.journal = Journal(recorder, recogniser, self.accounts, self.keeper, self.now)
        recorder.watchers.append(self.journal.heard)
        key = hashlib.blake2s(store.seal.keys[0], person=b"nonces").digest()
        nonces = Nonces(key, started=self.now(), serial=secrets.randbits(47))
        self.authenticator = Authenticator(
            self.accounts, self.gate, nonces, self.now, lambda: self._own_hosts, Offers(algorithms, first_only)
        )
        self._watchers: list[Watcher] = []
        self._by_flow: dict[Flow, set[Name]] = {}
        self._date = (0, "")
        self._task: asyncio.Task[None] | None = None
        self._ending = asyncio.Event()

    # Life

    async def start(self) -> None:
        """Read accounts and bindings, and answer from now on."""
        self.accounts.load()
        for known in self.keeper.restore(self.now()):
            if self._mine(known.domain):
                self.location.restore(known)
        self.gate.known_address = self.location.known_address
        self.gate.at_home = self._at_home
        self.authenticator.on_failed = self._failed
        self._stack.admit = self.gate.admit
        self._stack.admit_request = self.authenticator.admit_request
        self._stack.on_closed.append(self._closed)
        self._stack.handle("REGISTER", self.register)
        self._task = asyncio.create_task(self._tick())

    async def stop(self) -> None:
        """Write everything that waits; the stack is stopped by whoever made it."""
        self._ending.set()
        if self._task is not None:
            await self._task  # not cancelled: a batch may be on its way
        while self.journal.work():
            pass
        for _ in range(LAST_TRIES):
            await self.keeper.flush()
            if not self.keeper.waiting:
                break
            await asyncio.sleep(TICK)  # the database is busy with somebody else

    # For other services

    def now(self) -> float:
        """Epoch seconds of a clock that does not jump: what every time of a binding is in."""
        return self._stack.timers.now() + self._offset

    def authenticate(self, asked: ServerRequest, *, proxy: bool = False) -> Account | None:
        """The device that a request comes from; None when it was challenged or refused: there is nothing left to do."""
        return self.authenticator.authenticate(asked, proxy=proxy)

    def watch(self, watcher: Watcher) -> Callable[[], None]:
        """Have `watcher` told of every change, at once; call what comes back to end that."""
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher) if watcher in self._watchers else None

    def bindings(self, domain: str, name: str) -> tuple[Binding, ...]:
        """Where a device is registered, the best contact first."""
        now = self.now()
        return tuple(one for one in self.location.of(domain, name) if one.expires + self.location.rules.grace > now)

    def flow(self, binding: Binding) -> Flow | None:
        """The way to a phone; None when its connection is gone and it must be called by its contact, or not at all."""
        kept = binding.flow
        if isinstance(kept, Flow) and kept.open:
            return kept
        return self._udp_flow(binding.address, binding.port) if binding.protocol == "UDP" else None

    def forget(self, binding: Binding) -> None:
        """Its phone has answered that it does not know this contact, or RFC 5626 says that its flow has failed."""
        for change in self.location.remove(binding):
            self._tell(change, self.accounts.by_id(binding.device_id))

    # REGISTER

    def register(self, asked: ServerRequest) -> None:
        """Answer a REGISTER. Raises SipError for what is wrong with it; the stack answers that."""
        proven = self.authenticator.prove(asked)
        if proven is None:
            return
        account, credentials = proven
        if identity(asked.request) != account.key:
            asked.reply(403, "A device may register itself only")
            return
        wanted = reading.read(asked.request)
        now, flow = self.now(), asked.flow
        source = Source(flow.protocol, flow.remote[0], flow.remote[1], flow)
        changes = self.location.register(account.key, account.device_id, wanted, source, now, account.expires)
        round_trip = self.authenticator.round_trip(credentials, source.address)
        asked.reply(200, None, self._answer(account, wanted, now))
        for change in changes:
            self._tell(change, account, round_trip)

    def _answer(self, account: Account, wanted: Asked, now: float) -> list[tuple[str, str]]:
        """The headers of a 200: the contacts of this phone first, for there are phones that read the first only."""
        bindings = self.location.of(*account.key)
        if len(bindings) > 1:
            bindings = tuple(sorted(bindings, key=lambda one: one.call_id != wanted.call_id))
        headers = [("Contact", one.shown(now, gruu=wanted.gruu)) for one in bindings]
        if bindings and wanted.wishes:
            headers.append(("Expires", str(max(0, round(bindings[0].expires - now)))))
        if wanted.path and wanted.path_supported:
            headers += [("Path", value) for value in wanted.path]
        if wanted.outbound:
            headers.append(("Supported", "path, outbound"))
            if any(one.outbound and one.call_id == wanted.call_id for one in bindings):
                headers.append(("Require", "outbound"))
        headers.append(("Date", self._http_date(now)))
        return headers

    def _http_date(self, now: float) -> str:
        """RFC 3261 section 10.3 step 8: there are phones that set their clock by it."""
        wall = int(time.time())
        if self._date[0] != wall:
            self._date = (wall, formatdate(wall, usegmt=True))
        return self._date[1]

    # Changes

    def _tell(self, change: Change, account: Account | None, round_trip: float = 0.0) -> None:
        binding = change.binding
        self.keeper.note(change)
        self.journal.changed(change, account, round_trip)
        if isinstance(binding.flow, Flow) and binding.flow.reliable:
            self._by_flow.setdefault(binding.flow, set()).add((binding.domain, binding.name))
        for watcher in tuple(self._watchers):
            try:
                watcher(change)
            except Exception:
                log.exception("Somebody who watches registrations failed.")

    def _closed(self, flow: Flow) -> None:
        for name in self._by_flow.pop(flow, ()):
            for binding in [one for one in self.location.of(*name) if one.flow is flow]:
                account = self.accounts.by_id(binding.device_id)
                if not binding.outbound:
                    self.journal.lost(binding, account)
                for change in self.location.lost(binding):
                    self._tell(change, account)

    def _failed(self, name: Name, address: str, protocol: str, user_agent: str) -> None:
        self.journal.failed(name, address, protocol, user_agent)

    def _at_home(self, name: Name, address: str) -> bool:
        return any(one.address == address for one in self.location.of(*name))

    def _altered(self, altered: Altered) -> None:
        for account in altered.gone:
            for change in self.location.drop(account.domain, account.name):
                self._tell(change, account)
        for account in altered.secret:
            self.gate.forgive(account.key)

    async def _tick(self) -> None:
        while not self._ending.is_set():
            try:
                await self.work()
            except Exception:
                log.exception("The registrar's housekeeping failed; it goes on.")
            with suppress(TimeoutError):
                await asyncio.wait_for(self._ending.wait(), TICK)

    async def work(self) -> None:
        """One round of housekeeping: what has run out, what changed in the store, what is to be written."""
        while self.location.due(self.now()):
            for change in self.location.expire(self.now()):
                self._tell(change, self.accounts.by_id(change.binding.device_id))
            await asyncio.sleep(0)
        while self.accounts.stale():
            altered, more = await self.accounts.catch_up()
            self._altered(altered)
            if not more:
                break
            await asyncio.sleep(0)
        more = True
        while more:
            more = self.journal.work()
            await asyncio.sleep(0)
        await self.keeper.flush()
