"""Every message of RFC 4475, thrown at a whole server: as it stands, and as if it were meant for us."""

from __future__ import annotations

import random
import socket

import pytest

from sip_edge.message import Response, parse
from tests.clients.scenes import DOMAIN, SipOffice
from tests.sip.wire import NAMES, load
from tests.sip_hostile.attacker import ADDRESS, Attacker, connect
from tests.sip_hostile.scenes import bystander

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


@pytest.mark.parametrize("trusted", [True, False], ids=["trusted", "limited"])
def test_over_udp(office: SipOffice, caplog: pytest.LogCaptureFixture, trusted: bool) -> None:
    office.trust(*([ADDRESS] if trusted else []))
    with bystander(office, caplog) as other, Attacker(office.sip) as attacker:
        for name, data in variants():
            attacker.send(data)
            assert other.is_heard(), name
        heard = attacker.heard()
        statuses = {message.status for message in map(parse, heard) if isinstance(message, Response)}
        assert {400, 405, 416, 420} <= statuses and not any(200 < status < 300 for status in statuses), statuses
        assert len(heard) > 40


def test_over_tcp(office: SipOffice, caplog: pytest.LogCaptureFixture) -> None:
    office.trust(ADDRESS)
    with bystander(office, caplog) as other:
        for name, data in variants():
            with connect(office.sip) as attacker:
                attacker.sendall(data)
                attacker.shutdown(socket.SHUT_WR)
                while attacker.recv(65_535):
                    pass
            assert other.is_heard(), name


def test_all_in_one_stream_in_pieces(office: SipOffice, caplog: pytest.LogCaptureFixture) -> None:
    office.trust(ADDRESS)
    dice = random.Random(4475)
    with bystander(office, caplog) as other:
        for _ in range(10):
            order = [data for _, data in variants()]
            dice.shuffle(order)
            stream = b"".join(order)
            with connect(office.sip) as attacker:
                try:
                    while stream:
                        size = dice.randint(1, 2_000)
                        attacker.sendall(stream[:size])
                        stream = stream[size:]
                except OSError:
                    pass  # closed, as soon as nobody can know any more where the next message begins
            assert other.is_heard()
