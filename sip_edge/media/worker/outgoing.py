"""What we say to a leg ourselves: sounds, tones and keys, on a clock of 20 ms."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sip_edge.media import g711, rtp, tones
from sip_edge.media.rtp import FRAME

if TYPE_CHECKING:
    from sip_edge.media.worker.leg import Leg

EVENT = "TELEPHONE-EVENT/8000"
LAWS = ("PCMU/8000", "PCMA/8000")
GAP = 3
"""Frames of silence between two keys."""
MU, A = LAWS


@dataclass(frozen=True, slots=True)
class Sounding:
    """One clip as it is sent: μ-law codes, and how many samples of them (going round) are played; None: for ever."""

    codes: bytes
    samples: int | None


def sounding(codes: bytes, samples: int | None = -1) -> Sounding:
    """A clip from codes, its last frame filled up with silence; `samples` −1: as many as there are."""
    whole = codes + g711.SILENCE[MU] * (-len(codes) % FRAME if codes else FRAME)
    return Sounding(whole, len(whole) if samples == -1 else samples)


class Outgoing:
    """Our own stream to a leg, one source for all that we ever say to it."""

    def __init__(self, leg: Leg) -> None:
        self.leg = leg
        self.play = ""
        """The name of what plays, "" for nothing."""
        self._ssrc = random.SystemRandom().getrandbits(32)
        self._sequence = random.SystemRandom().getrandbits(15)
        self._timestamp = random.SystemRandom().getrandbits(31)
        self._clips: Sequence[Sounding] = ()
        self._order: list[int] = []
        self._rounds = 0
        self._shuffle = False
        self._codes, self._place, self._left = b"", 0, 0
        self._endless = self._begun = False
        self._law = MU
        self._payload_type = 0
        self._steps: deque[tuple[bytes, bool, int] | None] = deque()
        self._key_timestamp = 0

    @property
    def busy(self) -> bool:
        """Is there anything to say?"""
        return bool(self.play or self._steps)

    def begin(self, play: str, clips: Sequence[Sounding], repeat: int, shuffle: bool) -> None:
        """Play clips `repeat` times over, 0: for ever. The leg takes one of the laws of G.711."""
        self.end("replaced")
        self._law = next(law for law in self.leg.takes if law in LAWS)
        self._payload_type = self.leg.takes[self._law]
        self.play, self._clips, self._shuffle = play, clips, shuffle
        self._rounds = repeat or -1
        self._order, self._left, self._endless, self._begun = [], 0, False, False
        self.leg.playing = True

    def end(self, reason: str) -> None:
        """What plays is over; told once."""
        if self.play:
            play, self.play = self.play, ""
            self.leg.playing = False
            self._clips, self._codes = (), b""
            self.leg.tell("play_ended", play=play, reason=reason)

    def key(self, digits: str) -> None:
        """Send keys after those that wait: as events when the peer takes them, else as tones."""
        payload_type = self.leg.takes.get(EVENT)
        law = next((law for law in self.leg.takes if law in LAWS), None)
        for digit in digits:
            if payload_type is not None:
                self._steps.extend((payload, first, payload_type) for payload, first in rtp.event_packets(digit))
            elif law is not None:
                codes = g711.encode(law, tones.key_tone(digit))
                for place in range(0, len(codes), FRAME):
                    self._steps.append((codes[place : place + FRAME], place == 0, self.leg.takes[law]))
            self._steps.extend([None] * GAP)

    def tick(self) -> None:
        """20 ms have passed: say what is due."""
        if self._steps:
            self._say_key(self._steps.popleft())
        elif self.play:
            self._say_sound()
        self._timestamp += FRAME

    def _say_key(self, step: tuple[bytes, bool, int] | None) -> None:
        if step is None:
            return
        payload, first, payload_type = step
        if first:
            self._key_timestamp = self._timestamp
        stamp = self._key_timestamp if payload_type == self.leg.takes.get(EVENT) else self._timestamp
        self._send(payload_type, stamp, payload, first)

    def _say_sound(self) -> None:
        if self._left <= 0 and not self._endless and not self._next():
            self.end("done")
            return
        start = self._place
        frame = self._codes[start : start + FRAME]
        self._place = start + FRAME if start + FRAME < len(self._codes) else 0
        self._left -= FRAME
        self._send(self._payload_type, self._timestamp, frame, not self._begun)
        self._begun = True

    def _next(self) -> bool:
        """Go on to the next clip; False when all is played."""
        if not self._order:
            if self._rounds == 0 or not self._clips:
                return False
            self._rounds = max(self._rounds - 1, -1)
            self._order = list(range(len(self._clips)))
            if self._shuffle:
                random.shuffle(self._order)
        clip = self._clips[self._order.pop(0)]
        self._codes = clip.codes if self._law == MU else clip.codes.translate(TO_A)
        self._place, self._left, self._endless = 0, clip.samples or 0, clip.samples is None
        return True

    def _send(self, payload_type: int, timestamp: int, payload: bytes, marker: bool) -> None:
        if self.leg.receives:
            self._sequence += 1
            self.leg.send(rtp.build(payload_type, self._sequence, timestamp, self._ssrc, payload, marker))


TO_A = g711.recode(MU, A)
