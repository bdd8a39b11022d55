"""Acme's registrar on a stack, with sockets on the loopback or without any; and phones that answer challenges."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from provd import catalogue
from provd.events import Recorder
from provd.identify import Recogniser
from provd.seal import Seal
from provd.store import devices, domains, events, migrations, phones, users
from provd.store.database import Store, open_database
from provd.store.rows import Device, Domain, Line, PhoneEvent
from sip_edge.defence.policy import Policy
from sip_edge.message import Response
from sip_edge.message.check import Abilities
from sip_edge.message.digest import Challenge, answer, strongest
from sip_edge.registrar.location import Rules
from sip_edge.registrar.service import EXTENSIONS, Registrar
from sip_edge.stack import Stack
from sip_edge.stack_listeners import Listeners
from sip_edge.timers import Timers
from tests.fakes import FakeClock, FakeFlow
from tests.sip_transport.scenes import answer as response_of
from tests.sip_transport.scenes import statuses

NOW = 1_760_000_000
DOMAIN = "acme.example"
MAC = "805ec0000101"
AGENT = "Yealink SIP-T46U 108.86.0.90"
SHORT = Rules(least=1, jitter=0, grace=0)
"""Registrations of a second, for programs that run in real time."""


def password(name: str) -> str:
    """What a device of Acme has."""
    return f"s3cr3t-Of-The-{name}"


def make_store(folder: Path) -> Store:
    """An SQLite database on disk with nothing in it."""
    store = open_database(f"sqlite:///{folder}/provd.db", Seal([bytes(range(32))]))
    migrations.migrate(store)
    return store


def make_company(store: Store, name: str = DOMAIN, **fields: Any) -> Domain:
    """Acme: devices 101, 101a and 102; 101 is the first line of the phone MAC."""
    company = domains.create(store, name, NOW, **fields)
    made: dict[str, Device] = {}
    for extension in ("101", "102"):
        user = users.create(store, company.id, extension, NOW)
        for device in (extension, f"{extension}a"):
            secret = password(device)
            made[device] = devices.create(store, company.id, user.id, device, NOW, password=secret)
    if name == DOMAIN:
        phones.create(store, company.id, MAC, "yealink-t46u", NOW, lines=[Line(1, made["101"].id, False, "")])
    return company


@contextmanager
def company(folder: Path) -> Iterator[Store]:
    """A store with Acme in it."""
    store = make_store(folder)
    make_company(store)
    try:
        yield store
    finally:
        store.close()


@dataclass
class Edge:
    """A registrar, what it stands on, and what it has told."""

    store: Store
    stack: Stack
    registrar: Registrar
    recorder: Recorder
    listeners: Listeners
    told: list[str] = field(default_factory=list)

    async def events(self) -> list[PhoneEvent]:
        """What is recorded of Acme, the first first."""
        await self.registrar.work()
        await self.recorder.flush()
        found = events.of_domain(self.store, domains.by_name(self.store, DOMAIN).id, limit=1000)
        return list(reversed(found.items))


@asynccontextmanager
async def edge(
    store: Store, *, clock: FakeClock | None = None, rules: Rules | None = None, policy: Policy | None = None
) -> AsyncIterator[Edge]:
    """A registrar at work; with `clock` its time stands still until somebody moves it."""
    stack = Stack(Timers(clock or asyncio.get_running_loop()), "127.0.0.1", abilities=Abilities(extensions=EXTENSIONS))
    listeners, recorder = Listeners(stack), Recorder(store)
    known = catalogue.shipped()
    registrar = Registrar(
        stack,
        store,
        recorder,
        Recogniser(known.families, known.models),
        rules=rules,
        policy=policy,
        udp_flow=listeners.udp_flow,
    )
    await registrar.start()
    made = Edge(store, stack, registrar, recorder, listeners)
    registrar.watch(lambda change: made.told.append(change.kind))
    try:
        yield made
    finally:
        await listeners.stop()
        await registrar.stop()
        await recorder.flush()
        await stack.stop()


def play(folder: Path, scene: Callable[[Edge, FakeClock], Coroutine[Any, Any, None]], **named: Any) -> None:
    """Play a scene at Acme in still time; it fails rather than hangs."""

    async def run() -> None:
        async with asyncio.timeout(20):
            clock = FakeClock()
            with company(folder) as store:
                async with edge(store, clock=clock, **named) as made:
                    await scene(made, clock)

    asyncio.run(run())


_numbers = itertools.count(1)


@dataclass
class Phone:
    """A phone without a socket: what it sends goes straight into the stack."""

    edge: Edge
    name: str = "101"
    secret: str = ""
    user: str = ""
    """Its digest user name, where that is another than its own."""
    domain: str = DOMAIN
    protocol: str = "UDP"
    address: tuple[str, int] = ("192.0.2.1", 5060)
    contact: str = ""
    call_id: str = ""
    agent: str = AGENT
    algorithm: str = ""
    extra: tuple[str, ...] = ()
    method: str = "REGISTER"

    def __post_init__(self) -> None:
        self.secret = self.secret or password(self.name)
        self.call_id = self.call_id or f"call-{next(_numbers)}@192.0.2.1"
        self.contact = self.contact or f"<sip:{self.name}@{self.address[0]}:{self.address[1]}>"
        self.flow = FakeFlow(self.protocol, self.address)
        self.cseq = 0
        self.challenge: Challenge | None = None
        self.count = 0

    def message(self, contact: str | None, *headers: str) -> bytes:
        """The next request of this phone; `contact` None: without one."""
        self.cseq += 1
        target = f"sip:{self.domain}"
        lines = [
            f"{self.method} {target} SIP/2.0",
            f"Via: SIP/2.0/{self.protocol} 192.0.2.1:5060;branch=z9hG4bK{next(_numbers)};rport",
            f"From: <sip:{self.name}@{self.domain}>;tag=1",
            f"To: <sip:{self.name}@{self.domain}>",
            f"Call-ID: {self.call_id}",
            f"CSeq: {self.cseq} {self.method}",
            "Max-Forwards: 70",
            f"User-Agent: {self.agent}",
            *([] if contact is None else [f"Contact: {contact}"]),
            *self.extra,
            *headers,
            "Content-Length: 0",
        ]
        return "\r\n".join([*lines, "", ""]).encode("utf-8", "surrogateescape")

    def send(self, data: bytes) -> Response | None:
        """The final answer, None when there is none."""
        self.edge.stack.received(self.flow, data)
        heard = self.flow.take()
        return response_of(heard[-1]) if heard else None

    def credentials(self) -> str:
        """An Authorization header for the challenge last heard."""
        assert self.challenge is not None
        self.count += 1
        made = answer(
            self.challenge, self.method, f"sip:{self.domain}", self.user or self.name, self.secret, "c", self.count
        )
        return f"Authorization: {made}"

    def hear(self, response: Response) -> None:
        """Take the challenge of a 401, the one of our algorithm when we know only one."""
        values = [v for v in response.headers.all("www-authenticate") if f"algorithm={self.algorithm}" in v]
        self.challenge, self.count = strongest(values), 0

    def ask(self, contact: str | None = "", *headers: str) -> Response:
        """Ask, answering challenges as phones do: with cached credentials first, and once more when those are stale."""
        given = self.contact if contact == "" else contact
        for _ in range(3):
            credentials = [self.credentials()] if self.challenge is not None else []
            heard = self.send(self.message(given, *headers, *credentials))
            assert heard is not None, "nobody answers"
            stale = "stale=true" in (heard.headers.first("www-authenticate") or "")
            if heard.status != 401 or (credentials and not stale):
                return heard
            self.hear(heard)
        return heard

    def register(self, expires: int = 300, *headers: str) -> Response:
        """Register its contact."""
        return self.ask("", f"Expires: {expires}", *headers)

    def unanswered(self, *headers: str) -> bool:
        """Does nobody answer it?"""
        return self.send(self.message(self.contact, *headers)) is None


__all__ = ["AGENT", "DOMAIN", "MAC", "Edge", "Phone", "company", "edge", "password", "play", "statuses"]
