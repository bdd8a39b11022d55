"""SIP over TCP on real sockets: framing, keep-alives, what breaks a stream."""

from __future__ import annotations

import asyncio

import pytest

from sip_edge.message import Uri
from sip_edge.message.stream import PING, PONG
from sip_edge.stack_listeners import Unreachable
from sip_edge.transport.flow import Flow
from tests.sip import wire
from tests.sip_transport.scenes import StreamPhone, asked, edge, keep, over, run


def test_a_request_in_single_octets_is_answered_once_it_is_whole() -> None:
    async def scene() -> None:
        async with edge() as here, await StreamPhone.connect(await here.listeners.listen_tcp("127.0.0.1", 0)) as phone:
            for octet in over("TCP"):
                await phone.send(bytes([octet]))
                await asyncio.sleep(0)
            assert (await phone.hear()).status == 200

    run(scene)


def test_two_requests_and_a_half_in_one_segment() -> None:
    async def scene() -> None:
        async with edge() as here, await StreamPhone.connect(await here.listeners.listen_tcp("127.0.0.1", 0)) as phone:
            last = over("TCP", 3)
            await phone.send(over("TCP", 1) + over("TCP", 2) + last[:50])
            assert [(await phone.hear()).via.branch for _ in range(2)] == ["z9hG4bK1", "z9hG4bK2"]
            await phone.send(last[50:])
            assert (await phone.hear()).via.branch == "z9hG4bK3"

    run(scene)


def test_a_double_crlf_between_requests_is_answered_with_one() -> None:
    async def scene() -> None:
        async with edge() as here, await StreamPhone.connect(await here.listeners.listen_tcp("127.0.0.1", 0)) as phone:
            await phone.send(PING)
            assert await phone.reader.readexactly(2) == PONG
            assert (await phone.ask(over("TCP"))).status == 200
            assert here.listeners.streams[0].counters.keepalives == 1

    run(scene)


@pytest.mark.parametrize(
    ("rows", "status"),
    [((), 400), (("Content-Length: many",), 400), (("Content-Length: 900000",), 413)],
    ids=["no length", "no number", "too large"],
)
def test_a_stream_that_cannot_be_cut_is_answered_and_closed(rows: tuple[str, ...], status: int) -> None:
    async def scene() -> None:
        async with edge() as here, await StreamPhone.connect(await here.listeners.listen_tcp("127.0.0.1", 0)) as phone:
            data = wire.request("OPTIONS", "Via: SIP/2.0/TCP 192.0.2.1:5060;branch=z9hG4bK1", *rows)
            assert (await phone.ask(data)).status == status
            assert await phone.is_closed()
            assert len(here.listeners.connections) == 0

    run(scene)


def test_endless_headers_are_closed_at_the_limit() -> None:
    async def scene() -> None:
        async with edge() as here, await StreamPhone.connect(await here.listeners.listen_tcp("127.0.0.1", 0)) as phone:
            await phone.send(b"OPTIONS sip:a@b SIP/2.0\r\n" + b"X: y\r\n" * 10_000)
            assert await phone.is_closed()
            assert here.listeners.streams[0].counters.oversize == 1

    run(scene)


def test_services_hear_of_the_end_of_a_flow_and_sending_over_it_fails() -> None:
    async def scene() -> None:
        async with edge() as here:
            flows: list[Flow] = []
            gone: asyncio.Future[Flow] = asyncio.get_running_loop().create_future()
            here.stack.on_closed.append(gone.set_result)
            here.stack.handle("REGISTER", keep(flows))
            async with await StreamPhone.connect(await here.listeners.listen_tcp("127.0.0.1", 0)) as phone:
                assert (await phone.ask(over("TCP", 1, "REGISTER"))).status == 200
                assert flows[0].open
                assert flows[0].send(b"hello")
                assert await phone.reader.readexactly(5) == b"hello"
            assert await gone is flows[0]
            assert not flows[0].open
            assert not flows[0].send(b"hello")

    run(scene)


def test_a_peer_that_does_not_read_is_cut_off_instead_of_filling_our_memory() -> None:
    async def scene() -> None:
        async with edge() as here:
            flows: list[Flow] = []
            here.stack.handle("REGISTER", keep(flows))
            port = await here.listeners.listen_tcp("127.0.0.1", 0)
            async with await StreamPhone.connect(port, limit=1024) as phone:
                await phone.ask(over("TCP", 1, "REGISTER"))
                sent = 0
                while flows[0].send(b"x" * 100_000):
                    sent += 1
                    assert sent < 200
                assert not flows[0].open

    run(scene)


def test_our_own_connection_is_opened_once_and_used_again() -> None:
    async def scene() -> None:
        async with edge() as here, edge() as there:
            port = await there.listeners.listen_tcp("127.0.0.1", 0)
            await here.listeners.listen_tcp("127.0.0.1", 0)
            uri = Uri.parse(f"sip:127.0.0.1:{port};transport=tcp")
            first, second = await asyncio.gather(here.listeners.flow_to(uri), here.listeners.flow_to(uri))
            assert first is second
            ask = wire.request("OPTIONS").replace(b"Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK74b43;rport\r\n", b"")
            request = asked(ask)
            request = request.with_headers(request.headers.with_added("Content-Length", "0"))
            response = await here.stack.request(request, first)
            assert response.status == 200
            assert response.via.port == here.stack.ports["TCP"]

    run(scene)


def test_a_place_where_nobody_listens_is_unreachable_with_a_sentence() -> None:
    async def scene() -> None:
        async with edge() as here, edge() as there:
            port = await there.listeners.listen_tcp("127.0.0.1", 0)
            await there.listeners.stop()
            await here.listeners.listen_tcp("127.0.0.1", 0)
            with pytest.raises(Unreachable, match=f"Nothing answers at 127.0.0.1 port {port} over TCP"):
                await here.listeners.flow_to(Uri.parse(f"sip:127.0.0.1:{port};transport=tcp"))
            with pytest.raises(Unreachable, match="WebSocket client is reached only over"):
                await here.listeners.flow_to(Uri.parse("sip:x@127.0.0.1;transport=ws"))
            with pytest.raises(Unreachable, match=r"The name nobody\.invalid has no address"):
                await here.listeners.flow_to(Uri.parse("sip:nobody.invalid"))
            with pytest.raises(Unreachable, match="Only sip and sips"):
                await here.listeners.flow_to(Uri.parse("tel:+4930123"))

    run(scene)
