"""What is rtpengine's own: its protocol, keys both ways, and that applications' calls stay with our workers.

The scenarios that both engines play are in test_relay, test_srtp and test_application.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sip_edge.media.engine import RecordLimits, Silence, Tone
from sip_edge.media.event import Dtmf, FirstPacket, PlayEnded, RecordEnded, RtpSilence
from sip_edge.media.local import LocalMedia
from sip_edge.media.rtpengine import bencode
from sip_edge.media.rtpengine.client import Client
from sip_edge.media.rtpengine.engine import of_url
from sip_edge.media.rtpengine.watch import Seen, look
from sip_edge.message.errors import SipError
from tests.media.phone import PORTS, mu, rtpengine_studio, strength, until

VALUES = st.recursive(
    st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=10,
)


@given(VALUES)
def test_bencode_comes_back(value: object) -> None:
    assert bencode.decode(bencode.encode(value)) == value


@given(st.binary(max_size=60))
def test_hostile_bencode_is_refused(data: bytes) -> None:
    try:
        bencode.decode(data)
    except ValueError:
        return


def test_the_order_of_keys_and_truth() -> None:
    assert bencode.encode({"b": [True, b"x"], "a": {}}) == b"d1:ade1:bli1e1:xee"
    for bad in (b"", b"i5", b"5:abc", b"d1:ae", b"l" * 40 + b"e" * 40, b"i1ei2e", b"-1:"):
        with pytest.raises(ValueError):
            bencode.decode(bad)


@pytest.mark.client
def test_keys_both_ways_and_sounds_one_after_the_other() -> None:
    async def play() -> None:
        async with rtpengine_studio() as scene:
            a, b = await scene.call()
            await scene.engine.listen("c", "a")
            await a.press("5")
            await until(lambda: scene.told(Dtmf))
            before = len(b.packets)
            await scene.engine.digits("c", "b", "3")
            await until(lambda: len(b.packets) >= before + 5)
            heard = b.audio()
            assert strength(heard, 697) > 0.3 and strength(heard, 1477) > 0.3
            assert [one.digit for one in scene.events if isinstance(one, Dtmf)] == ["5"]  # not our own
            name = await scene.engine.play("c", "b", [Tone("beep"), Silence(0.1)], repeat=2)
            await until(lambda: scene.told(PlayEnded))
            assert scene.told(PlayEnded) == [PlayEnded("c", "b", name, "done")]
            await scene.engine.play("c", "b", [Tone("ringback")])
            await scene.engine.delete("c")
            assert scene.events[-1].reason == "gone"  # type: ignore[union-attr]
            assert {one.leg for one in scene.events if isinstance(one, FirstPacket)} <= {"a", "b"}

    asyncio.run(play())


@pytest.mark.client
def test_calls_of_applications_stay_with_our_workers(tmp_path: Path) -> None:
    async def play() -> None:
        async with rtpengine_studio() as scene:
            await scene.call()
            with pytest.raises(SipError, match="488 This call's audio passes through rtpengine"):
                await scene.engine.record("c", ["a"], str(tmp_path / "x.wav"), RecordLimits())
            await scene.engine.delete("c")
            a, _ = await scene.call(plain=True)
            await scene.engine.record("c", ["a"], str(tmp_path / "x.wav"), RecordLimits(seconds=0.3))
            await a.say(mu(500, 0.3))
            await until(lambda: scene.told(RecordEnded))
            assert (tmp_path / "x.wav").stat().st_size > 2_000

    asyncio.run(play())


def test_an_rtpengine_that_is_away_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sip_edge.media.rtpengine.client.RESEND_SECONDS", (0.01, 0.02))

    async def play() -> None:
        client = Client()
        with pytest.raises(SipError, match="503 The audio of calls is not available"):
            await client.ask("ping")
        await client.connect("127.0.0.1", 9)
        with pytest.raises(SipError, match="503 The audio of calls is not available"):
            await client.ask("ping")
        client.close()

    asyncio.run(play())


def test_the_url_names_where_it_listens_and_where_it_tells_keys() -> None:
    local = LocalMedia("127.0.0.1", PORTS)
    assert of_url("udp://127.0.0.1:2223?keys=127.0.0.1:2299", local) and of_url("media.example.com:2223", local)
    for bad in ("", "udp://host", "udp://host:0", "host:2223?keys=2299", "host:99999"):
        with pytest.raises(ValueError, match="rtpengine_url"):
            of_url(bad, local)


def test_first_packets_and_silence_are_read_from_its_answers() -> None:
    def answer(packets: int, *flags: str) -> dict[str, object]:
        return {"tags": {"a": {"medias": [{"flags": flags, "streams": [{"stats": {"packets": packets}}]}]}}}

    seen: dict[str, Seen] = {}
    assert look("c", seen, answer(0, "send", "recv"), 3) == []
    assert look("c", seen, answer(5, "send", "recv"), 3) == [FirstPacket("c", "a")]
    told = [event for _ in range(5) for event in look("c", seen, answer(5, "send", "recv"), 3)]
    assert told == [RtpSilence("c", "a", 3.0)]
    assert look("c", seen, answer(6, "send", "recv"), 3) == []
    assert [event for _ in range(9) for event in look("c", seen, answer(6, "send"), 3)] == []
    assert look("c", seen, {"tags": {"b": {"medias": []}}}, 3) == []
