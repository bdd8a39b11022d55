"""Keys heard as tones in the audio, by Goertzel's energies (ITU-T Q.23, Q.24).  (pure)"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sip_edge.media.g711 import Samples
from sip_edge.media.keys import Press

BLOCK = 205
"""Samples: the length at which the eight frequencies fall best between each other at 8 kHz."""
LOW = (697, 770, 852, 941)
HIGH = (1209, 1336, 1477, 1633)
KEYS = ("123A", "456B", "789C", "*0#D")
LEAST = 2e5
"""Mean square below which nothing is a key: about −36 dBm0."""
TWIST = 8.0
"""The one frequency may be 9 dB above the other (Q.24 asks for 4 to 8 dB)."""
SHARE = 0.8
"""Of the block's energy that the two frequencies must hold; speech does not."""
RATIO = 6.0
"""How far the strongest of a group must be above the second."""

_WAVES = np.exp(-2j * np.pi * np.outer(np.arange(BLOCK), (*LOW, *HIGH)) / 8_000)


def key_in(block: Samples) -> str:
    """The key that sounds in BLOCK samples, "" for none."""
    samples: NDArray[np.float64] = block.astype(np.float64)
    energy = float(samples @ samples) / BLOCK
    if energy < LEAST:
        return ""
    found = np.abs(samples @ _WAVES) ** 2 * 2 / BLOCK**2
    low, high = found[:4], found[4:]
    one, other = int(low.argmax()), int(high.argmax())
    strong, also = float(low[one]), float(high[other])
    if strong + also < SHARE * energy or not 1 / TWIST <= strong / also <= TWIST:
        return ""
    if strong < RATIO * np.partition(low, 2)[2] or also < RATIO * np.partition(high, 2)[2]:
        return ""
    return KEYS[one][other]


class Ear:
    """The keys in one leg's audio. A key counts that is heard in two blocks (51 ms) and has ended."""

    def __init__(self) -> None:
        self._rest: Samples = np.zeros(0, np.int16)
        self._key = ""
        self._blocks = 0
        self._misses = 0

    def heard(self, samples: Samples) -> list[Press]:
        """Samples in the order they came, of any number. → what was pressed."""
        self._rest = np.concatenate((self._rest, samples)) if len(self._rest) else samples
        found: list[Press] = []
        while len(self._rest) >= BLOCK:
            found += self._block(key_in(self._rest[:BLOCK]))
            self._rest = self._rest[BLOCK:]
        return found

    def _block(self, key: str) -> list[Press]:
        if key and key == self._key:
            self._blocks, self._misses = self._blocks + 1, 0
            return []
        if self._key and not key and not self._misses:
            self._misses = 1  # one block may be spoilt by a lost packet
            return []
        told = [Press(self._key, self._blocks * BLOCK // 8)] if self._blocks >= 2 else []
        self._key, self._blocks, self._misses = key, 1 if key else 0, 0
        return told
