"""An attended transfer that fails at its last step: everybody is where they were, and the phone is told why."""

from __future__ import annotations

from pathlib import Path

import pytest

from sip_edge.message import Request
from tests.call.scenes import Desk, House, Incoming, Outgoing, connected, offer, play, port_of
from tests.call.test_transfers import replaces, told
from tests.registrar.scenes import DOMAIN


def three(house: House) -> tuple[Desk, Desk, Desk]:
    """Ann, who talks with Bob and Cid."""
    return Desk(house, "101"), Desk(house, "102").register(), Desk(house, "103").register()


def resumed(holder: Desk, call: Outgoing, far: Desk, talk: Incoming) -> None:
    """Take somebody back who was on hold."""
    call.send("INVITE", holder.sdp)
    (offered,) = far.requests("INVITE")
    talk.reply(offered, 200, far.sdp)
    assert holder.statuses() == [200]
    call.ack()
    far.hear()


def held(holder: Desk, call: Outgoing, far: Desk, talk: Incoming) -> None:
    """Put somebody on hold."""
    call.send("INVITE", offer(holder.media, "192.0.2.1", direction="sendonly"))
    (offered,) = far.requests("INVITE")
    talk.reply(offered, 200, far.sdp)
    call.ack()
    holder.hear(), far.hear()


def ended(house: House, *calls: Outgoing) -> None:
    """Hang up: nothing is left."""
    for call in calls:
        call.bye()
    assert house.quiet()


@pytest.mark.parametrize("status", [488, 486, 500])
def test_a_target_that_refuses(tmp_path: Path, status: int) -> None:
    async def scene(house: House) -> None:
        ann, bob, cid = three(house)
        first, into = connected(ann, bob)
        held(ann, first, bob, into)
        second, third = connected(ann, cid)
        first.send("REFER", b"", ("Refer-To", replaces(second)))
        (asked,) = bob.requests("INVITE")
        into.reply(asked, 200, bob.sdp)
        (offered,) = cid.requests("INVITE")
        third.reply(offered, status)
        (ack,) = bob.requests("ACK")
        assert b"a=inactive" in ack.body, "an offer is answered, also when nothing comes of it"
        assert told(ann, first)[-1].startswith(b"SIP/2.0 %d" % status)
        house.clock.advance(5)
        for desk in (ann, bob, cid):
            assert "BYE" not in [one.method for one in desk.requests()]
        resumed(ann, first, bob, into)
        ended(house, first, second)

    play(tmp_path, scene)


def test_who_is_transferred_refuses(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        ann, bob, cid = three(house)
        first, into = connected(ann, bob)
        second, _ = connected(ann, cid)
        first.send("REFER", b"", ("Refer-To", replaces(second)))
        (asked,) = bob.requests("INVITE")
        into.reply(asked, 488)
        assert told(ann, first)[-1].startswith(b"SIP/2.0 488")
        house.clock.advance(5)
        assert not cid.requests("INVITE") and not [one for one in ann.requests() if one.method == "BYE"]
        ended(house, first, second)

    play(tmp_path, scene)


def test_nobody_was_on_hold_and_they_are_connected_again(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        ann, bob, cid = three(house)
        first, into = connected(ann, bob)
        second, third = connected(ann, cid)
        first.send("REFER", b"", ("Refer-To", replaces(second)))
        ann.hear()
        (asked,) = bob.requests("INVITE")
        into.reply(asked, 200, bob.sdp)
        (offered,) = cid.requests("INVITE")
        third.reply(offered, 488)
        bob.hear()
        (again,) = [one for one in ann.hear() if isinstance(one, Request) and one.method == "INVITE"]
        first.reply(again, 200, ann.sdp)
        (described,) = bob.requests("INVITE")
        assert port_of(described.body) == ann.media
        into.reply(described, 200, bob.sdp)
        (ack,) = ann.requests("ACK")
        assert port_of(ack.body) == bob.media
        ended(house, first, second)

    play(tmp_path, scene)


def test_a_target_that_has_lost_the_call(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        ann, bob, cid = three(house)
        first, into = connected(ann, bob)
        held(ann, first, bob, into)
        second, third = connected(ann, cid)
        first.send("REFER", b"", ("Refer-To", replaces(second)))
        (asked,) = bob.requests("INVITE")
        into.reply(asked, 200, bob.sdp)
        (offered,) = cid.requests("INVITE")
        third.reply(offered, 481)
        byes = [one for one in ann.requests() if one.method == "BYE"]
        assert [one.call_id for one in byes] == [second.call_id], "only the call that is none any more is ended"
        bob.hear()
        resumed(ann, first, bob, into)
        ended(house, first)

    play(tmp_path, scene)


def test_who_transferred_has_gone_already(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        ann, bob, cid = three(house)
        first, into = connected(ann, bob)
        second, third = connected(ann, cid)
        first.send("REFER", b"", ("Refer-To", replaces(second)))
        (asked,) = bob.requests("INVITE")
        into.reply(asked, 200, bob.sdp)
        (offered,) = cid.requests("INVITE")
        first.bye()
        third.reply(offered, 488)
        assert "BYE" in [one.method for one in bob.requests()], "there is nobody for Bob any more"
        assert "BYE" not in [one.method for one in cid.requests()], "Cid is with Ann"
        ended(house, second)

    play(tmp_path, scene)


def test_a_session_is_refreshed_with_what_was_agreed_on(tmp_path: Path) -> None:
    """A target that has refused another peer's address is not told of it again, a quarter of an hour later."""

    async def scene(house: House) -> None:
        ann, bob, cid = three(house)
        first, into = connected(ann, bob)
        held(ann, first, bob, into)
        second, third = connected(ann, cid)
        first.send("REFER", b"", ("Refer-To", replaces(second)))
        (asked,) = bob.requests("INVITE")
        into.reply(asked, 200, bob.sdp)
        (offered,) = cid.requests("INVITE")
        assert port_of(offered.body) == bob.media
        third.reply(offered, 488)
        told(ann, first)
        house.clock.advance(901)
        refresh, *_ = cid.requests("INVITE")
        assert port_of(refresh.body) == ann.media
        third.reply(refresh, 200, cid.sdp)
        ended(house, first, second)

    play(tmp_path, scene)


@pytest.mark.parametrize("status", [0, 481], ids=["silence", "481"])
def test_a_phone_that_does_not_answer_what_it_is_told(tmp_path: Path, status: int) -> None:
    """Then it wants no news of the transfer; its call is another matter (RFC 5057 section 5.1)."""

    async def scene(house: House) -> None:
        ann, bob, cid = three(house)
        first, _ = connected(ann, bob)
        first.send("REFER", b"", ("Refer-To", f"<sip:103@{DOMAIN}>"))
        for news in ann.requests("NOTIFY") if status else ():
            first.reply(news, status)
        third = cid.rung()
        third.reply(third.invite, 486)
        house.clock.advance(40)
        ann.hear()
        first.bye()
        assert house.quiet()

    play(tmp_path, scene)
