"""Registrations outlive the server: stopped, or killed with -9."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

from sip_edge.registrar.location import Rules
from tests.fakes import FakeClock
from tests.registrar.live import LiveEdge
from tests.registrar.scenes import DOMAIN, Phone, company, edge
from tests.sip_transport.scenes import UdpPhone
from tests.sip_transport.scenes import answer as response_of


async def register(live: LiveEdge, phone: Phone) -> int:
    """Register over the loopback; the status of the answer."""
    async with UdpPhone(live.udp) as wire:
        phone.hear(await wire.ask(phone.message(phone.contact)))
        heard = await wire.ask(phone.message(phone.contact, phone.credentials(), "Expires: 3600"))
        return heard.status


def test_bindings_are_there_after_a_kill(tmp_path: Path) -> None:
    with LiveEdge(tmp_path) as live:
        for name in ("101", "101a", "102"):
            assert asyncio.run(register(live, Phone(None, name))) == 200  # type: ignore[arg-type]
        assert live.until(lambda: len(live.bindings()) == 3), "written within a second"
        live.kill()
        assert len(live.bindings()) == 3
        live.start()
        assert asyncio.run(register(live, Phone(None, "102a"))) == 200  # type: ignore[arg-type]
        assert live.until(lambda: len(live.bindings()) == 4)


def test_they_are_told_apart_until_the_phone_comes_back(tmp_path: Path) -> None:
    async def scene() -> None:
        clock = FakeClock()
        with company(tmp_path) as store:
            async with edge(store, clock=clock) as before:
                phone, gone = Phone(before), Phone(before, "102")
                assert phone.register().status == gone.register().status == 200
            async with edge(store, clock=clock) as after:
                assert [one.restored for one in after.registrar.bindings(DOMAIN, "101")] == [True]
                phone.edge = after
                heard = phone.register()
                assert heard.status == 200 and phone.count == 1, "its old nonce was stale, and it was asked again"
                assert [one.restored for one in after.registrar.bindings(DOMAIN, "101")] == [False]
                clock.advance(400)
                await after.registrar.work()
                assert sorted(after.told) == ["expired", "expired", "refreshed"]
                assert "outlived a restart" in [event.reason for event in await after.events()][2]

    asyncio.run(scene())


def test_a_phone_on_udp_is_reached_at_once_after_a_restart(tmp_path: Path) -> None:
    async def scene() -> None:
        with company(tmp_path) as store:
            async with edge(store) as before:
                Phone(before).register()
            async with edge(store) as after:
                await after.listeners.listen_udp("127.0.0.1", 0)
                async with UdpPhone(1) as wire:
                    (kept,) = after.registrar.bindings(DOMAIN, "101")
                    flow = after.registrar.flow(replace(kept, address="127.0.0.1", port=wire.port))
                    assert flow is not None and flow.send(b"SIP/2.0 200 OK\r\n\r\n")
                    assert response_of(await wire.hear()).status == 200
                    assert after.registrar.flow(replace(kept, protocol="TLS")) is None

    asyncio.run(scene())


def test_what_ran_out_while_the_server_was_down_is_not_there(tmp_path: Path) -> None:
    async def scene() -> None:
        with company(tmp_path) as store:
            async with edge(store, rules=Rules(least=1, jitter=0)) as before:
                assert Phone(before).register(1).status == 200
                await before.registrar.keeper.flush()
                store.sql("UPDATE sip_bindings SET expires = expires - 10")
            async with edge(store) as after:
                assert len(after.registrar.location) == 0
                assert store.sql("SELECT COUNT(*) FROM sip_bindings").fetchone()[0] == 0

    asyncio.run(scene())
