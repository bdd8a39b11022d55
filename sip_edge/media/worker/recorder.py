"""A recording: what the legs say, mixed into a WAV file, second by second."""

from __future__ import annotations

import errno
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from sip_edge.media import wav
from sip_edge.media.engine import RecordLimits
from sip_edge.media.g711 import Samples
from sip_edge.media.mixdown import RATE, Mixdown, quiet_at_end

if TYPE_CHECKING:
    from sip_edge.media.worker.leg import Leg

BEHIND = 0.3
"""Seconds that are waited for packets on their way before a moment is written."""
FLUSH_SECONDS = 0.5
UNKNOWN_LENGTH = 0x7FFF_FF00


class Recorder:
    """A recording from `start` on. Raises OSError when the file cannot be made; one that exists is not touched."""

    def __init__(
        self, name: str, legs: list[Leg], path: str, limits: RecordLimits, now: float, ended: Callable[..., None]
    ) -> None:
        self.name, self.legs, self.limits = name, legs, limits
        self._start, self._ended = now, ended
        self._mix = Mixdown()
        self._written = self._quiet = 0
        self._done = False
        self._flushed = now
        self._file = Path(path).open("xb", buffering=0)  # noqa: SIM115 - it stays open as long as the recording
        self._file.write(wav.head(UNKNOWN_LENGTH))
        for leg in legs:
            leg.recorders.append(self)
            leg.settle()

    def add(self, leg: Leg, timestamp: int, samples: Samples, now: float) -> None:
        """Samples of a leg came in."""
        self._mix.add(leg.name, timestamp, samples, now - self._start)

    def pressed(self, digit: str, now: float) -> None:
        """A key of one of the legs."""
        if digit in self.limits.digits:
            self.end("digit", now)

    def look(self, now: float) -> None:
        """Now and then: write what is complete, and see whether it is enough."""
        if now - self._start >= self.limits.seconds:
            self.end("limit", now)
        elif now - self._flushed >= FLUSH_SECONDS:
            self._flushed = now
            self._write(now - self._start - BEHIND)
            silence = self.limits.silence
            if not self._done and silence is not None and self._quiet >= silence * RATE:
                self._written -= self._quiet
                self._close("silence")

    def end(self, reason: str, now: float) -> None:
        """Write the rest and be done."""
        if not self._done:
            self._write(min(now - self._start, self.limits.seconds))
            self._close(reason)

    def _write(self, seconds: float) -> None:
        samples = self._mix.take(seconds)
        if self._done or not len(samples):
            return
        self._quiet = quiet_at_end(samples, self._quiet)
        try:
            written = self._file.write(samples.astype("<i2").tobytes())
        except OSError as error:
            self._close("full" if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG) else "failed")
            return
        self._written += (written or 0) // 2
        if (written or 0) < len(samples) * 2:
            self._close("full")

    def _close(self, reason: str) -> None:
        if self._done:
            return
        self._done = True
        for leg in self.legs:
            leg.recorders.remove(self)
            leg.settle()
        try:
            self._file.truncate(wav.HEAD + self._written * 2)
            self._file.seek(0)
            self._file.write(wav.head(self._written * 2))
            self._file.close()
        except OSError:
            reason = "failed"
        self._ended(self, reason, self._written / RATE)
