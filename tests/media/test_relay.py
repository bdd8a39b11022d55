"""Two phones hear each other through the engine, and nobody else is heard."""

from __future__ import annotations

import asyncio

import pytest

from sip_edge.media import rtp
from sip_edge.media.event import FirstPacket, RtpSilence
from sip_edge.message.errors import SipError
from tests.media.phone import BOTH, Scene, local, mu, strength, studio, until


@BOTH
def test_what_one_says_the_other_hears(made: Scene) -> None:
    async def play() -> None:
        async with made() as scene:
            a, b = await scene.call()
            await asyncio.gather(a.say(mu(500, 0.4)), b.say(mu(900, 0.4)))
            await until(lambda: len(a.packets) == 20 and len(b.packets) == 20)
            assert strength(b.audio(), 500) > 0.9 and strength(a.audio(), 900) > 0.9
            await until(lambda: len(scene.told(FirstPacket)) == 2)
            assert set(scene.told(FirstPacket)) == {FirstPacket("c", "a"), FirstPacket("c", "b")}
            await a.press("5")
            await until(lambda: b.keys == "5")

    asyncio.run(play())


def test_a_stranger_is_not_heard_and_counted() -> None:
    async def play() -> None:
        async with studio() as scene:
            a, b = await scene.call()
            stranger = await scene.phone("127.0.9.9")
            stranger.to = a.to
            stranger.send(mu(700, 0.02))
            other = await scene.phone()  # the right address, but not the first who spoke
            a.send(mu(500, 0.02))
            await until(lambda: len(b.packets) == 1)
            other.to = a.to
            other.send(mu(700, 0.02))
            a.send(mu(500, 0.02))
            await until(lambda: len(b.packets) == 2)
            assert [one.ssrc for one in b.packets] == [7, 7]
            assert (await local(scene).load())[0]["refused"] == 2
            assert not stranger.packets and not other.packets

    asyncio.run(play())


def test_after_a_new_description_audio_may_come_from_another_port() -> None:
    async def play() -> None:
        async with studio() as scene:
            a, b = await scene.call()
            a.send(b"\xff" * 160)
            await until(lambda: b.packets)
            moved = await scene.phone()
            b.heed(await scene.engine.offer("c", "a", moved.sdp(), to="b"))
            moved.heed(await scene.engine.answer("c", "b", b.sdp(), to="a"))
            assert moved.to == a.to
            moved.send(b"\x01" * 160)
            b.send(b"\x02" * 160)
            await until(lambda: len(b.packets) == 2 and moved.packets)
            assert not a.packets

    asyncio.run(play())


def test_laws_and_numbers_are_changed_between_legs_that_agreed_apart() -> None:
    async def play() -> None:
        async with studio() as scene:
            a, b = await scene.phone(), await scene.phone()
            a.heed(await scene.engine.accept("c", "a", a.sdp("0 101")))
            b.heed(await scene.engine.accept("c", "b", b.sdp("8 96", extra="a=rtpmap:96 telephone-event/8000\r\n")))
            await scene.engine.bridge("c", "a", "b")
            await a.say(mu(500, 0.4))
            await until(lambda: len(b.packets) == 20)
            assert {one.payload_type for one in b.packets} == {8} and strength(b.audio(8), 500) > 0.9
            await b.press("7", 96)
            await until(lambda: a.keys == "7")

    asyncio.run(play())


def test_the_last_answer_of_a_fork_is_who_is_spoken_to() -> None:
    async def play() -> None:
        async with studio() as scene:
            a, one, two = [await scene.phone() for _ in range(3)]
            one.heed(await scene.engine.offer("c", "a", a.sdp(), to="b1"))
            two.heed(await scene.engine.offer("c", "a", a.sdp(), to="b2"))
            assert one.to != two.to
            first = await scene.engine.answer("c", "b1", one.sdp(), to="a")
            second = await scene.engine.answer("c", "b2", two.sdp(), to="a")
            assert first == second  # nothing changed for the caller, so neither does its description's version
            a.heed(second)
            await scene.engine.delete("c", "b1")
            a.send(b"\xff" * 160)
            await until(lambda: two.packets)
            assert not one.packets

    asyncio.run(play())


@BOTH
def test_blocked_audio_and_keys_stay_behind(made: Scene) -> None:
    async def play() -> None:
        async with made() as scene:
            a, b = await scene.call()
            await scene.engine.block("c", "a", audio=True)
            a.send(b"\xff" * 160)
            await a.press("1")
            await until(lambda: b.keys == "1")
            assert {one.payload_type for one in b.packets} == {101}
            await scene.engine.block("c", "a", dtmf=True)
            await a.press("2")
            a.send(b"\xff" * 160)
            await until(lambda: b.packets[-1].payload_type == 0)
            assert b.keys == "1"

    asyncio.run(play())


def test_a_held_phone_is_not_spoken_to() -> None:
    async def play() -> None:
        async with studio() as scene:
            a, b = await scene.call()
            held = await scene.engine.offer("c", "a", a.sdp(extra="a=sendonly\r\n"), to="b")
            assert b"a=sendonly" in held
            answer = await scene.engine.answer("c", "b", b.sdp(extra="a=recvonly\r\n"), to="a")
            assert b"a=recvonly" in answer
            b.send(b"\x01" * 160)
            a.send(b"\x02" * 160)
            await until(lambda: b.packets)
            await scene.engine.offer("c", "a", a.sdp(), to="b")
            await scene.engine.answer("c", "b", b.sdp(), to="a")
            b.send(b"\x03" * 160)
            await until(lambda: a.packets)
            assert [one.payload[0] for one in a.packets] == [3]

    asyncio.run(play())


def test_a_leg_that_falls_silent_is_told_of_once() -> None:
    async def play() -> None:
        async with studio(silence=0.3) as scene:
            a, _ = await scene.call()
            a.send(b"\xff" * 160)
            await until(lambda: len(scene.told(RtpSilence)) == 2)
            a.send(b"\xff" * 160)
            await until(lambda: len(scene.told(RtpSilence)) == 3)
            assert [event.leg for event in scene.told(RtpSilence)].count("a") == 2  # type: ignore[union-attr]
            assert all(0.3 <= event.seconds < 60 for event in scene.told(RtpSilence)), "also of who never spoke"  # type: ignore[union-attr]

    asyncio.run(play())


def test_hostile_packets_end_at_the_engine_or_pass_unharmed() -> None:
    async def play() -> None:
        async with studio() as scene:
            a, b = await scene.call()
            await scene.engine.listen("c", "a")  # every packet is read
            for data in (b"", b"\x80", b"\x00" * 40, b"\x9f\x00" + b"\xff" * 20, b"\xa0\x00" + b"\xff" * 10 + b"\xff"):
                a.transport.sendto(data, a.to)
            a.send(b"\x0b", 101)
            a.send(b"\xff\x80\xff\xff", 101)
            a.send(b"\xff" * 160)
            await until(lambda: b.packets and b.packets[-1].payload_type == 0)
            assert rtp.parse(b"\x80" + b"\0" * 11) is not None

    asyncio.run(play())


def test_no_ports_left_is_a_sentence_and_ports_come_back() -> None:
    async def play() -> None:
        async with studio(ports=(42_000, 42_003)) as scene:
            await scene.call()
            with pytest.raises(SipError, match="503 No port for audio is free"):
                await scene.engine.offer("d", "a", scene.phones[0].sdp(), to="b")
            await scene.engine.delete("c")
            await scene.engine.delete("c")
            await scene.call()
            assert (await local(scene).load())[0]["calls"] == 1

    asyncio.run(play())


def test_reports_of_quality_pass_between_the_two_and_from_nobody_else() -> None:
    async def play() -> None:
        async with studio() as scene:
            a, b = [await scene.phone_with_reports() for _ in range(2)]
            b.heed(await scene.engine.offer("c", "a", a.sdp(), to="b"))
            a.heed(await scene.engine.answer("c", "b", b.sdp(), to="a"))
            a.send(b"\xff" * 160)
            b.send(b"\xff" * 160)
            await until(lambda: a.packets and b.packets)
            stranger = await scene.phone("127.0.9.9")
            for phone in (stranger, a):
                reports = phone.reports or phone
                reports.transport.sendto(b"\x80\xc9" + phone.address.encode(), (a.to[0], a.to[1] + 1))
            await until(lambda: b.reports is not None and b.reports.others)
            assert b.reports is not None and b.reports.others == [b"\x80\xc9127.0.0.1"]

    asyncio.run(play())
