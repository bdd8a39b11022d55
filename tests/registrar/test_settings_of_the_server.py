"""What provd.toml says about registrations is what phones meet."""

from __future__ import annotations

import itertools
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from provd import demo
from provd.store import devices, domains
from sip_edge.message.digest import answer, strongest
from tests.live import LiveServer
from tests.presence.phone import Message


class Caller:
    """Device 101 of the demo company on a datagram socket."""

    def __init__(self, server: LiveServer) -> None:
        company = server.store(domains.by_name, demo.DOMAIN).id
        device = server.store(devices.by_name, company, "101")
        self.password = server.store(devices.password, company, device.id)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.settimeout(5)
        self.socket.connect(("127.0.0.1", server.services.addresses.sip))
        self._numbers = itertools.count(1)

    def ask(self, expires: int, *, domain: str = demo.DOMAIN, call: str = "a", proof: str = "") -> Message:
        number, (host, port) = next(self._numbers), self.socket.getsockname()
        self.socket.send(
            f"REGISTER sip:{domain} SIP/2.0\r\nVia: SIP/2.0/UDP {host}:{port};branch=z9hG4bKs{number};rport\r\n"
            f"From: <sip:101@{domain}>;tag=1\r\nTo: <sip:101@{domain}>\r\nCall-ID: {call}\r\n"
            f"CSeq: {number} REGISTER\r\nContact: <sip:{call}@{host}:{port}>\r\nMax-Forwards: 70\r\n"
            f"Expires: {expires}\r\n{proof}Content-Length: 0\r\n\r\n".encode()
        )
        return Message.of(self.socket.recv(65_535))

    def register(self, expires: int, call: str = "a") -> Message:
        challenge = strongest([self.ask(expires, call=call).headers["www-authenticate"]])
        assert challenge is not None
        made = answer(challenge, "REGISTER", f"sip:{demo.DOMAIN}", "101", self.password, "c0ffee")
        return self.ask(expires, call=call, proof=f"Authorization: {made}\r\n")


@pytest.fixture
def caller(tmp_path: Path) -> Iterator[Caller]:
    chosen = {"sip_bindings_per_device": 1, "sip_expires_min": 120, "sip_expires_max": 300,
              "sip_digest_algorithms": ("MD5",), "sip_unknown_domain": "refuse"}  # fmt: skip
    with LiveServer(tmp_path, **chosen) as server:
        made = Caller(server)
        yield made
        made.socket.close()


def test_phones_meet_the_bounds_that_are_set(caller: Caller) -> None:
    assert "algorithm=MD5" in caller.ask(300).headers["www-authenticate"], "the last challenge, and the only one"
    short = caller.register(60)
    assert (short.status, short.headers["min-expires"]) == (423, "120")
    long = caller.register(9_999)
    assert long.status == 200 and 120 <= int(long.headers["expires"]) <= 300
    second = caller.register(300, call="b")
    assert second.status == 200 and "sip:b@" in second.headers["contact"]
    assert "sip:a@" not in second.headers["contact"], "one at a time"


def test_a_company_that_is_not_here_is_refused_where_that_is_wanted(caller: Caller) -> None:
    assert caller.ask(300, domain="elsewhere.example").status == 403
