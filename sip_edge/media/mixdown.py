"""What several legs say, put in time and mixed for a recording.  (pure)"""

from __future__ import annotations

import numpy as np

from sip_edge.media.g711 import Samples
from sip_edge.media.rtp import FRAME, later

RATE = 8_000
WINDOW = RATE * 4
"""Samples that are kept open: what comes later than that is lost."""
DRIFT = RATE // 4
"""Samples a leg may be from its place by the clock before it is put in place again."""
QUIET = 260.0
"""Root mean square of a frame below which it is silence: about −42 dBm0."""


class Mixdown:
    """A timeline from the start of a recording; every leg is put where its first packet came, and follows its own
    timestamps from there, so that jitter does not show."""

    def __init__(self) -> None:
        self._open = np.zeros(WINDOW, np.int32)
        self._start = 0
        """Samples that were taken: where the open window begins."""
        self._anchors: dict[str, tuple[int, int]] = {}

    def add(self, leg: str, timestamp: int, samples: Samples, seconds: float) -> None:
        """Samples of a leg with their RTP timestamp, come `seconds` after the recording began."""
        now = round(seconds * RATE)
        anchor = self._anchors.get(leg)
        place = now if anchor is None else anchor[1] + later(timestamp, anchor[0])
        if anchor is None or abs(place - now) > DRIFT:  # a new source, or a pause that its timestamps do not show
            place = now
            self._anchors[leg] = (timestamp, place)
        begin = place - self._start
        if begin < 0:
            samples, begin = samples[-begin:], 0
        end = min(begin + len(samples), WINDOW)
        if end > begin:
            self._open[begin:end] += samples[: end - begin]

    def take(self, seconds: float) -> Samples:
        """The mixed samples up to `seconds` after the start, which nothing is added to any more; whole frames."""
        count = min(round(seconds * RATE) - self._start, WINDOW) // FRAME * FRAME
        if count <= 0:
            return np.zeros(0, np.int16)
        taken = np.clip(self._open[:count], -32768, 32767).astype(np.int16)
        self._open = np.concatenate((self._open[count:], np.zeros(count, np.int32)))
        self._start += count
        return taken


def quiet_at_end(samples: Samples, before: int) -> int:
    """How many samples at the end of `samples` are silence, counted on from `before` when all are."""
    frames = samples[: len(samples) // FRAME * FRAME].reshape(-1, FRAME).astype(np.float64)
    loud = np.flatnonzero(np.sqrt((frames**2).mean(axis=1)) >= QUIET)
    return before + len(samples) if not len(loud) else (len(frames) - 1 - int(loud[-1])) * FRAME
