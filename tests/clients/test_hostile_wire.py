"""Bad descriptions, strangers' audio, phones that die, on the wire: each gets its answer, and nobody else notices."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import pytest

from provd.store import devices, domains, users
from sip_edge.media import g711, rtp, tones
from sip_edge.media.local import LocalMedia
from tests.clients.call_office import CallOffice, call_office
from tests.clients.wire_phone import WirePhone

pytestmark = pytest.mark.client
ADA, RADIA, DONALD = 440, 700, 960
HEAD = "v=0\r\no=x 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
SILENCE = 0.5
"""Seconds without audio until a phone is asked whether it is there: 30, had tests the time."""
MANY = " ".join(str(one) for one in range(96, 135)) + " 0"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CallOffice]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(LocalMedia.__init__.__kwdefaults__ or {}, "silence", SILENCE)
        yield from call_office(tmp_path_factory.mktemp("hostile"))


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (HEAD + "m=video 9000 RTP/AVP 96\r\na=rtpmap:96 VP8/90000\r\n", 488),
        (HEAD + "m=audio 0 RTP/AVP 0\r\n", 488),
        (HEAD, 488),
        (HEAD.replace("c=IN IP4 127.0.0.1\r\n", "") + "m=audio 9000 RTP/AVP 0\r\n", 488),
        ("nonsense", 400),
    ],
    ids=["no audio", "port 0", "no media", "no address", "nonsense"],
)
def test_descriptions_that_cannot_be_carried_disturb_no_other_call(office: CallOffice, body: str, status: int) -> None:
    with office.phones("101", "108", "107", tones=False) as (ada, radia, donald):
        talk = ada.call("108")
        other = radia.rung().accept()
        talk.answered()
        donald.call("106", body.encode()).refused(status)
        talk.send("INVITE", body.encode())  # the same in a call: it goes on as it was
        assert talk.response(status) and not radia.has("BYE") and not radia.has("INVITE")
        talk.bye()
        other.hung_up()


def test_forty_codecs_pass(office: CallOffice) -> None:
    lines = "".join(f"a=rtpmap:{one} X{one}/8000\r\n" for one in range(96, 128))
    with office.phones("101", "108") as (ada, radia):
        out = ada.call("108", ada.sdp(codecs=f"{MANY} 101", more=lines))
        into = radia.rung().accept()
        out.answered()
        assert ada.voice.hears(RADIA) and radia.voice.hears(ADA)
        out.bye()
        into.hung_up()


def test_forty_codecs_at_a_mailbox(office: CallOffice) -> None:
    office.mailbox("109", enabled=True)
    with office.phones("101", tones=False) as (ada,):
        out = ada.call("109", ada.sdp(codecs=MANY))
        assert b" 0" in out.answered().body.partition(b"m=audio")[2].split(b"\r\n")[0]
        out.bye()


def behind_nat(office: CallOffice, phone: WirePhone) -> None:
    """It says an address that it cannot be reached at."""
    phone.unregister()
    phone.contact = f"<sip:{phone.device}@169.254.1.7:{phone.port}>"
    phone.register()


def test_a_private_address_and_a_strangers_audio(office: CallOffice) -> None:
    """Its audio is found by where it comes from; what others send to that port changes nothing."""
    with office.phones("101", "108") as (ada, radia):
        behind_nat(office, radia)
        before = office.media["refused"]
        out = ada.call("108")
        into = radia.rung().accept(radia.sdp(address="169.254.1.7"))
        out.answered()
        assert ada.voice.hears(RADIA) and radia.voice.hears(ADA)
        assert ada.voice.to is not None
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
            stranger.bind(("127.9.9.9", 0))
            sound = g711.encode("PCMU/8000", tones.sine((1800,), 1.0))
            for number in range(50):
                frame = sound[number * 160 : number * 160 + 160]
                for port in (ada.voice.to[1], radia.voice.to[1] if radia.voice.to else 0):
                    stranger.sendto(rtp.build(0, number, number * 160, 99, frame), ("127.0.0.1", port))
        assert ada.voice.hears(RADIA, [1800]) and radia.voice.hears(ADA, [1800])
        assert office.media["refused"] >= before + 50
        out.bye()
        into.hung_up()
    assert office.events("relayed")


def test_a_phone_that_loses_its_power_in_a_relayed_call(office: CallOffice) -> None:
    with office.phones("101", "108") as (ada, radia):
        behind_nat(office, radia)
        out = ada.call("108")
        into = radia.rung().accept(radia.sdp(address="169.254.1.7"))
        out.answered()
        assert ada.voice.hears(RADIA)
        radia.manual |= {"OPTIONS", "BYE"}
        radia.voice.to = None
        radia.send(into.asked("OPTIONS").reply(481))  # it is started again, and knows of no call
        out.hung_up()
    assert {row.extension: row.reason for row in office.events("left")} == {"108": "failed", "101": "ended"}


def test_who_is_muted_but_there_stays_in_the_call(office: CallOffice) -> None:
    with office.phones("101", "108") as (ada, radia):
        behind_nat(office, radia)
        out = ada.call("108")
        into = radia.rung().accept(radia.sdp(address="169.254.1.7"))
        out.answered()
        assert ada.voice.hears(RADIA)
        radia.voice.to = None
        into.asked("OPTIONS")
        radia.voice.heed(into.invite.body, into.call_id)
        assert ada.voice.hears(RADIA) and not ada.has("BYE")
        out.bye()
        into.hung_up()


def test_a_dialog_of_another_company_cannot_be_taken(office: CallOffice) -> None:
    now = int(time.time())

    def other() -> None:
        store = office.services.store
        made = domains.create(store, "other.example", now)
        person = users.create(store, made.id, "201", now)
        devices.create(store, made.id, person.id, "201", now, password="Other-Secret-201")

    office.tell(other)
    office.until(lambda: office.edge.registrar.accounts.get("other.example", "201"))
    with office.phones("101", "108") as (ada, radia), WirePhone(office, "108") as foreign:
        foreign.device, foreign.domain, foreign.password = "201", "other.example", "Other-Secret-201"
        out = ada.call("108")
        into = radia.rung().accept()
        out.answered()
        foreign.register()
        foreign.call("201", None, ("Replaces", into.replaces)).refused(481)
        foreign.call("201", None, ("Replaces", out.replaces)).refused(481)
        assert ada.voice.hears(RADIA) and radia.voice.hears(ADA)
        foreign.unregister()
        out.bye()
        into.hung_up()
