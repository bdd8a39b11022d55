"""Call screening that comes to nothing: who hangs up, and an engine that is not there (SF-099)."""

from __future__ import annotations

from pathlib import Path

import pytest

from sip_edge.call.call import NAMING
from sip_edge.call.confirming import GOODBYE
from sip_edge.call.orbits import RING_FOR
from sip_edge.media.event import CallLost, Dtmf
from sip_edge.message import SipError
from tests.call.scenes import Desk, House, connected, play, port_of
from tests.call.screened import Screened, screening
from tests.registrar.scenes import DOMAIN


@pytest.mark.parametrize("when", ["asked", "recorded", "ringing", "answered", "cancelled"])
def test_a_caller_who_hangs_up(tmp_path: Path, when: str) -> None:
    async def scene(house: House) -> None:
        one = Screened(house)
        if when == "cancelled":
            one.out = one.ann.call("102")
            one.out.cancel()
            await house.settle()
            assert sorted(one.ann.statuses()) == [200, 487]
        else:
            await one.call()
            one.out.answered()
            if when == "recorded":
                await one.asked()
            elif when != "asked":
                await one.says()
            if when == "answered":
                await one.answers()
            elif when == "ringing":
                one.bob.rung().ring()
            one.out.bye()
            await house.settle()
            methods = [request.method for request in one.bob.requests() if request.method != "ACK"]
            assert methods == (["CANCEL"] if when == "ringing" else [])
            house.clock.advance(GOODBYE)
            methods = [request.method for request in one.bob.requests() if request.method != "CANCEL"]
            assert methods == (["BYE"] if when == "answered" else []), "that the caller has gone is said first"
        await house.settle()
        house.clock.advance(40)
        assert one.nothing_left()
        assert [event.status for event in house.events if event.kind == "ended"] == [487]

    play(tmp_path, scene, screening())


def test_keys_and_time_end_the_question(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        one = await Screened(house).call()
        one.out.answered()
        _, call, leg, *_ = one.told("play")
        one.media.tell(Dtmf(str(call), str(leg), "#", 100))
        await house.settle()
        assert one.heard() == ["beep"], "who knows the question goes on at once"
        await one.asked()
        one.media.tell(Dtmf(str(call), str(leg), "#", 100))
        await house.settle()
        assert one.told("stop_record")[2] == one.told("record")[5]
        house.clock.advance(NAMING)
        await house.settle()
        assert len(one.bob.requests("INVITE")) == 1, (
            "an engine that tells nothing does not keep the phones from ringing"
        )
        one.out.bye()
        await house.settle()
        house.clock.advance(40)
        assert one.nothing_left()

    play(tmp_path, scene, screening())


def test_an_engine_that_cannot_ask_rings_nobody(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        one = Screened(house)
        one.media.refuse = SipError(503, "No ports are left.")
        await one.call()
        assert one.ann.statuses() == [480] and one.bob.requests() == []
        assert one.nothing_left()

    play(tmp_path, scene, screening())


@pytest.mark.parametrize("when", ["asked", "ringing", "answered"])
def test_an_engine_that_loses_the_call(tmp_path: Path, when: str) -> None:
    async def scene(house: House) -> None:
        one = await Screened(house).call()
        one.out.answered()
        if when != "asked":
            await one.says()
        if when == "answered":
            await one.answers()
        _, call, *_ = one.told("play")
        one.media.legs.clear()
        one.media.tell(CallLost(str(call)))
        await house.settle()
        assert "BYE" in [request.method for request in one.ann.requests()]
        house.clock.advance(40)
        assert one.nothing_left()

    play(tmp_path, scene, screening())


def test_a_colleague_picks_up_a_caller_who_was_asked(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        one = await Screened(house).call()
        one.out.answered()
        await one.says()
        one.bob.rung().ring()
        cid = Desk(house, "103").register()
        taker = cid.call("*35102")
        await house.settle()
        (again,) = one.ann.requests("INVITE")
        assert port_of(again.body) == cid.media, "straight to who has taken it"
        one.out.reply(again, 200, one.ann.sdp)
        await house.settle()
        taker.answered()
        assert "CANCEL" in [request.method for request in one.bob.requests()]
        taker.bye()
        await house.settle()
        house.clock.advance(40)
        assert one.nothing_left()

    play(tmp_path, scene, screening())


def test_a_caller_who_is_transferred_is_asked_too(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        one = Screened(house)
        cid = Desk(house, "103").register()
        out, into = connected(one.ann, cid)
        into.send("REFER", b"", ("Refer-To", f"<sip:102@{DOMAIN}>"))
        await house.settle()
        (again,) = one.ann.requests("INVITE")
        out.reply(again, 200, one.ann.sdp)
        await house.settle()
        assert one.heard() == ["screen-name", "beep"]
        assert any(b"200 OK" in request.body for request in cid.requests("NOTIFY")), "the transfer has come to its end"
        await one.says()
        await one.answers()
        await one.press("1")
        assert len(one.media.bridged) == 1
        out.bye()
        await house.settle()
        house.clock.advance(40)
        assert one.nothing_left()

    play(tmp_path, scene, screening())


def test_a_caller_who_offers_nothing_says_where_its_audio_is_in_the_ack(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        one = await Screened(house).call(b"")
        assert one.out.answered(ack=False).body, "the engine offers"
        one.out.ack(one.ann.sdp, cseq=one.out.invite.cseq.number)
        await house.settle()
        await one.says()
        await one.answers()
        await one.press("1")
        assert len(one.media.bridged) == 1
        one.out.bye()
        await house.settle()
        assert one.nothing_left()

    play(tmp_path, scene, screening())


def test_who_comes_back_from_an_orbit_has_talked_already_and_is_not_asked(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        one = await Screened(house).call()
        one.out.answered()
        await one.says()
        into = await one.answers()
        await one.press("1")
        into.send("REFER", b"", ("Refer-To", f"<sip:*701@{DOMAIN}>"))
        await house.settle()
        (music,) = one.ann.requests("INVITE")
        one.out.reply(music, 200, one.ann.sdp)
        await house.settle()
        asked = len([told for told in one.media.told if told[0] == "record"])
        one.bob.hear()
        house.clock.advance(RING_FOR)
        await house.settle()
        assert "recalled" in house.kinds() and "INVITE" in [request.method for request in one.bob.requests()]
        assert len([told for told in one.media.told if told[0] == "record"]) == asked
        one.out.bye()
        await house.settle()
        house.clock.advance(200)
        await house.settle()
        assert house.quiet()

    play(tmp_path, scene, screening())
