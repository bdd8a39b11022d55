"""What the history says of a transfer that nobody took: why, and not that a call failed."""

from __future__ import annotations

from pathlib import Path

import pytest

from provd.cdr import cdrs
from tests.call.scenes import Desk, House, Incoming, Outgoing, connected, offer, play
from tests.call.test_transfers import replaces
from tests.registrar.scenes import DOMAIN


def dispositions(house: House) -> list[str]:
    """Of all calls, in the order in which they began."""
    calls = dict.fromkeys(event.call for event in house.events)
    return [
        record.disposition for call in calls for record in cdrs([event for event in house.events if event.call == call])
    ]


def given_away(house: House) -> tuple[Outgoing, Incoming, Incoming]:
    """Ann gives Bob to Cid: her call, his, and Cid's, who rings."""
    ann, bob, cid = Desk(house, "101"), Desk(house, "102").register(), Desk(house, "103").register()
    out, into = connected(ann, bob)
    out.send("REFER", b"", ("Refer-To", f"<sip:103@{DOMAIN}>"))
    third = cid.rung()
    third.ring()
    return out, into, third


@pytest.mark.parametrize("stays", [True, False], ids=["it comes back", "who transferred has gone"])
@pytest.mark.parametrize(("status", "disposition"), [(486, "busy"), (603, "busy"), (480, "no_answer")])
def test_a_target_that_refuses(tmp_path: Path, status: int, disposition: str, stays: bool) -> None:
    async def scene(house: House) -> None:
        out, _, third = given_away(house)
        if not stays:
            out.bye()
        third.reply(third.invite, status)
        if stays:
            out.bye()
        assert house.quiet()
        assert dispositions(house) == ["answered", disposition]

    play(tmp_path, scene)


def test_who_is_transferred_hangs_up_while_it_rings(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        _, into, _ = given_away(house)
        into.bye()
        assert dispositions(house) == ["answered", "cancelled"]

    play(tmp_path, scene)


def test_a_target_that_answers(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        out, into, third = given_away(house)
        third.reply(third.invite, 200, third.desk.sdp)
        (asked,) = into.desk.requests("INVITE")
        into.reply(asked, 200, into.desk.sdp)
        out.bye()
        into.bye()
        assert dispositions(house) == ["answered", "answered"]

    play(tmp_path, scene)


def test_an_attended_transfer_that_the_target_refuses(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        ann, bob, cid = Desk(house, "101"), Desk(house, "102").register(), Desk(house, "103").register()
        first, into = connected(ann, bob)
        first.send("INVITE", offer(ann.media, "192.0.2.1", direction="sendonly"))
        (held,) = bob.requests("INVITE")
        into.reply(held, 200, bob.sdp)
        first.ack()
        second, third = connected(ann, cid)
        first.send("REFER", b"", ("Refer-To", replaces(second)))
        (asked,) = bob.requests("INVITE")
        into.reply(asked, 200, bob.sdp)
        (offered,) = cid.requests("INVITE")
        third.reply(offered, 488)
        first.bye()
        second.bye()
        assert house.quiet()
        assert dispositions(house) == ["answered", "answered", "failed"]

    play(tmp_path, scene)
