"""What phones make of challenges, NOTIFY bodies and commands, without a network."""

from __future__ import annotations

import pytest

from provd.simulate.makes import MAKES, Unit
from provd.simulate.sip import kept, manners
from provd.simulate.sip.lamp import Lamp
from provd.simulate.sip.line import refresh_after
from provd.simulate.sip.login import Doorkeeper, Login
from provd.simulate.sip.manners import Deed
from provd.simulate.start import Memory
from sip_edge.message import Request, Response, parse
from sip_edge.message.digest import Credentials, ha1

DIALOG = (
    '<?xml version="1.0"?><dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="{}" state="{}" '
    'entity="sip:102@a">{}</dialog-info>'
)


def dialogs(version: int, state: str, *phases: str) -> bytes:
    inside = "".join(f'<dialog id="d{n}"><state>{phase}</state></dialog>' for n, phase in enumerate(phases))
    return DIALOG.format(version, state, inside).encode()


def challenged(*values: str, status: int = 401) -> Response:
    text = "".join(f"WWW-Authenticate: {value}\r\n" for value in values)
    response = parse(f"SIP/2.0 {status} Unauthorized\r\n{text}\r\n".encode())
    assert isinstance(response, Response)
    return response


def register() -> Request:
    return Request.build("REGISTER", "sip:acme.example", [("To", "<sip:101@acme.example>")])


def test_the_first_challenge_that_can_be_answered_is_and_its_nonce_is_counted_on() -> None:
    login = Login("101", "secret")
    assert login.sign(register(), "c").headers.all("authorization") == []
    assert login.take(challenged('Digest realm="a", nonce="n", algorithm=SHA-256, qop="auth"', 'Digest realm="a"'))
    for count in (1, 2, 3):
        (value,) = login.sign(register(), "c").headers.all("authorization")
        given = Credentials.parse(value)
        assert (given.nc, given.algorithm) == (count, "SHA-256")
        assert given.proves("REGISTER", ha1("SHA-256", "101", "a", "secret"))
    assert login.take(challenged(status=200)) is None
    assert "secret" not in repr(login)


def test_a_doorkeeper_takes_a_nonce_once_and_from_nobody_else() -> None:
    door, login, wrong = Doorkeeper("grandstream"), Login("107", "right"), Login("107", "wrong")
    notify = Request.build("NOTIFY", "sip:107@192.0.2.7", [("Event", "resync")])
    for one in (login, wrong):
        one.take(challenged(door.challenge(f"n{one.password}")))
    proof = login.sign(notify, "c")
    assert not door.admits(wrong.sign(notify, "c"), "107", "right")
    assert not door.admits(notify, "107", "right")
    assert door.admits(proof, "107", "right")
    assert not door.admits(proof, "107", "right")
    other = Request.build("NOTIFY", "sip:107@192.0.2.8", [("Authorization", proof.headers.all("authorization")[0])])
    login.take(challenged(door.challenge("again")))
    assert not door.admits(other, "107", "right")


def test_full_state_replaces_partial_state_adds_and_an_old_version_is_passed_over() -> None:
    lamp = Lamp()
    lamp.take("dialog", dialogs(0, "full", "terminated"))
    assert (lamp.shows, lamp.told) == ("dark", 1)
    lamp.take("dialog", dialogs(1, "partial", "early"))
    assert lamp.shows == "ringing"
    lamp.take("dialog", dialogs(2, "partial", "terminated", "confirmed"))
    assert (lamp.shows, lamp.lit) == ("busy", True)
    lamp.take("dialog", dialogs(2, "full"))
    assert (lamp.shows, lamp.told) == ("busy", 3) and "version 2" in lamp.fault
    lamp.take("dialog", dialogs(3, "full"))
    assert lamp.shows == "dark"


@pytest.mark.parametrize(
    "body",
    [b"no xml", b"<!DOCTYPE a [<!ENTITY b 'c'>]><dialog-info version='9'/>", b"<presence version='9'/>", b"\xff\xfe"],
)
def test_a_body_that_is_no_dialog_info_leaves_the_lamp_as_it_is(body: bytes) -> None:
    lamp = Lamp()
    lamp.take("dialog", dialogs(0, "full", "confirmed"))
    lamp.take("dialog", body)
    assert (lamp.shows, lamp.told) == ("busy", 1) and lamp.fault


def test_the_message_light() -> None:
    lamp = Lamp()
    lamp.take("message-summary", b"Messages-Waiting: yes\r\nVoice-Message: 2/8\r\n")
    assert lamp.lit
    lamp.take("message-summary", b"Messages-Waiting: no\r\n")
    assert not lamp.lit


@pytest.mark.parametrize(
    ("family", "event", "reboot", "said", "deed"),
    [
        ("yealink", "check-sync", "false", {}, Deed.RESTART),
        ("yealink", "check-sync", "false", {"sip.notify_reboot_enable": "0"}, Deed.FETCH),
        ("yealink", "check-sync", "true", {"sip.notify_reboot_enable": "0"}, Deed.RESTART),
        ("yealink", "check-sync", "true", {"sip.notify_reboot_enable": "2"}, Deed.NOTHING),
        ("poly-ucs", "check-sync", None, {}, Deed.RESTART_IF_CHANGED),
        (
            "poly-edge-e", "check-sync", None, {"voIpProt.SIP.specialEvent.checkSync.alwaysReboot": "1"}, Deed.RESTART,
        ),
        ("grandstream", "resync", None, {}, Deed.FETCH),
        ("grandstream-ht", "check-sync", "true", {}, Deed.RESTART),
        ("cisco-spa", "resync", None, {}, Deed.FETCH),
        ("cisco-spa", "resync", None, {"Resync_From_SIP": "No"}, Deed.NOTHING),
        ("cisco-mpp", "reboot_now", None, {}, Deed.RESTART),
        ("snom", "check-sync", "false", {}, Deed.FETCH),
        ("snom", "reboot", None, {}, Deed.RESTART),
        ("fanvil", "check-sync", None, {}, Deed.FETCH),
        ("fanvil", "check-sync", "true", {"sip/NotifyReboot": "0"}, Deed.NOTHING),
    ],
)  # fmt: skip
def test_what_each_vendors_phone_does_on_a_notify(
    family: str, event: str, reboot: str | None, said: dict[str, str], deed: Deed
) -> None:
    assert manners.deed(family, event, reboot, said) is deed
    assert manners.deed(family, "ACTION-URI", reboot, said) is None


@pytest.mark.parametrize(
    ("family", "said", "asks"),
    [
        ("yealink", {}, False),
        ("grandstream", {}, True),
        ("grandstream-ht", {"P4428": "1"}, False),
        ("cisco-spa", {}, True),
        ("cisco-mpp", {"Auth_Resync-Reboot_2_": "No"}, True),
        ("cisco-mpp", {"Auth_Resync-Reboot_1_": "No"}, False),
    ],
)
def test_who_asks_for_a_password(family: str, said: dict[str, str], asks: bool) -> None:
    assert manners.challenges(family, said, 1) is asks


def test_every_make_has_its_manners() -> None:
    for make in MAKES.values():
        unit = Unit("001122334455", make)
        assert make.firmware in manners.agent(unit) and "001122334455" in manners.instance(unit)
        assert manners.deed(make.family, "check-sync", "true", {})


def test_a_refresh_comes_before_the_end() -> None:
    assert [refresh_after(granted) for granted in (600, 3600, 60, 20)] == [570, 3570, 30, 10]


def test_a_memory_that_was_packed_comes_back() -> None:
    memory = Memory("http://h/p/t/", {"ä": "é"}, {"http://h/a": ('"e"', bytes(range(256)))}, {"a": b"\xff\x00"})
    assert kept.unpack(kept.pack(memory)) == memory
    assert kept.unpack(b"") == Memory()
