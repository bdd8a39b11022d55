"""A message is for the process that its company lives in, read from its octets."""

from __future__ import annotations

import time

import pytest

from provd.share import home
from sip_edge.message import parse
from sip_edge.sorting import Carried, carried, mark, place

COUNT = 3
COMPANIES = {name: home(name, COUNT) for name in ("acme.example", "globex.example", "initech.example", "[2001:db8::1]")}
ACME = COMPANIES["acme.example"]
LINES = ("Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKx", "Call-ID: 1", "CSeq: 1 REGISTER")


def said(start: str, *lines: str) -> bytes:
    return "\r\n".join([start, *LINES, *lines, "", ""]).encode()


def where(data: bytes) -> int | None:
    return place(data, COUNT, COMPANIES.__contains__)


def test_every_company_lives_somewhere_and_all_processes_have_some() -> None:
    homes = [home(f"company{number}.example", 2) for number in range(1000)]
    assert set(homes) == {0, 1} and 400 < sum(homes) < 600
    assert home("ACME.example", COUNT) == ACME
    assert home("acme.example", 1) == 0


@pytest.mark.parametrize("name", COMPANIES)
def test_a_register_goes_by_its_to_and_others_by_their_from(name: str) -> None:
    assert (
        where(said(f"REGISTER sip:{name} SIP/2.0", "From: <sip:1@else.example>", f"To: <sip:1@{name}>"))
        == (COMPANIES[name])
    )
    request = said("SUBSCRIBE sip:2@198.51.100.1 SIP/2.0", f"From: <sip:1@{name}>;tag=a", "To: <sip:2@else.example>")
    assert where(request) == COMPANIES[name]


@pytest.mark.parametrize(
    "written",
    [
        "To: sip:101@acme.example",
        "t: <sip:101@acme.example:5060;transport=tcp>",
        "TO :\tAda <sips:101@ACME.example>",
        'To: "sip:1@globex.example" <sip:101@acme.example>',
        'To: "quo\\"te <sip:x@globex.example>" <sip:101@acme.example>',
        "To:\r\n <sip:101@acme.example>",
        "To: <sip:acme.example>",
        "To: <sip:1%40x:secret@acme.example?Subject=x>",
    ],
)
def test_addresses_are_written_in_many_ways(written: str) -> None:
    data = said("REGISTER sip:acme.example SIP/2.0", "From: <sip:9@globex.example>", written)
    assert where(data) == ACME
    assert where(b"\r\n" + data) == ACME


def test_a_request_from_elsewhere_goes_to_the_company_it_is_for() -> None:
    assert where(
        said("INVITE sip:200@acme.example SIP/2.0", "From: <sip:1@carrier.example>;tag=a", "To: <sip:2@x>")
    ) == (ACME)


def test_in_a_dialog_with_a_stranger_our_tag_tells() -> None:
    lines = ("From: <sip:1@carrier.example>;tag=a", f"To: <sip:2@x>;tag={mark(2, COUNT)}0011")
    assert where(said("BYE sip:200@198.51.100.1 SIP/2.0", *lines)) == 2
    assert where(said("BYE sip:200@198.51.100.1 SIP/2.0", lines[0], "To: <sip:2@x>;tag=p7-00")) is None


def test_a_response_goes_to_whoever_asked() -> None:
    top = f"Via: SIP/2.0/UDP 198.51.100.1:5060;rport=5060;branch=z9hG4bK{mark(1, COUNT)}77"
    assert where(f"SIP/2.0 200 OK\r\n{top}\r\nFrom: <sip:1@acme.example>\r\n\r\n".encode()) == 1
    assert where(said("SIP/2.0 200 OK", "From: <sip:1@acme.example>")) is None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\r\n\r\n",
        b"REGISTER",
        b"\x00\x01\xff",
        b"REGISTER sip:nobody.example SIP/2.0\r\nTo: <sip:1@nobody>\r\n\r\n",
    ],
)
def test_what_cannot_be_told_stays_where_it_came_in(data: bytes) -> None:
    assert where(data) is None


def test_alone_nothing_is_marked() -> None:
    assert mark(0, 1) == ""


@pytest.mark.parametrize(
    "long",
    [
        b"To: " + b" " * 60_000,
        b'To: "' + b"\\a" * 30_000,
        b"To: <" * 12_000,
        b"To: sip:" + b"a@" * 30_000,
        b"\nt:" * 20_000,
    ],
)
def test_no_message_takes_long(long: bytes) -> None:
    data = b"REGISTER sip:x SIP/2.0\r\n" + long
    started = time.perf_counter()
    for _ in range(10):
        where(data)
    assert time.perf_counter() - started < 0.5


def test_what_the_stack_writes_is_found_again() -> None:
    request = parse(said("NOTIFY sip:1@192.0.2.1 SIP/2.0", "From: <sip:a@b>;tag=1", "To: <sip:1@acme.example>"))
    branch = f"branch=z9hG4bK{mark(1, COUNT)}{'0' * 16}"
    answer = bytes(request).replace(b"branch=z9hG4bKx", branch.encode()).split(b"\r\n", 1)[1]
    assert where(b"SIP/2.0 200 OK\r\n" + answer) == 1


def test_what_a_carrier_says_of_where_its_request_belongs() -> None:
    lines = ('From: "Carol" <sip:+13035550188@carrier.example>;tag=a', "To: <sip:+12145550140;x=1@198.51.100.1>")
    asked = carried(said("INVITE sip:acme@198.51.100.1:5060 SIP/2.0", *lines), COUNT)
    assert asked == Carried("+13035550188", "carrier.example", ("acme", "+12145550140"), None)
    inside = carried(said("BYE sip:x@198.51.100.1 SIP/2.0", lines[0], "t: sip:1@198.51.100.1;tag=p2-abc"), COUNT)
    assert inside == Carried("+13035550188", "carrier.example", (), 2)
    assert carried(said("INVITE tel:+12145550140 SIP/2.0", *lines), COUNT) is not None
    assert carried(said("REGISTER sip:acme.example SIP/2.0", *lines), COUNT) is None
    assert carried(b"SIP/2.0 200 OK\r\n\r\n", COUNT) is None
    assert carried(b"\x00" * 100, COUNT) == Carried()


@pytest.mark.parametrize("bad", ["INVITE sip:" + "1" * 8000, "INVITE sip:1@x SIP/2.0\r\nFrom: " + "<" * 8000])
def test_hostile_requests_of_carriers_are_read_in_a_moment(bad: str) -> None:
    begun = time.perf_counter()
    carried(bad.encode(), COUNT)
    assert time.perf_counter() - begun < 0.05
