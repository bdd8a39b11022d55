"""What we say to a leg ourselves: sounds, tones and keys, on a clock of 20 ms."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sip_edge.media import g711, rtp, tones
from sip_edge.media.rtp import FRAME
from sip_edge.media.tones import RATE

if TYPE_CHECKING:
    from sip_edge.media.worker.leg import Leg

EVENT = "TELEPHONE-EVENT/8000"
LAWS = ("PCMU/8000", "PCMA/8000")
GAP = 3
"""Frames of silence between two keys."""
MU, A = LAWS


@dataclass(frozen=True, slots=True)
class Sounding:
    """One clip as it is sent: μ-law codes in whole frames, which all who hear the same file share; how many samples of
    them (going round) are played, None: for ever; and the first of them."""

    codes: bytes
    samples: int | None
    first: int = 0


def sounding(codes: bytes, samples: int | None = -1) -> Sounding:
    """A clip from codes, its last frame filled up with silence; `samples` −1: as many as there are."""
    whole = framed(codes)
    return Sounding(whole, len(whole) if samples == -1 else samples)


def framed(codes: bytes) -> bytes:
    """Codes with the last frame filled up with silence, one frame at least; whole frames as they are."""
    return codes + g711.SILENCE[MU] * (-len(codes) % FRAME if codes else FRAME)


def part(codes: bytes, start: float, seconds: float | None) -> Sounding:
    """The part of whole frames that begins `start` seconds into them, to the frame; a frame of silence when that is
    behind their end."""
    first = max(0, int(start * RATE)) // FRAME * FRAME
    left = len(codes) - first
    if left <= 0:
        return sounding(b"")
    wanted = left if seconds is None else max(FRAME, round(seconds * RATE / FRAME) * FRAME)
    return Sounding(codes, min(left, wanted), first)


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
        if self._law != MU:
            frame = frame.translate(TO_A)
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
        self._codes, self._place = clip.codes, clip.first
        self._left, self._endless = clip.samples or 0, clip.samples is None
        return True

    def _send(self, payload_type: int, timestamp: int, payload: bytes, marker: bool) -> None:
        if self.leg.receives:
            self._sequence += 1
            self.leg.send(rtp.build(payload_type, self._sequence, timestamp, self._ssrc, payload, marker))


TO_A = g711.recode(MU, A)
