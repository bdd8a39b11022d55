"""The tones of a telephone network, by region (ITU-T E.180 supplement 2).  (pure)"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sip_edge.media.dtmf import HIGH, KEYS, LOW
from sip_edge.media.g711 import Samples

RATE = 8_000
LEVEL = 4_000.0
"""Amplitude of one frequency, about −18 dBm0."""


@dataclass(frozen=True, slots=True)
class Cadence:
    """Frequencies in Hz that sound together, and seconds on and off in turn; no seconds: without a break."""

    frequencies: tuple[int, ...]
    seconds: tuple[float, ...] = ()


_US = {
    "dial": Cadence((350, 440)),
    "ringback": Cadence((440, 480), (2.0, 4.0)),
    "busy": Cadence((480, 620), (0.5, 0.5)),
    "reorder": Cadence((480, 620), (0.25, 0.25)),
    "beep": Cadence((1000,), (0.3, 0.0)),
}
_EUROPE = {
    "dial": Cadence((425,)),
    "ringback": Cadence((425,), (1.0, 4.0)),
    "busy": Cadence((425,), (0.48, 0.48)),
    "reorder": Cadence((425,), (0.24, 0.24)),
    "beep": Cadence((1000,), (0.3, 0.0)),
}
_GB = {
    "dial": Cadence((350, 440)),
    "ringback": Cadence((400, 450), (0.4, 0.2, 0.4, 2.0)),
    "busy": Cadence((400,), (0.375, 0.375)),
    "reorder": Cadence((400,), (0.4, 0.35, 0.225, 0.525)),
    "beep": Cadence((1000,), (0.3, 0.0)),
}
_AU = _EUROPE | {
    "ringback": Cadence((413, 438), (0.4, 0.2, 0.4, 2.0)),
    "busy": Cadence((425,), (0.375, 0.375)),
    "reorder": Cadence((425,), (0.375, 0.375)),
}
REGIONS = {"us": _US, "ca": _US, "eu": _EUROPE, "de": _EUROPE, "gb": _GB, "au": _AU}
ONCE = ("beep",)
"""Tones that sound once and are over; the others sound until they are stopped."""
NAMES = tuple(_US)


def sine(frequencies: tuple[int, ...], seconds: float) -> Samples:
    """Frequencies in Hz that sound together, with 5 ms of fading at both ends so that nothing clicks."""
    count = round(seconds * RATE)
    time = np.arange(count) / RATE
    wave = sum((np.sin(2 * np.pi * one * time) for one in frequencies), np.zeros(count)) * LEVEL
    fade = min(40, count // 2)
    if fade:
        ramp = np.arange(fade) / fade
        wave[:fade] *= ramp
        wave[-fade:] *= ramp[::-1]
    return wave.astype(np.int16)


def tone(name: str, region: str) -> Samples:
    """One round of a tone, to be repeated; an unknown region has the tones of the US. Raises KeyError for the name."""
    cadence = REGIONS.get(region.lower(), _US)[name]
    if not cadence.seconds:  # 1 s holds whole waves of every frequency above, so that it repeats without a break
        time = np.arange(RATE) / RATE
        whole = sum((np.sin(2 * np.pi * one * time) for one in cadence.frequencies), np.zeros(RATE))
        return (whole * LEVEL).astype(np.int16)
    parts = [
        sine(cadence.frequencies if place % 2 == 0 else (), seconds) for place, seconds in enumerate(cadence.seconds)
    ]
    return np.concatenate(parts)


def key_tone(key: str, seconds: float = 0.1) -> Samples:
    """The two frequencies of a key (ITU-T Q.23)."""
    row = next(place for place, keys in enumerate(KEYS) if key in keys)
    return sine((LOW[row], HIGH[KEYS[row].index(key)]), seconds)
