"""Mailboxes, presence and shared lines as they go over the wire."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import pytest

from sip_edge.message.address import Address
from sip_edge.message.header import split_values
from sip_edge.presence import call_info, message_summary, pidf
from sip_edge.presence.situation import NOTHING, Call, Lamp, Mailbox, Party, Situation
from tests.presence.desk import DOMAIN, Desk, Handset

SPACE = "{urn:ietf:params:xml:ns:pidf}"


def test_a_mailbox_counts_new_and_old_and_urgent_ones() -> None:
    body = message_summary.document("sip:101@acme.example", Mailbox(2, 8, 1, 0)).body(0)
    assert body == (b"Messages-Waiting: yes\r\nMessage-Account: sip:101@acme.example\r\nVoice-Message: 2/8 (1/0)\r\n")
    assert b"Messages-Waiting: no" in message_summary.document("sip:1@a", Mailbox(0, 3)).body(0)
    with pytest.raises(ValueError, match="line break"):
        message_summary.document("sip:1@a\r\nX: y", Mailbox())


@pytest.mark.parametrize(
    ("now", "basic", "note"),
    [
        (NOTHING, "closed", "Not online"),
        (Situation(registered=1), "open", "Ready"),
        (Situation(registered=2, dnd=True), "open", "Do not disturb"),
        (Situation(calls=(Call("1", Lamp.RINGING, True),), registered=1), "open", "Ringing"),
        (Situation(calls=(Call("1", Lamp.BUSY, True),), registered=1, dnd=True), "open", "On the phone"),
    ],
)
def test_presence_in_one_word_and_one_note(now: Situation, basic: str, note: str) -> None:
    root = ElementTree.fromstring(pidf.document("sip:102@acme.example", "102", now).body(0))
    assert root.findtext(f"{SPACE}tuple/{SPACE}status/{SPACE}basic") == basic
    assert root.findtext(f"{SPACE}tuple/{SPACE}note") == note
    assert root.get("entity") == "sip:102@acme.example"


def test_a_shared_line_tells_its_appearances() -> None:
    calls = (
        Call("b", Lamp.HELD, remote=Party("sip:103@acme.example"), appearance=2),
        Call("a", Lamp.RINGING, True, remote=Party("sip:+1214@t.example", 'A "B", C'), appearance=1),
        Call("c", Lamp.BUSY),
    )
    ((name, value),) = call_info.document(DOMAIN, Situation(calls=calls)).headers
    assert name == "Call-Info"
    said = [Address.parse(one) for one in split_values(value)]
    assert [(one.parameter("appearance-index"), one.parameter("appearance-state")) for one in said] == [
        ("1", "alerting"), ("2", "held"), ("*", "idle"),
    ]  # fmt: skip
    assert said[0].parameter("appearance-uri") == '"A B, C" <sip:+1214@t.example>'


def test_a_mailbox_lamp_cares_for_messages_only() -> None:
    desk = Desk()
    phone = Handset(desk)
    assert phone.subscribe("101", "message-summary").status == 200
    assert "Messages-Waiting: no" in phone.take()[0].body
    desk.set("101", "busy")
    desk.state.set_messages(DOMAIN, "101", Mailbox(1, 0))
    desk.pass_time(0.0)
    (told,) = phone.take()
    assert told.headers["content-type"] == "application/simple-message-summary"
    assert "Voice-Message: 1/0 (0/0)" in told.body


def test_a_shared_line_is_told_in_a_header_without_a_body() -> None:
    desk = Desk()
    phone = Handset(desk)
    assert phone.subscribe("101", "call-info").status == 200
    desk.state.set_call(DOMAIN, "101", Call("x", Lamp.BUSY, appearance=1))
    desk.pass_time(0.0)
    first, second = phone.take()
    assert first.headers["call-info"] == "<sip:acme.example>;appearance-index=*;appearance-state=idle"
    assert "appearance-index=1;appearance-state=active" in second.headers["call-info"]
    assert (second.body, "content-type" in second.headers) == ("", False)


def test_an_app_sees_somebody_come_online() -> None:
    desk = Desk()
    phone = Handset(desk)
    phone.subscribe("102", "presence")
    desk.state.set_registered(DOMAIN, "102", "102a", True)
    desk.pass_time(0.0)
    desk.state.set_registered(DOMAIN, "102", "102b", True)  # a second device changes nothing
    desk.pass_time(0.0)
    assert [("<basic>open" in message.body) for message in phone.take()] == [False, True]
