"""Messages that come in at one process and are handled by another: datagrams, and connections."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from provd.share import home
from sip_edge.sharing import RemoteFlow, Sorter
from sip_edge.stack import Stack
from sip_edge.stack_listeners import Listeners
from sip_edge.stack_request import ServerRequest
from sip_edge.timers import Timers
from tests.fakes import FakeFlow, Recorder
from tests.sip_processes.neighbourhood import PATIENCE, buses, play
from tests.sip_transport.scenes import UdpPhone

HERE = next(name for name in (f"company{n}.example" for n in range(99)) if home(name, 2) == 0)
THERE = next(name for name in (f"company{n}.example" for n in range(99)) if home(name, 2) == 1)


def register(company: str) -> bytes:
    lines = (
        f"REGISTER sip:{company} SIP/2.0", "Via: SIP/2.0/TCP 192.0.2.1;branch=z9hG4bKx;rport", "Max-Forwards: 70",
        f"From: <sip:101@{company}>;tag=a", f"To: <sip:101@{company}>", "Call-ID: 1", "CSeq: 1 REGISTER",
        "Content-Length: 0", "", "",
    )  # fmt: skip
    return "\r\n".join(lines).encode()


@dataclass
class Process:
    """One process: what its stack would hear, and what stands before it."""

    sorter: Sorter
    heard: Recorder

    async def until(self, count: int = 1) -> None:
        """Wait for so many messages."""
        async with asyncio.timeout(PATIENCE):
            while len(self.heard.messages) < count:
                await asyncio.sleep(0.002)


@asynccontextmanager
async def processes(folder: Path) -> AsyncIterator[list[Process]]:
    async with buses(folder) as made:
        recorders = [Recorder() for _ in made]
        known = {HERE, THERE}
        yield [
            Process(Sorter(recorder, bus, known.__contains__), recorder)
            for bus, recorder in zip(made, recorders, strict=True)
        ]


def tell(process: int, asked: ServerRequest) -> None:
    """Answer with the number of the process."""
    asked.reply(200, f"process {process}")


async def until_true(true: object) -> None:
    async with asyncio.timeout(PATIENCE):
        while not true():  # type: ignore[operator]
            await asyncio.sleep(0.002)


def test_a_connection_carries_the_phones_of_two_processes(tmp_path: Path) -> None:
    async def scene() -> None:
        async with processes(tmp_path) as (first, second):
            connection = FakeFlow("TCP", ("192.0.2.7", 40_000))
            first.sorter.received(connection, register(HERE))
            assert first.heard.messages == [(connection, register(HERE))]
            first.sorter.received(connection, register(THERE))
            await second.until()
            flow, data = second.heard.messages[0]
            assert data == register(THERE)
            assert (flow.protocol, flow.remote, flow.local, flow.reliable) == (
                "TCP", connection.remote, connection.local, True,
            )  # fmt: skip
            assert flow.open and flow.send(b"SIP/2.0 200 OK\r\n\r\n")
            await until_true(lambda: connection.sent)
            assert connection.take() == [b"SIP/2.0 200 OK\r\n\r\n"]

    play(scene)


def test_the_same_connection_is_the_same_flow_until_it_is_gone(tmp_path: Path) -> None:
    async def scene() -> None:
        async with processes(tmp_path) as (first, second):
            connection = FakeFlow("TLS", ("192.0.2.7", 40_000))
            for _ in range(2):
                first.sorter.received(connection, register(THERE))
            await second.until(2)
            (flow, _), (again, _) = second.heard.messages
            assert flow is again and flow.secure
            first.sorter.closed(connection)
            assert first.heard.ends == [connection]
            await until_true(lambda: second.heard.ends)
            assert second.heard.ends == [flow] and not flow.open and not flow.send(b"too late")

    play(scene)


def test_whoever_handles_it_may_end_the_connection(tmp_path: Path) -> None:
    async def scene() -> None:
        async with processes(tmp_path) as (first, second):
            connection = FakeFlow("WSS", ("192.0.2.7", 40_000))
            first.sorter.received(connection, register(THERE))
            await second.until()
            second.heard.messages[0][0].close()
            await until_true(lambda: not connection.open)

    play(scene)


def test_a_process_that_ends_takes_its_connections_along(tmp_path: Path) -> None:
    async def scene() -> None:
        async with buses(tmp_path) as (one, two):
            here, there = Recorder(), Recorder()
            sorter = Sorter(here, one, {THERE}.__contains__)
            Sorter(there, two, {THERE}.__contains__)
            sorter.received(FakeFlow("TCP"), register(THERE))
            await until_true(lambda: there.messages)
            await one.stop()
            await until_true(lambda: there.ends)
            flow = there.ends[0]
            assert isinstance(flow, RemoteFlow) and not flow.open

    play(scene)


def test_a_connection_whose_process_stays_away_is_closed(tmp_path: Path) -> None:
    async def scene() -> None:
        async with processes(tmp_path) as (first, second):
            first.sorter._bus.send = lambda *_: False  # type: ignore[method-assign]
            connection = FakeFlow("TCP")
            first.sorter.received(connection, register(THERE))
            assert not connection.open and first.sorter.unreached == 1 and not second.heard.messages

    play(scene)


def test_a_datagram_is_answered_from_the_port_it_came_to(tmp_path: Path) -> None:
    async def scene() -> None:
        async with buses(tmp_path) as made:
            edges = []
            port = 0
            for bus in made:
                stack = Stack(Timers(asyncio.get_running_loop()), "127.0.0.1")
                stack.handle("REGISTER", partial(tell, bus.index))
                sorter = Sorter(stack, bus, {HERE, THERE}.__contains__)
                listeners = Listeners(stack, receiver=sorter)
                port = await listeners.listen_udp("127.0.0.1", port, reuse_port=True)
                sorter.udp = lambda listeners=listeners: listeners.udp[0]  # type: ignore[misc]
                edges.append((stack, listeners, sorter))
            for number in range(8):  # by its port the kernel chooses who gets a phone's datagrams
                async with UdpPhone(port) as phone:
                    for company, process in ((HERE, 0), (THERE, 1)):
                        data = register(company).replace(b"z9hG4bKx", b"z9hG4bK%d" % number)
                        data = data.replace(b"TCP", b"UDP").replace(b"Call-ID: 1", b"Call-ID: %d" % number)
                        assert (await phone.ask(data)).reason == f"process {process}"
            assert sum(sorter.handed_over for _, _, sorter in edges) == 8, "of two messages one is always elsewhere"
            for stack, listeners, _ in edges:
                await listeners.stop()
                await stack.stop()

    play(scene)
