"""Connections that come in floods, say nothing, stall, or idle. Time stands still unless told otherwise."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

from sip_edge.transport.connections import ConnectionLimits
from tests.fakes import FakeClock
from tests.sip_transport.scenes import Edge, StreamPhone, edge, over, run

LIMITS = ConnectionLimits(total=40, per_address=30, half_open=10, first_message=10, unfinished=5, idle=100)


async def until(edge_: Edge, count: int) -> None:
    """Let the loop turn until `count` connections are held."""
    while len(edge_.listeners.connections) != count:
        await asyncio.sleep(0)


def test_a_flood_of_silent_connections_pushes_itself_out_and_phones_stay() -> None:
    async def scene() -> None:
        async with edge(allowed=LIMITS) as here, AsyncExitStack() as crowd:
            port = await here.listeners.listen_tcp("127.0.0.1", 0)
            phone = await crowd.enter_async_context(await StreamPhone.connect(port))
            assert (await phone.ask(over("TCP", 1))).status == 200
            silent = [await crowd.enter_async_context(await StreamPhone.connect(port)) for _ in range(25)]
            assert await silent[0].is_closed()
            late = await crowd.enter_async_context(await StreamPhone.connect(port))
            assert (await late.ask(over("TCP", 2))).status == 200
            assert (await phone.ask(over("TCP", 3))).status == 200
            assert here.listeners.connections.half_open <= 10
            assert len(here.listeners.connections) <= 12
            assert here.listeners.streams[0].counters.half_open_closed == 16

    run(scene)


def test_one_address_gets_its_share_and_no_more() -> None:
    async def scene() -> None:
        allowed = ConnectionLimits(per_address=3)
        async with edge(allowed=allowed) as here, AsyncExitStack() as crowd:
            port = await here.listeners.listen_tcp("127.0.0.1", 0)
            phones = [await crowd.enter_async_context(await StreamPhone.connect(port)) for _ in range(3)]
            for number, phone in enumerate(phones):
                assert (await phone.ask(over("TCP", number))).status == 200
            async with await StreamPhone.connect(port) as fourth:
                assert await fourth.is_closed()
            assert here.listeners.streams[0].counters.refused == 1
            phones[0].writer.close()
            await until(here, 2)
            async with await StreamPhone.connect(port) as fifth:
                assert (await fifth.ask(over("TCP", 5))).status == 200

    run(scene)


def test_a_full_server_of_working_phones_refuses_the_next() -> None:
    async def scene() -> None:
        async with edge(allowed=ConnectionLimits(total=2)) as here, AsyncExitStack() as crowd:
            port = await here.listeners.listen_tcp("127.0.0.1", 0)
            for number in range(2):
                phone = await crowd.enter_async_context(await StreamPhone.connect(port))
                assert (await phone.ask(over("TCP", number))).status == 200
            async with await StreamPhone.connect(port) as third:
                assert await third.is_closed()
            assert (await phone.ask(over("TCP", 9))).status == 200

    run(scene)


def test_a_connection_without_one_whole_message_in_time_is_closed_whatever_trickles() -> None:
    async def scene() -> None:
        clock = FakeClock()
        async with edge(allowed=LIMITS, clock=clock) as here:
            port = await here.listeners.listen_tcp("127.0.0.1", 0)
            async with await StreamPhone.connect(port) as slow:
                await until(here, 1)
                for octet in b"OPTIONS":
                    await slow.send(bytes([octet]) + b"")
                    clock.advance(1.4)
                await slow.send(b"\r\n\r\n\r\n\r\n")
                clock.advance(1)
                assert await slow.is_closed()
                assert here.listeners.streams[0].counters.half_open_closed == 1
                assert len(here.listeners.connections) == 0

    run(scene)


def test_a_later_message_that_stalls_closes_the_connection() -> None:
    async def scene() -> None:
        clock = FakeClock()
        async with edge(allowed=LIMITS, clock=clock) as here:
            port = await here.listeners.listen_tcp("127.0.0.1", 0)
            async with await StreamPhone.connect(port) as phone:
                assert (await phone.ask(over("TCP", 1))).status == 200
                clock.advance(60)
                await phone.send(over("TCP", 2) + over("TCP", 3)[:40])
                assert (await phone.hear()).status == 200
                clock.advance(4.9)
                assert len(here.listeners.connections) == 1
                clock.advance(0.2)
                assert await phone.is_closed()
                assert here.listeners.streams[0].counters.stalled_closed == 1

    run(scene)


def test_a_silent_connection_is_closed_and_keep_alives_keep_it() -> None:
    async def scene() -> None:
        clock = FakeClock()
        async with edge(allowed=LIMITS, clock=clock) as here:
            port = await here.listeners.listen_tcp("127.0.0.1", 0)
            async with await StreamPhone.connect(port) as phone:
                assert (await phone.ask(over("TCP", 1))).status == 200
                for _ in range(5):
                    clock.advance(90)
                    await phone.send(b"\r\n\r\n")
                    assert await phone.reader.readexactly(2) == b"\r\n"
                assert len(here.listeners.connections) == 1
                clock.advance(101)
                assert await phone.is_closed()
                assert here.listeners.streams[0].counters.idle_closed == 1
                assert len(here.stack.timers) == 0

    run(scene)
