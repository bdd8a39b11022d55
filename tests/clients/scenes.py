"""A whole server whose SIP edge strangers use: what phones were provisioned with, and what the server knows of them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from provd import demo
from provd.simulate.reading import ReadAccount
from provd.store import layers, phones
from provd.store.rows import PhoneEvent
from sip_edge.edge import SipEdge
from sip_edge.presence.subscription import Subscription
from sip_edge.registrar.binding import Binding
from tests.simulate.office import Office

PATIENCE = 10.0
DOMAIN = demo.DOMAIN
GRANDSTREAM = "000b82000107"
"""Its line is 107; a phone that asks for a password before it obeys."""
SNOM = "000413000108"
"""Its line is 108."""


class SipOffice(Office):
    """The demo company's server, seen from its SIP side."""

    def __enter__(self) -> SipOffice:
        super().__enter__()
        return self

    @property
    def edge(self) -> SipEdge:
        """The SIP edge."""
        assert self.services.sip is not None
        return self.services.sip

    @property
    def sip(self) -> tuple[str, int]:
        """Where phones reach it over UDP and TCP."""
        return "127.0.0.1", self.edge.stack.ports["UDP"]

    def account(self, mac: str, **settings: Any) -> ReadAccount:
        """The first line of a phone as the phone itself reads it from its files; `settings` are made its own first,
        with a dot for every double underscore."""
        if settings:
            phone = self.store(phones.anywhere, mac)
            values = {name.replace("__", "."): value for name, value in settings.items()}
            self.store(layers.save, phone.domain_id, "phone", phone.id, int(time.time()), who="test", values=values)
        found = self.boot(mac)
        assert found.accounts, found.problems
        return found.accounts[0]

    def until(self, true: Callable[[], Any]) -> Any:
        """Wait until something is so, looking at it on the server's loop, and return it."""

        async def look() -> Any:
            async with asyncio.timeout(PATIENCE):
                while not (found := true()):
                    await asyncio.sleep(0.005)
            return found

        return self.call(look())

    def tell(self, function: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        """Call a function on the server's loop."""

        async def run() -> Any:
            return function(*arguments, **named)

        return self.call(run())

    def bindings(self, device: str) -> list[Binding]:
        """Where a device is registered."""
        return list(self.tell(self.edge.registrar.location.of, DOMAIN, device))

    def registered(self, device: str) -> Binding:
        """The only registration of a device, when it is there."""
        found: tuple[Binding, ...] = self.until(lambda: self.edge.registrar.location.of(DOMAIN, device))
        assert len(found) == 1, found
        return found[0]

    def gone(self, device: str) -> None:
        """Wait until a device is registered nowhere."""
        self.until(lambda: not self.edge.registrar.location.of(DOMAIN, device))

    def subscriptions(self, device: str) -> list[Subscription]:
        """What a device watches."""
        return list(self.tell(self.edge.presence.presence.book.of_device, DOMAIN, device))

    def sip_events(self, mac: str) -> list[PhoneEvent]:
        """What a phone did over SIP, the first first."""
        self.call(self.edge.registrar.work())
        found = [event for event in self.events(mac) if event.protocol.startswith("SIP")]
        return sorted(found, key=lambda event: event.at)

    def resync_phase(self, mac: str) -> str:
        """How far the resync of a phone is, "" when there was none. On the server's loop, as in `until`."""
        found = self.edge.resyncs.status(mac)
        return found.phase if found is not None else ""

    def trust(self, *networks: str) -> None:
        """Name the networks of our own proxies: many phones stand behind one of their addresses."""
        gate = self.edge.registrar.gate
        gate.policy = replace(gate.policy, trusted=networks)
