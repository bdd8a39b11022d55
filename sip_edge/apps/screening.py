"""A caller who is to say a name before anybody's phone rings (SF-099).  (pure)

Rules of this file: a key goes on to what is next, at once. Whatever is said or not, it is over within some seconds; a
name that is no more than a click is none.
"""

from __future__ import annotations

from dataclasses import dataclass

from sip_edge.apps.machine import (
    BEEP,
    Command,
    Digit,
    Discard,
    Event,
    HungUp,
    Keep,
    Play,
    Played,
    Record,
    Recorded,
    Say,
    StopRecording,
)

LONGEST = 5.0
SILENCE = 2.0
SHORTEST = 0.3


@dataclass(slots=True)
class NameAsked:
    """One caller. Phases: asked, recording, over; `seconds` is how long the name is, 0 where there is none."""

    phase: str = "asked"
    seconds: float = 0.0

    @property
    def over(self) -> bool:
        """Whether nothing more can come of it."""
        return self.phase == "over"

    def begin(self) -> list[Command]:
        """The question, and the tone."""
        return [Play((Say("screen_name"), Say(BEEP)))]

    def hear(self, event: Event) -> list[Command]:
        """What is done upon an event."""
        match self.phase, event:
            case "asked", Played():
                self.phase = "recording"
                return [Record(LONGEST, SILENCE)]
            case "asked", Digit():
                return [Play((Say(BEEP),))]
            case "recording", Digit():
                return [StopRecording()]
            case "recording", Recorded(_, seconds):
                self.phase = "over"
                self.seconds = seconds if seconds >= SHORTEST else 0.0
                return [Keep("name") if self.seconds else Discard()]
            case "asked" | "recording", HungUp():
                recorded, self.phase = self.phase == "recording", "over"
                return [StopRecording(), Discard()] if recorded else []
        return []
