"""Keys in events and in tones, and recordings put together from packets that come as packets do."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sip_edge.media import g711, rtp, tones, wav
from sip_edge.media.dtmf import Ear
from sip_edge.media.keys import Keys, Press
from sip_edge.media.mixdown import Mixdown, quiet_at_end
from sip_edge.media.prompts import SHIPPED


def packet(payload: bytes, timestamp: int = 0) -> rtp.Packet:
    return rtp.Packet(101, False, 1, timestamp, 1, payload)


def heard(samples: g711.Samples) -> str:
    return "".join(one.digit for one in Ear().heard(samples))


def test_speech_is_no_key() -> None:
    """A quarter of an hour of speech would be better; these four minutes have every sound of English."""
    for path in sorted((SHIPPED / "en").glob("*.wav")):
        assert heard(wav.parse(path.read_bytes()).samples) == "", path.stem


@pytest.mark.parametrize("law", ["PCMU/8000", "PCMA/8000"])
@pytest.mark.parametrize("gain", [0.15, 1.0, 3.0])
def test_every_key_is_heard_at_every_loudness_through_noise(law: str, gain: float) -> None:
    noise = np.random.default_rng(7)
    pause = np.zeros(640, np.int16)
    parts = [part for key in rtp.KEYS for part in (tones.key_tone(key, 0.08), pause)]
    loud = np.concatenate([*parts, pause]) * gain
    samples = np.clip(loud + noise.normal(0, 60 * gain, len(loud)), -32768, 32767).astype(np.int16)
    assert heard(g711.decode(law, g711.encode(law, samples))) == rtp.KEYS


def test_one_frequency_tones_and_music_are_no_keys() -> None:
    for frequencies in ((697,), (1209,), (440, 480), (697, 770), (697, 1209, 1000)):
        assert heard(tones.sine(frequencies, 0.5)) == ""


def test_a_key_is_told_once_however_many_packets_tell_it() -> None:
    keys = Keys()
    told = [press for payload, _ in rtp.event_packets("8") for press in keys.heard(packet(payload, 160), 1.0)]
    assert told == [Press("8", 100)] and keys.due(9.0) == []


def test_a_key_whose_end_is_lost_is_told_by_the_next_or_after_a_while() -> None:
    keys = Keys()
    first, second = rtp.event_packets("1")[:3], rtp.event_packets("2")[:3]
    assert [press for payload, _ in first for press in keys.heard(packet(payload, 160), 1.0)] == []
    assert [press.digit for payload, _ in second for press in keys.heard(packet(payload, 3_200), 1.1)] == ["1"]
    assert keys.due(1.2) == [] and [press.digit for press in keys.due(1.4)] == ["2"] and keys.due(9.0) == []


def test_a_key_held_for_long_is_told_before_it_is_let_go() -> None:
    keys = Keys()
    assert keys.heard(packet(rtp.EVENT.pack(5, 10, 16_000)), 1.0) == [Press("5", 2_000)]
    assert keys.heard(packet(rtp.EVENT.pack(5, 0x8A, 24_000)), 2.0) == []


@given(st.lists(st.tuples(st.binary(max_size=8), st.integers(0, 2**32 - 1), st.floats(0, 10)), max_size=30))
def test_hostile_events_tell_at_most_one_key_each(events: list[tuple[bytes, int, float]]) -> None:
    keys = Keys()
    told = [press for payload, stamp, now in events for press in keys.heard(packet(payload, stamp), now)]
    assert len(told) <= len(events) and all(press.digit in rtp.KEYS for press in told)


def test_packets_out_of_order_and_late_are_put_in_place() -> None:
    mix, wave = Mixdown(), np.arange(1, 1_601, dtype=np.int16)
    order = [0, 2, 1, 3, 5, 4, 6, 8, 7, 9]
    start = 2**32 - 480  # the timestamps wrap on the way
    for number, place in enumerate(order):
        stamp = (start + place * 160) % 2**32
        mix.add("a", stamp, wave[place * 160 : place * 160 + 160], 0.02 * number)
    assert (mix.take(0.2) == wave).all()


def test_two_legs_are_added_and_never_overflow_and_a_gap_is_silence() -> None:
    mix, loud = Mixdown(), np.full(160, 30_000, np.int16)
    mix.add("a", 0, loud, 0.0)
    mix.add("b", 77, loud, 0.0)
    mix.add("a", 480, loud, 0.06)
    taken = mix.take(0.08)
    assert taken.tolist() == [32_767] * 160 + [0] * 320 + [30_000] * 160
    assert len(mix.take(0.08)) == 0


def test_a_new_source_begins_where_the_clock_is() -> None:
    mix, loud = Mixdown(), np.full(160, 9_000, np.int16)
    mix.add("a", 0, loud, 0.0)
    mix.add("a", 4_000_000_000, loud, 1.0)
    mix.add("a", 4_000_000_160, loud, 1.02)
    mix.add("a", 160, loud, 99.0)  # far after what is open: lost, and no harm
    assert np.flatnonzero(mix.take(1.1)).tolist() == [*range(160), *range(8_000, 8_320)]


def test_silence_at_the_end_is_counted_over_pieces() -> None:
    loud, quiet = np.full(800, 5_000, np.int16), np.full(800, 20, np.int16)
    assert quiet_at_end(np.concatenate([loud, quiet]), 0) == 800
    assert quiet_at_end(quiet, 800) == 1_600
    assert quiet_at_end(loud, 1_600) == 0


@given(st.binary(max_size=60))
def test_no_datagram_breaks_the_packet_reader(data: bytes) -> None:
    found = rtp.parse(data)
    assert found is None or (len(data) >= 12 and len(found.payload) <= len(data) - 12)


@given(st.integers(-32_768, 32_767))
def test_the_laws_keep_what_was_said(sample: int) -> None:
    for law in g711.SILENCE:
        [back] = g711.decode(law, g711.encode(law, np.array([sample], np.int16)))
        assert abs(int(back) - sample) <= max(16, abs(sample) // 16)
    assert g711.encode("PCMU/8000", np.zeros(1, np.int16)) == b"\xff"
