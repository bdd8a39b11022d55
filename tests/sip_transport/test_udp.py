"""SIP over UDP on real sockets."""

from __future__ import annotations

import socket

import pytest

from sip_edge.stack_request import ServerRequest
from sip_edge.transport.flow import Flow
from tests.sip import wire
from tests.sip_transport.scenes import UdpPhone, edge, keep, over, run


def test_options_is_answered_with_what_the_server_can_do() -> None:
    async def scene() -> None:
        async with edge() as here, UdpPhone(await here.listeners.listen_udp("127.0.0.1", 0)) as phone:
            response = await phone.ask(over("UDP"))
            assert response.status == 200
            assert response.headers.first("allow") == "ACK, CANCEL, OPTIONS"
            assert response.headers.first("supported") == "path"
            assert response.to.tag

    run(scene)


def test_rport_is_filled_in_and_answered_to() -> None:
    async def scene() -> None:
        async with edge() as here, UdpPhone(await here.listeners.listen_udp("127.0.0.1", 0)) as phone:
            via = (await phone.ask(over("UDP"))).via
            assert via.rport == phone.port
            assert via.received == "127.0.0.1"

    run(scene)


def test_without_rport_the_answer_goes_to_the_port_in_via() -> None:
    """RFC 3261 section 18.2.2: phones that send from one port and listen on another."""

    async def scene() -> None:
        async with edge() as here:
            port = await here.listeners.listen_udp("127.0.0.1", 0)
            async with UdpPhone(port) as mouth, UdpPhone(port) as ear:
                mouth.send(wire.request("OPTIONS", f"Via: SIP/2.0/UDP 127.0.0.1:{ear.port};branch=z9hG4bKear"))
                assert b"z9hG4bKear" in await ear.hear()
                assert await mouth.hears_nothing_before(over("UDP"))

    run(scene)


def test_a_phone_behind_nat_that_knows_no_rport_is_answered_where_it_is() -> None:
    async def scene() -> None:
        async with edge() as here, UdpPhone(await here.listeners.listen_udp("127.0.0.1", 0)) as phone:
            response = await phone.ask(wire.request("OPTIONS", "Via: SIP/2.0/UDP 10.0.0.7:5060;branch=z9hG4bKnat"))
            assert response.via.received == "127.0.0.1"
            assert response.via.rport is None

    run(scene)


def test_a_repeated_request_is_handled_once_and_answered_twice() -> None:
    async def scene() -> None:
        seen: list[str] = []

        def handler(asked: ServerRequest) -> None:
            seen.append(asked.request.call_id)
            asked.reply(200, None, [("Date", f"Sun, 22 Nov 2026 17:00:0{len(seen)} GMT")])

        async with edge() as here, UdpPhone(await here.listeners.listen_udp("127.0.0.1", 0)) as phone:
            here.stack.handle("REGISTER", handler)
            first = await phone.ask(over("UDP", 1, "REGISTER"))
            assert bytes(await phone.ask(over("UDP", 1, "REGISTER"))) == bytes(first)
            assert len(seen) == 1
            assert here.stack.counters.repeated == 1

    run(scene)


def test_a_response_nobody_asked_for_is_dropped() -> None:
    async def scene() -> None:
        async with edge() as here, UdpPhone(await here.listeners.listen_udp("127.0.0.1", 0)) as phone:
            phone.send(over("UDP").replace(b"OPTIONS sip:pbx.example.com SIP/2.0", b"SIP/2.0 200 OK"))
            assert await phone.hears_nothing_before(over("UDP", 2))
            assert here.stack.counters.unmatched == 1

    run(scene)


def test_ipv6() -> None:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("This machine has no IPv6 loopback.")

    async def scene() -> None:
        async with edge() as here:
            flows: list[Flow] = []
            here.stack.handle("REGISTER", keep(flows))
            async with UdpPhone(await here.listeners.listen_udp("::1", 0), "::1") as phone:
                response = await phone.ask(over("UDP", 1, "REGISTER"))
                assert (response.via.received, response.via.rport) == ("::1", phone.port)
                assert flows[0].remote == ("::1", phone.port)
                assert here.listeners.udp_flow("::1", phone.port) == flows[0]
                assert here.listeners.udp_flow("127.0.0.1", phone.port) is None

    run(scene)


def test_a_wildcard_socket_takes_both_families_and_names_ipv4_as_ipv4() -> None:
    async def scene() -> None:
        async with edge() as here:
            try:
                port = await here.listeners.listen_udp("::", 0)
            except OSError:
                pytest.skip("This machine has no IPv6.")
            async with UdpPhone(port) as phone:
                assert (await phone.ask(over("UDP"))).via.received == "127.0.0.1"
                again = here.listeners.udp_flow("127.0.0.1", phone.port)
                assert again is not None
                assert again.send(b"hello")
                assert await phone.hear() == b"hello"

    run(scene)


def test_a_flow_of_before_a_restart_is_made_again_from_its_address() -> None:
    async def scene() -> None:
        async with edge() as here, UdpPhone(await here.listeners.listen_udp("127.0.0.1", 0)) as phone:
            flow = here.listeners.udp_flow("127.0.0.1", phone.port)
            assert flow is not None
            assert flow.send(b"hello")
            assert await phone.hear() == b"hello"
            await here.listeners.stop()
            assert not flow.open
            assert not flow.send(b"hello")

    run(scene)


def test_a_datagram_larger_than_udp_allows_fails_at_once() -> None:
    async def scene() -> None:
        async with edge() as here:
            await here.listeners.listen_udp("127.0.0.1", 0)
            flow = here.listeners.udp_flow("127.0.0.1", 9)
            assert flow is not None
            assert not flow.send(b"x" * 70_000)
            assert here.listeners.udp[0].counters.unsent == 1

    run(scene)
