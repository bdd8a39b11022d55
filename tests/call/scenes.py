"""Acme's phones in still time: a controller on a stack, and desk phones that speak SIP over fake flows."""

from __future__ import annotations

import asyncio
import itertools
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
from sip_edge.message import Message, Request, Response, parse
from sip_edge.message.digest import answer, strongest
from sip_edge.presence.book import Book
from sip_edge.presence.state import State
from sip_edge.registrar.binding import Binding
from sip_edge.routing.facts import Company, Inbound, Person
from sip_edge.transport.flow import Flow
from tests.fakes import FakeClock, FakeFlow
from tests.registrar.scenes import DOMAIN, NOW, Edge, company, edge, password

CARRIER = "198.51.100.7"
TRUNK = Trunk("carrier", CARRIER, networks=(f"{CARRIER}/32",))
NUMBER = "+12145550140"
_numbers = itertools.count(1)

ACME = Company(
    DOMAIN,
    people={
        "101": Person("101", "Ann", devices=("101", "101a"), voicemail=False, department="Sales", area_code="214"),
        "102": Person("102", "Bob", devices=("102",), voicemail=False, department="Sales"),
        "103": Person("103", "Cid", devices=("103",), voicemail=False),
    },
    numbers={NUMBER: Inbound(NUMBER, "user", "102")},
    caller_id_number=NUMBER,
)


def offer(port: int, address: str = "192.0.2.1", codecs: str = "0 8 101", direction: str = "sendrecv") -> bytes:
    """What a desk phone describes."""
    lines = [
        "v=0", f"o=- {port} 1 IN IP4 {address}", "s=-", f"c=IN IP4 {address}", "t=0 0",
        f"m=audio {port} RTP/AVP {codecs}", "a=rtpmap:0 PCMU/8000", "a=rtpmap:8 PCMA/8000",
        "a=rtpmap:101 telephone-event/8000", f"a={direction}", "",
    ]  # fmt: skip
    return "\r\n".join(lines).encode()


def port_of(body: bytes) -> int:
    """The audio port that a description names."""
    return int(body.partition(b"m=audio ")[2].split()[0])


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


class Desk:
    """A phone. What it sends goes straight into the stack; `hear` is what came back."""

    def __init__(
        self, house: House, name: str, *, protocol: str = "UDP", trunk: bool = False, domain: str = DOMAIN
    ) -> None:
        number = next(_numbers)
        self.house = house
        self.name = name
        self.domain = domain
        self.trunk = trunk
        self.media = 20_000 + 2 * number
        self.flow = FakeFlow(protocol, (CARRIER, 5060) if trunk else ("192.0.2.1", 10_000 + number))
        self.tag = f"t{number}"
        self.host = "carrier.example" if trunk else ""
        """What stands in its From, where that is not its company."""
        self.inside = ""
        """Its address behind a NAT, where there is one."""
        house.flows[self.flow.remote] = self.flow

    def register(self) -> Desk:
        """Be reachable."""
        location = self.house.edge.registrar.location
        now = self.house.edge.registrar.now()
        host, port = self.flow.remote
        account = self.house.edge.registrar.accounts.get(self.domain, self.name)
        contact = f"sip:{self.name}@{host}:{port}"
        location.restore(
            Binding(next(_numbers), account.device_id if account else 0, self.domain, self.name, contact, "", 1.0, "",
                    0, (), f"r{next(_numbers)}", 1, "Desk", self.flow.protocol, host, port, now, now,
                    now + 3600, flow=self.flow)
        )  # fmt: skip
        return self

    @property
    def contact(self) -> str:
        """Where it believes to be."""
        return f"<sip:{self.name}@{self.inside or self.flow.remote[0]}:{self.flow.remote[1]}>"

    @property
    def sdp(self) -> bytes:
        """What it offers and answers."""
        return offer(self.media, self.inside or "192.0.2.1")

    def send(self, data: Message) -> None:
        """Send a message."""
        self.house.stack.received(self.flow, bytes(data))

    def hear(self) -> list[Message]:
        """What came since the last time."""
        return [parse(data) for data in self.flow.take()]

    def requests(self, method: str = "") -> list[Request]:
        """The requests that came since the last time."""
        return [one for one in self.hear() if isinstance(one, Request) and one.method == (method or one.method)]

    def statuses(self) -> list[int]:
        """The statuses that came since the last time."""
        return [one.status for one in self.hear() if isinstance(one, Response)]

    def request(self, method: str, uri: str, rows: Iterable[tuple[str, str]], body: bytes = b"") -> Request:
        """A request with a Via of its own."""
        via = ("Via", f"SIP/2.0/UDP {self.flow.remote[0]}:{self.flow.remote[1]};branch=z9hG4bKd{next(_numbers)};rport")
        typed = [("Content-Type", "application/sdp")] if body else []
        return Request.build(method, uri, [via, ("Max-Forwards", "70"), *rows, *typed], body)

    # A call of its own

    def call(self, number: str, body: bytes | None = None, *more: tuple[str, str]) -> Outgoing:
        """Call somebody; challenges are answered."""
        return Outgoing(self, number, self.sdp if body is None else body, more)

    # A call that comes in

    def rung(self) -> Incoming:
        """The INVITE that has come."""
        found = self.requests("INVITE")
        assert len(found) == 1, found
        return Incoming(self, found[0])


class Talk:
    """One dialog of a phone."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.cseq = 100
        self.invite: Request
        self.local = self.remote = self.target = self.call_id = ""
        self.body = b""
        """What the other side described last."""

    def send(self, method: str, body: bytes = b"", *more: tuple[str, str], cseq: int = 0) -> Request:
        """Send a request in the dialog."""
        if not cseq:
            self.cseq += 1
        contact = self.desk.contact
        rows = [
            ("From", self.local), ("To", self.remote), ("Call-ID", self.call_id),
            ("CSeq", f"{cseq or self.cseq} {method}"), ("Contact", contact), *more,
        ]  # fmt: skip
        request = self.desk.request(method, self.target, rows, body)
        self.desk.send(request)
        return request

    def bye(self) -> list[Message]:
        """Hang up; what is heard."""
        self.send("BYE")
        return self.desk.hear()

    def reply(self, request: Request, status: int, body: bytes = b"", *more: tuple[str, str]) -> Response:
        """Answer a request that came."""
        contact = self.desk.contact
        rows = [("Contact", contact), *more, *([("Content-Type", "application/sdp")] if body else [])]
        made = request.reply(status, to_tag=self.desk.tag + request.call_id[:6], headers=rows, body=body)
        self.desk.send(made)
        return made

    def ack(self, body: bytes = b"", cseq: int = 0) -> None:
        """Acknowledge a 2xx."""
        self.send("ACK", body, cseq=cseq or self.cseq)


class Outgoing(Talk):
    """A call that a phone makes."""

    def __init__(self, desk: Desk, number: str, body: bytes, more: Iterable[tuple[str, str]]) -> None:
        super().__init__(desk)
        self.call_id = f"c{next(_numbers)}@desk"
        host = desk.host or desk.domain
        self.local = f"<sip:{desk.name}@{host}>;tag={desk.tag}{next(_numbers)}"
        self.remote = f"<sip:{number}@{desk.domain}>"
        self.target = f"sip:{number}@{desk.domain}"
        self.more = tuple(more)
        self.invite = self.send("INVITE", body, *self.more)
        self.offered = body
        if desk.trunk:
            return
        heard = desk.hear()
        challenge = heard[-1]
        assert isinstance(challenge, Response) and challenge.status == 401, heard
        found = strongest(challenge.headers.all("www-authenticate"))
        assert found is not None
        proof = answer(found, "INVITE", self.target, desk.name, password(desk.name), "c", 1)
        self.invite = self.send("INVITE", body, *self.more, ("Authorization", str(proof)))

    def cancel(self) -> None:
        """Give up."""
        keep = ("via", "from", "to", "call-id", "route")
        rows = [(name, value) for name, value in self.invite.headers.pairs if name.lower() in keep]
        cseq = ("CSeq", f"{self.invite.cseq.number} CANCEL")
        self.desk.send(Request.build("CANCEL", self.invite.target, [*rows, cseq, ("Max-Forwards", "70")]))

    def answered(self, *, ack: bool = True) -> Response:
        """The 200 that has come; it is acknowledged."""
        heard = [one for one in self.desk.hear() if isinstance(one, Response)]
        found = [one for one in heard if one.status == 200 and one.cseq.method == "INVITE"]
        assert found, [one.status for one in heard]
        self.remote = str(found[0].to)
        self.target = found[0].contacts[0].target
        self.body = found[0].body
        if ack:
            self.ack(cseq=self.invite.cseq.number)
        return found[0]

    def acknowledged(self, response: Response) -> None:
        """Acknowledge a refusal, as its transaction does."""
        rows = [("Via", str(self.invite.via)), ("Max-Forwards", "70"), ("From", self.local), ("To", str(response.to)),
                ("Call-ID", self.call_id), ("CSeq", f"{self.invite.cseq.number} ACK")]  # fmt: skip
        self.desk.send(Request.build("ACK", self.invite.target, rows))


class Incoming(Talk):
    """A call that a phone gets."""

    def __init__(self, desk: Desk, invite: Request) -> None:
        super().__init__(desk)
        self.invite = invite
        self.body = invite.body
        self.call_id = invite.call_id
        self.target = invite.contacts[0].target
        self.remote = str(invite.from_)
        self.local = f"{invite.to};tag={desk.tag}{invite.call_id[:6]}"

    def ring(self) -> None:
        """Ring."""
        self.reply(self.invite, 180)

    def answer(self, body: bytes | None = None) -> Request:
        """Answer; the ACK that comes back."""
        self.reply(self.invite, 200, self.desk.sdp if body is None else body)
        acks = self.desk.requests("ACK")
        assert len(acks) == 1, acks
        return acks[0]


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


__all__ = ["ACME", "CARRIER", "NUMBER", "TRUNK", "Desk", "House", "connected", "offer", "play"]
