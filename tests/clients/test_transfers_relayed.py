"""Transfers, pickup and moves where audio passes through the server, and those that end at a mailbox or in nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.clients.call_office import CallOffice, call_office
from tests.clients.scenes import DOMAIN
from tests.clients.wire_call import Call
from tests.clients.wire_phone import WirePhone

pytestmark = pytest.mark.client
ADA, RADIA, DONALD = 440, 700, 960


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CallOffice]:
    yield from call_office(tmp_path_factory.mktemp("relayed"))


def talk(caller: WirePhone, called: WirePhone) -> tuple[Call, Call]:
    """Two who talk."""
    out = caller.call(called.device)
    into = called.rung(*called.calls.values()).accept()
    out.answered()
    return out, into


def to(number: str, replaces: str = "") -> tuple[str, str]:
    """A Refer-To."""
    more = f"?Replaces={replaces.replace(';', '%3B').replace('=', '%3D').replace('@', '%40')}" if replaces else ""
    return "Refer-To", f"<sip:{number}@{DOMAIN}{more}>"


def anchored(office: CallOffice, *phones: WirePhone) -> None:
    """They are behind NATs."""
    for phone in phones:
        office.tell(office.anchor, phone.device)
        phone.contact = phone.contact.replace("127.0.0.1", "127.0.0.2")


@pytest.mark.parametrize("nat", ["transferor", "transferred", "target"])
def test_a_blind_transfer_through_the_server(office: CallOffice, nat: str) -> None:
    with office.phones("101", "108", "107") as (ada, radia, donald):
        anchored(office, {"transferor": ada, "transferred": radia, "target": donald}[nat])
        out, into = talk(ada, radia)
        out.send("REFER", b"", to("107"))
        third = donald.rung().accept()
        out.notified(200)
        out.bye()
        assert radia.voice.hears(DONALD, [ADA]) and donald.voice.hears(RADIA, [ADA])
        third.bye()
        into.hung_up()


@pytest.mark.parametrize("nat", ["transferor", "transferred", "target"])
def test_an_attended_transfer_through_the_server(office: CallOffice, nat: str) -> None:
    with office.phones("101", "108", "107") as (ada, radia, donald):
        anchored(office, {"transferor": ada, "transferred": radia, "target": donald}[nat])
        out, into = talk(ada, radia)
        out.send("INVITE", ada.sdp(more="a=sendonly\r\n"))
        out.answered()
        asks, asked = talk(ada, donald)
        out.send("REFER", b"", to("107", asks.replaces))
        out.notified(200)
        out.bye()
        asks.bye()
        assert radia.voice.hears(DONALD, [ADA]) and donald.voice.hears(RADIA, [ADA])
        into.bye()
        asked.hung_up()


def test_who_was_called_transfers_and_goes_at_once(office: CallOffice) -> None:
    """It does not wait for what becomes of it; the target is busy, so who was transferred is hung up."""
    with office.phones("101", "108", "107", tones=False) as (ada, radia, donald):
        out, into = talk(ada, radia)
        into.send("REFER", b"", to("107"))
        into.response(202, method="REFER")
        into.bye()
        donald.rung().reply(486)
        out.hung_up()


def test_who_was_called_transfers(office: CallOffice) -> None:
    with office.phones("101", "108", "107") as (ada, radia, donald):
        out, into = talk(ada, radia)
        into.send("REFER", b"", to("107"))
        third = donald.rung().accept()
        into.notified(200)
        into.bye()
        assert ada.voice.hears(DONALD, [RADIA]) and donald.voice.hears(ADA, [RADIA])
        out.bye()
        third.hung_up()


def test_a_transfer_to_a_mailbox(office: CallOffice) -> None:
    office.mailbox("109", enabled=True)
    with office.phones("101", "108") as (ada, radia):
        out, into = talk(ada, radia)
        out.send("REFER", b"", to("109"))
        out.notified(200)
        out.bye()
        radia.voice.packets.clear()
        assert office.until(lambda: any(abs(one) > 0.05 for one in radia.voice.heard()))
        into.bye()
    assert [row.detail["argument"] for row in office.events("application")] == ["109"]


@pytest.mark.parametrize("nat", ["caller", "taker"])
def test_a_pickup_through_the_server(office: CallOffice, nat: str) -> None:
    with office.phones("101", "108", "107") as (ada, radia, donald):
        anchored(office, ada if nat == "caller" else donald)
        out = ada.call("108")
        radia.rung().reply(180)
        taker = donald.call("*35108")
        taker.answered()
        out.answered()
        radia.asked("CANCEL")
        assert ada.voice.hears(DONALD) and donald.voice.hears(ADA)
        taker.bye()
        out.hung_up()


@pytest.mark.parametrize("nat", ["parked", "taker"])
def test_a_parked_call_is_taken_through_the_server(office: CallOffice, nat: str) -> None:
    with office.hurried(), office.phones("101", "108", "107") as (ada, radia, donald):
        anchored(office, ada if nat == "parked" else donald)
        out, into = talk(ada, radia)
        into.send("REFER", b"", to("*704"))
        into.notified(200)
        into.bye()
        taker = donald.call("704")
        taker.answered()
        assert ada.voice.hears(DONALD, [RADIA]) and donald.voice.hears(ADA)
        out.bye()
        taker.hung_up()


def test_a_call_moves_through_the_server(office: CallOffice) -> None:
    with office.phones("101", "108", "101a") as (ada, radia, mobile):
        anchored(office, radia)
        out, into = talk(ada, radia)
        taker = mobile.call("*38")
        taker.answered()
        out.hung_up()
        assert mobile.voice.hears(RADIA) and radia.voice.hears(DONALD, [ADA])
        taker.bye()
        into.hung_up()
