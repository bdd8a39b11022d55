"""Phones that take what they are sent and never answer, and phones that do not even read it."""

from __future__ import annotations

import socket
import time

import pytest

from tests.clients.scenes import DOMAIN, GRANDSTREAM, SipOffice
from tests.live import YEALINK
from tests.sip_hostile.phone import DeskPhone
from tests.sip_hostile.scenes import bystander

pytestmark = pytest.mark.client


def test_notifies_that_are_never_answered(office: SipOffice, caplog: pytest.LogCaptureFixture) -> None:
    """After 64 * T1 the subscription is over (RFC 6665 section 4.2.2); others are told at once meanwhile."""
    set_state = office.edge.presence.state.set_state
    with bystander(office, caplog) as other, DeskPhone(office.account(YEALINK), office.sip) as mute:
        mute.mute = True
        for number in range(40):
            assert mute.subscribe("102", call=f"s{number}").status == 200
        assert len(office.subscriptions("101")) == 40
        for state, shown in (("ringing", "early"), ("busy", "confirmed"), ("idle", "terminated")):
            begun = time.monotonic()
            office.tell(set_state, DOMAIN, "102", state)
            assert other.phone.lamp() == shown
            assert time.monotonic() - begun < 0.5
        office.until(lambda: not office.edge.presence.presence.book.of_device(DOMAIN, "101"))
        mute.catch_up()
        assert mute.subscribe("102", call="s1").status == 481
        mute.mute = False
        mute.requests.clear()
        assert mute.subscribe("102", call="again").status == 200
        assert mute.subscribe("102", call="again", expires=0).status == 200


def test_a_resync_that_is_never_answered(office: SipOffice, caplog: pytest.LogCaptureFixture) -> None:
    with bystander(office, caplog), DeskPhone(office.account(GRANDSTREAM), office.sip) as mute:
        assert mute.register().status == 200
        mute.mute = True
        office.call(office.edge.resyncs.start(GRANDSTREAM, "now"))
        mute.asked()
        office.until(lambda: office.edge.resyncs.status(GRANDSTREAM).text.startswith("It did not answer"))  # type: ignore[union-attr]
        assert office.resync_phase(GRANDSTREAM) == "waiting", "it is tried again"
        assert office.tell(office.edge.resyncs.cancel, GRANDSTREAM)
        mute.register(0)


def test_a_connection_that_is_not_read(office: SipOffice, caplog: pytest.LogCaptureFixture) -> None:
    """What waits for it is bounded: then the connection is gone, and with it what it watched."""
    presence = office.edge.presence
    with bystander(office, caplog) as other, DeskPhone(office.account(YEALINK), office.sip, protocol="TCP") as stuck:
        stuck._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2_048)
        for number in range(200):
            assert stuck.subscribe("103", call=f"s{number}").status == 200
        stuck.mute = True
        connections = office.edge.listeners.connections
        assert len(connections) == 1
        for turn in range(200):
            office.tell(presence.state.set_state, DOMAIN, "103", "ringing" if turn % 2 == 0 else "idle")
            if not len(connections):
                break
        assert other.is_heard()
        office.tell(presence.state.set_state, DOMAIN, "103", "idle")
        office.until(lambda: not presence.presence.book.of_device(DOMAIN, "101"))
