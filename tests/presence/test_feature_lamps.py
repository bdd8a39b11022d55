"""Lamps of features: each phone sees its own person's switch, whatever the name they share."""

from __future__ import annotations

from tests.presence.desk import Desk, Handset, lamps


def test_two_people_watch_the_same_code_and_see_different_lamps() -> None:
    desk = Desk()
    ada, grace = Handset(desk, "101"), Handset(desk, "102a")
    for phone in (ada, grace):
        assert phone.subscribe("*53").status == 200
    desk.set("*53", "on", owner="102")
    assert lamps(ada.take()) == ["terminated"]
    assert lamps(grace.take()) == ["terminated", "confirmed"]


def test_a_code_in_escapes_is_the_same_code() -> None:
    desk = Desk()
    phone = Handset(desk, "101")
    phone.subscribe("%2A54lunch")
    desk.set("*54lunch", "on", owner="101")
    shown = phone.take()
    assert lamps(shown) == ["terminated", "confirmed"]
    assert 'entity="sip:*54lunch@acme.example"' in shown[-1].body


def test_a_parked_call_lights_the_orbit_for_everybody() -> None:
    desk = Desk()
    phones = [Handset(desk, str(extension)) for extension in (101, 102, 103)]
    for phone in phones:
        phone.subscribe("701")
    desk.set("701", "parked")
    assert [lamps(phone.take())[-1] for phone in phones] == ["confirmed"] * 3
    desk.set("701", "idle")
    assert [lamps(phone.take())[-1] for phone in phones] == ["terminated"] * 3
