"""Programmes to those who wait: some minutes at a time, begun anew when a file or the engine's process is gone."""

from __future__ import annotations

from pathlib import Path

from provd.music.programme import Segment
from sip_edge.call.description import placed
from sip_edge.call.music import clip
from sip_edge.media.engine import Clip, File, Silence
from sip_edge.media.event import CallLost, PlayEnded, RtpSilence
from sip_edge.message.sdp import Session
from tests.call.holds import SONG, holds, obeys, plays, talking, with_music
from tests.call.scenes import Desk, House, offer, play, port_of
from tests.fakes import FakeMedia

Told = tuple[str, str, str]


def last(media: FakeMedia) -> tuple[Told, tuple[Clip, ...]]:
    """What was played last: engine call, leg and the play's name; the clips."""
    told = [one for one in media.told if one[0] == "play"][-1]
    return (told[1], told[2], told[5]), told[3]


def test_the_engine_is_given_a_few_minutes_and_asks_for_more(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        media = with_music(house)
        out, into = await talking(house, Desk(house, "101"), Desk(house, "102").register())
        await holds(house, out, into)
        name, clips = last(media)
        assert clips == tuple(File(SONG, start, 120.0) for start in (0.0, 120.0, 240.0))
        media.tell(PlayEnded(*name[:2], "an earlier one", "done"))
        media.tell(PlayEnded(*name, "replaced"))
        await house.settle()
        assert last(media)[0] == name, "that is nothing new"
        media.tell(PlayEnded(*name, "done"))
        await house.settle()
        assert last(media)[1][0] == File(SONG, 360.0, 120.0), "and on where it was"
        out.bye()
        await house.settle()
        media.tell(PlayEnded(*last(media)[0], "gone"))
        assert house.quiet() and not media.legs

    play(tmp_path, scene)


def test_a_file_that_is_gone(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        media = with_music(house)
        out, into = await talking(house, Desk(house, "101"), Desk(house, "102").register())
        await holds(house, out, into)
        name, _ = last(media)
        media.tell(PlayEnded(*name, "failed"))
        await house.settle()
        assert last(media)[0] == name
        house.clock.advance(10)
        await house.settle()
        assert last(media)[0] != name and last(media)[1][0] == File(SONG, 0.0, 120.0), "begun anew a little later"
        into.bye()
        await house.settle()
        assert house.quiet() and not media.legs

    play(tmp_path, scene)


def test_a_process_of_the_engine_that_dies(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        media = with_music(house)
        out, into = await talking(house, Desk(house, "101"), Desk(house, "102").register())
        await holds(house, out, into)
        (call,) = plays(media)
        await media.delete(call)
        media.tell(CallLost(call))
        house.clock.advance(1)
        await house.settle()
        await obeys(house, into)
        assert list(plays(media).values()) == [SONG], "Bob has been asked to listen to another"
        into.bye()
        await house.settle()
        assert house.quiet() and not media.legs

    play(tmp_path, scene)


def test_an_engine_that_plays_nothing(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        media = with_music(house)
        out, into = await talking(house, Desk(house, "101"), Desk(house, "102").register())
        media.missing.add(SONG)
        await holds(house, out, into)
        assert plays(media) == {} and house.lamp("101") == "held"
        media.missing.clear()
        house.clock.advance(10)
        await house.settle()
        assert list(plays(media).values()) == [SONG]
        out.bye()
        await house.settle()
        assert house.quiet() and not media.legs

    play(tmp_path, scene)


def test_a_phone_that_dies_while_it_waits(tmp_path: Path) -> None:
    async def scene(house: House) -> None:
        media = with_music(house)
        out, into = await talking(house, Desk(house, "101"), Desk(house, "102").register())
        await holds(house, out, into)
        media.tell(RtpSilence(last(media)[0][0], "caller", 30.0))
        assert [one.method for one in into.desk.requests()] == ["OPTIONS"], "it may be muted only"
        house.clock.advance(40)
        await house.settle()
        assert "BYE" in [one.method for one in out.desk.requests()]
        assert house.quiet() and not media.legs

    play(tmp_path, scene)


def test_pieces_of_a_programme() -> None:
    assert clip(Segment("a.wav", 2.0, 3.0)) == File("a.wav", 2.0, 3.0)
    assert clip(Segment("", 0.0, 30.0)) == Silence(30.0)


def test_an_offer_has_a_section_for_each_that_there_was() -> None:
    """RFC 3264 section 8: sections never go away in a session."""
    video = b"m=video 9000 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"
    ours = offer(20_000)
    assert placed(ours, offer(4000)) == ours and placed(ours, b"") == ours
    kinds = [(one.kind, one.port) for one in Session.parse(placed(ours, offer(4000) + video)).media]
    assert kinds == [("audio", 20_000), ("video", 0)]
    head, _, audio = offer(4000).partition(b"m=audio")
    turned = placed(ours, head + video + b"m=audio" + audio)
    assert [(one.kind, one.port) for one in Session.parse(turned).media] == [("video", 0), ("audio", 20_000)]
    assert port_of(turned) == 20_000
