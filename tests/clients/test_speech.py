"""The system speaks, and a recogniser at the far end understands it: the sentences of the catalogue, and digits."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
import yaml

from provd.store import users
from sip_edge.media.g711 import Samples
from tests.clients.call_office import CallOffice, call_office
from tests.clients.served import within
from tests.clients.sip_programs import needs
from tests.clients.speech import PROGRAM, plain, understood
from tests.clients.wire_phone import WirePhone

pytestmark = [pytest.mark.client, needs(PROGRAM)]
PROMPTS = Path(__file__).resolve().parents[2] / "prompts"
NAMES = ("enter-pin", "enter-mailbox", "wrong-pin", "no-messages", "goodbye", "try-again", "mailbox-full", "all-busy")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CallOffice]:
    yield from call_office(tmp_path_factory.mktemp("speech"))


def heard(phone: WirePhone, seconds: float = 9.0) -> Samples:
    """What it hears until nothing is said any more, or for so many seconds."""
    voice = phone.voice
    assert within(12, lambda: voice.packets and (voice.silent > 0.3 or len(voice.packets) >= seconds * 50))
    return voice.samples()


def frames(*names: str) -> int:
    """How long sentences of the catalogue are, in samples."""
    return sum(soundfile.info(PROMPTS / "en" / f"{name}.wav").frames for name in names)


def test_what_a_mailbox_says_is_understood(office: CallOffice, tmp_path: Path) -> None:
    """Ada asks for her messages, and gives a wrong PIN; Radia calls somebody who is out."""
    catalogue = {name: plain(text) for name, text in yaml.safe_load((PROMPTS / "en.yaml").read_text()).items()}
    sentences = [catalogue[name] for name in NAMES]
    who = f"{catalogue['the-person-at']} <digit> <digit> <digit>"
    out = [f"{who} {catalogue['is-unavailable']}", f"{who} {catalogue['is-on-the-phone']}", *sentences]
    length = frames("the-person-at", "n-1", "n-0", "n-9", "is-unavailable")
    office.mailbox("101", enabled=True)
    ada_id = office.store(users.by_extension, office.company_id, "101").id
    assert not office.store(users.set_voicemail_pin, office.company_id, ada_id, "7351")
    office.mailbox("109", enabled=True)
    with office.phones("101", "108", tones=False) as (ada, radia):
        own, other = ada.call("*62"), radia.call("109")
        own.answered()
        other.answered()
        first = heard(ada)
        ada.voice.packets.clear()
        for key in "4826#":
            ada.voice.press(key)
        second, greeting = heard(ada, 1.7), heard(radia, length / 8000)
        own.bye()
        other.bye()
    assert understood(first, sentences, tmp_path) == catalogue["enter-pin"]
    assert understood(second[: frames("wrong-pin")], sentences, tmp_path) == catalogue["wrong-pin"]
    said = understood(greeting[:length], out, tmp_path)
    assert said == f"{catalogue['the-person-at']} one zero nine {catalogue['is-unavailable']}"
    assert understood(np.zeros(8000, np.int16), sentences, tmp_path) == ""
