"""Somebody whom the server has called records a greeting, their name, or a message for callers who wait.  (pure)

It begins only when they press 1, so that an answering machine is never recorded, and is kept only when they say so.
"""

from __future__ import annotations

from dataclasses import dataclass

from sip_edge.apps.machine import (
    BEEP,
    Command,
    Digit,
    Discard,
    Draft,
    Event,
    HangUp,
    HungUp,
    Item,
    Keep,
    Kept,
    Late,
    Play,
    Played,
    Record,
    Recorded,
    Say,
    StopRecording,
    Wait,
)

WHAT = ("greeting", "name", "recording")
"""What the sentences are about; each has `record_…` and `…_saved`."""
ATTEMPTS = 3
PATIENCE = 8.0
SHORTEST = 0.5
"""Seconds; less is a click."""


@dataclass(slots=True)
class Dictation:
    """Phases: ready, asked, recording, review, keeping, bye, over. `longest` is in seconds."""

    what: str
    longest: float
    phase: str = "ready"
    silences: int = 0
    attempts: int = 0
    gone: bool = False

    @property
    def over(self) -> bool:
        """Whether nothing more can come of it."""
        return self.phase == "over"

    def begin(self) -> list[Command]:
        """Why they were called, and how to begin."""
        return [Play((Say("recording_call"), Say("begin_menu")))]

    def hear(self, event: Event) -> list[Command]:
        """What is done upon an event."""
        if self.phase == "over":
            return []
        if isinstance(event, HungUp):
            return self._hung_up()
        if isinstance(event, Digit):
            self.silences = 0
        match self.phase, event:
            case "ready", Digit("1"):
                return self._ask()
            case "ready", _:
                return self._again(event, Say("begin_menu"))
            case "asked", Played():
                self.phase = "recording"
                return [Record(self.longest)]
            case "recording", Digit():
                return [StopRecording()]
            case "recording", Recorded():
                return self._recorded(event)
            case "review", Digit(key):
                return self._reviewed(key)
            case "review", Late() if self.silences + 1 >= ATTEMPTS:
                return [Discard(), *self._bye()]
            case "review", _:
                return self._again(event, Say("recording_menu"))
            case "keeping", Kept(kept):
                return self._bye(Say(f"{self.what}_saved" if kept else "not_recorded"))
            case "bye", Played():
                self.phase = "over"
                return [HangUp()]
        return []

    def _again(self, event: Event, menu: Item) -> list[Command]:
        """Somebody who does nothing is asked again, and then let go."""
        if isinstance(event, Played):
            return [Wait(PATIENCE)]
        if isinstance(event, Late):
            self.silences += 1
            return [Play((menu,))] if self.silences < ATTEMPTS else self._bye()
        return [Play((menu,))] if isinstance(event, Digit) else []

    def _ask(self) -> list[Command]:
        self.phase = "asked"
        self.attempts += 1
        return [Play((Say(f"record_{self.what}"), Say(BEEP)))]

    def _recorded(self, event: Recorded) -> list[Command]:
        if self.gone or event.reason == "gone":  # what nobody agreed to is not kept
            self.phase = "over"
            return [Discard()]
        if event.seconds >= SHORTEST:
            self.phase = "review"
            return [Play((Draft(), Say("recording_menu")))]
        if event.reason in ("failed", "full"):
            return [Discard(), *self._bye(Say("not_recorded"))]
        self.phase = "ready"
        again = (Say("too_short"), Say("begin_menu"))
        return [Discard(), *([Play(again)] if self.attempts < ATTEMPTS else self._bye())]

    def _reviewed(self, key: str) -> list[Command]:
        match key:
            case "1" | "#":
                self.phase = "keeping"
                return [Keep(self.what)]
            case "2":
                return [Play((Draft(), Say("recording_menu")))]
            case "3" if self.attempts < ATTEMPTS * 3:
                return [Discard(), *self._ask()]
            case "*":
                return [Discard(), *self._bye()]
        return [Play((Say("recording_menu"),))]

    def _bye(self, *first: Item) -> list[Command]:
        self.phase = "bye"
        return [Play((*first, Say("goodbye")))]

    def _hung_up(self) -> list[Command]:
        if self.phase == "recording":  # the recording's end is yet to be told
            self.gone = True
            return [StopRecording()]
        left: list[Command] = [Discard()] if self.phase == "review" else []
        self.phase = "over"
        return left
