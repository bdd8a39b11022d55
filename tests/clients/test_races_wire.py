"""What crosses on the wire: two who hang up, an answer and a CANCEL, two answers, and callers that offer nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sip_edge.message import Request
from tests.clients.call_office import CallOffice, call_office
from tests.clients.served import within
from tests.clients.wire_call import Call
from tests.clients.wire_phone import WirePhone

pytestmark = pytest.mark.client
ADA, RADIA = 440, 700


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CallOffice]:
    yield from call_office(tmp_path_factory.mktemp("races"))


BOTH = pytest.mark.parametrize("relayed", [False, True], ids=["direct", "relayed"])


def ringing(office: CallOffice, ada: WirePhone, radia: WirePhone, *, relayed: bool) -> tuple[Call, Call]:
    """A call that rings; `relayed`: its audio is to pass through the server."""
    if relayed:
        office.tell(office.anchor, radia.device)
    out = ada.call(radia.device)
    into = radia.rung()
    into.reply(180)
    out.remote = str(out.response(180).to)
    return out, into


@BOTH
def test_both_hang_up_at_once(office: CallOffice, relayed: bool) -> None:
    with office.phones("101", "108", tones=False) as (ada, radia):
        out, into = ringing(office, ada, radia, relayed=relayed)
        into.accept()
        out.answered()
        out.send("BYE")
        into.send("BYE")
        assert out.response(200, 481, method="BYE").status == 200
        assert into.response(200, 481, method="BYE").status in (200, 481)
    assert [row.reason for row in office.events("ended")] == ["hung_up"]


@BOTH
def test_an_answer_that_crosses_the_callers_cancel(office: CallOffice, relayed: bool) -> None:
    with office.phones("101", "108", tones=False) as (ada, radia):
        out, into = ringing(office, ada, radia, relayed=relayed)
        radia.manual.add("CANCEL")
        out.cancel()
        out.response(200, method="CANCEL")
        cancel = radia.asked("CANCEL")
        into.reply(200, radia.sdp())
        radia.send(cancel.reply(200))
        radia.asked("ACK")
        into.hung_up()
        out.refused(487)
    assert [(row.status, row.reason) for row in office.events("ended")] == [(487, "cancelled")]


@BOTH
def test_two_answers_of_one_phone(office: CallOffice, relayed: bool) -> None:
    """A proxy behind the phone's line has rung two, and both have answered (RFC 3261 section 13.2.2.4)."""
    with office.phones("101", "108") as (ada, radia):
        out, into = ringing(office, ada, radia, relayed=relayed)
        into.accept()
        out.answered()
        first, into.tag = into.tag, "other"
        into.reply(200, radia.sdp(port=9))
        bye = into.hung_up()
        assert bye.to.tag == "other"
        into.tag = first
        assert ada.voice.hears(RADIA) and radia.voice.hears(ADA)
        out.bye()
        assert into.hung_up().to.tag == first


@BOTH
def test_a_cancel_on_the_heels_of_its_invite(office: CallOffice, relayed: bool) -> None:
    with office.phones("101", "108", tones=False) as (ada, radia):
        if relayed:
            office.tell(office.anchor, radia.device)
        for _ in range(5):
            out = ada.call("108")
            out.cancel()
            out.response(200, method="CANCEL")
            out.refused(487)
    assert {row.status for row in office.events("ended")} == {487}


@BOTH
def test_a_bye_before_the_answer(office: CallOffice, relayed: bool) -> None:
    with office.phones("101", "108", tones=False) as (ada, radia):
        out, _ = ringing(office, ada, radia, relayed=relayed)
        out.send("BYE")
        out.response(200, method="BYE")
        radia.asked("CANCEL")
        out.refused(487)


@BOTH
def test_a_bye_of_the_called_before_it_has_answered(office: CallOffice, relayed: bool) -> None:
    """No phone may (RFC 3261 section 15): it goes on ringing, and may still answer."""
    with office.phones("101", "108", tones=False) as (ada, radia):
        out, into = ringing(office, ada, radia, relayed=relayed)
        into.send("BYE")
        into.response(481, method="BYE")
        into.accept()
        out.answered()
        out.bye()


@BOTH
def test_a_caller_that_offers_nothing(office: CallOffice, relayed: bool) -> None:
    with office.phones("101", "108") as (ada, radia):
        if relayed:
            office.tell(office.anchor, radia.device)
        out = ada.call("108", b"")
        into = radia.rung()
        assert not into.invite.body
        into.reply(200, radia.sdp())
        out.answered(ada.sdp())
        assert b"m=audio" in radia.asked("ACK").body
        assert ada.voice.hears(RADIA) and radia.voice.hears(ADA)
        out.bye()


@pytest.mark.parametrize("answers", [True, False])
def test_a_caller_that_offers_nothing_to_a_mailbox(office: CallOffice, answers: bool) -> None:
    office.mailbox("109", enabled=True)
    with office.phones("101") as (ada,):
        out = ada.call("109", b"")
        said = out.answered(ada.sdp() if answers else b"")
        assert b"m=audio" in said.body
        if answers:
            ada.voice.packets.clear()
            assert office.until(lambda: any(abs(one) > 0.05 for one in ada.voice.heard()))
            out.bye()
        else:
            out.hung_up()
    assert [row.detail["application"] for row in office.events("application")] == ["voicemail"] * answers


@BOTH
def test_two_phones_answer_at_once(office: CallOffice, relayed: bool) -> None:
    """One has the call, the other is hung up and told why; whoever it is, they hear each other."""
    with office.phones("108", "101", "101a") as (radia, desk, mobile):
        if relayed:
            office.tell(office.anchor, "101")
            office.tell(office.anchor, "101a")
        out = radia.call("101")
        calls = [phone.rung() for phone in (desk, mobile)]
        for call in calls:
            call.reply(200, call.phone.sdp())
        out.answered()
        for call in calls:
            call.asked("ACK")
            call.phone.voice.heed(call.invite.body, call.call_id)
        lost = within(5, lambda: [call for call in calls if call.phone.has("BYE")])
        assert len(lost) == 1
        told = [str(one.headers.first("reason")) for one in list(lost[0].phone.got) if isinstance(one, Request)]
        assert any("Call completed elsewhere" in reason for reason in told)  # in CANCEL, or where that crossed in BYE
        lost[0].hung_up()
        (won,) = [call for call in calls if call is not lost[0]]
        tone = {"101": 700, "101a": 960}[won.phone.device]
        assert radia.voice.hears(tone) and won.phone.voice.hears(440)
        out.bye()
        won.hung_up()
