"""What applications hear and what they ask for: the words between the pure machines and their service.  (pure)

Rules of this file: a machine is told everything that happens on its leg, in order, and answers with commands, to be
done in their order. A new Play takes the place of one that plays, whose end is then not told. After HungUp, HangUp or
SendOn a machine asks for nothing more that needs the leg; what it recorded it has by then kept or thrown away, or it
does so when the recording's end is told.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

BEEP = "beep"


@dataclass(frozen=True, slots=True)
class Say:
    """A sentence, or a menu, of sip_edge.apps.spoken; BEEP is a tone."""

    sentence: str


@dataclass(frozen=True, slots=True)
class Hear:
    """A recording of somebody: the path of its file."""

    path: str


@dataclass(frozen=True, slots=True)
class Digits:
    """Digits, spoken one by one."""

    digits: str


@dataclass(frozen=True, slots=True)
class Counted:
    """How many messages there are."""

    new: int
    saved: int


@dataclass(frozen=True, slots=True)
class When:
    """A date and time, epoch seconds, by the clock of whoever listens."""

    at: int


@dataclass(frozen=True, slots=True)
class Draft:
    """What was just recorded."""


Item = Say | Hear | Digits | Counted | When | Draft


# What happens ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Digit:
    """A key: one of 0123456789*#ABCD."""

    key: str


@dataclass(frozen=True, slots=True)
class Played:
    """What was last to be played has been, to its end."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """The recording has ended; `reason` as in sip_edge.media.event.RecordEnded, `seconds` is its length."""

    reason: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Late:
    """The time of the last Wait is over, and no key was pressed since."""


@dataclass(frozen=True, slots=True)
class HungUp:
    """The caller is gone."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message in a mailbox as the phone tells of it."""

    id: int
    path: str
    at: int
    number: str
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Opened:
    """The PIN was right: the mailbox's messages, in the order in which they are told."""

    new: tuple[Message, ...]
    saved: tuple[Message, ...]
    announce_time: bool = True
    announce_caller: bool = True


@dataclass(frozen=True, slots=True)
class Refused:
    """There is no such mailbox, or the PIN was wrong; which of the two is not told."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What the last Keep was about has been kept; or it has not, because there is no room for it."""

    kept: bool


@dataclass(frozen=True, slots=True)
class PinChanged:
    """The new PIN is saved; or it is not, because it is one of the first that anybody tries."""

    changed: bool


Event = Digit | Played | Recorded | Late | HungUp | Opened | Refused | Kept | PinChanged


# What is to be done ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Play:
    """Say these, one after the other, instead of what plays."""

    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """Record the caller into a new draft: up to `seconds`, up to `silence` seconds of silence at its end. Keys are the
    machine's business: it asks to stop, so that the key that ends a recording is never taken for one that follows."""

    seconds: float
    silence: float | None = None


@dataclass(frozen=True, slots=True)
class StopRecording:
    """End the recording; Recorded follows."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Tell Late after so many seconds without a key."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Keep:
    """The draft becomes a `message`, a `greeting` or the `name` of the mailbox, or a `recording` for whoever asked for
    one; Kept follows."""

    what: str
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Discard:
    """The draft is thrown away."""


@dataclass(frozen=True, slots=True)
class Open:
    """Is this the mailbox's PIN? Opened or Refused follows."""

    extension: str
    pin: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ChangePin:
    """This is the mailbox's PIN from now on; PinChanged follows."""

    pin: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Move:
    """A message goes to another folder."""

    message: int
    folder: str


@dataclass(frozen=True, slots=True)
class SendOn:
    """The caller goes to this extension or number."""

    to: str


@dataclass(frozen=True, slots=True)
class HangUp:
    """The call is over."""


Command = Play | Record | StopRecording | Wait | Keep | Discard | Open | ChangePin | Move | SendOn | HangUp


class Machine(Protocol):
    """One application on one leg."""

    def begin(self) -> list[Command]:
        """What is done first."""

    def hear(self, event: Event) -> list[Command]:
        """What is done upon an event."""

    @property
    def over(self) -> bool:
        """Whether nothing more can come of it."""
