"""Every message of RFC 4475, thrown at a whole server: as it stands, and as if it were meant for us."""

from __future__ import annotations

import random
import socket

import pytest

from sip_edge.message import Response, parse
from tests.clients.scenes import DOMAIN, SipOffice
from tests.sip.wire import NAMES, load
from tests.sip_hostile.scenes import ATTACKER, bystander

pytestmark = pytest.mark.client

MESSAGES = {name: load(name) for name in NAMES}


def ours(data: bytes) -> bytes:
    """The same message with our company in its head, so that it gets past those who ask whom it is for."""
    head, empty, body = data.partition(b"\r\n\r\n")
    for other in (b"example.com", b"example.net", b"example.org"):
        head = head.replace(other, DOMAIN.encode())
    return head + empty + body


def variants() -> list[tuple[str, bytes]]:
    return [*MESSAGES.items(), *((f"{name}, ours", ours(data)) for name, data in MESSAGES.items())]


def drain(sock: socket.socket) -> list[bytes]:
    """What has come so far."""
    found: list[bytes] = []
    sock.setblocking(False)
    while True:
        try:
            found.append(sock.recv(65_535))
        except BlockingIOError:
            return found


@pytest.mark.parametrize("trusted", [True, False], ids=["trusted", "limited"])
def test_over_udp(office: SipOffice, caplog: pytest.LogCaptureFixture, trusted: bool) -> None:
    office.trust(*([f"{ATTACKER}/32"] if trusted else []))
    with bystander(office, caplog) as other, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as attacker:
        attacker.bind((ATTACKER, 0))
        heard = []
        for name, data in variants():
            attacker.sendto(data, office.sip)
            assert other.phone.options() == 200, name
            heard += drain(attacker)
        statuses = {message.status for message in map(parse, heard) if isinstance(message, Response)}
        assert {400, 405, 416, 420} <= statuses and not any(200 < status < 300 for status in statuses), statuses
        assert len(heard) > 40


def test_over_tcp(office: SipOffice, caplog: pytest.LogCaptureFixture) -> None:
    office.trust(f"{ATTACKER}/32")
    with bystander(office, caplog) as other:
        for name, data in variants():
            with socket.create_connection(office.sip, 5, (ATTACKER, 0)) as attacker:
                attacker.sendall(data)
                attacker.shutdown(socket.SHUT_WR)
                while attacker.recv(65_535):
                    pass
            assert other.phone.options() == 200, name


def test_all_in_one_stream_in_pieces(office: SipOffice, caplog: pytest.LogCaptureFixture) -> None:
    office.trust(f"{ATTACKER}/32")
    dice = random.Random(4475)
    with bystander(office, caplog) as other:
        for _ in range(10):
            order = [data for _, data in variants()]
            dice.shuffle(order)
            stream = b"".join(order)
            with socket.create_connection(office.sip, 5, (ATTACKER, 0)) as attacker:
                try:
                    while stream:
                        size = dice.randint(1, 2_000)
                        attacker.sendall(stream[:size])
                        stream = stream[size:]
                except OSError:
                    pass  # closed, as soon as nobody can know any more where the next message begins
            assert other.phone.options() == 200
