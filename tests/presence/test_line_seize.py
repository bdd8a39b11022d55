"""line-seize: of the phones that share a line, one gets an appearance; the others see that it is taken."""

from __future__ import annotations

import pytest

from sip_edge.presence.situation import Call, Lamp
from tests.presence.desk import DOMAIN, Desk, Handset
from tests.presence.phone import Message

IDLE = f"<sip:{DOMAIN}>;appearance-index=*;appearance-state=idle"


def wish(appearance: int | str) -> str:
    return f"Call-Info: <sip:{DOMAIN}>;appearance-index={appearance}\r\n"


def seize(phone: Handset, appearance: int | str = 1, *, call: str = "1", expires: int = 15) -> int:
    return phone.subscribe("101", "line-seize", call=call, expires=expires, more=wish(appearance)).status


def shown(message: Message) -> tuple[str, str]:
    """(Subscription-State, state of the appearance)."""
    said = message.headers["call-info"].split(",")[0]
    return message.headers["subscription-state"], said.partition("appearance-state=")[2]


def sharing() -> tuple[Desk, Handset, Handset, Handset]:
    """A desk; two phones with the line, and one that watches its appearances."""
    desk = Desk()
    watcher = Handset(desk, "101")
    assert watcher.subscribe("101", "call-info").status == 200
    watcher.take()
    return desk, Handset(desk, "101"), Handset(desk, "101"), watcher


def test_one_phone_gets_it_and_everybody_sees_it() -> None:
    _, first, second, watcher = sharing()
    assert seize(first) == 200
    (granted,) = first.take()
    assert granted.headers["event"] == "line-seize" and granted.body == ""
    assert shown(granted) == ("active;expires=15", "seized")
    (told,) = watcher.take()
    assert told.headers["call-info"] == f"<sip:{DOMAIN}>;appearance-index=1;appearance-state=seized,{IDLE}"
    assert seize(second) == 480, "the second is turned away"
    assert second.take() == []
    assert seize(second, 2, call="2") == 200, "and takes the next"


def test_a_phone_may_leave_the_choice_to_the_server() -> None:
    _, first, second, _ = sharing()
    assert seize(first, 0) == 200 and seize(second, 0) == 200
    (one,), (two,) = first.take(), second.take()
    assert ";appearance-index=1;" in one.headers["call-info"]
    assert ";appearance-index=2;" in two.headers["call-info"]


def test_it_ends_by_itself_when_no_call_comes() -> None:
    desk, first, second, watcher = sharing()
    seize(first)
    first.take(), watcher.take()
    desk.pass_time(15.1)
    assert [shown(told) for told in first.take()] == [("terminated;reason=timeout", "idle")]
    assert [told.headers["call-info"] for told in watcher.take()] == [IDLE]
    assert seize(second) == 200


def test_a_refresh_keeps_it_and_an_end_gives_it_back() -> None:
    desk, first, second, watcher = sharing()
    seize(first)
    desk.pass_time(10)
    assert seize(first) == 200
    desk.pass_time(10)
    assert seize(second) == 480
    first.take(), watcher.take()
    assert seize(first, expires=0) == 200
    assert [shown(told) for told in first.take()] == [("terminated;reason=timeout", "idle")]
    assert [told.headers["call-info"] for told in watcher.take()] == [IDLE]
    assert seize(second, call="2") == 200


def test_the_call_takes_its_place() -> None:
    desk, first, second, watcher = sharing()
    seize(first)
    first.take(), watcher.take()
    desk.state.set_call(DOMAIN, "101", Call("c1", Lamp.TRYING, appearance=1))
    desk.pass_time(0.0)
    assert [shown(told) for told in first.take()] == [("terminated;reason=noresource", "progressing")]
    assert [shown(told)[1].partition(",")[0] for told in watcher.take()] == ["progressing"]
    assert seize(second) == 480, "the call has it now"
    desk.state.end_call(DOMAIN, "101", "c1")
    assert seize(second, call="2") == 200


def test_a_phone_that_is_gone_gives_it_back() -> None:
    desk, first, second, _ = sharing()
    first.answers = lambda _message: 481
    seize(first)
    desk.pass_time(1)
    assert len(desk.presence.book) == 1 and seize(second) == 200


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ("", 400),
        ("Call-Info: <sip:acme.example>;appearance-index=*\r\n", 400),
        (wish(101), 400),
        (wish("1x"), 400),
        (wish(100), 200),
    ],
)
def test_what_has_to_be_named(more: str, status: int) -> None:
    desk = Desk()
    assert Handset(desk).subscribe("101", "line-seize", expires=15, more=more).status == status


def test_a_line_of_somebody_else_and_times_that_are_too_short() -> None:
    desk = Desk()
    phone = Handset(desk, "101")
    assert phone.subscribe("102", "line-seize", expires=15, more=wish(1)).status == 403
    short = phone.subscribe("101", "line-seize", call="2", expires=4, more=wish(1))
    assert short.status == 423 and short.headers["min-expires"] == "5"
    long = phone.subscribe("101", "line-seize", call="3", expires=3600, more=wish(1))
    assert long.headers["expires"] == "60", "nobody holds a line for an hour"


def test_a_fetch_seizes_nothing_and_a_stop_gives_everything_back() -> None:
    desk, first, second, _ = sharing()
    assert seize(first, expires=0) == 200
    assert seize(second) == 200
    second.take()
    desk.presence.stop()
    assert [shown(told)[0] for told in second.take()] == ["terminated;reason=deactivated"]
    assert desk.state.look(DOMAIN, "101").seized == ()
