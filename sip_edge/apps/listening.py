"""Hearing messages by phone: mailbox and PIN, the menu, one message after the other, greeting and name.  (pure)"""

from __future__ import annotations

from dataclasses import dataclass, field

from sip_edge.apps.machine import (
    BEEP,
    Command,
    Counted,
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
    Message,
    Move,
    Open,
    Opened,
    Play,
    Played,
    Record,
    Recorded,
    Refused,
    Say,
    StopRecording,
    Wait,
    When,
)
from sip_edge.apps.new_pin import NewPin

ATTEMPTS = 3
PATIENCE = 10.0
MOST_DIGITS = 20
_LONGEST = {"greeting": 120.0, "name": 10.0}


@dataclass(slots=True)
class Listening:
    """One person at their mailbox. Phases: mailbox, pin, checking, menu, message, recording, review, keeping,
    new pin, bye, over. `first` is said before anything else is asked."""

    extension: str = ""
    phase: str = "mailbox"
    typed: str = ""
    attempts: int = 0
    silences: int = 0
    box: Opened | None = None
    folder: str = "new"
    waiting: list[Message] = field(default_factory=list)
    heard: set[int] = field(default_factory=set)
    deleted: set[int] = field(default_factory=set)
    what: str = "greeting"
    gone: bool = False
    first: tuple[Item, ...] = ()
    pin: NewPin = field(default_factory=NewPin)

    @property
    def over(self) -> bool:
        """Whether nothing more can come of it."""
        return self.phase == "over"

    def begin(self) -> list[Command]:
        """Asks for the mailbox, or at once for its PIN."""
        if not self.extension:
            return [Play((*self.first, Say("enter_mailbox")))]
        self.phase = "pin"
        return [Play((*self.first, Say("enter_pin")))]

    def hear(self, event: Event) -> list[Command]:
        """What is done upon an event."""
        if self.phase == "over":
            return []
        if isinstance(event, HungUp):
            return self._hung_up()
        if isinstance(event, Digit):
            self.silences = 0
        match self.phase:
            case "mailbox" | "pin":
                return self._typing(event)
            case "checking":
                return self._checked(event)
            case "menu":
                return self._menu(event)
            case "message":
                return self._message(event)
            case "recording":
                return self._recorded(event)
            case "review":
                return self._review(event)
            case "keeping":
                return self._kept(event)
            case "new pin":
                return self._choosing(event)
        if isinstance(event, Played):
            self.phase = "over"
            return [HangUp()]
        return []

    def _typing(self, event: Event) -> list[Command]:
        if isinstance(event, Played):
            return [Wait(PATIENCE)]
        if isinstance(event, Late):
            return self._entered() if self.typed else self._bye()
        if not isinstance(event, Digit):
            return []
        if event.key == "#":
            return self._entered()
        if event.key == "*":
            if not self.typed and self.phase == "pin":  # another's phone: whose mailbox is it about?
                self.phase = "mailbox"
                return [Play((Say("enter_mailbox"),))]
            self.typed = ""
            return [Wait(PATIENCE)]
        if event.key.isdecimal() and len(self.typed) < MOST_DIGITS:
            self.typed += event.key
        return [Wait(PATIENCE)]

    def _entered(self) -> list[Command]:
        typed, self.typed = self.typed, ""
        if self.phase == "mailbox":
            self.extension = typed
            self.phase = "pin"
            return [Play((Say("enter_pin"),))]
        self.phase = "checking"
        return [Open(self.extension, typed)]

    def _checked(self, event: Event) -> list[Command]:
        if isinstance(event, Opened):
            self.box = event
            return self._told()
        if not isinstance(event, Refused):
            return []
        self.attempts += 1
        if self.attempts >= ATTEMPTS:
            return self._bye(Say("too_many_tries"))
        self.phase = "pin"
        return [Play((Say("wrong_pin"), Say("enter_pin")))]

    def _left(self, folder: str) -> list[Message]:
        """What is in a folder now: messages move while they are heard."""
        assert self.box is not None, "the mailbox is open"
        every = (*self.box.new, *self.box.saved)
        new = [one for one in self.box.new if one.id not in self.heard]
        there = new if folder == "new" else [one for one in every if one not in new]
        return [one for one in there if one.id not in self.deleted]

    def _told(self) -> list[Command]:
        self.phase = "menu"
        new, saved = len(self._left("new")), len(self._left("saved"))
        return [Play((Counted(new, saved), Say("mailbox_menu")))]

    def _menu(self, event: Event) -> list[Command]:
        if isinstance(event, Digit):
            match event.key:
                case "1" | "2":
                    self.folder = "new" if event.key == "1" else "saved"
                    self.waiting = self._left(self.folder)
                    return self._next()
                case "3" | "4":
                    self.what = "greeting" if event.key == "3" else "name"
                    return self._ask_to_speak()
                case "5":
                    self.phase, self.pin = "new pin", NewPin()
                    return self.pin.begin()
                case "*" | "#" | "9":
                    return self._bye()
            return [Play((Say("mailbox_menu"),))]
        return self._again(event, Say("mailbox_menu"))

    def _choosing(self, event: Event) -> list[Command]:
        """Another PIN is typed; then it goes on with the menu."""
        said = self.pin.hear(event)
        if not self.pin.over:
            return said
        self.phase = "menu"
        return [Play((*self.pin.last, Say("mailbox_menu")))]

    def _again(self, event: Event, *items: Item) -> list[Command]:
        """Somebody who does nothing is asked once more, and then let go."""
        if isinstance(event, Played):
            return [Wait(PATIENCE)]
        if isinstance(event, Late):
            self.silences += 1
            return [Play(items)] if self.silences < ATTEMPTS else self._bye()
        return []

    def _next(self) -> list[Command]:
        if not self.waiting:
            self.phase = "menu"
            return [Play((Say("no_more_messages"), Say("mailbox_menu")))]
        self.phase = "message"
        return [Play(self._spoken(self.waiting[0]))]

    def _spoken(self, one: Message) -> tuple[Item, ...]:
        assert self.box is not None, "the mailbox is open"
        said: list[Item] = [Say("urgent")] if one.urgent else []
        if self.box.announce_caller and one.number.lstrip("+").isdecimal():
            said += [Say("from"), Digits(one.number.lstrip("+"))]
        if self.box.announce_time:
            said += [Say("received"), When(one.at)]
        return (*said, Hear(one.path), Say("after_message_menu"))

    def _message(self, event: Event) -> list[Command]:
        one = self.waiting[0]
        if not isinstance(event, Digit):
            noted = self._note_heard(one) if isinstance(event, Played) else []
            return [*noted, *self._again(event, Say("after_message_menu"))]
        match event.key:
            case "1":
                return [Play(self._spoken(one))]
            case "2" | "#":
                self.waiting.pop(0)
                kept = self._note_heard(one) if event.key == "2" else []
                return [*kept, *self._next()]
            case "3":
                self.waiting.pop(0)
                self.deleted.add(one.id)
                return [Move(one.id, "trash"), *self._next()]
            case "*":
                return self._told()
        return [Play((Say("after_message_menu"),))]

    def _note_heard(self, one: Message) -> list[Command]:
        if self.folder != "new" or one.id in self.heard:
            return []
        self.heard.add(one.id)
        return [Move(one.id, "saved")]

    def _ask_to_speak(self) -> list[Command]:
        self.phase = "review"
        self.typed = "ask"
        return [Play((Say(f"record_{self.what}"), Say(BEEP)))]

    def _recorded(self, event: Event) -> list[Command]:
        if not isinstance(event, Recorded):
            return [StopRecording()] if isinstance(event, Digit) else []
        if self.gone:  # what nobody agreed to is not kept
            self.phase = "over"
            return [Discard()]
        if event.seconds < 0.5:
            self.phase = "menu"
            why = "not_recorded" if event.reason in ("failed", "full") else "too_short"
            return [Discard(), Play((Say(why), Say("mailbox_menu")))]
        self.phase = "review"
        self.typed = ""
        return [Play((Draft(), Say("recording_menu")))]

    def _review(self, event: Event) -> list[Command]:
        if self.typed == "ask":
            return self._speak(event)
        if isinstance(event, Digit):
            match event.key:
                case "1" | "#":
                    self.phase = "keeping"
                    return [Keep(self.what)]
                case "2":
                    return [Play((Draft(), Say("recording_menu")))]
                case "3":
                    return [Discard(), *self._ask_to_speak()]
                case "*":
                    self.phase = "menu"
                    return [Discard(), Play((Say("mailbox_menu"),))]
            return [Play((Say("recording_menu"),))]
        if isinstance(event, Late) and self.silences + 1 >= ATTEMPTS:
            return [Discard(), *self._bye()]
        return self._again(event, Say("recording_menu"))

    def _kept(self, event: Event) -> list[Command]:
        if not isinstance(event, Kept):
            return []
        self.phase = "menu"
        return [Play((Say(f"{self.what}_saved" if event.kept else "not_recorded"), Say("mailbox_menu")))]

    def _speak(self, event: Event) -> list[Command]:
        if not isinstance(event, Played):
            return []
        self.phase = "recording"
        self.typed = ""
        return [Record(_LONGEST[self.what])]

    def _bye(self, *first: Item) -> list[Command]:
        self.phase = "bye"
        return [Play((*first, Say("goodbye")))]

    def _hung_up(self) -> list[Command]:
        if self.phase == "recording":
            self.gone = True
            return [StopRecording()]
        kept: list[Command] = [Discard()] if self.phase == "review" and self.typed != "ask" else []
        self.phase = "over"
        return kept
