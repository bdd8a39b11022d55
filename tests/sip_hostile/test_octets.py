"""Octets that no header should have, in every header, of requests without credentials and with good ones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.clients.scenes import DOMAIN, SipOffice
from tests.live import YEALINK
from tests.sip_hostile.attacker import ADDRESS, Attacker
from tests.sip_hostile.phone import DeskPhone
from tests.sip_hostile.scenes import bystander

pytestmark = pytest.mark.client

OCTETS = {
    "nul": b"\0",
    "latin": b"\x8c",
    "half of a character": b"\xc3",
    "surrogate": b"\xed\xa0\x80",
    "escape": b"\x1b[",
}
MORE = {
    "Require": "nothing", "Proxy-Require": "nothing", "Supported": "path", "Event": "dialog;id=7", "Expires": "600",
    "Accept": "application/dialog-info+xml", "Route": "<sip:192.0.2.1;lr>", "Record-Route": "<sip:192.0.2.1;lr>",
    "Path": "<sip:192.0.2.1;lr>", "User-Agent": "Phone", "Date": "Sun, 22 Nov 2026 17:00:00 GMT", "Timestamp": "1.5",
    "Content-Type": "text/plain", "Content-Encoding": "gzip", "Content-Disposition": "session", "Allow": "NOTIFY",
    "Subscription-State": "active", "Warning": '399 x "y"', "X-Own": "value",
}  # fmt: skip
ALWAYS = ("Via", "From", "To", "Call-ID", "CSeq", "Contact", "Max-Forwards", "Content-Length", "Authorization")


def spoilt(said: bytes, name: str, octets: bytes) -> list[bytes]:
    """The message with octets at the beginning, in the middle and at the end of a header's value."""
    start = said.index(f"\r\n{name}: ".encode()) + len(name) + 4
    end = said.index(b"\r\n", start)
    return [said[:place] + octets + said[place:] for place in (start, (start + end) // 2, end)]


def cases() -> Iterator[Any]:
    for method in ("OPTIONS", "REGISTER", "SUBSCRIBE"):
        for name, octets in OCTETS.items():
            yield pytest.param(method, octets, id=f"{method} {name}")


@pytest.mark.parametrize(("method", "octets"), cases())
def test_in_every_header(office: SipOffice, caplog: pytest.LogCaptureFixture, method: str, octets: bytes) -> None:
    office.trust(ADDRESS, "127.0.0.1/32")
    uri = f"sip:108@{DOMAIN}" if method == "SUBSCRIBE" else f"sip:{DOMAIN}"
    registrar, presence = office.edge.registrar, office.edge.presence.presence
    phone = DeskPhone(office.account(YEALINK), office.sip, address=ADDRESS)
    with bystander(office, caplog) as other, phone, Attacker(office.sip) as attacker:
        phone.register(0)
        for number, name in enumerate((*ALWAYS, *MORE)):
            bare = [f"{name}: {MORE[name]}"] if name in MORE else []
            needed = [f"Event: {MORE['Event']}"] if method == "SUBSCRIBE" and name != "Event" else []
            proof = phone._proof(method, uri)
            for lines in ([*bare, *needed, proof], [*bare, *needed, "Authorization: Digest x"]):
                said = phone.message(method, uri, f"{name}{number}", *lines)
                for data in spoilt(said, name, octets):
                    attacker.send(data)
            assert other.is_heard(), name
            attacker.heard()
        for one in office.subscriptions("101"):
            office.tell(presence.finish, one, "rejected")
        for binding in office.bindings("101"):
            office.tell(registrar.forget, binding)
