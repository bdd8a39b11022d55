"""SUBSCRIBEs that get no subscription, and the code that says why."""

from __future__ import annotations

import pytest

from sip_edge.presence.book import Book
from tests.presence.desk import Desk, Handset


def test_an_unknown_event_names_those_there_are() -> None:
    answer = Handset(Desk()).subscribe(event="weather")
    assert answer.status == 489
    assert answer.headers["allow-events"].split(", ")[:2] == ["dialog", "presence"]


def test_without_an_event_there_is_none_either() -> None:
    desk = Desk()
    phone = Handset(desk)
    phone.send(
        "SUBSCRIBE sip:102@acme.example SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.50;branch=z9hG4bKnone\r\n"
        "Max-Forwards: 70\r\n"
        "From: <sip:101@acme.example>;tag=1\r\nTo: <sip:102@acme.example>\r\nCall-ID: x\r\nCSeq: 1 SUBSCRIBE\r\n"
        "Contact: <sip:101@192.0.2.50>\r\nContent-Length: 0\r\n\r\n"
    )
    assert phone.responses[-1].status == 489


@pytest.mark.parametrize(
    ("more", "expires", "status"),
    [
        ("Accept: application/pidf+xml\r\n", 600, 406),
        ("Accept: text/*, image/png\r\n", 600, 406),
        ("Accept: application/dialog-info+xml;q=0\r\n", 600, 406),
        ("Accept: application/pidf+xml, application/*\r\n", 600, 200),
        ("", 59, 423),
        ("", 60, 200),
    ],
)
def test_what_the_phone_accepts_and_how_long_it_asks_for(more: str, expires: int, status: int) -> None:
    assert Handset(Desk()).subscribe(more=more, expires=expires).status == status


def test_too_short_says_how_long_is_long_enough() -> None:
    assert Handset(Desk()).subscribe(expires=5).headers["min-expires"] == "60"


def test_nobody_watches_another_company() -> None:
    desk = Desk()
    phone = Handset(desk)
    assert phone.subscribe(domain="other.example").status == 404
    assert phone.subscribe(domain="192.0.2.9", call="2").status == 200  # our own address: the phone's company is meant
    phone.take()
    desk.state.set_state("other.example", "102", "busy")
    desk.pass_time(0.0)
    assert phone.take() == []


@pytest.mark.parametrize("name", ["%20", "a%00b", "x" * 65])
def test_names_nobody_can_have(name: str) -> None:
    assert Handset(Desk()).subscribe(name).status == 404


def test_whoever_was_not_authenticated_gets_nothing_more() -> None:
    desk = Desk(authenticate=lambda asked: asked.reply(401) and None)
    phone = Handset(desk)
    assert phone.subscribe().status == 401
    assert len(phone.responses) == 1
    assert phone.take() == []
    assert len(desk.presence.book) == 0


def test_a_dialog_nobody_knows_and_a_tag_somebody_guesses() -> None:
    desk = Desk()
    phone = Handset(desk)
    phone.subscribe()
    thief = Handset(desk, "666")
    thief.number = phone.number
    thief.tags["1"] = ";tag=0123456789abcdef0123"
    assert thief.subscribe(cseq=9).status == 481


def test_an_old_cseq_changes_nothing() -> None:
    desk = Desk()
    phone = Handset(desk)
    phone.subscribe(cseq=10)
    assert phone.subscribe(cseq=9, expires=0).status == 500
    assert len(desk.presence.book) == 1


def test_a_refresh_over_another_way_is_authenticated_again() -> None:
    desk = Desk()
    phone = Handset(desk)
    phone.subscribe()
    desk.presence.hooks.authenticate = lambda asked: asked.reply(401) and None
    assert phone.subscribe().status == 200
    phone.flow = type(phone.flow)("UDP", ("198.51.100.66", 5060))
    phone.flow.back = phone._received
    assert phone.subscribe(expires=0).status == 401
    assert len(desk.presence.book) == 1


def test_a_proof_is_good_for_an_hour() -> None:
    desk = Desk()
    phone = Handset(desk)
    phone.subscribe(expires=7200)
    desk.presence.hooks.authenticate = lambda asked: asked.reply(401) and None
    desk.pass_time(3601)
    assert phone.subscribe().status == 401


def test_a_device_has_its_share_and_the_server_its_limit() -> None:
    desk = Desk(Book(per_device=3, in_all=5))
    first, second = Handset(desk, "101"), Handset(desk, "102")
    assert [first.subscribe(str(n), call=str(n)).status for n in range(4)] == [200, 200, 200, 403]
    answers = [second.subscribe(str(n), call=str(n)) for n in range(3)]
    assert [answer.status for answer in answers] == [200, 200, 503]
    assert answers[-1].headers["retry-after"] == "10"
    first.subscribe("0", call="0", expires=0)
    assert second.subscribe("9", call="9").status == 200
