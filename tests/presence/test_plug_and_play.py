"""Factory-new phones ask by multicast where their files are (RFC 6080 as desk phones use it)."""

from __future__ import annotations

import asyncio
import socket

import pytest

from sip_edge.presence import ua_profile
from sip_edge.presence.service import Hooks, Presence
from sip_edge.presence.state import State
from sip_edge.stack import Stack
from sip_edge.stack_listeners import Listeners
from sip_edge.timers import Timers
from tests.presence.desk import Desk, Handset
from tests.presence.edge import ABILITIES

URL = "http://pbx.acme.example:8080/p/"
EVENT = 'ua-profile;profile-type="device";vendor="Yealink";model="SIP-T46U";version="108.86.0.90"'


def ask(phone: Handset, user: str = "MAC%3A805ec0000101") -> int:
    """The multicast SUBSCRIBE of a phone; the status, 0 for silence."""
    host, port = phone.flow.remote
    before = len(phone.responses)
    phone.send(
        f"SUBSCRIBE sip:{user}@224.0.1.75 SIP/2.0\r\nVia: SIP/2.0/UDP {host}:{port};branch=z9hG4bKpnp{phone.number}\r\n"
        f"From: <sip:{user}@224.0.1.75>;tag=7\r\nTo: <sip:{user}@224.0.1.75>\r\nCall-ID: pnp{phone.number}\r\n"
        f"CSeq: 1 SUBSCRIBE\r\nContact: <sip:{host}:{port}>\r\nMax-Forwards: 70\r\nExpires: 0\r\nEvent: {EVENT}\r\n"
        f"Accept: application/url\r\nContent-Length: 0\r\n\r\n"
    )
    phone.desk.pass_time(0.0)
    return phone.responses[-1].status if len(phone.responses) > before else 0


def test_a_known_phone_gets_the_address_of_its_files() -> None:
    asked: list[str] = []
    desk = Desk(profile_url=lambda mac: asked.append(mac) or URL)
    phone = Handset(desk)
    assert ask(phone) == 200
    (told,) = phone.take()
    assert asked == ["805ec0000101"]
    assert told.headers["content-type"] == "application/url"
    assert told.headers["event"] == "ua-profile"
    assert told.state == "terminated"
    assert told.body == URL
    assert len(desk.presence.book) == 0


def test_a_stranger_gets_none() -> None:
    phone = Handset(Desk(profile_url=lambda _mac: None))
    assert ask(phone) == 404
    assert phone.take() == []


def test_it_is_off_unless_somebody_switches_it_on() -> None:
    phone = Handset(Desk())
    assert ask(phone) == 489
    assert phone.take() == []


@pytest.mark.parametrize(
    "user", ["MAC%3a805EC0000101", "805ec0000101", "mac-80-5e-c0-00-01-01", "MAC%3A80%3A5e%3Ac0%3A00%3A01%3A01"]
)
def test_macs_as_phones_write_them(user: str) -> None:
    asked: list[str] = []
    phone = Handset(Desk(profile_url=lambda mac: asked.append(mac) or URL))
    assert ask(phone, user) == 200
    assert asked == ["805ec0000101"]


@pytest.mark.parametrize("user", ["101", "MAC%3A805ec000010", "805ec00001015"])
def test_what_is_no_mac(user: str) -> None:
    assert ask(Handset(Desk(profile_url=lambda _mac: URL)), user) == 404


def test_a_url_that_would_break_out_of_its_body() -> None:
    with pytest.raises(ValueError, match="line breaks"):
        ua_profile.document("http://a/\r\nEvil: yes")


def test_a_datagram_to_the_group_is_answered() -> None:
    """Over the loopback interface, with real sockets."""

    async def scenario() -> list[bytes]:
        loop = asyncio.get_running_loop()
        stack = Stack(Timers(loop), "127.0.0.1", abilities=ABILITIES)
        listeners = Listeners(stack)
        Presence(stack, State(), Hooks(lambda _asked: None, profile_url=lambda _mac: URL))
        port = await listeners.listen_udp(ua_profile.GROUP, 0)
        ours, here = listeners.udp[0]._socket, socket.inet_aton("127.0.0.1")
        assert ours is not None
        ours.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton(ua_profile.GROUP) + here)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as phone:
            phone.setblocking(False)
            phone.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, here)
            phone.bind(("127.0.0.1", 0))
            own = phone.getsockname()[1]
            text = (
                f"SUBSCRIBE sip:MAC%3A805ec0000101@224.0.1.75 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{own};"
                "branch=z9hG4bKm\r\nFrom: <sip:x@224.0.1.75>;tag=7\r\nTo: <sip:x@224.0.1.75>\r\nCall-ID: m\r\n"
                f"CSeq: 1 SUBSCRIBE\r\nContact: <sip:127.0.0.1:{own}>\r\nMax-Forwards: 70\r\nEvent: {EVENT}\r\n"
                "Content-Length: 0\r\n\r\n"
            )
            phone.sendto(text.encode(), (ua_profile.GROUP, port))
            got = [await asyncio.wait_for(loop.sock_recv(phone, 65_535), 5) for _ in range(2)]
        await stack.stop()
        await listeners.stop()
        return got

    answer, notify = asyncio.run(scenario())
    assert answer.startswith(b"SIP/2.0 200")
    assert notify.startswith(b"NOTIFY sip:127.0.0.1")
    assert notify.endswith(URL.encode())
