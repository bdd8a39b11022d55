"""Calls that change hands while somebody waits: ringing for who is transferred or rung back, music in an orbit."""

from __future__ import annotations

from pathlib import Path

import pytest

from sip_edge.message import Response
from tests.call.holds import SONG, answer, holds, obeys, offers, plays, silent, talking, with_music
from tests.call.scenes import Desk, House, Incoming, Outgoing, play, port_of
from tests.call.test_transfers import replaces, told
from tests.fakes import FakeMedia
from tests.registrar.scenes import DOMAIN


def trio(house: House) -> tuple[Desk, Desk, Desk]:
    """Ann, Bob and Cid."""
    ann, bob, cid = (Desk(house, name).register() for name in ("101", "102", "103"))
    return ann, bob, cid


async def refers(house: House, talk: Outgoing | Incoming, where: str) -> None:
    """A phone transfers its call."""
    talk.send("REFER", b"", ("Refer-To", where if where.startswith("<") else f"<sip:{where}@{DOMAIN}>"))
    await house.settle()


async def rings(house: House, desk: Desk) -> Incoming:
    """A phone that is called rings."""
    into = desk.rung()
    into.ring()
    await house.settle()
    return into


async def left(house: House, media: FakeMedia) -> None:
    """Nothing is left of anything."""
    await house.settle()
    assert house.quiet() and not media.legs and len(house.controller.waiting) == 0


@pytest.mark.parametrize("on_hold", [False, True], ids=["from a talk", "out of a hold"])
def test_who_is_transferred_hears_ringing_until_somebody_answers(tmp_path: Path, on_hold: bool) -> None:
    async def scene(house: House) -> None:
        media = with_music(house)
        ann, bob, cid = trio(house)
        out, into = await talking(house, ann, bob)
        if on_hold:
            await holds(house, out, into)
        await refers(house, out, "103")
        assert list(plays(media).values()) == ([SONG] if on_hold else []), "as before, until somebody rings"
        third = await rings(house, cid)
        if not on_hold:
            assert b"192.0.2.9" in (await obeys(house, into)).body
        assert list(plays(media).values()) == ["ringback"]
        third.reply(third.invite, 200, cid.sdp)
        await house.settle()
        assert port_of((await obeys(house, into)).body) == cid.media
        assert plays(media) == {}
        out.bye()
        await house.settle()
        assert not media.legs, "the two hear each other directly"
        third.bye()
        await left(house, media)

    play(tmp_path, scene)


def test_an_answer_while_who_is_transferred_is_just_asked_to_listen(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        media = with_music(house)
        ann, bob, cid = trio(house)
        out, into = await talking(house, ann, bob)
        await refers(house, out, "103")
        third = await rings(house, cid)
        (asked,) = bob.requests("INVITE")
        third.reply(third.invite, 200, cid.sdp)
        await house.settle()
        assert bob.requests("INVITE") == [], "one after the other"
        into.reply(asked, 200, bob.sdp)
        await house.settle()
        (again,) = bob.requests("INVITE")
        assert port_of(again.body) == cid.media, "and no later than that"
        into.reply(again, 200, bob.sdp)
        await house.settle()
        assert not media.legs
        out.bye()
        into.bye()
        await left(house, media)

    play(tmp_path, scene)


@pytest.mark.parametrize("on_hold", [False, True], ids=["from a talk", "out of a hold"])
def test_a_transfer_that_nobody_takes(tmp_path: Path, on_hold: bool) -> None:
    async def scene(house: House) -> None:
        media = with_music(house)
        ann, bob, cid = trio(house)
        out, into = await talking(house, ann, bob)
        if on_hold:
            await holds(house, out, into)
        await refers(house, out, "103")
        third = await rings(house, cid)
        if not on_hold:
            await obeys(house, into)
        ann.hear()
        third.reply(third.invite, 486)
        await house.settle()
        if on_hold:
            assert list(plays(media).values()) == [SONG], "held still, so music again"
            told(ann, out)
            await offers(house, out, "sendrecv")
            assert port_of((await obeys(house, into)).body) == ann.media
            answer(out)
        else:
            (asked,) = ann.requests("INVITE")
            assert asked.body == b""
            out.reply(asked, 200, ann.sdp)
            await house.settle()
            assert port_of((await obeys(house, into)).body) == ann.media, "the two hear each other again"
        assert not media.legs
        out.bye()
        await left(house, media)

    play(tmp_path, scene)


def test_an_attended_transfer_out_of_a_hold(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        media = with_music(house)
        ann, bob, cid = trio(house)
        first, into = await talking(house, ann, bob)
        await holds(house, first, into)
        second, third = await talking(house, ann, cid)
        await holds(house, second, third)
        assert list(plays(media).values()) == [SONG, SONG]
        await refers(house, first, replaces(second))
        (asked,) = bob.requests("INVITE")
        into.reply(asked, 200, bob.sdp)
        await house.settle()
        assert port_of((await obeys(house, third)).body) == bob.media
        assert port_of(bob.requests("ACK")[0].body) == cid.media
        assert plays(media) == {}
        house.clock.advance(3)
        into.bye()
        await left(house, media)

    play(tmp_path, scene)


@pytest.mark.parametrize("music", [True, False], ids=["music", "ringback"])
def test_who_is_parked_rings_back_and_is_parked_again(tmp_path: Path, music: bool) -> None:
    async def scene(house: House) -> None:
        media = with_music(house)
        if not music:
            house.controller.waiting.music = silent
        ann, bob, _ = trio(house)
        out, into = await talking(house, ann, bob)
        await refers(house, out, "*701")
        await obeys(house, into)
        parked = SONG if music else "ringback"
        assert list(plays(media).values()) == [parked]
        out.bye()
        ann.hear()
        house.clock.advance(60)
        back = await rings(house, ann)
        assert list(plays(media).values()) == ["ringback"], "somebody is called for Bob"
        back.reply(back.invite, 486)
        await house.settle()
        assert list(plays(media).values()) == [parked] and house.lamp("701") == "parked"
        bob.hear()
        house.clock.advance(60)
        again = await rings(house, ann)
        again.reply(again.invite, 200, ann.sdp)
        await house.settle()
        assert port_of((await obeys(house, into)).body) == ann.media
        assert not media.legs
        into.bye()
        await left(house, media)

    play(tmp_path, scene)


def test_a_call_on_hold_that_is_parked_is_taken(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        media = with_music(house)
        ann, bob, cid = trio(house)
        out, into = await talking(house, ann, bob)
        await holds(house, out, into)
        ann.call("*701")
        await house.settle()
        assert list(plays(media).values()) == [SONG], "it goes on where it was"
        assert len([told for told in media.told if told[0] == "play"]) == 1
        bob.hear()
        taker = cid.call("701")
        await house.settle()
        await obeys(house, into)
        assert isinstance(taker.answered(), Response) and not media.legs
        taker.bye()
        house.clock.advance(3)
        await left(house, media)

    play(tmp_path, scene)
