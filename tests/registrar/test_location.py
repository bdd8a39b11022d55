"""Bindings by the rules of RFC 3261 section 10.3, RFC 5626 and RFC 5627."""

from __future__ import annotations

import itertools

import pytest

from sip_edge.message import Request, SipError, parse
from sip_edge.registrar.binding import Asked, Source, read
from sip_edge.registrar.location import Change, Location, Rules

NAME, NOW = ("acme.example", "101"), 1_760_000_000.0
SOURCE = Source("UDP", "192.0.2.1", 5060)
PLAIN = Rules(jitter=0, grace=0)


def asked(*contacts: str, expires: int | None = 300, call_id: str = "c1", cseq: int = 1, more: str = "") -> Asked:
    """A REGISTER with these contacts, read."""
    lines = [
        "REGISTER sip:acme.example SIP/2.0",
        "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1",
        *(["Via: SIP/2.0/UDP 192.0.2.2:5060;branch=z9hG4bK0"] if "proxied" in more else []),
        "From: <sip:101@acme.example>;tag=1",
        "To: <sip:101@acme.example>",
        f"Call-ID: {call_id}",
        f"CSeq: {cseq} REGISTER",
        *(f"Contact: {contact}" for contact in contacts),
        *([] if expires is None else [f"Expires: {expires}"]),
        *(line for line in more.split("\n") if ":" in line),
    ]
    message = parse("\r\n".join([*lines, "", ""]).encode())
    assert isinstance(message, Request)
    return read(message)


def location(rules: Rules = PLAIN) -> Location:
    return Location(rules, itertools.count(1).__next__)


def kinds(changes: list[Change]) -> list[str]:
    return [change.kind for change in changes]


def register(place: Location, wanted: Asked, now: float = NOW, source: Source = SOURCE) -> list[str]:
    """Carry it out; what happened."""
    return kinds(place.register(NAME, 1, wanted, source, now))


def contacts(place: Location) -> list[str]:
    return [one.contact for one in place.of(*NAME)]


def test_a_contact_is_registered_and_refreshed() -> None:
    place = location()
    assert register(place, asked("<sip:101@192.0.2.1>")) == ["registered"]
    assert register(place, asked("<sip:101@192.0.2.1>", cseq=2), NOW + 100) == ["refreshed"]
    (one,) = place.of(*NAME)
    assert (one.registered, one.refreshed, one.expires) == (NOW, NOW + 100, NOW + 400)


def test_the_parameter_of_a_contact_wins_over_the_header_and_that_over_the_default() -> None:
    place = location()
    register(place, asked("<sip:a@192.0.2.1>;expires=90", "<sip:b@192.0.2.1>", expires=120))
    assert sorted(one.expires - NOW for one in place.of(*NAME)) == [90, 120]
    place.register(NAME, 1, asked("<sip:c@192.0.2.1>", expires=None, call_id="c2"), SOURCE, NOW, 240)
    register(place, asked("<sip:d@192.0.2.1>", expires=None, call_id="c3"))
    assert sorted(one.expires - NOW for one in place.of(*NAME)) == [90, 120, 240, 3600]


def test_too_long_is_cut_and_too_short_refused_with_the_least() -> None:
    place = location()
    register(place, asked("<sip:a@192.0.2.1>", expires=999_999))
    assert place.of(*NAME)[0].expires == NOW + 7200
    with pytest.raises(SipError) as refused:
        register(place, asked("<sip:b@192.0.2.1>", expires=59))
    assert refused.value.code == 423
    assert refused.value.headers == (("Min-Expires", "60"),)


def test_what_is_granted_differs_between_phones_and_stays_the_same_for_one() -> None:
    granted = {}
    for number in range(200):
        for now in (NOW, NOW + 1000):
            place = location(Rules(jitter=0.1))
            name = ("acme.example", str(number))
            place.register(name, 1, asked("<sip:a@192.0.2.1>", expires=600), SOURCE, now)
            granted.setdefault(number, set()).add(round(place.of(*name)[0].expires - now))
    assert all(len(one) == 1 for one in granted.values())
    seconds = sorted(one.pop() for one in granted.values())
    assert seconds[0] >= 540 and seconds[-1] <= 600
    assert len(set(seconds)) > 40


def test_the_one_quiet_longest_makes_room() -> None:
    place = location()
    for number in range(4):
        register(place, asked(f"<sip:{number}@192.0.2.1>", call_id=str(number)), NOW + number)
    register(place, asked("<sip:0@192.0.2.1>", call_id="0", cseq=2), NOW + 10)
    assert register(place, asked("<sip:9@192.0.2.1>", call_id="9"), NOW + 11) == ["registered", "replaced"]
    assert contacts(place) == ["sip:9@192.0.2.1", "sip:0@192.0.2.1", "sip:3@192.0.2.1", "sip:2@192.0.2.1"]


def test_q_orders_contacts() -> None:
    place = location()
    register(place, asked("<sip:low@192.0.2.1>;q=0.1", "<sip:high@192.0.2.1>;q=0.9", "<sip:one@192.0.2.1>"))
    assert contacts(place) == ["sip:one@192.0.2.1", "sip:high@192.0.2.1", "sip:low@192.0.2.1"]


def test_zero_seconds_unregister_one_contact_and_a_star_all() -> None:
    place = location()
    register(place, asked("<sip:a@192.0.2.1>", "<sip:b@192.0.2.1>"))
    assert register(place, asked("<sip:a@192.0.2.1>", expires=0, cseq=2)) == ["unregistered"]
    assert register(place, asked("<sip:unknown@192.0.2.1>", expires=0, cseq=3)) == []
    assert register(place, asked("*", expires=0, cseq=4)) == ["unregistered"]
    assert contacts(place) == [] and len(place) == 0


@pytest.mark.parametrize("wrong", [("*", 300), ("*", None)])
def test_a_star_needs_zero_seconds(wrong: tuple[str, int | None]) -> None:
    with pytest.raises(SipError) as refused:
        asked(wrong[0], expires=wrong[1])
    assert refused.value.code == 400


def test_a_star_stands_alone() -> None:
    with pytest.raises(SipError):
        asked("*", "<sip:a@192.0.2.1>", expires=0)


@pytest.mark.parametrize("late", [asked("<sip:a@192.0.2.1>", cseq=5), asked("*", expires=0, cseq=4)])
def test_a_request_that_was_overtaken_changes_nothing(late: Asked) -> None:
    place = location()
    register(place, asked("<sip:a@192.0.2.1>", cseq=5))
    with pytest.raises(SipError) as refused:
        register(place, late, NOW + 50)
    assert refused.value.code == 500
    assert place.of(*NAME)[0].refreshed == NOW


def test_a_restarted_phone_counts_from_one_again_with_another_call_id() -> None:
    place = location()
    register(place, asked("<sip:a@192.0.2.1>", cseq=500))
    assert register(place, asked("<sip:a@192.0.2.1>", call_id="new", cseq=1), NOW + 50) == ["registered"]
    assert place.of(*NAME)[0].registered == NOW + 50
    assert len(place) == 1


def test_all_or_nothing() -> None:
    place = location()
    register(place, asked("<sip:a@192.0.2.1>"))
    with pytest.raises(SipError):
        register(place, asked("<sip:b@192.0.2.1>", "<sip:c@192.0.2.1>;expires=5", cseq=2))
    assert contacts(place) == ["sip:a@192.0.2.1"]


def test_equal_uris_are_one_contact_however_they_are_written() -> None:
    place = location()
    register(place, asked("<sip:101@phone.acme.example;transport=tcp>"))
    same = asked("<sip:%3101@PHONE.acme.example;transport=TCP>", cseq=2)
    assert register(place, same) == ["replaced", "registered"]
    assert len(place) == 1
    assert register(place, asked("<sip:101@phone.acme.example:5062;transport=tcp>", cseq=3)) == ["registered"]


def test_nothing_asked_is_nothing_changed() -> None:
    place = location()
    register(place, asked("<sip:a@192.0.2.1>"))
    assert register(place, asked(expires=None, cseq=2)) == []
    assert contacts(place) == ["sip:a@192.0.2.1"]


def test_a_device_that_is_no_more_is_forgotten() -> None:
    place = location()
    register(place, asked("<sip:a@192.0.2.1>", "<sip:b@192.0.2.1>"))
    assert kinds(place.drop(*NAME)) == ["unregistered", "unregistered"]
    assert not place.known_address("192.0.2.1")


INSTANCE = '+sip.instance="<urn:uuid:00000000-0000-1000-8000-805EC0000101>"'


def test_the_same_instance_and_flow_number_is_the_same_phone_wherever_it_is() -> None:
    place = location()
    register(place, asked(f"<sip:101@192.0.2.1:1111;ob>;reg-id=1;{INSTANCE}"))
    moved = asked(f"<sip:101@198.51.100.4:2222;ob>;reg-id=1;{INSTANCE}", call_id="c2")
    assert register(place, moved, NOW + 5) == ["replaced", "registered"]
    second = asked(f"<sip:101@198.51.100.4:3333;ob>;reg-id=2;{INSTANCE}", call_id="c3")
    assert register(place, second, NOW + 6) == ["registered"]
    assert [one.reg_id for one in place.of(*NAME)] == [2, 1]


def test_a_restart_with_another_port_is_told_by_the_instance() -> None:
    place = location()
    register(place, asked(f"<sip:101@192.0.2.1:1111;transport=tcp>;{INSTANCE}"))
    again = asked(f"<sip:101@192.0.2.1:2222;transport=tcp>;{INSTANCE}", call_id="c2")
    assert register(place, again) == ["replaced", "registered"]
    two = asked(f"<sip:101@192.0.2.1:2222>;{INSTANCE}", f"<sip:101@[2001:db8::1]>;{INSTANCE}", call_id="c2", cseq=2)
    assert sorted(register(place, two)) == ["registered", "registered"]


def test_outbound_through_a_proxy_that_does_not_know_it_is_refused() -> None:
    flow = f"<sip:101@192.0.2.1;ob>;reg-id=1;{INSTANCE}"
    with pytest.raises(SipError) as refused:
        register(location(), asked(flow, more="proxied\nPath: <sip:proxy.acme.example;lr>"))
    assert refused.value.code == 439
    place = location()
    register(place, asked(flow, more="proxied\nPath: <sip:proxy.acme.example;lr;ob>"))
    assert place.of(*NAME)[0].path == ("<sip:proxy.acme.example;lr;ob>",)
