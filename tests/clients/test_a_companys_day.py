"""A company's day: two baresips that our provisioning set up, and SIPp as the carrier. Try a call has said before what
becomes of each call, by the same steps; the history of calls shows it afterwards.

The clock of calls is set by the tests: to the Tuesday, and the Thanksgiving, of a November to come.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.clients.company_day import ADAS_OWN, CARRIER_NUMBER, MAIN, RADIAS_OWN, Day
from tests.clients.scenes import SNOM, SipOffice
from tests.clients.sip_programs import needs
from tests.clients.talking import Talker
from tests.live import YEALINK

pytestmark = [pytest.mark.client, needs("baresip"), needs("sipp")]
ADA, RADIA = 440, 1000
CELL = "+13035550177"


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    folder = tmp_path_factory.mktemp("day")
    with SipOffice(folder / "var") as office:
        ada, radia = office.account(YEALINK), office.account(SNOM)
        with Talker(folder / "ada", ada, ADA) as first, Talker(folder / "radia", radia, RADIA) as second:
            office.registered("101"), office.registered("108")
            yield Day(office, folder, first, second)


def test_at_a_minute_to_nine_the_reception_rings(day: Day) -> None:
    said = day.predicted("08:59", MAIN)
    with day.caller_stays(MAIN) as caller:
        day.ada.told("CALL_INCOMING")
        day.ada.ask("accept")
        day.ada.told("CALL_ESTABLISHED")
        day.ada.ask("hangup")
        assert caller.wait(5) == 0
    (record,) = day.history(said.at)
    assert (record["disposition"], record["to_number"], record["from_number"]) == ("answered", "101", CARRIER_NUMBER)
    assert day.decisions(record) == said.first
    assert "answers" in day.steps(record)


def test_at_a_minute_past_five_it_is_the_mailbox(day: Day) -> None:
    said = day.predicted("17:01", MAIN)
    assert day.caller_speaks(MAIN, 0.3) == 0
    (record,) = day.history(said.at)
    assert (record["disposition"], record["to_number"]) == ("voicemail", "101")
    assert day.decisions(record) == said.first


def test_on_a_holiday_it_is_the_mailbox_at_ten_already(day: Day) -> None:
    said = day.predicted("10:00", MAIN, holiday=True)
    assert "Thanksgiving" in said.first
    assert day.caller_speaks(MAIN, 0.3) == 0
    (record,) = day.history(said.at)
    assert (record["disposition"], record["to_number"]) == ("voicemail", "101")
    assert day.decisions(record) == said.first


def test_who_is_out_is_reached_by_cell_which_confirms_it(day: Day) -> None:
    day.rule("108", always={"kind": "external", "value": CELL, "confirm": True})
    said = day.predicted("11:00", "108", extension="101")
    assert f"{CELL} (press 1 to take it)" in said.outcome
    with day.cell(presses=True) as cell:
        day.ada.ask("dial", f"sip:108@{day.domain}")
        day.ada.told("CALL_ESTABLISHED")
        day.ada.ask("hangup")
        assert cell.wait(5) == 0
    day.rule("108", always=None)
    (record,) = day.history(said.at)
    assert (record["disposition"], record["to_number"]) == ("answered", CELL)
    assert day.decisions(record) == said.first
    steps = day.steps(record)
    assert steps.index("is asked to press 1") < steps.index("presses 1") < steps.index("answers")


def test_a_cell_that_rings_too_has_the_call_once_it_presses_1(day: Day) -> None:
    cell = {"to": {"kind": "external", "value": CELL}, "delay": 0, "confirm": True}
    day.rule("108", ring="several", own_all=True, others=[cell])
    said = day.predicted("11:15", "108", extension="101")
    assert f"{CELL} (press 1 to take it)" in said.outcome
    with day.cell(presses=True) as running:
        day.ada.ask("dial", f"sip:108@{day.domain}")
        day.radia.told("CALL_INCOMING")
        day.ada.told("CALL_ESTABLISHED")
        day.radia.told("CALL_CLOSED")
        day.ada.ask("hangup")
        assert running.wait(5) == 0
    day.rule("108", ring="all", own_all=False, others=[])
    (record,) = day.history(said.at)
    assert (record["disposition"], record["to_number"]) == ("answered", CELL)
    assert day.decisions(record) == said.first


def test_a_cell_whose_mailbox_answers_does_not_have_the_call(day: Day) -> None:
    cell = {"to": {"kind": "external", "value": CELL}, "delay": 0, "confirm": True}
    day.rule("108", ring="several", own_all=True, others=[cell])
    said = day.predicted("11:20", "108", extension="101")
    with day.cell() as mailbox:
        day.ada.ask("dial", f"sip:108@{day.domain}")
        day.radia.told("CALL_INCOMING")
        day.until_asked()
        day.radia.ask("accept")
        day.ada.told("CALL_ESTABLISHED")
        assert mailbox.wait(5) == 0
        day.radia.ask("hangup")
        day.ada.told("CALL_CLOSED")
    day.rule("108", ring="all", own_all=False, others=[])
    (record,) = day.history(said.at)
    assert (record["disposition"], record["to_number"]) == ("answered", "108")
    assert day.decisions(record) == said.first


def test_a_missed_call_leaves_a_message_a_lamp_and_a_mail(day: Day) -> None:
    day.rule("101", seconds=5)
    day.mails_voicemail("101")
    said = day.predicted("11:30", ADAS_OWN)
    assert day.caller_speaks(ADAS_OWN, 4.0) == 0
    day.ada.heard("Messages-Waiting: yes")
    (mail,) = day.mails()
    assert f"To: ada@{day.domain}" in mail and "audio/x-wav" in mail
    (record,) = day.history(said.at)
    assert (record["disposition"], record["missed"]) == ("voicemail", True)
    first, second = day.all_decisions(record)
    assert (first, second) == (said.first, said.unanswered)
    day.rule("101", seconds=25)


def test_a_parked_call_is_taken_with_the_key_of_another_phone(day: Day) -> None:
    said, parks = day.predicted("15:00", RADIAS_OWN), day.predicted("15:00", "*701", extension="108")
    takes = day.predicted("15:00", "701", extension="101")
    with day.caller_stays(RADIAS_OWN) as caller:
        day.radia.told("CALL_INCOMING")
        day.radia.ask("accept")
        day.radia.told("CALL_ESTABLISHED")
        day.radia.ask("transfer", f"sip:*701@{day.domain}")
        day.radia.told("CALL_CLOSED")
        dials = day.parked_by_key()
        assert dials == "701"
        day.ada.ask("dial", f"sip:{dials}@{day.domain}")
        day.ada.told("CALL_ESTABLISHED")
        day.ada.ask("hangup")
        assert caller.wait(5) == 0
    (retrieval, waiting, parking, call) = day.history(said.at)
    assert (call["to_number"], waiting["to_number"], retrieval["dialed"]) == ("108", "701", "701")
    assert [day.decisions(one) for one in (call, parking, retrieval)] == [said.first, parks.first, takes.first]
    assert {"parks the call in 701", "is taken out of 701"} < set(day.steps(waiting))
