"""The calls that are on, as a list shows them: from a carrier, to several phones, parked, and out."""

from __future__ import annotations

from pathlib import Path

from sip_edge.call.active import ActiveCall, active_calls
from tests.call.scenes import NUMBER, TRUNK, Desk, House, connected, play
from tests.call.screened import OURS
from tests.registrar.scenes import DOMAIN


def listed(house: House, *mine: str) -> list[ActiveCall]:
    """The calls of Acme, or of some of its people."""
    conversations = house.controller.book.conversations.values()
    return active_calls(conversations, DOMAIN, frozenset(mine) if mine else None)[0]


def only(house: House) -> ActiveCall:
    (one,) = listed(house)
    return one


def test_a_carriers_call_rings_two_phones_of_one_person(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        carrier = Desk(house, "+13035550190", trunk=True, domain="127.0.0.1")
        bob = Desk(house, "102").register()
        carrier.call(NUMBER)
        one = only(house)
        assert (one.direction, one.state, one.dialed) == ("inbound", "ringing", NUMBER)
        assert (one.caller.number, one.caller.extension) == ("+13035550190", "")
        assert one.called.number == NUMBER and [party.name for party in one.ringing] == ["Bob"]
        into = bob.rung()
        into.reply(into.invite, 200, bob.sdp)
        one = only(house)
        assert (one.state, one.called.extension, one.ringing) == ("talking", "102", ())

    play(tmp_path, scene, trunks=(OURS,))


def test_two_phones_of_a_person_are_one_party(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        bob = Desk(house, "102")
        Desk(house, "101").register()
        Desk(house, "101a").register()
        bob.call("101")
        assert [(party.name, party.extension) for party in only(house).ringing] == [("Ann", "101")]
        assert listed(house, "101") and listed(house, "102") and not listed(house, "103")

    play(tmp_path, scene)


def test_a_parked_call_is_in_its_orbit(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        ann, bob = Desk(house, "101"), Desk(house, "102").register()
        _, into = connected(ann, bob)
        into.send("REFER", b"", ("Refer-To", f"<sip:*702@{DOMAIN}>"))
        parked = only(house)  # and not what is left of the call for Bob, who is about to hang up
        assert (parked.state, parked.place, parked.caller.extension) == ("parked", "702", "101")

    play(tmp_path, scene)


def test_a_call_outside_and_those_of_others(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        Desk(house, "+13035550190", trunk=True)
        Desk(house, "101").call("3035550190")
        await house.settle()
        one = only(house)
        assert (one.direction, one.called.extension) == ("outbound", "")
        assert active_calls(house.controller.book.conversations.values(), "rival.example") == ([], 0)
        assert active_calls(house.controller.book.conversations.values(), DOMAIN, most=0) == ([], 1)

    play(tmp_path, scene, trunks=(TRUNK,))
