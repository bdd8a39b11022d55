"""Two hundred phones of one model that stay on, registered with a server of their own."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from provd import demo
from provd.app import open_store
from provd.schedule import Pace
from provd.simulate.drive import Wire
from provd.simulate.machine import Patience
from provd.simulate.makes import Unit, find_make
from provd.simulate.sip.air import Air
from provd.simulate.sip.crowd import Crowd
from provd.simulate.web import trust
from provd.store import devices, domains, phones, users
from provd.store.database import Store
from provd.store.rows import Line
from tests.live import LiveServer

MODEL, DOMAIN = "yealink-t54w", "acme.example"
UNREACHABLE, OTHER_MODEL = "249ad80009ff", "805ec0000101"
MACS = tuple(f"249ad8000a{number:02x}" for number in range(199))
FIRST = 2000


@dataclass
class Office:
    """The server, and the phones in front of it."""

    server: LiveServer
    crowd: Crowd

    def until(self, true: Callable[[], Any], seconds: float = 60.0) -> Any:
        """What `true` answers as soon as it is anything; fails at the deadline."""
        end = time.monotonic() + seconds
        while not (found := true()):
            assert time.monotonic() < end, "it never became so"
            self.server.call(_turn())
        return found


async def _turn() -> None:
    """A moment of the server's loop."""
    await asyncio.sleep(0.1)


@contextmanager
def standing(folder: Path, count: int = len(MACS)) -> Iterator[Office]:
    """The demo company with `count` phones more that are on, and one that is not."""
    waiting = LiveServer(folder)
    store = open_store(waiting.settings)
    demo.load(store, waiting.settings)
    _people(store, count)
    store.close()
    with waiting as server:
        edge = server.services.sip
        assert edge is not None
        edge.resyncs._pace = Pace(200.0)
        make = find_make(MODEL)
        assert make is not None
        url = server.services.addresses.base("http", server.token)
        tls = trust("")

        async def on() -> tuple[Crowd, Wire, Air]:
            wire, air = Wire(tls), Air(tls, lambda *_: None, None)
            crowd = Crowd([(Unit(mac, make, 0), url) for mac in MACS[:count]], wire, air, patience=Patience(attempts=2))
            await crowd.power_on(20)
            return crowd, wire, air

        async def off(crowd: Crowd, wire: Wire, air: Air) -> None:
            await crowd.power_off()
            wire.close()
            air.close()

        parts = server.call(on())
        try:
            yield Office(server, parts[0])
        finally:
            server.call(off(*parts))


def _people(store: Store, count: int) -> None:
    """A person, a device and a phone for each; one phone more without anybody."""
    now, company = int(time.time()), domains.by_name(store, DOMAIN).id
    with store.transaction():
        for place, mac in enumerate(MACS[:count]):
            number = str(FIRST + place)
            user = users.create(store, company, number, now, first_name="Desk", last_name=number)
            device = devices.create(store, company, user.id, number, now)
            phones.create(store, company, mac, MODEL, now, lines=[Line(1, device.id, False, "")])
        phones.create(store, company, UNREACHABLE, MODEL, now)
