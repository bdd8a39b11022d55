"""Calls that somebody else takes, by code and by the key of a lamp; parked calls; and the switches of a person."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.clients.call_office import CallOffice, call_office
from tests.clients.scenes import DOMAIN
from tests.clients.wire_call import Call, watch
from tests.clients.wire_phone import WirePhone

pytestmark = pytest.mark.client
ADA, RADIA, DONALD = 440, 700, 960


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CallOffice]:
    yield from call_office(tmp_path_factory.mktemp("pickup"))


def ringing(caller: WirePhone, called: WirePhone) -> tuple[Call, Call]:
    """A call that rings."""
    out = caller.call(called.device)
    into = called.rung()
    into.reply(180)
    out.remote = str(out.response(180).to)
    return out, into


def talk(caller: WirePhone, called: WirePhone) -> tuple[Call, Call]:
    """Two who talk."""
    out = caller.call(called.device)
    into = called.rung().accept()
    out.answered()
    return out, into


@pytest.mark.parametrize("code", ["*35108", "*36", "*37", "*34"])  # 107, 108: both Sales, and of Dallas
def test_a_call_is_picked_up_by_code(office: CallOffice, code: str) -> None:
    with office.phones("101", "108", "107") as (ada, radia, donald):
        out, _ = ringing(ada, radia)
        taker = donald.call(code)
        taker.answered()
        out.answered()
        assert "Call completed elsewhere" in str(radia.asked("CANCEL").headers.first("reason"))
        assert ada.voice.hears(DONALD) and donald.voice.hears(ADA)
        taker.bye()
        out.hung_up()
    assert [row.reason for row in office.events("replaced")] == ["picked up"]


@pytest.mark.parametrize("who", ["caller", "taker"])
@pytest.mark.parametrize("relayed", [False, True], ids=["direct", "relayed"])
def test_a_pickup_where_one_of_the_two_offers_nothing(office: CallOffice, who: str, relayed: bool) -> None:
    """Its answer comes with its ACK."""
    with office.phones("101", "108", "107") as (ada, radia, donald):
        if relayed:
            donald.contact = donald.contact.replace("127.0.0.1", "127.0.0.2")
        out = ada.call("108", b"" if who == "caller" else None)
        radia.rung().reply(180)
        taker = donald.call("*35108", b"" if who == "taker" else None)
        if who == "caller":
            out.answered(ada.sdp())
            taker.answered()
        else:
            taker.answered(donald.sdp())
            out.answered()
        assert "elsewhere" in str(radia.asked("CANCEL").headers.first("reason"))
        assert ada.voice.hears(DONALD) and donald.voice.hears(ADA)
        out.bye()
        taker.hung_up()
    assert bool(office.events("relayed")) == relayed


def test_a_pickup_by_a_phone_that_never_answers_the_offer(office: CallOffice) -> None:
    with office.phones("101", "108", "107", tones=False) as (ada, radia, donald):
        out = ada.call("108")
        radia.rung().reply(180)
        taker = donald.call("*35108", b"")
        taker.answered()
        taker.hung_up()
        out.refused(480)


def test_nobody_of_another_department_or_site_picks_it_up(office: CallOffice) -> None:
    with office.phones("101", "108", "106", tones=False) as (ada, radia, katherine):  # 106: the office in Denver
        out, into = ringing(ada, radia)
        for code in ("*37", "*34", "*35107"):
            katherine.call(code).refused(404)
        into.accept()
        out.answered()
        out.bye()


def test_a_call_is_picked_up_by_the_key_of_its_lamp(office: CallOffice) -> None:
    """The key names the dialog that its lamp was told of (RFC 4235), in Replaces (RFC 3891)."""
    with office.phones("101", "108", "107") as (ada, radia, donald):
        watched = watch(donald, "108")
        out, _ = ringing(ada, radia)
        state = watched(">early<")
        call_id, local, remote = (
            re.search(f'{name}="([^"]+)"', state) for name in ("call-id", "local-tag", "remote-tag")
        )
        assert call_id and remote
        tags = f"to-tag={local[1] if local else 0};from-tag={remote[1]};early-only"
        taker = donald.call("108", None, ("Replaces", f"{call_id[1]};{tags}"))
        taker.answered()
        out.answered()
        radia.asked("CANCEL")
        assert ada.voice.hears(DONALD) and donald.voice.hears(ADA)
        out.bye()
        taker.hung_up()


def test_a_call_that_is_parked_by_code_is_taken_by_key_and_by_code(office: CallOffice) -> None:
    with office.hurried(), office.phones("101", "108", "107") as (ada, radia, donald):
        out, into = talk(ada, radia)
        into.send("INVITE", radia.sdp(more="a=sendonly\r\n"))
        into.answered()
        radia.call("*702").answered()
        into.hung_up()
        assert office.lamp("702") == "parked"
        first = donald.call("702")
        first.answered()
        assert ada.voice.hears(DONALD) and donald.voice.hears(ADA)
        first.send("REFER", b"", ("Refer-To", f"<sip:***@{DOMAIN}>"))
        first.notified(200)
        first.bye()
        assert office.lamp("701") == "parked"
        second = radia.call("*55701")
        second.answered()
        assert ada.voice.hears(RADIA, [DONALD]) and radia.voice.hears(ADA)
        second.bye()
        out.hung_up()
    assert [row.detail["orbit"] for row in office.events("parked", "retrieved")] == ["702", "702", "701", "701"]


def test_a_parked_call_that_nobody_takes_rings_back(office: CallOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sip_edge.call.orbits.RING_FOR", 0.3)
    with office.phones("101", "108") as (ada, radia):
        out, into = talk(ada, radia)
        into.send("REFER", b"", ("Refer-To", f"<sip:*703@{DOMAIN}>"))
        into.notified(200)
        into.bye()
        back = radia.rung(into)
        assert "703: Ada" in str(back.invite.from_)
        back.reply(486)
        again = radia.rung(into, back).accept()
        assert ada.voice.hears(RADIA) and radia.voice.hears(ADA)
        again.bye()
        out.hung_up()


def test_the_own_call_moves_to_the_other_phone(office: CallOffice) -> None:
    with office.phones("101", "108", "101a") as (ada, radia, mobile):
        out, into = talk(ada, radia)
        taker = mobile.call("*38")
        taker.answered()
        out.hung_up()
        assert mobile.voice.hears(RADIA) and radia.voice.hears(DONALD, [ADA])
        taker.bye()
        into.hung_up()


def test_the_history_says_who_has_taken_a_call(office: CallOffice) -> None:
    with office.phones("101", "108", "107", "101a", tones=False) as (ada, radia, donald, mobile):
        out, _ = ringing(ada, radia)
        taker = donald.call("*35108")
        taker.answered()
        out.answered()
        moved = mobile.call("*38")
        moved.answered()
        out.hung_up()
        moved.bye()
        taker.hung_up()
    told = {one["dialed"]: (one["disposition"], one["to_number"]) for one in office.history()[:3]}
    assert told == {"108": ("answered", "107"), "*35108": ("done", ""), "*38": ("answered", "107")}
