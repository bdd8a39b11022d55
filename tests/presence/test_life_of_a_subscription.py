"""What was granted runs out, is refreshed, fetched once, or ended by the phone (RFC 6665)."""

from __future__ import annotations

from tests.presence.desk import Desk, Handset, lamps


def test_what_is_not_refreshed_ends_with_a_last_word() -> None:
    desk = Desk()
    phone = Handset(desk)
    granted = int(phone.subscribe(expires=60).headers["expires"])
    assert granted == 60
    phone.take()
    desk.pass_time(granted - 1)
    assert phone.take() == []
    desk.pass_time(2)
    (last,) = phone.take()
    assert last.headers["subscription-state"] == "terminated;reason=timeout"
    assert len(desk.presence.book) == 0
    desk.set("102", "busy")
    assert phone.take() == []


def test_a_refresh_prolongs_and_tells_everything_anew() -> None:
    desk = Desk()
    phone = Handset(desk)
    phone.subscribe(expires=60)
    desk.set("102", "busy")
    phone.take()
    for _ in range(5):
        desk.pass_time(50)
        assert phone.subscribe(expires=60).status == 200
        (told,) = phone.take()
        assert lamps([told]) == ["confirmed"]
        assert told.headers["subscription-state"] == "active;expires=60"
    assert len(desk.presence.book) == 1
    desk.pass_time(61)
    assert [message.state for message in phone.take()] == ["terminated"]


def test_a_phone_that_ends_its_subscription_gets_one_last_notify() -> None:
    desk = Desk()
    phone = Handset(desk)
    phone.subscribe()
    phone.take()
    answer = phone.subscribe(expires=0)
    assert (answer.status, answer.headers["expires"]) == (200, "0")
    assert [message.state for message in phone.take()] == ["terminated"]
    assert phone.subscribe().status == 481


def test_a_fetch_is_told_once_and_leaves_nothing() -> None:
    desk = Desk()
    desk.set("102", "ringing")
    phone = Handset(desk)
    assert phone.subscribe(expires=0).status == 200
    (told,) = phone.take()
    assert lamps([told]) == ["early"]
    assert told.state == "terminated"
    assert len(desk.presence.book) == 0


def test_an_event_id_comes_back_in_every_notify() -> None:
    desk = Desk()
    phone = Handset(desk)
    phone.subscribe(event="dialog;id=77")
    desk.set("102", "busy")
    assert [message.headers["event"] for message in phone.take()] == ["dialog;id=77"] * 2
    assert phone.subscribe(event="dialog;id=78").status == 481


def test_no_expires_means_an_hour_and_more_than_two_is_cut() -> None:
    desk = Desk()
    phone = Handset(desk)
    assert 3240 < int(phone.subscribe(expires=None, call="a").headers["expires"]) <= 3600
    assert 6480 < int(phone.subscribe(expires=999_999, call="b").headers["expires"]) <= 7200


def test_phones_that_come_together_are_not_sent_back_together() -> None:
    desk = Desk()
    granted = {Handset(desk).subscribe(expires=3600).headers["expires"] for _ in range(40)}
    assert len(granted) > 20


def test_a_phone_that_moved_is_told_where_it_is_now() -> None:
    desk = Desk()
    phone = Handset(desk)
    phone.subscribe()
    old = phone.flow
    phone.flow = type(old)("UDP", ("192.0.2.77", 4000))
    phone.flow.back = phone._received
    assert phone.subscribe().status == 200
    old.take()
    desk.set("102", "busy")
    assert old.take() == []
    assert phone.notifies[-1].start == "NOTIFY sip:101@192.0.2.77:4000 SIP/2.0"


def test_connections_are_said_goodbye_when_the_server_stops_and_datagrams_are_not() -> None:
    desk = Desk()
    udp, tcp = Handset(desk), Handset(desk, protocol="TCP")
    udp.subscribe()
    tcp.subscribe()
    udp.take(), tcp.take()
    desk.presence.stop()
    assert [message.headers["subscription-state"] for message in tcp.take()] == ["terminated;reason=deactivated"]
    assert udp.take() == []
