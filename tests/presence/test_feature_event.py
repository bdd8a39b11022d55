"""as-feature-event: a phone switches do-not-disturb and forwards, and hears of what others switched."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sip_edge.message import MediaType, SipError
from sip_edge.message.multipart import Multipart
from sip_edge.presence import feature_event
from sip_edge.presence.feature_event import SetDnd, SetForward
from sip_edge.presence.situation import Forward, Situation
from tests.presence.desk import DOMAIN, Desk, Handset

HEAD = '<?xml version="1.0" encoding="utf-8"?>'
SPACE = "http://www.ecma-international.org/standards/ecma-323/csta/ed3"
EVENT = "as-feature-event"


def dnd(on: str) -> str:
    return (
        f'{HEAD}<SetDoNotDisturb xmlns="{SPACE}"><device></device><doNotDisturbOn>{on}</doNotDisturbOn>'
        "</SetDoNotDisturb>"
    )


def forward(kind: str, on: str, target: str = "", rings: str = "") -> str:
    inside = f"<forwardingType>{kind}</forwardingType><activateForward>{on}</activateForward>"
    inside += f"<forwardDN>{target}</forwardDN>" + (f"<ringCount>{rings}</ringCount>" if rings else "")
    return f'{HEAD}<SetForwarding xmlns="{SPACE}"><device/>{inside}</SetForwarding>'


def test_what_a_phone_may_ask_for() -> None:
    assert feature_event.read(b"") is None
    assert feature_event.read(dnd("true").encode()) == SetDnd(True)
    assert feature_event.read(forward("forwardBusy", "true", "103").encode()) == SetForward("busy", True, "103")
    assert feature_event.read(forward("forwardNoAns", "true", "9", "4").encode()) == SetForward(
        "no_answer", True, "9", 4
    )
    assert feature_event.read(forward("forwardImmediate", "false").encode()) == SetForward("always", False, None)


@pytest.mark.parametrize(
    "body",
    [
        dnd("maybe"), forward("forwardSideways", "true", "1"), forward("forwardBusy", "true", "1" * 65), "<a/>", "<a>",
        '<!DOCTYPE a [<!ENTITY b "c">]>' + dnd("true"), " " * 4001 + dnd("true"),
        dnd("true").replace("utf-8", "klingon"),
    ],
)  # fmt: skip
def test_what_it_may_not(body: str) -> None:
    with pytest.raises(SipError) as refusal:
        feature_event.read(body.encode())
    assert refusal.value.code == 400


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    with contextlib.suppress(SipError):
        feature_event.read(body)


def test_what_is_set_is_told_in_one_body_with_four_parts() -> None:
    now = Situation(dnd=True, forwards=(Forward("no_answer", "*62", 5),))
    document = feature_event.document("101", now)
    parts = Multipart.parse(document.body(0), MediaType.parse(document.content_type)).parts
    texts = [part.body.decode() for part in parts]
    assert len(texts) == 4
    assert "<doNotDisturbOn>true</doNotDisturbOn>" in texts[0]
    assert "<forwardingType>forwardBusy</forwardingType><forwardStatus>false</forwardStatus>" in texts[2]
    assert "<forwardStatus>true</forwardStatus><forwardTo>*62</forwardTo><ringCount>5</ringCount>" in texts[3]


def test_both_phones_of_a_person_follow_the_one_that_switches() -> None:
    changed = []
    desk = Desk(on_feature=lambda watcher, change: changed.append((watcher.device, change)))
    desk_phone, home_phone = Handset(desk, "101"), Handset(desk, "101h")
    for phone in (desk_phone, home_phone):
        assert phone.subscribe("101", EVENT).status == 200
        phone.take()
    more = f"Content-Type: {feature_event.CONTENT_TYPE}\r\n"
    assert desk_phone.subscribe("101", EVENT, more=more, body=dnd("true")).status == 200
    for phone in (desk_phone, home_phone):
        assert "<doNotDisturbOn>true" in phone.take()[-1].body
    assert home_phone.subscribe("101", EVENT, more=more, body=forward("forwardBusy", "true", "104")).status == 200
    assert "<forwardTo>104</forwardTo>" in desk_phone.take()[-1].body
    assert desk.state.look(DOMAIN, "101").dnd
    assert [device for device, _ in changed] == ["101", "101h"]


def test_nobody_switches_for_somebody_else() -> None:
    desk = Desk()
    more = f"Content-Type: {feature_event.CONTENT_TYPE}\r\n"
    assert Handset(desk, "101").subscribe("102", EVENT, more=more, body=dnd("true")).status == 403
    assert not desk.state.look(DOMAIN, "102").dnd


def test_switching_off_and_on_again_keeps_the_number() -> None:
    forwards = feature_event.changed((), SetForward("always", True, "103", 0))
    assert forwards == (Forward("always", "103"),)
    assert feature_event.changed(forwards, SetForward("always", True, None)) == forwards
    assert feature_event.changed(forwards, SetForward("always", False, None)) == ()
    assert feature_event.changed((), SetForward("always", True, None)) == ()
