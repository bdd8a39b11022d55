"""Two and three baresips, set up by our provisioning, call each other: they hear each other's tones, straight."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from provd.store import call_events
from tests.clients.call_office import CallOffice
from tests.clients.scenes import DOMAIN, GRANDSTREAM, SNOM, SipOffice
from tests.clients.sip_programs import needs
from tests.clients.talking import Talker
from tests.live import YEALINK

pytestmark = [pytest.mark.client, needs("baresip")]
ADA, GRACE, RADIA = 440, 700, 1000
AUTO = ";answermode=auto"


@pytest.fixture
def office(tmp_path: Path) -> Iterator[SipOffice]:
    """Nobody has a mailbox: who is called in vain is told so."""
    with CallOffice(tmp_path / "var") as running:
        yield running


def quiet(office: SipOffice) -> bool:
    """Is nobody in a call any more?"""
    assert office.edge.calls is not None
    return not len(office.edge.calls.controller.book)


def kinds(office: SipOffice) -> list[str]:
    """What is written of calls."""
    assert office.edge.calls is not None
    office.call(office.edge.calls.journal.flush())
    return [row.kind for row in office.store(call_events.after, 0)]


def test_they_talk_hold_and_hang_up(office: SipOffice, tmp_path: Path) -> None:
    ada, radia = office.account(YEALINK), office.account(SNOM)
    with Talker(tmp_path / "ada", ada, ADA) as first, Talker(tmp_path / "radia", radia, RADIA, extra=AUTO) as second:
        office.registered("101"), office.registered("108")
        first.ask("dial", f"sip:108@{DOMAIN}")
        first.told("CALL_ESTABLISHED")
        second.told("CALL_ESTABLISHED")
        assert first.hears(RADIA, [ADA]) and second.hears(ADA, [RADIA])
        assert office.tell(lambda: str(office.edge.presence.state.look(DOMAIN, "108").lamp)) == "busy"
        first.ask("hold")
        office.until(lambda: str(office.edge.presence.state.look(DOMAIN, "101").lamp) == "held")
        first.ask("resume")
        office.until(lambda: str(office.edge.presence.state.look(DOMAIN, "101").lamp) == "busy")
        second.ask("hangup")
        first.told("CALL_CLOSED")
        office.until(lambda: quiet(office))
    assert [one for one in kinds(office) if one not in ("ringing", "alerting")] == [
        "began", "decided", "answered", "answered", "held", "resumed", "left", "left", "ended"
    ]  # fmt: skip


def test_who_does_not_answer_stops_ringing_when_the_caller_gives_up(office: SipOffice, tmp_path: Path) -> None:
    ada, radia = office.account(YEALINK), office.account(SNOM)
    with Talker(tmp_path / "ada", ada, ADA) as first, Talker(tmp_path / "radia", radia, RADIA) as second:
        office.registered("101"), office.registered("108")
        first.ask("dial", f"sip:108@{DOMAIN}")
        second.told("CALL_INCOMING")
        first.told("CALL_RINGING")
        first.ask("hangup")
        second.told("CALL_CLOSED")
        office.until(lambda: quiet(office))
    assert "not_answered" in kinds(office)


def test_a_blind_transfer_by_a_phone(office: SipOffice, tmp_path: Path) -> None:
    ada, grace, radia = office.account(YEALINK), office.account(GRANDSTREAM), office.account(SNOM)
    with (
        Talker(tmp_path / "ada", ada, ADA) as first,
        Talker(tmp_path / "grace", grace, GRACE, extra=AUTO) as second,
        Talker(tmp_path / "radia", radia, RADIA, extra=AUTO) as third,
    ):
        office.registered("101"), office.registered("107"), office.registered("108")
        first.ask("dial", f"sip:107@{DOMAIN}")
        second.told("CALL_ESTABLISHED")
        first.told("CALL_ESTABLISHED")
        first.ask("transfer", f"sip:108@{DOMAIN}")
        third.told("CALL_ESTABLISHED")
        first.told("CALL_CLOSED")
        assert third.hears(GRACE, [ADA, RADIA])
        assert second.hears(RADIA, [ADA, GRACE])
        third.ask("hangup")
        second.told("CALL_CLOSED")
        office.until(lambda: quiet(office))
    assert "transferred" in kinds(office)


def test_a_blind_transfer_to_who_is_busy(office: SipOffice, tmp_path: Path) -> None:
    """baresip is told, and hangs up by itself then, where other phones go on: nobody is left in half a call."""
    ada, grace, radia = office.account(YEALINK), office.account(GRANDSTREAM), office.account(SNOM)
    with (
        Talker(tmp_path / "ada", ada, ADA) as first,
        Talker(tmp_path / "grace", grace, GRACE, extra=AUTO) as second,
        Talker(tmp_path / "radia", radia, RADIA) as third,
    ):
        office.registered("101"), office.registered("107"), office.registered("108")
        first.ask("dial", f"sip:107@{DOMAIN}")
        second.told("CALL_ESTABLISHED")
        first.told("CALL_ESTABLISHED")
        first.ask("transfer", f"sip:108@{DOMAIN}")
        third.told("CALL_INCOMING")
        third.ask("hangup")
        first.told("TRANSFER_FAILED")
        second.told("CALL_CLOSED")
        office.until(lambda: quiet(office))
    assert "not_answered" in kinds(office)


def test_audio_that_has_to_pass_through_the_server(office: SipOffice, tmp_path: Path) -> None:
    """Radia's phone looks as if it were behind a NAT."""
    ada, radia = office.account(YEALINK), office.account(SNOM)
    with Talker(tmp_path / "ada", ada, ADA) as first, Talker(tmp_path / "radia", radia, RADIA, extra=AUTO) as second:
        office.registered("101"), office.registered("108")
        office.tell(anchored, office)
        first.ask("dial", f"sip:108@{DOMAIN}")
        first.told("CALL_ESTABLISHED")
        assert first.hears(RADIA, [ADA]) and second.hears(ADA, [RADIA])
        first.ask("hangup")
        second.told("CALL_CLOSED")
        office.until(lambda: quiet(office))
    assert "relayed" in kinds(office)


def anchored(office: SipOffice) -> None:
    """Have 108's phone look as if it were behind a NAT: by another contact than the address that it comes from."""
    binding = office.edge.registrar.location.of(DOMAIN, "108")[0]
    known = replace(binding, contact=binding.contact.replace("127.0.0.1", "127.0.0.2"))
    office.edge.registrar.location.remove(binding)
    office.edge.registrar.location.restore(known)
