"""A phone on loopback that subscribes and takes NOTIFYs: as little SIP as that needs, written without our stack."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self


@dataclass
class Message:
    """A message taken apart: start line, headers by lower-case name (the last one wins), body."""

    start: str
    headers: dict[str, str]
    body: str

    @classmethod
    def of(cls, data: bytes) -> Message:
        head, _, body = data.decode().partition("\r\n\r\n")
        first, *lines = head.split("\r\n")
        pairs = (line.partition(":") for line in lines)
        return cls(first, {name.strip().lower(): value.strip() for name, _, value in pairs}, body)

    @property
    def status(self) -> int:
        return int(self.start.split()[1]) if self.start.startswith("SIP/2.0") else 0

    @property
    def state(self) -> str:
        return self.headers.get("subscription-state", "").partition(";")[0]


@dataclass
class Phone:
    """One device. `answers` decides what a NOTIFY is answered with: a status, or None for silence."""

    server: tuple[str, int]
    extension: str = "101"
    domain: str = "acme.example"
    answers: Callable[[Message], int | None] = field(default=lambda _message: 200)

    async def __aenter__(self) -> Self:
        self.notifies: asyncio.Queue[Message] = asyncio.Queue()
        self._responses: dict[str, asyncio.Queue[Message]] = {}
        self._tags: dict[str, str] = {}
        self._cseq: dict[str, int] = {}
        loop = asyncio.get_running_loop()
        phone = self

        class Protocol(asyncio.DatagramProtocol):
            def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
                phone._received(data)

        self._transport, _ = await loop.create_datagram_endpoint(Protocol, remote_addr=self.server)
        self.port = self._transport.get_extra_info("sockname")[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._transport.close()

    def send(self, text: str) -> None:
        self._transport.sendto(text.replace("\n", "\r\n").encode())

    def _received(self, data: bytes) -> None:
        message = Message.of(data)
        if message.status:
            queue = self._responses.get(message.headers["call-id"])
            if queue is not None and message.headers["cseq"].endswith("SUBSCRIBE"):
                queue.put_nowait(message)
            return
        self.notifies.put_nowait(message)
        status = self.answers(message)
        if status is not None:
            self.answer(message, status)

    def answer(self, message: Message, status: int, more: str = "") -> None:
        """Answer a request."""
        kept = "".join(f"{name}: {message.headers[name]}\n" for name in ("via", "from", "to", "call-id", "cseq"))
        self.send(f"SIP/2.0 {status} Answer\n{kept}{more}Content-Length: 0\n\n")

    async def subscribe(
        self, name: str, event: str = "dialog", *, call: str = "1", expires: int | None = 600, more: str = "",
        body: str = "", host: str = "", cseq: int = 0,
    ) -> Message:  # fmt: skip
        """Subscribe, or refresh the subscription of an earlier `call`; returns the final response."""
        call_id = f"{call}-{self.port}@phone"
        self._cseq[call_id] = cseq or self._cseq.get(call_id, 0) + 1
        queue = self._responses.setdefault(call_id, asyncio.Queue())
        tag = self._tags.get(call_id, "")
        where, number = host or self.domain, self._cseq[call_id]
        lifetime = "" if expires is None else f"Expires: {expires}\n"
        self.send(
            f"SUBSCRIBE sip:{name}@{where} SIP/2.0\n"
            f"Via: SIP/2.0/UDP 127.0.0.1:{self.port};branch=z9hG4bK{call}{self.port}{number};rport\n"
            f"From: <sip:{self.extension}@{self.domain}>;tag=w{call}\nTo: <sip:{name}@{where}>{tag}\n"
            f"Call-ID: {call_id}\nCSeq: {number} SUBSCRIBE\nContact: <sip:{self.extension}@127.0.0.1:{self.port}>\n"
            f"Max-Forwards: 70\nEvent: {event}\n{lifetime}{more}Content-Length: {len(body)}\n\n{body}"
        )
        answer = await asyncio.wait_for(queue.get(), 5)
        found = re.search(r";tag=[^;]+", answer.headers["to"])
        if found and answer.status < 300:
            self._tags[call_id] = found[0]
        return answer

    async def notified(self) -> Message:
        """The next NOTIFY."""
        return await asyncio.wait_for(self.notifies.get(), 5)

    def forget(self, call: str = "1") -> None:
        """Forget the dialog of a call, as after a restart of the phone."""
        self._tags.pop(f"{call}-{self.port}@phone", None)
