"""Leaving a message: greeting, beep, recording, what to do with it, the operator on 0.  (pure)

A message is kept whenever somebody spoke: also when they hang up at once, and when they never say what to do with it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sip_edge.apps.listening import Listening
from sip_edge.apps.machine import (
    BEEP,
    Command,
    Digit,
    Digits,
    Discard,
    Draft,
    Event,
    HangUp,
    Hear,
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
    SendOn,
    StopRecording,
    Wait,
)

SHORTEST = 1.0
"""Seconds; less is a click."""
SILENCE = 8.0
PATIENCE = 8.0
ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Box:
    """What a caller meets: paths of the greeting and the recorded name (empty: none), where 0 leads, and whether there
    is room for a message. `longest` is in seconds."""

    extension: str
    greeting: str = ""
    name: str = ""
    operator: str = ""
    room: bool = True
    longest: float = 180.0


@dataclass(slots=True)
class Deposit:
    """One caller who leaves a message. Phases: greeting, recording, review, sending, bye, over. Who presses `*` at the
    greeting is the mailbox's owner, and listens: the usual way to one's messages from any phone."""

    box: Box
    phase: str = "greeting"
    attempts: int = 0
    urgent: bool = False
    gone: bool = False
    then: list[Command] = field(default_factory=list)
    """What follows when the recording that was stopped has ended."""
    owner: Listening | None = None

    @property
    def over(self) -> bool:
        """Whether nothing more can come of it."""
        return self.phase == "over" if self.owner is None else self.owner.over

    def begin(self) -> list[Command]:
        """The greeting, with the beep at its end."""
        if not self.box.room:
            self.phase = "bye"
            return [Play((Say("mailbox_full"), Say("goodbye")))]
        return [Play((*self._greeting(), Say(BEEP)))]

    def _who(self) -> tuple[Item, ...]:
        return (Hear(self.box.name),) if self.box.name else (Say("the_person_at"), Digits(self.box.extension))

    def _greeting(self) -> tuple[Item, ...]:
        if self.box.greeting:
            return (Hear(self.box.greeting),)
        return (*self._who(), Say("is_unavailable"), Say("leave_message"))

    def hear(self, event: Event) -> list[Command]:
        """What is done upon an event."""
        if self.owner is not None:
            return self.owner.hear(event)
        if self.phase == "over":
            return []
        if isinstance(event, HungUp):
            return self._hung_up()
        match self.phase, event:
            case "greeting", Digit("*"):
                return self._is_owner()
            case "bye", Digit("*") if not self.box.room:
                return self._is_owner()
            case "greeting", Digit(key):
                return self._greeted(key)
            case "greeting", Played():
                return self._record()
            case "recording", Digit("0") if self.box.operator:
                self.then = [SendOn(self.box.operator)]
                return [StopRecording()]
            case "recording", Digit():
                return [StopRecording()]
            case "recording", Recorded(reason, seconds):
                return self._recorded(reason, seconds)
            case "review", Digit(key):
                return self._reviewed(key)
            case "review", Played():
                return [Wait(PATIENCE)]
            case "review", Late():
                return self._sent()
            case "sending", Kept(kept):
                self.phase = "bye"
                return [Play((Say("message_sent" if kept else "not_recorded"), Say("goodbye")))]
            case "bye", Played():
                self.phase = "over"
                return [HangUp()]
        return []

    def _is_owner(self) -> list[Command]:
        self.owner = Listening(self.box.extension)
        return self.owner.begin()

    def _greeted(self, key: str) -> list[Command]:
        if key == "0" and self.box.operator:
            self.phase = "over"
            return [SendOn(self.box.operator)]
        return [Play((Say(BEEP),))] if key == "#" else []

    def _record(self) -> list[Command]:
        self.phase = "recording"
        self.attempts += 1
        return [Record(self.box.longest, SILENCE)]

    def _recorded(self, reason: str, seconds: float) -> list[Command]:
        then, self.then = self.then, []
        left = self.gone or reason == "gone"
        good = seconds >= SHORTEST
        if left or then:
            self.phase = "over"
            return [Keep("message", self.urgent) if good else Discard(), *([] if left else then)]
        if good:
            self.phase = "review"
            return [Play((Say("message_menu"),))]
        if reason in ("failed", "full"):
            self.phase = "bye"
            return [Discard(), Play((Say("not_recorded"), Say("goodbye")))]
        if self.attempts < ATTEMPTS:
            self.phase = "greeting"
            return [Discard(), Play((Say("too_short"), Say(BEEP)))]
        self.phase = "bye"
        return [Discard(), Play((Say("goodbye"),))]

    def _reviewed(self, key: str) -> list[Command]:
        if key in ("1", "#"):
            return self._sent()
        if key == "2":
            return [Play((Draft(), Say("message_menu")))]
        if key == "3" and self.attempts < ATTEMPTS * 2:
            self.phase = "greeting"
            return [Discard(), Play((Say(BEEP),))]
        if key == "4":
            self.urgent = True
            return [Play((Say("urgent"), Say("message_menu")))]
        if key == "0" and self.box.operator:
            self.phase = "over"
            return [Keep("message", self.urgent), SendOn(self.box.operator)]
        return [Play((Say("message_menu"),))]

    def _sent(self) -> list[Command]:
        self.phase = "sending"
        return [Keep("message", self.urgent)]

    def _hung_up(self) -> list[Command]:
        if self.phase == "recording":  # the recording's end is yet to be told
            self.gone = True
            return [StopRecording()]
        kept: list[Command] = [Keep("message", self.urgent)] if self.phase == "review" else []
        self.phase = "over"
        return kept


@dataclass(slots=True)
class Announcement:
    """A sentence, and the call is over."""

    items: tuple[Item, ...]
    over: bool = False

    def begin(self) -> list[Command]:
        """The sentence."""
        return [Play(self.items)]

    def hear(self, event: Event) -> list[Command]:
        """The end of the sentence ends the call."""
        if self.over or not isinstance(event, Played | HungUp):
            return []
        self.over = True
        return [HangUp()] if isinstance(event, Played) else []
