"""SRTP with keys from the description (RFC 4568): a phone on TLS speaks to one that knows plain RTP only."""

from __future__ import annotations

import asyncio
from pathlib import Path

from sip_edge.media import negotiation, wav
from sip_edge.media.engine import Peer, RecordLimits, Tone
from sip_edge.media.event import Dtmf, PlayEnded, RecordEnded
from sip_edge.media.sdes import Crypto
from tests.media.phone import BOTH, Phone, Scene, Studio, local, mu, strength, studio, until

OWN = Crypto(1, bytes(range(100, 130)))
SECURE = {"protocol": "RTP/SAVP", "extra": f"a=crypto:{OWN}\r\n"}


async def secure_call(scene: Studio) -> tuple[Phone, Phone]:
    """A plain phone calls one that is registered over TLS."""
    a, b = await scene.phone(), await scene.phone()
    asked = b.heed(await scene.engine.offer("c", "a", a.sdp(), to="b", to_peer=Peer(srtp=True), plain=True))
    assert asked.protocol == "RTP/SAVP" and asked.crypto is not None
    b.secure(OWN, asked.crypto)
    answered = a.heed(await scene.engine.answer("c", "b", b.sdp(**SECURE), to="a"))
    assert answered.protocol == "RTP/AVP" and answered.crypto is None
    return a, b


@BOTH
def test_srtp_to_plain_rtp_and_back(made: Scene) -> None:
    async def play() -> None:
        async with made() as scene:
            a, b = await secure_call(scene)
            await asyncio.gather(a.say(mu(500, 0.4)), b.say(mu(900, 0.4)))
            await until(lambda: len(a.packets) == 20 and len(b.packets) == 20)
            assert strength(b.audio(), 500) > 0.9 and strength(a.audio(), 900) > 0.9

    asyncio.run(play())


def test_who_has_not_the_key_is_not_heard_and_takes_nobodys_place() -> None:
    async def play() -> None:
        async with studio() as scene:
            a, b = await secure_call(scene)
            thief = await scene.phone()
            thief.to = b.to
            thief.send(b"\xff" * 160)  # the right address, before the phone has spoken
            b.send(b"\x01" * 160)
            a.send(b"\x02" * 160)
            await until(lambda: a.packets and b.packets)
            assert not thief.packets and [one.payload[0] for one in a.packets] == [1]
            assert (await local(scene).load())[0]["refused"] == 1

    asyncio.run(play())


def test_played_recorded_and_heard_under_srtp(tmp_path: Path) -> None:
    async def play() -> None:
        async with studio() as scene:
            phone = await scene.phone()
            audio = phone.heed(await scene.engine.accept("c", "a", phone.sdp(**SECURE)))
            assert audio.crypto is not None
            phone.secure(OWN, audio.crypto)
            await scene.engine.listen("c", "a")
            name = await scene.engine.record("c", ["a"], str(tmp_path / "x.wav"), RecordLimits(digits="#"))
            await scene.engine.play("c", "a", [Tone("beep")])
            await until(lambda: scene.told(PlayEnded))
            assert strength(phone.audio(), 1000) > 0.9
            await phone.say(mu(500, 0.4))
            await phone.press("#")
            await until(lambda: scene.told(RecordEnded) and scene.told(Dtmf))
            assert name

    asyncio.run(play())
    assert strength(wav.parse((tmp_path / "x.wav").read_bytes()).samples[-2400:-800], 500) > 0.5


def test_the_count_of_packets_goes_on_when_a_call_is_described_again() -> None:
    """RFC 3711 section 3.3.1: sequence numbers go round every 22 minutes, and both ends count how often."""

    async def play() -> None:
        async with studio() as scene:
            a, b = await secure_call(scene)
            for phone in (a, b):
                phone.sequence = 65_530
            await asyncio.gather(a.say(mu(500, 0.3)), b.say(mu(900, 0.3)))
            await until(lambda: len(a.packets) == 15 and len(b.packets) == 15)
            a.heed(await scene.engine.offer("c", "b", b.sdp(**SECURE), to="a"))
            b.heed(await scene.engine.answer("c", "a", a.sdp(), to="b"))
            await asyncio.gather(a.say(mu(500, 0.2)), b.say(mu(900, 0.2)))
            await until(lambda: len(a.packets) == 25 and len(b.packets) == 25)

    asyncio.run(play())


def test_a_leg_of_another_call_goes_on_under_a_key_that_the_phone_knows() -> None:
    key = bytes(range(30))

    async def play() -> None:
        async with studio() as scene:
            offered = negotiation.read(await scene.engine.invite("d", "a", peer=Peer(srtp=True, key=key)))
            assert offered.crypto is not None and offered.crypto.key == key
            offered = negotiation.read(await scene.engine.invite("e", "a", peer=Peer(srtp=True)))
            assert offered.crypto is not None and offered.crypto.key != key
        assert key.hex() not in repr(Peer(key=key)) and repr(key) not in repr(Peer(key=key))

    asyncio.run(play())
