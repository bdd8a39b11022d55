"""Whatever a device of ours sends, it is answered with what is wrong, and nothing of it stays."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.presence.desk import Desk, Handset

line = st.text(st.characters(exclude_characters="\r\n\x00", exclude_categories=("Cs",)), max_size=60)
events = st.one_of(line, st.sampled_from(["dialog", "presence", "message-summary", "call-info", "as-feature-event"]))


@settings(max_examples=300, deadline=None)
@given(events, line, line, st.binary(max_size=200), line)
def test_any_subscribe_is_answered(event: str, accept: str, expires: str, body: bytes, contact: str) -> None:
    desk = Desk()
    phone = Handset(desk)
    head = (
        "SUBSCRIBE sip:101@acme.example SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.50;branch=z9hG4bKh;rport\r\n"
        "Max-Forwards: 70\r\nFrom: <sip:101@acme.example>;tag=1\r\nTo: <sip:101@acme.example>\r\nCall-ID: h\r\n"
        f"CSeq: 1 SUBSCRIBE\r\nContact: <sip:{contact}>\r\nEvent: {event}\r\nAccept: {accept}\r\nExpires: {expires}\r\n"
        f"Content-Type: application/x-as-feature-event+xml\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    desk.stack.received(phone.flow, head.encode() + body)
    desk.pass_time(40)
    assert desk.stack.counters.handler_errors == 0
    assert phone.responses
    assert {one.status for one in phone.responses} <= {200, 400, 404, 406, 415, 416, 423, 489}
    desk.pass_time(7200)
    assert len(desk.presence.book) == 0
    assert len(desk.presence.notifier.renderings._whole) == 0


def test_a_phone_that_asks_for_silly_names_leaves_no_trace() -> None:
    desk = Desk()
    phone = Handset(desk)
    for number in range(250):
        assert phone.subscribe(f"nobody{number}", call=str(number)).status == 200
        phone.subscribe(f"nobody{number}", call=str(number), expires=0)
    assert desk.presence.book.watched() == 0
    assert len(desk.state) == 0
    assert not desk.presence.notifier.renderings._whole


def test_answers_to_notifies_nobody_sent() -> None:
    desk = Desk()
    phone = Handset(desk)
    phone.subscribe()
    (told,) = phone.take()
    for status in (200, 481, 408):
        phone.answer(told, status)
        phone.send(
            f"SIP/2.0 {status} X\r\nVia: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bKmade-up\r\nFrom: <sip:a@b>;tag=1\r\n"
            "To: <sip:a@b>;tag=2\r\nCall-ID: made-up\r\nCSeq: 1 NOTIFY\r\nContent-Length: 0\r\n\r\n"
        )
    assert len(desk.presence.book) == 1
    desk.set("102", "busy")
    assert len(phone.take()) == 1
