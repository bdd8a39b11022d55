from __future__ import annotations

import pytest

from sip_edge.message import Limits, parse
from sip_edge.message.stream import Broken, Event, Frame, Framer, Ping
from tests.sip import wire

ONE, TWO = wire.register(1), wire.request("INVITE", "Content-Type: text/plain", body=b"\r\n\r\nhello")


def feed(data: bytes, piece: int) -> list[Event]:
    framer = Framer()
    events: list[Event] = []
    for start in range(0, len(data), piece):
        events += framer.feed(data[start : start + piece])
    return events


@pytest.mark.parametrize("piece", [1, 2, 3, 7, 100, 100_000])
def test_messages_come_out_whole_however_they_come_in(piece: int) -> None:
    data = ONE + b"\r\n" + TWO + b"\r\n\r\n" + ONE
    assert feed(data, piece) == [Frame(ONE), Frame(TWO), Ping(), Frame(ONE)]


def test_every_frame_parses() -> None:
    (event,) = feed(TWO, 5)
    assert isinstance(event, Frame)
    assert parse(event.data).body == b"\r\n\r\nhello"


@pytest.mark.parametrize("piece", [1, 2, 3, 5])
def test_keep_alives(piece: int) -> None:
    assert feed(b"\r\n\r\n" * 3, piece) == [Ping()] * 3
    assert feed(b"\r\n", piece) == []
    assert feed(b"\n\n" + ONE, piece) == [Frame(ONE)]


def test_pending_tells_idle_from_unfinished() -> None:
    framer = Framer()
    assert framer.pending == 0
    framer.feed(b"\r\n")
    assert framer.pending == 0
    framer.feed(ONE[:50])
    assert framer.pending > 0
    framer.feed(ONE[50:])
    assert framer.pending == 0


def test_compact_and_folded_content_length() -> None:
    data = wire.lines("OPTIONS sip:h SIP/2.0", "l :", " 2") + b"hi" + ONE
    assert [type(event) for event in feed(data, 9)] == [Frame, Frame]


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        (["To: <sip:h>"], 400),
        (["Content-Length: -1"], 400),
        (["Content-Length: x"], 400),
        (["Content-Length:"], 400),
        (["Content-Length: " + "9" * 11], 400),
        (["Content-Length: 5", "l: 5"], 400),
        (["Content-Length: 99999"], 413),
    ],
)
def test_a_stream_whose_next_message_cannot_be_found_is_given_up(rows: list[str], code: int) -> None:
    head = wire.lines("OPTIONS sip:h SIP/2.0", *rows)
    framer = Framer()
    (event,) = framer.feed(head)
    assert isinstance(event, Broken)
    assert (event.error.code, event.head) == (code, head)
    assert framer.broken and framer.pending == 0
    assert framer.feed(ONE) == []


def test_what_came_before_the_break_is_kept() -> None:
    events = feed(ONE + wire.lines("OPTIONS sip:h SIP/2.0", "To: <sip:h>"), 4000)
    assert [type(event) for event in events] == [Frame, Broken]


def test_headers_that_never_end_are_cut_off() -> None:
    framer = Framer(Limits(head=1000))
    held = 0
    for _ in range(100):
        for event in framer.feed(b"X: " + b"y" * 17):
            assert isinstance(event, Broken) and event.error.code == 513
        held = max(held, framer.pending)
    assert held <= 1020


def test_a_late_end_of_headers_is_too_late() -> None:
    (event,) = Framer(Limits(head=300)).feed(ONE)
    assert isinstance(event, Broken) and event.error.code == 513


def test_the_message_limit_counts_head_and_body() -> None:
    (event,) = Framer(Limits(message=300)).feed(wire.request("OPTIONS", body=b"x" * 200))
    assert isinstance(event, Broken) and event.error.code == 413
