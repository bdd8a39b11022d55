"""Datagrams cut short, blown up, said again and again, in the wrong order, and with octets of chance in them."""

from __future__ import annotations

import random
from contextlib import suppress
from functools import partial

import pytest

from sip_edge.message import parse
from sip_edge.message.limits import DEFAULT
from sip_edge.stack_counters import StackCounters
from tests.clients.scenes import DOMAIN, SipOffice
from tests.live import YEALINK
from tests.sip_hostile.attacker import ADDRESS, Attacker, connect, message
from tests.sip_hostile.phone import DeskPhone
from tests.sip_hostile.scenes import bystander

pytestmark = pytest.mark.client


def register_of(office: SipOffice) -> bytes:
    """A REGISTER with credentials that were good once."""
    with DeskPhone(office.account(YEALINK), office.sip, address=ADDRESS) as phone:
        assert phone.once("REGISTER", f"sip:{DOMAIN}", "r", "Expires: 600").status == 401
        said = phone.message(
            "REGISTER", f"sip:{DOMAIN}", "r", "Expires: 600", phone._proof("REGISTER", f"sip:{DOMAIN}")
        )
        phone.register(0)
        return said


def forget(office: SipOffice) -> None:
    """End what such a REGISTER has registered all the same."""
    for binding in office.bindings("101"):
        office.tell(office.edge.registrar.forget, binding)


def test_cut_short_anywhere(office: SipOffice, caplog: pytest.LogCaptureFixture) -> None:
    office.trust(ADDRESS)
    with bystander(office, caplog) as other, Attacker(office.sip) as attacker:
        whole = register_of(office)
        for length in range(len(whole)):
            attacker.send(whole[:length])
            if length % 50 == 0:
                assert other.is_heard(), length
        for length in range(0, len(whole), 40):
            with connect(office.sip) as stream:
                stream.sendall(whole[:length])
        assert not office.bindings("101")


def test_octets_of_chance(office: SipOffice, caplog: pytest.LogCaptureFixture) -> None:
    office.trust(ADDRESS)
    dice = random.Random(3261)
    with bystander(office, caplog) as other, Attacker(office.sip) as attacker:
        sound = [
            register_of(office),
            message("SUBSCRIBE", "Event: dialog", "Expires: 600"),
            message("OPTIONS"),
            message("INVITE"),
            message("CANCEL"),
            message("ACK"),
        ]
        for number in range(3_000):
            data = bytearray(dice.choice(sound))
            for _ in range(dice.randint(1, 8)):
                place = dice.randrange(len(data))
                match dice.randrange(3):
                    case 0:
                        data[place] = dice.randrange(256)
                    case 1:
                        del data[place : place + dice.randint(1, 20)]
                    case _:
                        data[place:place] = dice.choice(
                            (b"\r\n", b"\0", b'"', b"<", b";", b",", b"\xff", b"%", b" ", b":")
                        )
            attacker.send(bytes(data))
            if number % 200 == 0:
                assert other.is_heard(), number
        office.until(lambda: office.edge.stack.counters.refused > 100)
        assert other.is_heard()  # so that everything before has been looked at
        forget(office)


def test_blown_up(office: SipOffice, caplog: pytest.LogCaptureFixture) -> None:
    office.trust(ADDRESS)
    with bystander(office, caplog) as other, Attacker(office.sip) as attacker:
        long = [
            message("OPTIONS", "Subject: " + "x" * 60_000),
            message("OPTIONS", *(f"X-{number}: {number}" for number in range(3_000))),
            message("REGISTER", "Contact: " + ",".join(f"<sip:{number}@192.0.2.1>" for number in range(2_000))),
            message("REGISTER", "To: <sip:" + "a" * 30_000 + f"@{DOMAIN}>"),
            message("OPTIONS", "Via: " + ",".join(["SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKx"] * 1_500)),
            message("OPTIONS", "Content-Length: 60000") + b"y" * 60_000,
            message("OPTIONS", "Route: " + "<" * 60_000),
            message("OPTIONS", "Supported: " + '"' * 60_000),
            message("OPTIONS", "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKp" + ";" * 60_000),
        ]
        for data in long:
            attacker.send(data[:65_507])
            assert other.is_heard()
        statuses = {parse(answer).status for answer in attacker.heard()}  # type: ignore[union-attr]
        assert statuses and all(400 <= status < 600 for status in statuses), statuses
        for data in [*long, b"OPTIONS " + b"z" * 10_000_000, b"\r\n" * 1_000_000, b"\0" * 1_000_000]:
            with connect(office.sip) as stream, suppress(OSError):  # it does not listen to the end
                stream.sendall(data)
            assert other.is_heard()


def test_a_length_that_promises_the_world(office: SipOffice, caplog: pytest.LogCaptureFixture) -> None:
    with bystander(office, caplog):
        for length in (DEFAULT.body + 1, 2**31, 10**30, -1):
            with connect(office.sip) as stream:
                stream.sendall(message("OPTIONS", f"Content-Length: {length}", protocol="TCP"))
                stream.settimeout(5)
                assert stream.recv(4096).startswith(b"SIP/2.0 4") and stream.recv(4096) == b""


def test_said_again_and_again(office: SipOffice, caplog: pytest.LogCaptureFixture) -> None:
    office.trust(ADDRESS)
    with bystander(office, caplog), Attacker(office.sip) as attacker:
        seen = office.edge.stack.counters
        for data in (message("REGISTER"), message("OPTIONS"), message("INVITE"), register_of(office)):
            before = sum(seen.requests.values())
            wanted = seen.repeated + seen.refused + 399
            for _ in range(400):
                attacker.send(data)
            office.until(partial(_echoes, seen, wanted))
            assert sum(seen.requests.values()) - before <= 1, "one of them is a request, the others are echoes"
        forget(office)


def _echoes(seen: StackCounters, wanted: int) -> bool:
    return seen.repeated + seen.refused >= wanted


def test_in_the_wrong_order(office: SipOffice, caplog: pytest.LogCaptureFixture) -> None:
    """A REGISTER that was overtaken by a later one of the same call changes nothing (RFC 3261 section 10.3)."""
    with bystander(office, caplog), DeskPhone(office.account(YEALINK), office.sip) as phone:
        assert phone.register().status == 200
        uri, said = f"sip:{DOMAIN}", []
        for seconds in (300, 600):
            said.append(phone.message("REGISTER", uri, "r", f"Expires: {seconds}", phone._proof("REGISTER", uri)))
        for data, status in zip(reversed(said), (200, 500), strict=True):
            phone.send(data)
            assert phone.response(parse(data).via.branch or "").status == status
        binding = office.registered("101")
        assert binding.expires - binding.refreshed > 300
        phone.register(0)
