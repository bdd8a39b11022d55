"""Acme with its whole SIP edge on loopback, and a phone that registers, subscribes and obeys over real datagrams."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from provd import catalogue
from provd.configure import Configurator
from provd.events import Recorder
from provd.facts import Addresses
from provd.firmware import FirmwareShelf
from provd.fleet import Fleet
from provd.identify import Recogniser
from provd.resync import Resyncs
from provd.store import domains, events
from provd.store.database import Store
from provd.store.rows import PhoneEvent
from sip_edge.edge import SipEdge
from sip_edge.message.digest import answer, strongest
from tests.presence.phone import Message, Phone
from tests.registrar.scenes import AGENT, DOMAIN, MAC, company, password


@dataclass
class Office:
    """A running edge and what it stands on."""

    store: Store
    edge: SipEdge
    recorder: Recorder
    fleet: Fleet
    configurator: Configurator

    @property
    def resyncs(self) -> Resyncs:
        return self.edge.resyncs

    @property
    def address(self) -> tuple[str, int]:
        return "127.0.0.1", self.edge.stack.ports["UDP"]

    async def events(self, prefix: str = "") -> list[PhoneEvent]:
        """What is recorded of Acme's phones, the first first."""
        await self.edge.registrar.work()
        await self.recorder.flush()
        found = events.of_domain(self.store, domains.by_name(self.store, DOMAIN).id, limit=1000)
        return [event for event in reversed(found.items) if event.kind.startswith(prefix)]

    def fetched(self, file: str = f"{MAC}.cfg") -> None:
        """The phone fetches a file, as journey 1 records it."""
        phone_id, domain_id = self.fleet.phone_id(MAC), self.fleet.domain_id(MAC)
        self.recorder.add(PhoneEvent(MAC, time.time(), "fetched", phone_id, domain_id, file=file, status=200))


@asynccontextmanager
async def office(store: Store, port: int = 0) -> AsyncIterator[Office]:
    """The edge of a store, at work."""
    known, fleet, recorder = catalogue.shipped(), Fleet(store), Recorder(store)
    fleet.load()
    addresses = Addresses("127.0.0.1", 8080, 8443, 69)
    configurator = Configurator(store, known, FirmwareShelf({}, ()), addresses, http_digest=False)
    recogniser = Recogniser(known.families, known.models)
    loop = asyncio.get_running_loop()
    edge = SipEdge(loop, "127.0.0.1", store, fleet, recorder, recogniser, configurator)
    await edge.start("127.0.0.1", port, 0, ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER))
    taken = await configurator.snapshot(fleet.phone_id(MAC) or 0)
    fleet.learn(taken)
    try:
        yield Office(store, edge, recorder, fleet, configurator)
    finally:
        await edge.stop()
        await recorder.flush()


def play(folder: Path, scene: Callable[[Office], Any]) -> None:
    """Play a scene at Acme; it fails rather than hangs."""

    async def run() -> None:
        async with asyncio.timeout(20):
            with company(folder) as store:
                async with office(store) as made:
                    await scene(made)

    asyncio.run(run())


class DeskPhone(Phone):
    """Device 101 on the Yealink MAC: answers our challenges; `challenges` makes it ask for our credentials too."""

    challenges = 0
    """How many NOTIFYs it still answers 401."""

    async def registered(self, expires: int = 300) -> None:
        """Register, and fail if that does not work."""
        assert (await self.ask("REGISTER", f"Expires: {expires}\n")).status == 200

    async def watch(self, name: str, event: str = "dialog", more: str = "") -> Message:
        """Subscribe with credentials; → the final response."""
        return await self.ask("SUBSCRIBE", f"Event: {event}\nExpires: 600\n{more}", name)

    async def ask(self, method: str, more: str, name: str = "") -> Message:
        proof = ""
        for number in (1, 2):
            call_id = f"{method}-{name or 'self'}-{self.port}@phone"
            queue: asyncio.Queue[Message] = asyncio.Queue()
            self._responses[call_id] = queue
            self._serial = getattr(self, "_serial", 0) + 1
            target = f"sip:{name}@{self.domain}" if name else f"sip:{self.domain}"
            to = name or self.extension
            self.send(
                f"{method} {target} SIP/2.0\n"
                f"Via: SIP/2.0/UDP 127.0.0.1:{self.port};branch=z9hG4bKd{self.port}x{self._serial};rport\n"
                f"From: <sip:{self.extension}@{self.domain}>;tag=d{self.port}\nTo: <sip:{to}@{self.domain}>\n"
                f"Call-ID: {call_id}\nCSeq: {self._serial} {method}\nUser-Agent: {AGENT} 80:5e:c0:00:01:01\n"
                f"Contact: <sip:{self.extension}@127.0.0.1:{self.port}>\nMax-Forwards: 70\n{more}{proof}"
                "Content-Length: 0\n\n"
            )
            response = await asyncio.wait_for(queue.get(), 5)
            if response.status != 401 or number == 2:
                return response
            challenge = strongest([response.headers["www-authenticate"]])
            assert challenge is not None
            made = answer(challenge, method, target, self.extension, password(self.extension), "c0ffee")
            proof = f"Authorization: {made}\n"
        raise AssertionError("unreachable")

    def _received(self, data: bytes) -> None:
        message = Message.of(data)
        if message.status:
            queue = self._responses.get(message.headers["call-id"])
            if queue is not None:
                queue.put_nowait(message)
            return
        if self.challenges > 0:
            self.challenges -= 1
            more = 'WWW-Authenticate: Digest realm="grandstream",nonce="5e1f",qop="auth",algorithm=MD5\n'
            self.answer(message, 401, more)
            return
        self.notifies.put_nowait(message)
        status = self.answers(message)
        if status is not None:
            self.answer(message, status)
