"""Transfers on the wire, blind and attended: what each phone is told, and who hears whom afterwards."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.clients.call_office import CallOffice, call_office
from tests.clients.scenes import DOMAIN
from tests.clients.wire_call import Call
from tests.clients.wire_phone import WirePhone

pytestmark = pytest.mark.client
ADA, RADIA, GRACE = 440, 700, 960


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CallOffice]:
    yield from call_office(tmp_path_factory.mktemp("transfers"))


def talk(ada: WirePhone, radia: WirePhone, number: str = "") -> tuple[Call, Call]:
    """Two phones that talk."""
    out = ada.call(number or radia.device)
    into = radia.rung(*radia.calls.values()).accept()
    out.answered()
    return out, into


def to(number: str, replaces: str = "") -> tuple[str, str]:
    """A Refer-To."""
    more = f"?Replaces={replaces.replace(';', '%3B').replace('=', '%3D').replace('@', '%40')}" if replaces else ""
    return "Refer-To", f"<sip:{number}@{DOMAIN}{more}>"


def test_a_blind_transfer_is_told_from_ringing_to_answer(office: CallOffice) -> None:
    with office.phones("101", "108", "107") as (ada, radia, donald):
        out, into = talk(ada, radia)
        out.send("REFER", b"", to("107"))
        out.response(202, method="REFER")
        out.notified(100)
        third = donald.rung()
        third.reply(180)
        out.notified(180)
        third.reply(200, donald.sdp())
        assert "terminated" in str(out.notified(200).headers.first("subscription-state"))
        out.bye()
        assert radia.voice.hears(GRACE, [ADA]) and donald.voice.hears(RADIA, [ADA])
        into.bye()
        third.hung_up()
    assert [row.reason for row in office.events("transferred")] == ["blind"]


@pytest.mark.parametrize("status", [486, 480, 603])
def test_a_target_that_refuses_and_the_call_goes_on_as_before(office: CallOffice, status: int) -> None:
    with office.phones("101", "108", "107") as (ada, radia, donald):
        out, into = talk(ada, radia)
        out.send("REFER", b"", to("107"))
        donald.rung().reply(status)
        out.notified(486 if status == 603 else status)
        assert ada.voice.hears(RADIA) and radia.voice.hears(ADA)
        out.bye()
        into.hung_up()


def test_a_target_that_does_not_answer_in_time(office: CallOffice) -> None:
    with office.rule("107", seconds=5), office.hurried(), office.phones("101", "108", "107") as (ada, radia, donald):
        out, into = talk(ada, radia)
        out.send("REFER", b"", to("107"))
        third = donald.rung()
        third.reply(180)
        out.notified(180)
        donald.asked("CANCEL")
        out.notified(480)
        assert ada.voice.hears(RADIA) and radia.voice.hears(ADA)
        out.bye()
        into.hung_up()


def test_who_is_on_hold_is_transferred_and_talks_again(office: CallOffice) -> None:
    with office.phones("101", "108", "107") as (ada, radia, donald):
        out, into = talk(ada, radia)
        out.send("INVITE", ada.sdp(more="a=sendonly\r\n"))
        out.answered()
        out.send("REFER", b"", to("107"))
        third = donald.rung().accept()
        out.notified(200)
        out.bye()
        assert radia.voice.hears(GRACE, [ADA]) and donald.voice.hears(RADIA, [ADA])
        third.bye()
        into.hung_up()


def test_an_attended_transfer(office: CallOffice) -> None:
    with office.phones("101", "108", "107") as (ada, radia, donald):
        out, into = talk(ada, radia)
        out.send("INVITE", ada.sdp(more="a=sendonly\r\n"))
        out.answered()
        asks, asked = talk(ada, donald)
        out.send("REFER", b"", to("107", asks.replaces))
        out.notified(200)
        out.bye()
        asks.bye()
        assert radia.voice.hears(GRACE, [ADA]) and donald.voice.hears(RADIA, [ADA])
        into.bye()
        asked.hung_up()
    assert [row.reason for row in office.events("transferred")] == ["attended"]
    (joined, *_) = [one for one in office.history() if one["from_number"] == "108"]
    assert (joined["disposition"], joined["to_number"]) == ("answered", "107")


def test_an_attended_transfer_while_the_target_rings_still(office: CallOffice) -> None:
    with office.phones("101", "108", "107") as (ada, radia, donald):
        out, into = talk(ada, radia)
        asks = ada.call("107")
        first = donald.rung()
        first.reply(180)
        ringing = asks.response(180)
        asks.remote = str(ringing.to)
        out.send("REFER", b"", to("107", asks.replaces))
        donald.asked("CANCEL")
        asks.refused(487)
        assert not ada.has("BYE")  # who was refused is not hung up besides
        second = donald.rung(first).accept()
        out.notified(200)
        out.bye()
        assert radia.voice.hears(GRACE, [ADA]) and donald.voice.hears(RADIA, [ADA])
        into.bye()
        second.hung_up()


@pytest.mark.parametrize("number", ["101", "108", "sip:nobody;x"])
def test_a_refer_to_oneself_or_to_whom_one_talks_with(office: CallOffice, number: str) -> None:
    with office.phones("101", "108") as (ada, radia):
        out, into = talk(ada, radia)
        out.send("REFER", b"", ("Refer-To", f"<sip:{number}@{DOMAIN}>" if number.isdigit() else "<mailto:a@b>"))
        out.response(403 if number.isdigit() else 400, method="REFER")
        assert ada.voice.hears(RADIA) and radia.voice.hears(ADA)
        out.bye()
        into.hung_up()
