"""When the machine has no more to give: files, addresses."""

from __future__ import annotations

import asyncio
import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.fakes import FakeClock
from tests.sip_transport.scenes import StreamPhone, edge, over, run


@contextmanager
def no_more_files() -> Iterator[None]:
    """Every file descriptor this process may have is in use."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    taken = [os.open(os.devnull, os.O_RDONLY)]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(taken[0] + 16, soft), hard))
    try:
        while True:
            try:
                taken.append(os.dup(taken[0]))
            except OSError:
                break
        yield
    finally:
        for descriptor in taken:
            os.close(descriptor)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_without_files_new_connections_wait_a_second_and_then_are_served(caplog: pytest.LogCaptureFixture) -> None:
    async def scene() -> None:
        clock = FakeClock()
        async with edge(clock=clock) as here:
            port = await here.listeners.listen_tcp("127.0.0.1", 0)
            async with await StreamPhone.connect(port) as old:
                assert (await old.ask(over("TCP", 1))).status == 200
                opening = StreamPhone.connect(port)
                task = asyncio.ensure_future(opening)
                await asyncio.sleep(0)  # the new phone has its socket; ours for it is what lacks
                with no_more_files():
                    while "run out of files" not in caplog.text:
                        await asyncio.sleep(0)
                    assert (await old.ask(over("TCP", 2))).status == 200
                assert caplog.text.count("run out of files") == 1
                clock.advance(1.1)
                async with await task as new:
                    assert (await new.ask(over("TCP", 3))).status == 200

    run(scene)


def test_a_port_in_use_is_an_error_and_leaves_no_socket() -> None:
    async def scene() -> None:
        async with edge() as here:
            udp = await here.listeners.listen_udp("127.0.0.1", 0)
            tcp = await here.listeners.listen_tcp("127.0.0.1", 0)
            with pytest.raises(OSError, match="in use"):
                await here.listeners.listen_udp("127.0.0.1", udp)
            with pytest.raises(OSError, match="in use"):
                await here.listeners.listen_tcp("127.0.0.1", tcp)
            assert len(here.listeners.udp) == len(here.listeners.streams) == 1

    run(scene)


@pytest.mark.parametrize("group", ["224.0.1.75", "192.0.2.1"])
def test_multicast_is_refused_where_it_would_never_be_heard(group: str) -> None:
    async def scene() -> None:
        async with edge() as here:
            with pytest.raises(OSError, match=f"{group} cannot be heard"):
                await here.listeners.listen_udp("127.0.0.1", 0, groups=(group,))

    run(scene)
