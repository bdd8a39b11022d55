"""Call screening with strangers: a baresip says its name, others hear it and press 1 or 2, a baresip and a cell. A name
is a tone here, so that what is heard can be told apart."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from provd.store import trunks
from tests.clients.call_office import CallOffice, call_office
from tests.clients.scenes import DOMAIN, PATIENCE, SNOM
from tests.clients.served import within
from tests.clients.sip_programs import needs
from tests.clients.talking import Talker
from tests.clients.wire_phone import WirePhone
from tests.live import YEALINK

pytestmark = [pytest.mark.client, needs("baresip")]
ADA, RADIA, SAYS = 700, 1000, 1500
RINGBACK = 480
CELL = "+13035550177"
NOWHERE = ["192.0.2.7/32"]
"""Nobody calls in by the trunk of the cell."""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CallOffice]:
    yield from call_office(tmp_path_factory.mktemp("screening"))


@pytest.fixture(scope="module")
def phones(office: CallOffice, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Talker, Talker]]:
    folder = tmp_path_factory.mktemp("phones")
    ada, radia = office.account(YEALINK), office.account(SNOM)
    with Talker(folder / "ada", ada, ADA) as first, Talker(folder / "radia", radia, RADIA) as second:
        office.registered("101"), office.registered("108")
        yield first, second


@pytest.fixture
def ada(phones: tuple[Talker, Talker]) -> Talker:
    phones[0].forget()
    return phones[0]


@pytest.fixture
def radia(phones: tuple[Talker, Talker]) -> Talker:
    phones[1].forget()
    return phones[1]


@pytest.fixture
def cell(office: CallOffice) -> Iterator[WirePhone]:
    """A cell behind a trunk of the company."""
    with WirePhone(office, "cell", SAYS, trunk=True) as phone:
        now, company = int(time.time()), office.company_id
        row = office.store(trunks.create, company, "carrier", "127.0.0.1", now, port=phone.port, networks=NOWHERE)
        office.call(office.calls.trunks.refresh())
        yield phone
        office.store(trunks.delete, company, row.id, now)
        office.call(office.calls.trunks.refresh())


def says_its_name(office: CallOffice, caller: Talker, called: str) -> None:
    """Call somebody, and say the tone for a moment, with # before it and behind it."""
    caller.ask("dial", f"sip:{called}@{DOMAIN}")
    caller.told("CALL_ESTABLISHED")
    caller.ask("sndcode", "#")
    naming = office.calls.controller.screening.naming
    office.until(lambda: any(one.stat().st_size > 8000 for one in (naming.folder or Path("none")).glob("*.wav")))
    caller.ask("sndcode", "#")


def screened(office: CallOffice) -> list[tuple[str, str]]:
    """What happened to the name and to who was asked."""
    kinds = ("screened", "asked", "accepted", "not_answered")
    return [(row.kind, row.reason) for row in office.events(*kinds)]


def test_the_name_is_heard_and_1_connects(office: CallOffice, ada: Talker, radia: Talker) -> None:
    with office.rule("101", screening=True):
        says_its_name(office, radia, "101")
        ada.told("CALL_INCOMING")
        assert radia.hears(RINGBACK, [ADA, RADIA])
        ada.ask("accept")
        ada.told("CALL_ESTABLISHED")
        assert ada.hears(RADIA, [ADA, RINGBACK]), "the tone that the caller has said as its name"
        assert radia.hears(RINGBACK, [ADA]), "who listens is not heard"
        ada.ask("sndcode", "1")
        assert radia.hears(ADA, [RADIA, RINGBACK])
        assert ada.hears(RADIA, [ADA, RINGBACK])
        ada.ask("hold")
        office.until(lambda: office.edge.presence.state.look(DOMAIN, "101").lamp == "held")
        ada.ask("resume")
        office.until(lambda: office.edge.presence.state.look(DOMAIN, "101").lamp == "busy")
        assert radia.hears(ADA, [RADIA, RINGBACK]) and ada.hears(RADIA, [ADA, RINGBACK])
        ada.ask("hangup")
        radia.told("CALL_CLOSED")
    office.quiet()
    assert screened(office) == [("screened", "asked"), ("screened", "named"), ("asked", "screening"), ("accepted", "")]


def test_a_cell_that_presses_1_has_the_call_of_who_else_was_asked(
    office: CallOffice, ada: Talker, radia: Talker, cell: WirePhone
) -> None:
    other = {"to": {"kind": "external", "value": CELL}, "delay": 0}
    with office.rule("101", screening=True, ring="several", own_all=True, others=[other]):
        says_its_name(office, radia, "101")
        ada.told("CALL_INCOMING")
        ada.ask("accept")
        ada.told("CALL_ESTABLISHED")
        into = cell.rung().accept()
        assert cell.voice.hears(RADIA, [ADA, RINGBACK]), "it was recorded once, and is heard by both"
        cell.voice.press("1")
        assert radia.hears(SAYS, [ADA, RINGBACK])
        ada.told("CALL_CLOSED")
        radia.ask("hangup")
        into.hung_up()
    office.quiet()
    found = screened(office)[-4:]
    assert found == [("asked", "screening"), ("asked", "screening"), ("accepted", ""), ("not_answered", "elsewhere")]


def test_2_sends_the_caller_to_the_mailbox(office: CallOffice, ada: Talker, radia: Talker) -> None:
    office.mailbox("101", enabled=True)
    with office.rule("101", screening=True):
        says_its_name(office, radia, "101")
        ada.told("CALL_INCOMING")
        ada.ask("accept")
        ada.told("CALL_ESTABLISHED")
        assert ada.hears(RADIA, [ADA, RINGBACK])
        ada.ask("sndcode", "2")
        ada.told("CALL_CLOSED")
        assert within(PATIENCE, lambda: office.events("application"))
        radia.ask("hangup")
    office.quiet()
    office.mailbox("101", enabled=False)
    assert screened(office)[-1] == ("not_answered", "voicemail")
    assert "voicemail" in [row.detail.get("application") for row in office.events("application")]
