"""Phones of different kinds talk: TLS and SRTP with plain RTP, behind a NAT, in G.722; sound and keys go both ways."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.call_office import CallOffice, call_office
from tests.clients.scenes import DOMAIN, SNOM
from tests.clients.served import within
from tests.clients.sip_programs import needs
from tests.clients.talking import Talker
from tests.live import YEALINK

pytestmark = [pytest.mark.client, needs("baresip")]
ADA, RADIA = 1000, 440  # Radia's phone is the first of its test


class Secure(Talker):
    """Speaks SRTP only, with keys in the description (RFC 4568)."""

    def _config(self, *, trusting: bool) -> str:
        return super()._config(trusting=trusting).replace("module_tmp uuid.so", "module srtp.so\nmodule_tmp uuid.so", 1)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CallOffice]:
    yield from call_office(tmp_path_factory.mktemp("secure"))


@pytest.mark.parametrize("called", [False, True])
def test_srtp_over_tls_with_a_phone_that_speaks_neither(office: CallOffice, tmp_path: Path, called: bool) -> None:
    account = office.account(YEALINK, sip__transport="tls")
    extra = ";mediaenc=srtp-mand" + (";answermode=auto" if called else "")
    with (
        office.phones("108") as (radia,),
        Secure(tmp_path / "ada", account, ADA, extra=extra, ca=office.get("/ca.pem").body) as ada,
    ):
        office.registered("101")
        if called:
            call = radia.call("101")
            call.answered()
        else:
            ada.ask("dial", f"sip:108@{DOMAIN}")
            call = radia.rung()
            assert b"RTP/AVP" in call.invite.body and b"crypto" not in call.invite.body
            call.accept()
        ada.told("CALL_ESTABLISHED")
        assert ada.hears(RADIA, [ADA]) and radia.voice.hears(ADA, [RADIA])
        radia.voice.press("7")
        assert ada.told("CALL_DTMF_START") == "7"
        ada.press("4")
        assert within(5, lambda: radia.voice.keys == "4")
        call.bye()
        ada.told("CALL_CLOSED")
    (relayed,) = office.events("relayed")
    assert "SRTP" in relayed.reason


def test_keys_that_are_tones_pass_the_relay(office: CallOffice, tmp_path: Path) -> None:
    account = office.account(YEALINK, sip__transport="tls")
    with (
        office.phones("108", tones=False) as (radia,),
        Secure(tmp_path / "ada", account, ADA, extra=";mediaenc=srtp-mand", ca=office.get("/ca.pem").body) as ada,
    ):
        office.registered("101")
        ada.ask("dial", f"sip:108@{DOMAIN}")
        call = radia.rung().accept()
        ada.told("CALL_ESTABLISHED")
        radia.voice.whistle("5", 3.0)
        assert ada.hears(770, [697, 852, 941]) and ada.hears(1336, [1209, 1477])
        call.bye()
        ada.told("CALL_CLOSED")


@pytest.mark.parametrize("behind_nat", [False, True])
def test_wideband_is_heard_directly_and_through_the_server(
    office: CallOffice, tmp_path: Path, behind_nat: bool
) -> None:
    with (
        office.phones(),
        Talker(tmp_path / "ada", office.account(YEALINK, sip__transport="udp"), ADA, wide=True) as ada,
        Talker(tmp_path / "radia", office.account(SNOM), RADIA, wide=True, extra=";answermode=auto") as radia,
    ):
        office.registered("101"), office.registered("108")
        if behind_nat:
            office.tell(office.anchor, "108")
        ada.ask("dial", f"sip:108@{DOMAIN}")
        ada.told("CALL_ESTABLISHED")
        assert ada.hears(RADIA, [ADA]) and radia.hears(ADA, [RADIA])
        ada.ask("hangup")
        radia.told("CALL_CLOSED")
    assert len(office.events("relayed")) == int(behind_nat)
