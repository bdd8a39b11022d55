"""SIP over TLS with the certificate of HTTPS."""

from __future__ import annotations

import asyncio
import datetime
import ssl
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from provd.serve import tls
from sip_edge.message import Uri
from sip_edge.stack_listeners import Unreachable
from sip_edge.transport.connections import ConnectionLimits
from sip_edge.transport.flow import Flow
from tests.fakes import FakeClock
from tests.sip import wire
from tests.sip_transport.scenes import StreamPhone, asked, edge, keep, over, run


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tls.CertificateFiles:
    now = datetime.datetime.now(datetime.UTC)
    return tls.certificate_files(tmp_path_factory.mktemp("tls"), "127.0.0.1", "", "", now)


@pytest.fixture
def server(files: tls.CertificateFiles) -> ssl.SSLContext:
    return tls.server_context(files, Path("nowhere"), old_phones=False)


@pytest.fixture
def client(files: tls.CertificateFiles) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(files.ca))


def test_options_over_tls(server: ssl.SSLContext, client: ssl.SSLContext) -> None:
    async def scene() -> None:
        async with edge() as here:
            flows: list[Flow] = []
            here.stack.handle("REGISTER", keep(flows))
            port = await here.listeners.listen_tls("127.0.0.1", 0, server)
            async with await StreamPhone.connect(port, ssl=client) as phone:
                assert (await phone.ask(over("TLS", 1))).status == 200
                assert (await phone.ask(over("TLS", 2, "REGISTER"))).via.transport == "TLS"
                assert (flows[0].protocol, flows[0].secure, flows[0].certificate) == ("TLS", True, None)
                assert str(here.stack.uri(flows[0], "101")) == f"sip:101@127.0.0.1:{port};transport=tls"

    run(scene)


def factory_certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """A certificate as a phone has it from its factory, signed by itself here, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    builder = x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - datetime.timedelta(1)).not_valid_after(now + datetime.timedelta(1))
    chain, private = folder / "phone.pem", folder / "phone-key.pem"
    chain.write_bytes(builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    form = serialization.PrivateFormat.PKCS8
    private.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
    return chain, private


def test_a_phones_own_certificate_comes_with_its_flow(
    files: tls.CertificateFiles, client: ssl.SSLContext, tmp_path: Path
) -> None:
    async def scene() -> None:
        chain, key = factory_certificate(tmp_path, "805ec0000101")
        (tmp_path / "vendor").mkdir()
        (tmp_path / "vendor" / "ca.pem").write_bytes(chain.read_bytes())
        server = tls.server_context(files, tmp_path / "vendor", old_phones=False)
        client.load_cert_chain(chain, key)
        async with edge() as here:
            flows: list[Flow] = []
            here.stack.handle("REGISTER", keep(flows))
            port = await here.listeners.listen_tls("127.0.0.1", 0, server)
            async with await StreamPhone.connect(port, ssl=client) as phone:
                assert (await phone.ask(over("TLS", 1, "REGISTER"))).status == 200
            assert flows[0].certificate is not None
            assert flows[0].certificate["subject"] == ((("commonName", "805ec0000101"),),)

    run(scene)


def test_octets_that_are_no_tls_are_closed_and_leave_nothing_behind(server: ssl.SSLContext) -> None:
    async def scene() -> None:
        async with edge() as here:
            port = await here.listeners.listen_tls("127.0.0.1", 0, server)
            async with await StreamPhone.connect(port) as stranger:
                await stranger.send(over("TCP"))
                assert await stranger.is_closed()
            while len(here.listeners.connections):
                await asyncio.sleep(0)
            assert here.listeners.streams[0].counters.half_open_closed == 1
            assert here.stack.counters.requests == {}

    run(scene)


def test_a_flood_of_unfinished_handshakes_makes_room_for_phones(server: ssl.SSLContext, client: ssl.SSLContext) -> None:
    async def scene() -> None:
        async with edge(allowed=ConnectionLimits(half_open=5)) as here:
            port = await here.listeners.listen_tls("127.0.0.1", 0, server)
            silent = [await StreamPhone.connect(port) for _ in range(12)]
            assert await silent[0].is_closed()
            async with await StreamPhone.connect(port, ssl=client) as phone:
                assert (await phone.ask(over("TLS"))).status == 200
            assert here.listeners.connections.half_open <= 5
            for one in silent:
                one.writer.close()

    run(scene)


def test_a_handshake_done_but_no_message_is_closed_in_time(server: ssl.SSLContext, client: ssl.SSLContext) -> None:
    async def scene() -> None:
        clock = FakeClock()
        async with edge(clock=clock, allowed=ConnectionLimits(first_message=10)) as here:
            port = await here.listeners.listen_tls("127.0.0.1", 0, server)
            async with await StreamPhone.connect(port, ssl=client) as phone:
                while not len(here.stack.timers):
                    await asyncio.sleep(0)
                clock.advance(10.1)
                assert await phone.is_closed()
                assert here.listeners.streams[0].counters.half_open_closed == 1

    run(scene)


def test_our_own_tls_connection_verifies_whom_it_reaches(server: ssl.SSLContext, client: ssl.SSLContext) -> None:
    async def scene() -> None:
        async with edge() as trusting, edge() as doubting, edge() as there:
            port = await there.listeners.listen_tls("127.0.0.1", 0, server)
            await trusting.listeners.listen_tls("127.0.0.1", 0, server, client_context=client)
            await doubting.listeners.listen_tls("127.0.0.1", 0, server)
            uri = Uri.parse(f"sips:127.0.0.1:{port}")
            request = asked(wire.request("OPTIONS"))
            headers = request.headers.without("via").with_added("Content-Length", "0")
            flow = await trusting.listeners.flow_to(uri)
            assert (await trusting.stack.request(request.with_headers(headers), flow)).status == 200
            with pytest.raises(Unreachable, match="Nothing answers"):
                await doubting.listeners.flow_to(uri)

    run(scene)
