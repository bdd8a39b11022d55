"""Another PIN for the mailbox, by phone: typed twice, and saved if it keeps to the rules.  (pure)"""

from __future__ import annotations

from dataclasses import dataclass, field

from sip_edge.apps.machine import ChangePin, Command, Digit, Event, Item, Late, PinChanged, Play, Played, Say, Wait

ATTEMPTS = 3
PATIENCE = 10.0
LENGTHS = range(4, 13)
"""Digits; as provd.store.rules.voicemail_pin has it."""


@dataclass(slots=True)
class NewPin:
    """Phases: first, again, changing, over. `last` is what is said at its end. Nothing changes for who hangs up, stays
    silent, or presses `*` before the first digit."""

    phase: str = "first"
    attempts: int = 0
    last: tuple[Item, ...] = ()
    typed: str = field(default="", repr=False)
    chosen: str = field(default="", repr=False)

    @property
    def over(self) -> bool:
        """Whether it is done, or given up."""
        return self.phase == "over"

    def begin(self) -> list[Command]:
        """Asks for the new PIN."""
        return [Play((Say("new_pin"),))]

    def hear(self, event: Event) -> list[Command]:
        """What is done upon an event."""
        if self.phase == "changing":
            return self._changed(event) if isinstance(event, PinChanged) else []
        match event:
            case Played():
                return [Wait(PATIENCE)]
            case Late():
                return self._entered() if self.typed else self._end()
            case Digit("#"):
                return self._entered()
            case Digit("*") if not self.typed:
                return self._end()
            case Digit("*"):
                self.typed = ""
                return [Wait(PATIENCE)]
            case Digit(key):
                if key.isdecimal() and len(self.typed) < LENGTHS.stop:
                    self.typed += key
                return [Wait(PATIENCE)]
        return []

    def _entered(self) -> list[Command]:
        typed, self.typed = self.typed, ""
        if self.phase == "first":
            if len(typed) not in LENGTHS:
                return self._once_more("pin_length")
            self.phase, self.chosen = "again", typed
            return [Play((Say("new_pin_again"),))]
        chosen, self.chosen = self.chosen, ""
        if typed != chosen:
            return self._once_more("pins_differ")
        self.phase = "changing"
        return [ChangePin(typed)]

    def _changed(self, event: PinChanged) -> list[Command]:
        return self._end(Say("pin_changed")) if event.changed else self._once_more("pin_too_simple")

    def _once_more(self, why: str) -> list[Command]:
        self.attempts += 1
        self.phase = "first"
        if self.attempts >= ATTEMPTS:
            return self._end(Say(why))
        return [Play((Say(why), Say("new_pin")))]

    def _end(self, *last: Item) -> list[Command]:
        self.phase, self.last = "over", last
        return []
