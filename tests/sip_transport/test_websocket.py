"""SIP over WebSocket (RFC 7118) on a Tornado server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from tornado.httpclient import HTTPClientError, HTTPRequest
from tornado.httpserver import HTTPServer
from tornado.testing import bind_unused_port
from tornado.websocket import WebSocketClientConnection, websocket_connect

from sip_edge.transport.connections import ConnectionLimits
from sip_edge.transport.flow import Flow
from sip_edge.transport.websocket import application
from tests.fakes import FakeClock
from tests.sip_transport.scenes import PATIENCE, Edge, answer, edge, keep, over, run


class Server:
    """An edge with `/sip` on an HTTP server."""

    def __init__(self, here: Edge, port: int) -> None:
        self.here = here
        self.port = port

    async def connect(self, *names: str, origin: str | None = None) -> WebSocketClientConnection:
        """A browser's connection."""
        headers = {} if origin is None else {"Origin": origin}
        request = HTTPRequest(f"ws://127.0.0.1:{self.port}/sip", headers=headers)
        return await websocket_connect(request, subprotocols=list(names or ("sip",)))

    @property
    def counters(self) -> Any:
        """Of the WebSockets."""
        return self.here.listeners.websockets[0].counters


@asynccontextmanager
async def server(
    allowed: ConnectionLimits | None = None, clock: FakeClock | None = None, origins: tuple[str, ...] | None = ()
) -> AsyncIterator[Server]:
    async with edge(allowed=allowed, clock=clock) as here:
        sock, port = bind_unused_port()
        http = HTTPServer(application("/sip", here.listeners.serve_websockets((port, 443), origins=origins)))
        http.add_sockets([sock])
        try:
            yield Server(here, port)
        finally:
            http.stop()
            await http.close_all_connections()


async def hear(browser: WebSocketClientConnection) -> str | bytes | None:
    async with asyncio.timeout(PATIENCE):
        return await browser.read_message()


async def ask(browser: WebSocketClientConnection, data: bytes) -> Any:
    await browser.write_message(data.decode())
    message = await hear(browser)
    assert isinstance(message, str)
    return answer(message.encode())


def test_options_over_websocket_with_a_via_that_names_nobody() -> None:
    async def scene() -> None:
        async with server() as at:
            browser = await at.connect()
            assert browser.selected_subprotocol == "sip"
            response = await ask(browser, over("WS").replace(b"192.0.2.1:5060", b"df7jal23ls0d.invalid"))
            assert (response.status, response.via.host) == (200, "df7jal23ls0d.invalid")
            browser.close()

    run(scene)


def test_we_reach_the_browser_over_the_connection_it_opened() -> None:
    async def scene() -> None:
        async with server() as at:
            flows: list[Flow] = []
            ended: asyncio.Future[Flow] = asyncio.get_running_loop().create_future()
            at.here.stack.on_closed.append(ended.set_result)
            at.here.stack.handle("REGISTER", keep(flows))
            browser = await at.connect()
            await ask(browser, over("WS", 1, "REGISTER"))
            flow = flows[0]
            assert (flow.protocol, flow.remote[0], flow.reliable, flow.open) == ("WS", "127.0.0.1", True, True)
            assert str(at.here.stack.uri(flow)) == f"sip:127.0.0.1:{at.port};transport=ws"
            assert flow.send(b"hello")
            assert await hear(browser) == "hello"
            assert flow.send(b"\xff not text")
            assert await hear(browser) == b"\xff not text"
            browser.close()
            assert await ended is flow
            assert not flow.send(b"hello")
            assert len(at.here.listeners.connections) == 0

    run(scene)


def test_keep_alives_are_answered() -> None:
    async def scene() -> None:
        async with server() as at:
            browser = await at.connect()
            await browser.write_message("\r\n\r\n")
            assert await hear(browser) == "\r\n"
            assert at.counters.keepalives == 1
            browser.close()

    run(scene)


@pytest.mark.parametrize("names", [("chat",), ("sipx", "xsip")])
def test_a_client_that_does_not_offer_sip_is_refused(names: tuple[str, ...]) -> None:
    async def scene() -> None:
        async with server() as at:
            with pytest.raises(HTTPClientError, match="400"):
                await at.connect(*names)
            assert len(at.here.listeners.connections) == 0

    run(scene)


@pytest.mark.parametrize(
    ("origin", "welcome"),
    [
        (None, True),
        ("https://pages.example.com", True),
        ("http://127.0.0.1:{port}", True),
        ("https://evil.example.net", False),
        ("https://pages.example.com.evil.example.net", False),
        ("null", False),
    ],
)
def test_only_known_pages_may_connect(origin: str | None, welcome: bool) -> None:
    async def scene() -> None:
        async with server(origins=("https://pages.example.com",)) as at:
            given = None if origin is None else origin.format(port=at.port)
            if welcome:
                (await at.connect(origin=given)).close()
                return
            with pytest.raises(HTTPClientError, match="403"):
                await at.connect(origin=given)
            assert len(at.here.listeners.connections) == 0

    run(scene)


def test_frames_that_are_not_sip_are_dropped_and_do_not_prove_anything() -> None:
    async def scene() -> None:
        clock = FakeClock()
        async with server(clock=clock) as at:
            browser = await at.connect()
            for frame in (b"hello", b"\x00\x01\x02", "é".encode(), b"{}"):
                await browser.write_message(frame, binary=True)
            assert (await ask(browser, over("WS"))).status == 200
            assert at.here.stack.counters.malformed == 4
            silent = await at.connect()
            await silent.write_message(b"hello", binary=True)
            while at.here.stack.counters.malformed < 5:
                await asyncio.sleep(0)
            clock.advance(11)
            assert await hear(silent) is None
            assert at.counters.half_open_closed == 1
            assert (await ask(browser, over("WS", 2))).status == 200
            clock.advance(4_000)
            assert await hear(browser) is None
            assert at.counters.idle_closed == 1

    run(scene)


def test_a_frame_over_the_limit_closes_the_connection() -> None:
    async def scene() -> None:
        async with server() as at:
            browser = await at.connect()
            await browser.write_message("x" * 70_000)
            assert await hear(browser) is None
            assert at.here.stack.counters.malformed == 0

    run(scene)


def test_connections_of_all_kinds_share_one_limit() -> None:
    async def scene() -> None:
        async with server(allowed=ConnectionLimits(per_address=1)) as at:
            browser = await at.connect()
            assert (await ask(browser, over("WS"))).status == 200
            with pytest.raises(HTTPClientError, match="503"):
                await at.connect()
            assert at.counters.refused == 1
            browser.close()

    run(scene)
