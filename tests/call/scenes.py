"""Acme's phones in still time: a controller on a stack, and desk phones that speak SIP over fake flows."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from provd.store import call_events, devices, domains, users
from provd.store.database import Store
from sip_edge.call.controller import Controller
from sip_edge.call.edge import BODIES, EXTENSIONS
from sip_edge.call.event import CallEvent
from sip_edge.call.journal import Journal
from sip_edge.call.known import Directory
from sip_edge.call.lamps import Lamps
from sip_edge.call.trunk import Trunk
from sip_edge.defence.policy import Policy
from sip_edge.presence.book import Book
from sip_edge.presence.state import State
from sip_edge.routing.building import ORBITS
from sip_edge.routing.facts import Company, Inbound, Person
from sip_edge.transport.flow import Flow
from tests.call.phones import CARRIER, Desk, Incoming, Outgoing, offer, port_of
from tests.fakes import FakeClock, FakeFlow
from tests.registrar.scenes import DOMAIN, NOW, Edge, company, edge, password

TRUNK = Trunk("carrier", CARRIER, networks=(f"{CARRIER}/32",))
NUMBER = "+12145550140"

ACME = Company(
    DOMAIN,
    people={
        "101": Person("101", "Ann", devices=("101", "101a"), voicemail=False, department="Sales", area_code="214"),
        "102": Person("102", "Bob", devices=("102",), voicemail=False, department="Sales"),
        "103": Person("103", "Cid", devices=("103",), voicemail=False),
    },
    numbers={NUMBER: Inbound(NUMBER, "user", "102")},
    caller_id_number=NUMBER,
    orbits=frozenset(ORBITS),
)


class Source:
    """Companies that tests make up."""

    def __init__(self, companies: Iterable[Company]) -> None:
        self.known = {one.domain: one for one in companies}

    def get(self, domain: str) -> Company | None:
        """A company."""
        return self.known.get(domain)

    async def of(self, domain: str) -> Company | None:
        """The same."""
        return self.get(domain)


class House:
    """The edge of a company, and what it told."""

    def __init__(self, made: Edge, clock: FakeClock, companies: Iterable[Company]) -> None:
        self.edge = made
        self.clock = clock
        self.stack = made.stack
        self.source = Source(companies)
        self.state = State()
        self.journal = Journal(made.store)
        self.events: list[CallEvent] = []
        self.journal.watchers.append(self.events.append)
        self.flows: dict[tuple[str, int], FakeFlow] = {}
        directory = Directory(self.source, made.registrar.accounts.domain_id)
        self.controller = Controller(
            made.stack, made.registrar, directory, Lamps(self.state, Book()), self.journal,
            flow_to=self._flow_to, udp_flow=lambda host, port: self.flows.get((host, port)),
        )  # fmt: skip
        self.controller.handle()
        served = made.stack.handlers.served
        made.stack.handlers.served = replace(
            served, extensions=served.extensions | EXTENSIONS, bodies=(*served.bodies, *BODIES)
        )

    async def _flow_to(self, uri: Any) -> Flow:
        return self.flows[uri.host, uri.port or 5060]

    async def settle(self) -> None:
        """Let what is looked up or saved beside the calls come to its end."""
        for _ in range(20):
            await asyncio.sleep(0)

    def kinds(self) -> list[str]:
        """The kinds of events, in order."""
        return [event.kind for event in self.events]

    def lamp(self, name: str) -> str:
        """What a lamp shows."""
        return str(self.state.look(DOMAIN, name).lamp)

    def quiet(self) -> bool:
        """Is nothing left of any call?"""
        book, state = self.controller.book, self.state
        return not (len(book) or book.conversations or len(self.controller.orbits) or len(state))

    def stored(self, store: Store) -> list[str]:
        """The kinds of events in the database."""
        return [row.kind for row in call_events.after(store, 0)]


class Failures(logging.Handler):
    """What the edge logs as a failure of its own."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it."""
        self.records.append(record)


@contextmanager
def no_failures() -> Iterator[None]:
    """Whatever phones do: nothing of ours fails."""
    failures, logger = Failures(), logging.getLogger("sip_edge")
    logger.addHandler(failures)
    try:
        yield
    finally:
        logger.removeHandler(failures)
    assert not failures.records, [(one.getMessage(), one.exc_info) for one in failures.records]


Scene = Callable[[House], Coroutine[Any, Any, None]]


def play(folder: Path, scene: Scene, *companies: Company, trunks: tuple[Trunk, ...] = ()) -> None:
    """Play a scene at Acme in still time; it fails rather than hangs, and leaves nothing behind."""

    async def run() -> None:
        async with asyncio.timeout(60):
            clock = FakeClock()
            with company(folder) as store, no_failures():
                acme = domains.by_name(store, DOMAIN).id
                cid = users.create(store, acme, "103", NOW)
                devices.create(store, acme, cid.id, "103", NOW, password=password("103"))
                async with edge(store, clock=clock, policy=Policy(trusted=("192.0.2.0/24",))) as made:
                    house = House(made, clock, companies or (ACME,))
                    house.controller.trunks = lambda: trunks
                    await scene(house)
                    await house.journal.flush()

    asyncio.run(run())


def connected(one: Desk, other: Desk, number: str = "") -> tuple[Outgoing, Incoming]:
    """Two phones that talk."""
    out = one.call(number or other.name)
    into = other.rung()
    into.ring()
    into.answer()
    out.answered()
    return out, into


__all__ = ["CARRIER", "Desk", "House", "Incoming", "Outgoing", "connected", "offer", "play", "port_of"]
