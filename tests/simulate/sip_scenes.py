"""Phones of the demo company that stay on, on the loop of the server they belong to."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from provd.simulate.drive import Wire
from provd.simulate.machine import Patience
from provd.simulate.makes import Unit, find_make
from provd.simulate.sip.air import Air
from provd.simulate.sip.crowd import Crowd
from provd.simulate.sip.handset import Handset
from provd.simulate.web import trust
from provd.store import domains, layers
from tests.simulate.office import PHONES, Office

DOMAIN = "acme.example"
DEADLINE = 15.0
ONE_OF_EACH = (
    "805ec0000101", "64167f000102", "482567000103", "0002fd000104", "00562b000105", "c074ad000106", "000413000108",
    "0c383e000109",
)  # fmt: skip


@dataclass
class Floor:
    """Where the phones stand; `said` is what they told, by MAC."""

    office: Office
    crowd: Crowd
    air: Air
    said: list[tuple[str, str]]

    def phone(self, mac: str) -> Handset:
        return next(one for one in self.crowd.handsets if one.unit.mac == mac)

    @property
    def phones(self) -> list[Handset]:
        return self.crowd.handsets

    @property
    def edge(self) -> Any:
        edge = self.office.services.sip
        assert edge is not None
        return edge

    def state(self, name: str, state: str) -> None:
        """A colleague's phone rings, is busy, or is idle again."""
        self.edge.presence.state.set_state(DOMAIN, name, state)

    def bound(self, device: str) -> list[Any]:
        """The bindings of a device, as the registrar has them."""
        return list(self.edge.registrar.bindings(DOMAIN, device))

    async def until(self, true: Callable[[], object]) -> None:
        """Wait until it is so; fail with what the phones told at the deadline."""
        try:
            async with asyncio.timeout(DEADLINE):
                while not true():
                    await asyncio.sleep(0.01)
        except TimeoutError:
            raise AssertionError([self.said, *(one.state() for one in self.phones)]) from None


def play(
    office: Office,
    macs: Sequence[str],
    scene: Callable[[Floor], Awaitable[None]],
    *,
    clock: Any = None,
    ca: str = "",
    url: str = "",
) -> None:
    """Power these phones on, play the scene, and power them off."""

    @asynccontextmanager
    async def standing() -> AsyncIterator[Floor]:
        said: list[tuple[str, str]] = []
        tls = trust(ca)
        wire = Wire(tls)
        air = Air(tls, lambda mac, sentence: said.append((mac, sentence)), clock)
        units = [(_unit(mac), url or office.url()) for mac in macs]
        crowd = Crowd(units, wire, air, patience=Patience(attempts=1))
        await crowd.power_on(20)
        try:
            yield Floor(office, crowd, air, said)
        finally:
            await crowd.power_off()
            wire.close()
            air.close()

    async def run() -> None:
        async with standing() as floor:
            await scene(floor)

    office.call(run())


def _unit(mac: str) -> Unit:
    model, modules = PHONES[mac]
    make = find_make(model)
    assert make is not None
    return Unit(mac, make, modules)


def change(
    office: Office, mac: str, keys: Mapping[str, Mapping[str, str]] | None = None, raw: Mapping[str, str] | None = None
) -> None:
    """Save keys or vendor parameters of one phone."""
    phone_id = office.services.fleet.phone_id(mac)
    domain_id = office.store(domains.by_name, DOMAIN).id
    before = office.store(layers.get, domain_id, "phone", phone_id)
    saved = {"values": before.values, "keys": {**before.keys, **(keys or {})}, "raw": {**before.raw, **(raw or {})}}
    office.store(layers.save, domain_id, "phone", phone_id, int(time.time()), who="test", **saved)


def company_setting(office: Office, **values: Any) -> None:
    """Save settings of the company, `sip_transport` for `sip.transport`."""
    domain_id = office.store(domains.by_name, DOMAIN).id
    before = office.store(layers.get, domain_id, "company", domain_id)
    named = {name.replace("_", ".", 1): value for name, value in values.items()}
    office.store(
        layers.save, domain_id, "company", domain_id, int(time.time()), who="test",
        values={**before.values, **named}, keys=before.keys, raw=before.raw,
    )  # fmt: skip
