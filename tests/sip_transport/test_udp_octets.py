"""Datagrams on the SIP port that are no whole message: keep-alives, STUN, garbage."""

from __future__ import annotations

import struct

import pytest

from sip_edge.message.stream import PING, PONG
from sip_edge.transport import stun
from tests.sip_transport.scenes import UdpPhone, edge, over, run


@pytest.mark.parametrize("blank", [PONG, b"\0\0\0\0", b"\r\n\r\n\r\n", b"\0"])
def test_blank_datagrams_keep_nat_open_and_say_nothing(blank: bytes) -> None:
    async def scene() -> None:
        async with edge() as here, UdpPhone(await here.listeners.listen_udp("127.0.0.1", 0)) as phone:
            phone.send(blank)
            assert await phone.hears_nothing_before(over("UDP"))
            assert here.listeners.udp[0].counters.keepalives == 1

    run(scene)


def test_a_double_crlf_is_answered_with_one() -> None:
    async def scene() -> None:
        async with edge() as here, UdpPhone(await here.listeners.listen_udp("127.0.0.1", 0)) as phone:
            phone.send(PING)
            assert await phone.hear() == PONG

    run(scene)


def test_a_stun_request_on_the_sip_port_tells_the_phone_its_address() -> None:
    async def scene() -> None:
        async with edge() as here, UdpPhone(await here.listeners.listen_udp("127.0.0.1", 0)) as phone:
            phone.send(struct.pack(">HHI12s", stun.BINDING_REQUEST, 0, stun.COOKIE, b"transaction1"))
            reply = await phone.hear()
            kind, _, _, transaction, number, _, _, _, port = struct.unpack_from(">HHI12sHHBBH", reply)
            assert (kind, transaction, number) == (stun.BINDING_SUCCESS, b"transaction1", stun.XOR_MAPPED_ADDRESS)
            assert port ^ (stun.COOKIE >> 16) == phone.port
            assert await phone.hears_nothing_before(over("UDP"))

    run(scene)


@pytest.mark.parametrize("garbage", [b"\x80\x01" * 30, b"hello", b"\x01\x01\0\0", b"GET / HTTP/1.1\r\n\r\n", b" " * 40])
def test_garbage_is_dropped_and_the_next_phone_served(garbage: bytes) -> None:
    async def scene() -> None:
        async with edge() as here, UdpPhone(await here.listeners.listen_udp("127.0.0.1", 0)) as phone:
            phone.send(garbage)
            assert await phone.hears_nothing_before(over("UDP"))
            assert here.stack.counters.malformed + here.listeners.udp[0].counters.ignored == 1

    run(scene)


def test_headers_over_the_limit_are_dropped() -> None:
    async def scene() -> None:
        async with edge() as here, UdpPhone(await here.listeners.listen_udp("127.0.0.1", 0)) as phone:
            phone.send(over("UDP", 1, "OPTIONS", "Subject: " + "x" * 9_000))
            assert await phone.hears_nothing_before(over("UDP", 2))
            assert here.stack.counters.malformed == 1

    run(scene)


def test_a_body_cut_off_is_answered_400() -> None:
    async def scene() -> None:
        async with edge() as here, UdpPhone(await here.listeners.listen_udp("127.0.0.1", 0)) as phone:
            response = await phone.ask(over("UDP", 1, "OPTIONS", "Content-Length: 300"))
            assert (response.status, response.reason) == (400, "The body is shorter than Content-Length says")

    run(scene)
