"""Presence on a stack with a clock that moves when told; its phones are flows that answer NOTIFYs as they like."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

from sip_edge.presence.book import Book
from sip_edge.presence.service import Hooks, Presence
from sip_edge.presence.state import State
from sip_edge.stack import Stack
from sip_edge.timers import Timers
from tests.fakes import FakeClock, FakeFlow
from tests.presence.edge import ABILITIES, believe
from tests.presence.phone import Message

DOMAIN = "acme.example"
_KEPT = ("via", "from", "to", "call-id", "cseq")


class Desk:
    """The server side: a stack without sockets."""

    def __init__(self, book: Book | None = None, **hooks: Any) -> None:
        self.clock = FakeClock()
        self.stack = Stack(Timers(self.clock), "192.0.2.9", abilities=ABILITIES)
        self.state = State()
        self.presence = Presence(self.stack, self.state, Hooks(**({"authenticate": believe} | hooks)), book)

    def set(self, name: str, state: str, **more: Any) -> None:
        """Change a state and let everybody be told."""
        self.state.set_state(DOMAIN, name, state, **more)
        self.pass_time(0.0)

    def pass_time(self, seconds: float) -> None:
        """Let time go on, and everything happen that is due."""
        self.clock.advance(seconds)
        while self.presence.notifier.waiting:
            self.clock.advance(0.0)


class Handset:
    """A phone at a desk. `answers` gives the status for a NOTIFY, or None for silence."""

    _numbers = itertools.count(1)

    def __init__(self, desk: Desk, extension: str = "101", protocol: str = "UDP") -> None:
        self.desk = desk
        self.extension = extension
        self.number = next(self._numbers)
        self.flow = FakeFlow(protocol, ("192.0.2.50", 1024 + self.number))
        self.flow.back = self._received
        self.answers: Callable[[Message], int | None] = lambda _message: 200
        self.more = ""
        """Header lines of every answer."""
        self.notifies: list[Message] = []
        self.responses: list[Message] = []
        self.tags: dict[str, str] = {}
        self.cseq: dict[str, int] = {}

    def _received(self, data: bytes) -> None:
        message = Message.of(data)
        if message.status:
            self.responses.append(message)
            return
        self.notifies.append(message)
        status = self.answers(message)
        if status is not None:
            self.desk.clock.call_at(self.desk.clock.time(), self.answer, message, status)

    def answer(self, message: Message, status: int) -> None:
        """Answer a NOTIFY."""
        kept = "".join(f"{name}: {message.headers[name]}\r\n" for name in _KEPT)
        self.send(f"SIP/2.0 {status} Answer\r\n{kept}{self.more}Content-Length: 0\r\n\r\n")

    def send(self, text: str) -> None:
        """Send to the server."""
        self.desk.stack.received(self.flow, text.encode())

    def subscribe(
        self, name: str = "102", event: str = "dialog", *, call: str = "1", expires: int | None = 600,
        more: str = "", body: str = "", domain: str = DOMAIN, cseq: int = 0,
    ) -> Message:  # fmt: skip
        """Subscribe or refresh; → the final response, with everything that follows from it done."""
        number = self.cseq[call] = cseq or self.cseq.get(call, 0) + 1
        lifetime = "" if expires is None else f"Expires: {expires}\r\n"
        host, port = self.flow.remote
        self.send(
            f"SUBSCRIBE sip:{name}@{domain} SIP/2.0\r\n"
            f"Via: SIP/2.0/{self.flow.protocol} {host}:{port};branch=z9hG4bK{self.number}x{call}x{number};rport\r\n"
            f"From: <sip:{self.extension}@{DOMAIN}>;tag=w{call}\r\n"
            f"To: <sip:{name}@{domain}>{self.tags.get(call, '')}\r\n"
            f"Call-ID: {self.number}-{call}\r\nCSeq: {number} SUBSCRIBE\r\n"
            f"Contact: <sip:{self.extension}@{host}:{port}>\r\nMax-Forwards: 70\r\n"
            f"Event: {event}\r\n{lifetime}{more}Content-Length: {len(body.encode())}\r\n\r\n{body}"
        )
        response = self.responses[-1]
        if response.status == 200:
            self.tags[call] = ";tag=" + response.headers["to"].partition(";tag=")[2]
        self.desk.pass_time(0.0)
        return response

    def take(self) -> list[Message]:
        """The NOTIFYs since the last time."""
        taken, self.notifies = self.notifies, []
        return taken


def lamps(messages: list[Message]) -> list[str]:
    """The state of the first dialog in each dialog-info body."""
    return [message.body.partition("<state>")[2].partition("</state>")[0] for message in messages]
