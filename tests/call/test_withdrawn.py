"""Offers that are withdrawn, or answered too late: the two are connected anew, and either may change the call again."""

from __future__ import annotations

import gc
import warnings
from pathlib import Path

import pytest

from sip_edge.media.engine import Peer
from sip_edge.message import Request
from tests.call.holds import SONG, answer, holds, obeys, offers, plays, talking, with_music
from tests.call.scenes import Desk, House, Incoming, Outgoing, offer, play, port_of


def cancels(talk: Outgoing | Incoming, invite: Request) -> None:
    """A phone cancels its re-INVITE."""
    keep = ("via", "from", "to", "call-id", "max-forwards")
    rows = [(name, value) for name, value in invite.headers.pairs if name.lower() in keep]
    talk.desk.send(Request.build("CANCEL", invite.target, [*rows, ("CSeq", f"{invite.cseq.number} CANCEL")]))


async def anew(house: House, first: Outgoing | Incoming, second: Outgoing | Incoming) -> None:
    """The server asks the first phone for its offer, and the second answers it."""
    asked = await obeys(house, first)
    assert asked.body == b""
    assert port_of((await obeys(house, second)).body) == first.desk.media


@pytest.mark.parametrize("music", [True, False], ids=["music", "as it is"])
def test_a_hold_that_is_cancelled_and_agreed_to_all_the_same(tmp_path: Path, music: bool) -> None:
    async def scene(house: House) -> None:
        media = with_music(house)
        if not music:
            house.controller.waiting.music = None
        out, into = await talking(house, Desk(house, "101"), Desk(house, "102").register())
        invite = out.send("INVITE", offer(out.desk.media, direction="sendonly"))
        await house.settle()
        cancels(out, invite)
        assert 487 in out.desk.statuses()
        await obeys(house, into)
        await anew(house, out, into)
        assert plays(media) == {} and not media.legs and house.lamp("101") == "busy"
        if music:
            await holds(house, out, into)
            assert list(plays(media).values()) == [SONG], "and Ann may hold him again"
        out.bye()
        await house.settle()
        assert house.quiet() and not media.legs

    play(tmp_path, scene)


def test_an_update_does_not_wait_for_ever(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        media = with_music(house)
        out, into = await talking(house, Desk(house, "101"), Desk(house, "102").register())
        await offers(house, out, "sendonly", "UPDATE")
        (slow,) = into.desk.requests("INVITE")
        house.clock.advance(10)
        assert out.desk.statuses()[-1] == 504, "RFC 3311 section 5.2"
        into.reply(slow, 200, into.desk.sdp)
        await house.settle()
        into.desk.hear()
        await obeys(house, out)
        await obeys(house, into)
        assert plays(media) == {} and not media.legs
        await offers(house, out, "sendonly", "UPDATE")
        await obeys(house, into)
        assert b"a=recvonly" in answer(out).body and list(plays(media).values()) == [SONG]
        into.bye()
        await house.settle()
        assert house.quiet() and not media.legs

    play(tmp_path, scene)


def test_a_stop_gives_the_ports_back(tmp_path: Path) -> None:
    """Nothing that the engine was to do is forgotten without being begun, or let go."""

    async def scene(house: House) -> None:
        media = with_music(house)
        out, into = await talking(house, Desk(house, "101"), Desk(house, "102").register())
        await holds(house, out, into)
        await house.controller.stop()
        assert house.quiet() and not media.legs

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        play(tmp_path, scene)
        gc.collect()


def test_a_phone_that_speaks_srtp_hears_music_in_srtp(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        media = with_music(house)
        ann, bob = Desk(house, "101"), Desk(house, "102").register()
        out, into = await talking(house, ann, bob)
        leg = next(leg for leg in house.controller.book.of_person("acme.example", "102"))
        await holds(house, out, into)
        assert media.peers[next(iter(plays(media)))] == Peer("192.0.2.1", srtp=False)
        leg.theirs = leg.theirs.replace(b"RTP/AVP", b"RTP/SAVP")
        house.controller.waiting.end(leg)
        await offers(house, out, "sendonly")
        await obeys(house, into)
        assert media.peers[next(iter(plays(media)))] == Peer("192.0.2.1", srtp=True)
        out.bye()
        await house.settle()

    play(tmp_path, scene)


def test_keys_that_the_other_side_does_not_acknowledge(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        out, into = await talking(house, Desk(house, "101"), Desk(house, "102").register())
        out.send("INFO", b"Signal=5\r\n", ("Content-Type", "application/dtmf-relay"))
        (info,) = into.desk.requests("INFO")
        house.clock.advance(10)
        assert out.desk.statuses()[-1] == 408
        into.reply(info, 200)
        assert 200 not in out.desk.statuses(), "that comes too late"
        out.bye()
        assert house.quiet() and house.stack.counters.handler_errors == 0

    play(tmp_path, scene)
