"""Audio that cannot go from phone to phone passes through the media engine, also when a call changes hands."""

from __future__ import annotations

from pathlib import Path

from sip_edge.media.engine import Tone
from sip_edge.message import Response, SipError
from tests.call.scenes import Desk, House, Incoming, Outgoing, offer, play, port_of
from tests.fakes import FakeMedia
from tests.registrar.scenes import DOMAIN


async def connected(house: House, one: Desk, other: Desk) -> tuple[Outgoing, Incoming]:
    """Two phones that talk through the engine."""
    out = one.call(other.name)
    await house.settle()
    into = other.rung()
    into.ring()
    into.reply(into.invite, 200, other.sdp)
    await house.settle()
    out.answered()
    other.hear()
    return out, into


def test_a_phone_behind_a_nat_is_heard_through_the_server(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        media = house.controller.audio.engine = FakeMedia()
        ann, bob = Desk(house, "101"), Desk(house, "102").register()
        ann.inside = "10.0.0.7"
        out, into = await connected(house, ann, bob)
        assert port_of(into.invite.body) != ann.media and port_of(out.body) != bob.media
        assert [one[0] for one in media.told] == ["offer", "answer"]
        out.send("INVITE", offer(ann.media, ann.inside, direction="sendonly"))
        await house.settle()
        (hold,) = bob.requests("INVITE")
        into.reply(hold, 200, bob.sdp)
        await house.settle()
        assert ann.statuses() == [200]
        out.ack()
        out.bye()
        await house.settle()
        assert media.told[-1][0] == "delete", "and its ports are free"
        assert house.quiet()
        (reason,) = [event.reason for event in house.events if event.kind == "relayed"]
        assert "behind a NAT" in reason

    play(tmp_path, scene)


def test_phones_that_reach_each_other_need_no_engine(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        media = house.controller.audio.engine = FakeMedia()
        ann, bob = Desk(house, "101"), Desk(house, "102").register()
        out, into = await connected(house, ann, bob)
        assert (port_of(into.invite.body), port_of(out.body)) == (ann.media, bob.media)
        out.bye()
        assert media.told == [] and house.quiet()

    play(tmp_path, scene)


def test_an_engine_that_cannot(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        media = house.controller.audio.engine = FakeMedia()
        ann, bob = Desk(house, "101"), Desk(house, "102").register()
        ann.inside = "10.0.0.7"
        media.refuse = SipError(503, "No ports are left.")
        ann.call("102")
        await house.settle()
        assert ann.statuses()[-1] in (480, 488)
        assert bob.requests() == [] and house.quiet()

    play(tmp_path, scene)


def test_a_transfer_of_a_phone_behind_a_nat(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        house.controller.audio.engine = FakeMedia()
        ann, bob, cid = Desk(house, "101"), Desk(house, "102").register(), Desk(house, "103").register()
        ann.inside = bob.inside = "10.0.0.7"
        out, into = await connected(house, ann, bob)
        out.send("REFER", b"", ("Refer-To", f"<sip:103@{DOMAIN}>"))
        third = cid.rung()
        third.reply(third.invite, 200, cid.sdp)
        await house.settle()
        (again,) = bob.requests("INVITE")
        assert port_of(again.body) not in (cid.media, ann.media, 0)
        into.reply(again, 200, bob.sdp)
        await house.settle()
        (ack,) = cid.requests("ACK")
        assert port_of(ack.body) not in (bob.media, 0)
        out.bye()
        into.bye()
        await house.settle()
        assert house.quiet()

    play(tmp_path, scene)


def test_a_pickup_and_a_parked_call_behind_a_nat(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        media = house.controller.audio.engine = FakeMedia()
        ann, bob, cid = Desk(house, "101"), Desk(house, "102").register(), Desk(house, "103")
        cid.inside = "10.0.0.9"
        out = cid.call("102")
        await house.settle()
        bob.rung().ring()
        cid.hear()
        taker = ann.call("*35102")
        await house.settle()
        assert port_of(taker.answered().body) != cid.media
        assert port_of(out.answered().body) != ann.media
        taker.send("REFER", b"", ("Refer-To", f"<sip:*701@{DOMAIN}>"))
        await house.settle()
        (waits,) = cid.requests("INVITE")
        out.reply(waits, 200, cid.sdp)
        await house.settle()
        (played,) = [told for told in media.told if told[0] == "play"]
        assert played[3] == (Tone("ringback"),), "who is parked hears that the call is on"
        taker.bye()
        cid.hear()
        again = ann.call("701")
        await house.settle()
        (asked,) = cid.requests("INVITE")
        assert port_of(asked.body) != ann.media
        out.reply(asked, 200, cid.sdp)
        await house.settle()
        assert isinstance(again.answered(), Response)
        again.bye()
        await house.settle()
        assert house.quiet() and not media.legs

    play(tmp_path, scene)
