"""Desk phones that speak SIP over fake flows: each call of theirs is a dialog that they know as phones do."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import TYPE_CHECKING

from sip_edge.message import Message, Request, Response, parse
from sip_edge.message.digest import answer, strongest
from sip_edge.registrar.binding import Binding
from tests.fakes import FakeFlow
from tests.registrar.scenes import DOMAIN, password

if TYPE_CHECKING:
    from tests.call.scenes import House

CARRIER = "198.51.100.7"
_numbers = itertools.count(1)


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
        self.media = 30_000 + 2 * number
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
        rows = list(rows)
        said = any(name == "Content-Type" for name, _ in rows)
        typed = [("Content-Type", "application/sdp")] if body and not said else []
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
