"""The process that passes the audio is killed while phones talk through it: soon they hear each other again."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from sip_edge.media.local import LocalMedia
from tests.clients.call_office import CallOffice, call_office
from tests.clients.wire_phone import WirePhone

pytestmark = pytest.mark.client
ADA, RADIA = 440, 700


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CallOffice]:
    yield from call_office(tmp_path_factory.mktemp("lost"))


def killed(office: CallOffice) -> None:
    """kill -9."""
    engine = office.services.media
    assert isinstance(engine, LocalMedia)
    (link,) = engine.links
    first = office.tell(lambda: link.pid)
    os.kill(first, signal.SIGKILL)
    office.until(lambda: link.alive and link.pid != first)


def anchored(office: CallOffice, phone: WirePhone) -> None:
    """It is behind a NAT."""
    office.tell(office.anchor, phone.device)
    phone.contact = phone.contact.replace("127.0.0.1", "127.0.0.2")


def test_two_who_talk_through_the_server(office: CallOffice) -> None:
    with office.phones("101", "108") as (ada, radia):
        anchored(office, radia)
        out = ada.call("108")
        radia.rung().accept()
        out.answered()
        assert ada.voice.hears(RADIA) and radia.voice.hears(ADA)
        for _ in range(2):
            killed(office)
            assert ada.voice.hears(RADIA) and radia.voice.hears(ADA)
        out.bye()
    assert len(office.events("relayed")) == 3
    (record, *_) = office.history()
    assert record["disposition"] == "answered"


def test_a_call_on_hold_is_there_when_it_is_taken_back(office: CallOffice) -> None:
    with office.phones("101", "108") as (ada, radia):
        anchored(office, radia)
        out = ada.call("108")
        into = radia.rung().accept()
        out.answered()
        out.send("INVITE", ada.sdp(more="a=sendonly\r\n"))
        out.answered()
        killed(office)
        out.send("INVITE", ada.sdp())
        out.answered()
        assert ada.voice.hears(RADIA) and radia.voice.hears(ADA)
        into.bye()
        out.hung_up()
