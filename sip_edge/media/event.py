"""What a media engine tells of a call, as it happens.  (pure)"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FirstPacket:
    """The first audio of a leg came in, after it was opened or its description changed."""

    call: str
    leg: str


@dataclass(frozen=True, slots=True)
class Dtmf:
    """A key was pressed on a leg that is listened to; told once, when the key is let go or after it was held long."""

    call: str
    leg: str
    digit: str
    """One of 0123456789*#ABCD."""
    milliseconds: int


@dataclass(frozen=True, slots=True)
class PlayEnded:
    """What `play` began has ended; `reason` is done, stopped, replaced (by another), gone (the leg) or failed."""

    call: str
    leg: str
    play: str
    reason: str


@dataclass(frozen=True, slots=True)
class RecordEnded:
    """A recording is complete and its file closed.

    `reason` is stopped, limit (its longest duration), silence, digit (a key ended it), full (the disk), failed or
    gone (the leg). `seconds` is the length of what the file holds; 0 when there is no file.
    """

    call: str
    record: str
    reason: str
    seconds: float


@dataclass(frozen=True, slots=True)
class RtpSilence:
    """Nothing came from a leg that should send for `seconds`; told once until something comes again.

    Before a call is answered it means nothing: many phones send no early audio.
    """

    call: str
    leg: str
    seconds: float


@dataclass(frozen=True, slots=True)
class CallLost:
    """The engine lost the call's media, as when its process died: all its legs, plays and recordings are gone."""

    call: str


MediaEvent = FirstPacket | Dtmf | PlayEnded | RecordEnded | RtpSilence | CallLost
