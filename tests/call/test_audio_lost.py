"""The process that passed the audio of calls dies: the phones are connected anew, or hung up."""

from __future__ import annotations

from pathlib import Path

from sip_edge.media.event import CallLost
from sip_edge.message import SipError
from tests.call.scenes import Desk, House, Incoming, Outgoing, offer, play, port_of
from tests.call.test_audio import connected
from tests.fakes import FakeMedia


async def lost(house: House) -> tuple[FakeMedia, Desk, Desk, Outgoing, Incoming]:
    """Two who talk through an engine that forgets them."""
    media = house.controller.audio.engine = FakeMedia()
    house.controller.mending.listen(media)
    ann, bob = Desk(house, "101"), Desk(house, "102").register()
    ann.inside = "10.0.0.7"
    out, into = await connected(house, ann, bob)
    forget(house, media)
    return media, ann, bob, out, into


def forget(house: House, media: FakeMedia) -> None:
    """The engine has died and is there again."""
    (one,) = house.controller.book.conversations.values()
    media.legs.clear()
    media.tell(CallLost(one.id))


async def later(house: House, seconds: float) -> None:
    """Time passes."""
    house.clock.advance(seconds)
    await house.settle()


async def joined(house: House, ann: Desk, bob: Desk, out: Outgoing, into: Incoming) -> None:
    """Both answer what they are asked; they are described new ports of the engine."""
    (asked,) = ann.requests("INVITE")
    assert asked.body == b""
    out.reply(asked, 200, ann.sdp)
    await house.settle()
    (offered,) = bob.requests("INVITE")
    assert port_of(offered.body) not in (ann.media, port_of(into.body))
    into.reply(offered, 200, bob.sdp)
    await house.settle()
    (ack,) = ann.requests("ACK")
    assert port_of(ack.body) not in (bob.media, port_of(out.body))


async def over(house: House, out: Outgoing, media: FakeMedia) -> None:
    """Hang up: nothing is left."""
    out.bye()
    await later(house, 30)
    assert house.quiet() and not media.legs and not len(house.controller.mending)


def test_two_who_talk_are_connected_anew(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        media, ann, bob, out, into = await lost(house)
        assert not ann.requests() and not bob.requests()
        await later(house, 1.1)
        await joined(house, ann, bob, out, into)
        assert len(media.bridged) == 1
        assert "connected anew" in [event.reason for event in house.events if event.kind == "relayed"][-1]
        await later(house, 30)
        assert not ann.requests("BYE"), "the call goes on"
        await over(house, out, media)

    play(tmp_path, scene)


def test_the_engine_takes_a_while_to_come_back(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        media, ann, bob, out, into = await lost(house)
        media.refuse = SipError(503, "The audio of calls is not available at the moment.")
        await later(house, 1.1)
        assert not ann.requests() and not bob.requests(), "no phone is asked for nothing"
        await later(house, 1.1)
        await joined(house, ann, bob, out, into)
        await over(house, out, media)

    play(tmp_path, scene)


def test_an_engine_that_stays_away(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        media, ann, bob, _, _ = await lost(house)
        for _ in range(22):
            media.refuse = SipError(503, "The audio of calls is not available at the moment.")
            await later(house, 1.0)
        assert ann.requests("BYE") and bob.requests("BYE")
        assert [event.reason for event in house.events if event.kind == "ended"] == ["audio lost"]
        assert house.quiet()

    play(tmp_path, scene)


def test_a_phone_that_does_not_want_to_be_asked(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        media, ann, bob, out, _ = await lost(house)
        await later(house, 1.1)
        (asked,) = ann.requests("INVITE")
        out.reply(asked, 488)
        await house.settle()
        assert ann.requests("BYE") and bob.requests("BYE")
        await later(house, 30)
        assert house.quiet() and not media.legs

    play(tmp_path, scene)


def test_it_dies_again_while_the_two_are_connected(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        media, ann, bob, out, into = await lost(house)
        await later(house, 1.1)
        (asked,) = ann.requests("INVITE")
        forget(house, media)
        out.reply(asked, 200, ann.sdp)
        await house.settle()
        (offered,) = bob.requests("INVITE")
        media.legs.clear()
        into.reply(offered, 488)
        await house.settle()
        ann.hear(), bob.hear()
        await later(house, 1.1)
        await joined(house, ann, bob, out, into)
        await over(house, out, media)

    play(tmp_path, scene)


def test_who_is_on_hold_is_left_alone_until_taken_back(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        media = house.controller.audio.engine = FakeMedia()
        house.controller.mending.listen(media)
        ann, bob = Desk(house, "101"), Desk(house, "102").register()
        ann.inside = "10.0.0.7"
        out, into = await connected(house, ann, bob)
        for direction in ("sendonly", "sendrecv"):
            out.send("INVITE", offer(ann.media, ann.inside, direction=direction))
            await house.settle()
            (asked,) = bob.requests("INVITE")
            into.reply(asked, 200, bob.sdp)
            await house.settle()
            assert ann.statuses() == [200]
            out.ack()
            bob.hear()
            if direction == "sendonly":
                forget(house, media)
                await later(house, 30)
                assert not ann.requests() and not bob.requests()
        assert len(media.bridged) == 1
        await over(house, out, media)

    play(tmp_path, scene)


def test_it_hangs_up_before_anything_is_mended(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        media, ann, bob, out, _ = await lost(house)
        await over(house, out, media)
        assert not ann.requests("INVITE") and not bob.requests("INVITE")

    play(tmp_path, scene)
