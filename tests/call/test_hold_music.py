"""Whoever is held hears music from this server; the holder is answered here, and resuming connects the two again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from sip_edge.message import SipError
from tests.call.holds import SONG, answer, holds, obeys, offers, plays, silent, talking, with_music
from tests.call.scenes import NUMBER, TRUNK, Desk, House, offer, play, port_of
from tests.registrar.scenes import DOMAIN


def pair(house: House) -> tuple[Desk, Desk]:
    """Ann and Bob."""
    return Desk(house, "101").register(), Desk(house, "102").register()


@pytest.mark.parametrize(
    ("how", "answered"), [("sendonly", b"a=recvonly"), ("inactive", b"a=inactive")], ids=["sendonly", "inactive"]
)
@pytest.mark.parametrize("method", ["INVITE", "UPDATE"])
def test_hold_and_resume(tmp_path: Path, method: str, how: str, answered: bytes) -> None:
    async def scene(house: House) -> None:
        media = with_music(house)
        out, into = await talking(house, *pair(house))
        await offers(house, out, how, method)
        asked = await obeys(house, into)
        assert b"192.0.2.9" in asked.body and b"sendonly" not in asked.body, "Bob is to hear the engine"
        held = answer(out)
        assert answered in held.body and port_of(held.body) != into.desk.media
        assert list(plays(media).values()) == [SONG]
        assert house.lamp("101") == "held"
        into.desk.hear()
        await offers(house, out, "sendrecv", method)
        again = await obeys(house, into)
        assert port_of(again.body) == out.desk.media, "and then hears Ann again"
        assert port_of(answer(out).body) == into.desk.media
        assert house.lamp("101") == "busy"
        assert not media.legs and len(house.controller.waiting) == 0
        assert [kind for kind in house.kinds() if kind in ("held", "resumed")] == ["held", "resumed"]
        out.bye()
        assert house.quiet()

    play(tmp_path, scene)


def test_a_hold_of_the_old_kind(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        media = with_music(house)
        out, into = await talking(house, *pair(house))
        out.send("INVITE", offer(out.desk.media, "0.0.0.0"))  # RFC 2543's hold
        await house.settle()
        await obeys(house, into)
        answer(out)
        assert list(plays(media).values()) == [SONG]
        out.bye()
        await house.settle()
        assert house.quiet() and not media.legs

    play(tmp_path, scene)


def test_both_hold_and_resume_one_after_the_other(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        media = with_music(house)
        out, into = await talking(house, *pair(house))
        await holds(house, out, into)
        await offers(house, into, "sendonly")
        assert b"a=recvonly" in answer(into).body
        assert plays(media) == {}, "nobody wants to hear anything"
        assert out.desk.requests("INVITE") == []
        await offers(house, out, "sendrecv")
        assert b"a=sendrecv" in answer(out).body
        assert into.desk.requests("INVITE") == [] and list(plays(media).values()) == [SONG], "Ann hears Bob's music"
        await offers(house, into, "sendrecv")
        assert port_of((await obeys(house, out)).body) == into.desk.media
        assert port_of(answer(into).body) == out.desk.media
        assert plays(media) == {} and not media.legs
        into.bye()
        assert house.quiet()

    play(tmp_path, scene)


def test_who_is_held_may_change_its_audio_and_hears_on(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        media = with_music(house)
        out, into = await talking(house, *pair(house))
        await holds(house, out, into)
        before = [told for told in media.told if told[0] == "play"]
        await offers(house, into, "sendrecv")
        assert b"a=sendrecv" in answer(into).body and out.desk.requests() == []
        await offers(house, out, "inactive")
        assert b"a=inactive" in answer(out).body and into.desk.requests() == []
        assert [told for told in media.told if told[0] == "play"] == before, "it goes on where it was"
        into.bye()
        await house.settle()
        assert house.quiet() and not media.legs

    play(tmp_path, scene)


@pytest.mark.parametrize("why", ["refuses", "no engine", "no music", "the engine cannot"])
def test_a_hold_passes_where_there_is_no_music(tmp_path: Path, why: str) -> None:
    async def scene(house: House) -> None:
        media = with_music(house)
        if why == "no engine":
            house.controller.audio.engine = None
        if why == "no music":
            house.controller.waiting.music = silent
        out, into = await talking(house, *pair(house))
        if why == "the engine cannot":
            media.refuse = SipError(503, "No ports are left.")
        await offers(house, out, "sendonly")
        if why == "refuses":
            assert b"sendonly" not in (await obeys(house, into, 488)).body
        (passed,) = into.desk.requests("INVITE")
        assert b"a=sendonly" in passed.body and port_of(passed.body) == out.desk.media
        into.reply(passed, 200, offer(into.desk.media, direction="recvonly"))
        await house.settle()
        assert port_of(answer(out).body) == into.desk.media
        assert house.lamp("101") == "held" and not media.legs
        await offers(house, out, "sendrecv")
        await obeys(house, into)
        answer(out)
        out.bye()
        await house.settle()
        assert house.quiet() and not media.legs

    play(tmp_path, scene)


def test_a_carriers_hold_is_its_own_and_its_callers_hear_our_music(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        media = with_music(house)
        carrier, bob = Desk(house, "+13035550100", trunk=True, domain="127.0.0.1"), Desk(house, "102").register()
        out = carrier.call(NUMBER)
        await house.settle()
        into = bob.rung()
        into.reply(into.invite, 200, bob.sdp)
        await house.settle()
        out.answered()
        bob.hear()
        await offers(house, out, "sendonly")
        assert b"a=sendonly" in (await obeys(house, into)).body, "whatever it plays is heard"
        answer(out)
        await offers(house, out, "sendrecv")
        await obeys(house, into)
        answer(out)
        await holds(house, into, out)
        assert list(plays(media).values()) == [SONG]
        out.bye()
        await house.settle()
        assert house.quiet() and not media.legs

    play(tmp_path, scene, trunks=(replace(TRUNK, domain=DOMAIN),))


def test_who_is_held_has_died(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        media = with_music(house)
        out, into = await talking(house, *pair(house))
        await offers(house, out, "sendonly")
        await obeys(house, into, 481)
        assert 487 in out.desk.statuses()
        assert house.quiet() and not media.legs

    play(tmp_path, scene)
