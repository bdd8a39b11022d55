"""Phones hold each other in any order, and every one hears what it is to hear: measured where the audio comes in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from sip_edge.call.music import Begin
from sip_edge.media import tones
from sip_edge.media.engine import File
from tests.clients.call_office import CallOffice, call_office
from tests.clients.scenes import DOMAIN
from tests.clients.sip_programs import needs
from tests.clients.test_calls_secure import Secure
from tests.clients.wire_call import Call
from tests.live import YEALINK
from tests.media.phone import wav_file

pytestmark = pytest.mark.client
FIRST, SECOND, MUSIC = 440, 700, 1500
SECURE = 1000


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CallOffice]:
    folder = tmp_path_factory.mktemp("music")
    song = wav_file(folder / "song.wav", np.tile(tones.sine((MUSIC,), 0.2), 20))

    async def played(_domain: str, _extension: str) -> Begin | None:
        return lambda: iter([File(song, 1.0, 2.0)] * 100)

    for made in call_office(folder / "var"):
        made.calls.controller.waiting.music = played
        yield made


def offers(call: Call, direction: str) -> None:
    """A phone holds, or resumes."""
    call.send("INVITE", call.phone.sdp(more=f"a={direction}\r\n"))
    call.answered()


@pytest.mark.parametrize("relayed", [False, True], ids=["directly", "through the server"])
def test_each_holds_the_other(office: CallOffice, relayed: bool) -> None:
    with office.phones("101", "108") as (ada, radia):
        if relayed:
            office.tell(office.anchor, "108")
        out = ada.call("108")
        into = radia.rung().accept()
        out.answered()
        assert ada.voice.hears(SECOND) and radia.voice.hears(FIRST)
        offers(out, "sendonly")
        assert radia.voice.hears(MUSIC, [FIRST])
        offers(into, "inactive")
        offers(out, "sendrecv")
        assert ada.voice.hears(MUSIC, [SECOND]), "Radia holds still"
        offers(into, "sendrecv")
        assert ada.voice.hears(SECOND, [MUSIC]) and radia.voice.hears(FIRST, [MUSIC])
        offers(into, "sendonly")
        assert ada.voice.hears(MUSIC, [SECOND])
        offers(into, "sendrecv")
        assert ada.voice.hears(SECOND, [MUSIC]) and radia.voice.hears(FIRST, [MUSIC])
        offers(out, "sendonly")
        assert radia.voice.hears(MUSIC, [FIRST])
        into.bye()
        out.hung_up()
    assert office.media["legs"] == 0


@needs("baresip")
def test_a_phone_that_speaks_srtp_only(office: CallOffice, tmp_path: Path) -> None:
    account = office.account(YEALINK, sip__transport="tls")
    extra = ";mediaenc=srtp-mand;answermode=auto"
    with (
        office.phones("108") as (radia,),
        Secure(tmp_path / "ada", account, SECURE, extra=extra, ca=office.get("/ca.pem").body) as ada,
    ):
        office.registered("101")
        call = radia.call("101")
        call.answered()
        assert ada.hears(FIRST) and radia.voice.hears(SECURE)
        offers(call, "sendonly")
        assert ada.hears(MUSIC, [FIRST])
        offers(call, "sendrecv")
        assert ada.hears(FIRST, [MUSIC]) and radia.voice.hears(SECURE, [MUSIC])
        ada.ask("hold")
        assert radia.voice.hears(MUSIC, [SECURE])
        ada.ask("resume")
        assert radia.voice.hears(SECURE, [MUSIC])
        call.bye()
        ada.told("CALL_CLOSED")
    assert office.media["legs"] == 0


def test_an_attended_transfer_out_of_two_holds(office: CallOffice) -> None:
    with office.phones("101", "108", "107") as (ada, radia, donald):
        out = ada.call("108")
        into = radia.rung().accept()
        out.answered()
        offers(out, "sendonly")
        asks = ada.call("107")
        asked = donald.rung().accept()
        asks.answered()
        offers(asks, "sendonly")
        assert radia.voice.hears(MUSIC, [FIRST]) and donald.voice.hears(MUSIC, [FIRST])
        out.send("REFER", b"", ("Refer-To", f"<sip:107@{DOMAIN}?Replaces={asks.replaces}>"))
        out.notified(200)
        out.bye()
        asks.bye()
        assert radia.voice.hears(960, [MUSIC]) and donald.voice.hears(SECOND, [MUSIC])
        into.bye()
        asked.hung_up()
    assert office.media["legs"] == 0
