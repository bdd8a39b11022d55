"""A phone's line of time: nothing that a technician waits for is thinned away, and all of it is in order."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from provd.live import Live
from provd.store import domains, phones
from provd.store.rows import PhoneEvent
from sip_edge.registrar.journal import AGAIN_EVERY, STIRRING
from sip_edge.registrar.location import Rules
from tests.fakes import FakeClock
from tests.registrar.scenes import DOMAIN, MAC, Edge, Phone, play

STEADY = Rules(jitter=0, grace=0)


def happened(edge: Edge, kind: str) -> None:
    """Something of the phone that another service records."""
    company = domains.by_name(edge.store, DOMAIN)
    phone_id = phones.by_mac(edge.store, company.id, MAC).id
    edge.recorder.add(PhoneEvent(MAC, time.time(), kind, phone_id, company.id))


@pytest.mark.parametrize("stir", sorted(STIRRING))
def test_a_phone_that_registers_anew_after_it_was_told_is_seen(tmp_path: Path, stir: str) -> None:
    async def scene(edge: Edge, clock: FakeClock) -> None:
        Phone(edge).register(300)
        clock.advance(AGAIN_EVERY / 10)
        happened(edge, stir)
        clock.advance(1)
        Phone(edge).register(300)
        clock.advance(1)
        Phone(edge).register(300)
        kinds = [event.kind for event in await edge.events()]
        assert kinds == ["registered", stir, "registered"], "once, and again only after the next stir"

    play(tmp_path, scene, rules=STEADY)


def test_so_is_a_refresh_and_each_line_of_the_phone(tmp_path: Path) -> None:
    async def scene(edge: Edge, clock: FakeClock) -> None:
        phone, other = Phone(edge), Phone(edge, "102")
        for one in (phone, other):
            one.register(300)
        clock.advance(10)
        happened(edge, "fetched")
        clock.advance(10)
        for one in (phone, other, phone):
            one.register(300)
        found = [(event.kind, event.file) for event in await edge.events()]
        assert found[2:] == [("fetched", ""), ("refreshed", f"101@{DOMAIN}")], "the other is of no phone that stirred"

    play(tmp_path, scene, rules=STEADY)


def test_rows_have_the_time_of_the_wall_as_those_of_fetches_have(tmp_path: Path) -> None:
    """The registrar's own clock never jumps; a machine that slept would put its rows hours behind the others."""

    async def scene(edge: Edge, clock: FakeClock) -> None:
        phone = Phone(edge)
        phone.register(300)
        clock.advance(250)
        happened(edge, "fetched")
        phone.register(300)
        events = await edge.events()
        assert [event.kind for event in events] == ["registered", "fetched", "refreshed"]
        assert all(abs(event.at - time.time()) < 60 for event in events)

    play(tmp_path, scene, rules=STEADY)


def test_who_looks_on_sees_every_refresh_and_a_connection_that_breaks(tmp_path: Path) -> None:
    async def scene(edge: Edge, clock: FakeClock) -> None:
        looking = Live(edge.store, edge.recorder)
        phone = Phone(edge, protocol="TCP")
        phone.register(300)
        clock.advance(10)
        phone.register(300)
        await edge.events()
        follower = await looking.follow(domains.by_name(edge.store, DOMAIN).id)
        clock.advance(10)
        phone.register(300)
        edge.stack.closed(phone.flow)
        assert [event.kind for event in await edge.events()] == ["registered"]
        some = await follower.take(5.0) or []
        told = [(one.kind, one.id) for one in some if isinstance(one, PhoneEvent)]
        assert told == [("refreshed", 0), ("unreachable", 0)]
        await looking.stop()

    play(tmp_path, scene, rules=STEADY)
