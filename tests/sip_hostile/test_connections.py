"""Connections by the thousand that say nothing, or something that is not SIP."""

from __future__ import annotations

import asyncio
import random
import resource
import socket
from contextlib import ExitStack

import pytest
from tornado.httpclient import HTTPClientError, HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

from tests.clients.scenes import SipOffice
from tests.live import YEALINK
from tests.sip_hostile.attacker import ADDRESS, connect, message
from tests.sip_hostile.phone import DeskPhone
from tests.sip_hostile.scenes import bystander

pytestmark = pytest.mark.client

HALF_OPEN = 2_000
"""Ten thousand of them are in script/bench.d/sip_half_open.py."""


def test_thousands_that_say_nothing(office: SipOffice, caplog: pytest.LogCaptureFixture) -> None:
    wanted = 2 * HALF_OPEN + 500
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < wanted:
        pytest.skip(f"This process may open {hard} files; {wanted} are needed.")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))
    table = office.edge.listeners.connections
    counters = office.edge.listeners.streams[0].counters
    with bystander(office, caplog) as other, ExitStack() as crowd:
        before = counters.half_open_closed
        for number in range(HALF_OPEN):
            silent = crowd.enter_context(connect(office.sip, f"127.0.0.{100 + number % 2}"))
            if number % 3 == 0:
                silent.sendall(b"REGISTER sip:")
            if number % 250 == 0:
                assert other.is_heard(), number
                assert table.half_open <= table.limits.half_open
        with DeskPhone(office.account(YEALINK), office.sip, protocol="TCP") as phone:
            assert phone.options() == phone.register().status == 200
            phone.register(0)
        assert counters.half_open_closed - before >= HALF_OPEN - table.limits.half_open


def test_handshakes_that_never_end(office: SipOffice, caplog: pytest.LogCaptureFixture) -> None:
    secure = "127.0.0.1", office.edge.stack.ports["TLS"]
    dice = random.Random(5246)
    with bystander(office, caplog) as other, ExitStack() as crowd:
        for number in range(200):
            stranger = crowd.enter_context(connect(secure))
            if number % 2:
                stranger.sendall(b"\x16\x03\x01" + dice.randbytes(dice.randint(1, 600)))
            else:
                stranger.sendall(message(protocol="TLS"))
        assert other.is_heard()


async def _browser(office: SipOffice) -> WebSocketClientConnection:
    request = HTTPRequest(f"ws://127.0.0.1:{office.services.addresses.http}/sip")
    return await websocket_connect(request, subprotocols=["sip"])


def test_frames_that_are_not_sip(office: SipOffice, caplog: pytest.LogCaptureFixture) -> None:
    dice = random.Random(7118)
    frames: list[str | bytes] = [
        "", "\0", "hello", '{"method": "REGISTER"}', "<xml/>", "GET / HTTP/1.1\r\n\r\n", "SIP/2.0",
        "SIP/2.0 200 OK\r\n\r\n", "REGISTER", "REGISTER sip:x SIP/2.0", "\r\n" * 1_000, "é" * 1_000, b"\xff" * 1_000,
        *(dice.randbytes(dice.randint(1, 3_000)) for _ in range(300)),
    ]  # fmt: skip

    async def scene() -> None:
        one = await _browser(office)
        for frame in frames:
            await one.write_message(frame, binary=isinstance(frame, bytes))
        await one.write_message(message("OPTIONS", protocol="WS"))
        async with asyncio.timeout(5):
            while (heard := await one.read_message()) is not None and "200 OK" not in str(heard):
                pass
        assert heard is not None, "a connection that speaks SIP in the end is served"
        huge = await _browser(office)
        await huge.write_message("OPTIONS " + "x" * 70_000)
        async with asyncio.timeout(5):
            assert await huge.read_message() is None
        gone = [await _browser(office) for _ in range(50)]
        for browser in gone:
            await browser.write_message("nothing")
            browser.close()
        one.close()

    with bystander(office, caplog) as other:
        asyncio.run(scene())
        assert other.is_heard()


def test_websockets_that_are_none(office: SipOffice, caplog: pytest.LogCaptureFixture) -> None:
    http = "127.0.0.1", office.services.addresses.http
    upgrade = (
        b"GET /sip HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: sip\r\n\r\n"
    )
    torn = [
        b"\x81\xff" + b"\xff" * 8,
        b"\xf1\x80abcd",
        b"\x82\x7e\x00",
        b"\x89\xfe\x01\x00",
        b"\x01\x80abcd" * 50,
        b"\0",
    ]

    async def refused() -> int:
        try:
            await websocket_connect(f"ws://127.0.0.1:{http[1]}/sip")
        except HTTPClientError as error:
            return error.code
        return 101

    with bystander(office, caplog) as other:
        assert asyncio.run(refused()) == 400, "no sub-protocol"
        for bad in torn:
            with socket.create_connection(http, 5, (ADDRESS, 0)) as stream:
                stream.sendall(upgrade)
                assert stream.recv(4096).startswith(b"HTTP/1.1 101")
                stream.sendall(bad)
        assert other.is_heard()
