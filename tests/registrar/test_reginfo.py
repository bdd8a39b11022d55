"""The reg event package (RFC 3680)."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

from sip_edge.registrar import reginfo
from sip_edge.registrar.binding import Binding
from sip_edge.registrar.location import Change
from tests.registrar.test_binding import INSTANCE, bound
from tests.registrar.test_location import NOW

SPACE = {"r": "urn:ietf:params:xml:ns:reginfo", "gr": "urn:ietf:params:xml:ns:gruuinfo"}
AOR = "sip:101@acme.example"


def test_everything_there_is() -> None:
    one = bound(f"<sip:101@192.0.2.1;x=1&2>;q=0.5;{INSTANCE}", more="User-Agent: <Snom> & Co")
    root = ElementTree.fromstring(reginfo.full(AOR, [one], NOW + 10).body(7))
    assert (root.get("version"), root.get("state")) == ("7", "full")
    registration = root.find("r:registration", SPACE)
    assert registration is not None and (registration.get("aor"), registration.get("state")) == (AOR, "active")
    contact = root.find(".//r:contact", SPACE)
    assert contact is not None
    said = {name: contact.get(name) for name in ("state", "event", "expires", "duration-registered", "cseq", "q")}
    assert said == {
        "state": "active", "event": "registered", "expires": "290", "duration-registered": "10",
        "cseq": "1", "q": "0.5",
    }  # fmt: skip
    assert contact.findtext("r:uri", namespaces=SPACE) == "sip:101@192.0.2.1;x=1&2"
    assert contact.findtext("r:unknown-param", namespaces=SPACE) == "<Snom> & Co"
    gruu = contact.find("gr:pub-gruu", SPACE)
    assert gruu is not None and str(gruu.get("uri")).startswith(f"{AOR};gr=urn:uuid:")


def test_nobody_is_init_and_the_restored_are_told_apart() -> None:
    root = ElementTree.fromstring(reginfo.full(AOR, [], NOW).body(0))
    assert [one.get("state") for one in root] == ["init"]
    kept = replace(bound("<sip:101@192.0.2.1>"), restored=True)
    assert b'event="created"' in reginfo.full(AOR, [kept], NOW).body(0)


def test_what_changed() -> None:
    old, new = bound("<sip:101@192.0.2.1>"), bound("<sip:101@192.0.2.2>")
    changes = [Change("registered", new), Change("replaced", old, old), Change("expired", old, old)]
    root = ElementTree.fromstring(reginfo.partial(AOR, changes, [new], NOW).body(1))
    said = [(one.get("state"), one.get("event"), one.get("expires")) for one in root.iterfind(".//r:contact", SPACE)]
    assert said == [
        ("active", "registered", "300"), ("terminated", "deactivated", "0"), ("terminated", "expired", "0"),
    ]  # fmt: skip
    last = reginfo.partial(AOR, [Change("unregistered", old, old)], [], NOW)
    assert ElementTree.fromstring(last.body(2))[0].get("state") == "terminated"


def test_what_is_between_two_looks() -> None:
    old, moved = bound("<sip:101@192.0.2.1>"), replace(bound("<sip:101@192.0.2.2>"), id=2)
    longer, shorter = replace(old, expires=old.expires + 60), replace(old, expires=old.expires - 60)
    again = replace(old, call_id="other", registered=old.registered + 9)

    def between(before: list[Binding], now: list[Binding], *parted: tuple[int, str]) -> list[tuple[str | None, ...]]:
        told = reginfo.partial(AOR, reginfo.changes(before, now, parted), now, NOW).body(1)
        found = ElementTree.fromstring(told).iterfind(".//r:contact", SPACE)
        return [(one.get("state"), one.get("event")) for one in found]

    assert between([old], [longer]) == [("active", "refreshed")]
    assert between([old], [shorter]) == [("active", "shortened")]
    assert between([old], [again]) == [("active", "registered")]
    assert between([old], [old]) == []
    assert between([old], [moved], (old.id, "replaced")) == [("terminated", "deactivated"), ("active", "registered")]
    assert between([old], [], (old.id, "unregistered")) == [("terminated", "unregistered")]
    assert between([old], []) == [("terminated", "expired")]


def test_what_a_phone_writes_cannot_break_the_document() -> None:
    hostile = replace(bound("<sip:101@192.0.2.1>"), user_agent='\x00\x1b"]]><x>&\udcff', call_id="\"'><&\x01")
    root = ElementTree.fromstring(reginfo.full(AOR, [hostile], NOW).body(0))
    contact = root.find(".//r:contact", SPACE)
    assert contact is not None and contact.get("callid") == "\"'><&\ufffd"
