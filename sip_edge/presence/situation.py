"""What is known of one name of a company: its calls, its registrations, its mailbox, its switches.  (pure)"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from sip_edge.registrar.binding import Binding

DND = "dnd"
"""The name a phone watches to see its own person's do-not-disturb."""


class Subject(NamedTuple):
    """A name that can be watched. `owner` is the extension a personal feature belongs to, else empty."""

    domain: str
    name: str
    owner: str = ""


class Lamp(StrEnum):
    """What a lamp shows; the words of `State.set_state` too. PARKED, ON and BUSY light it alike."""

    IDLE = "idle"
    TRYING = "trying"
    RINGING = "ringing"
    BUSY = "busy"
    HELD = "held"
    PARKED = "parked"
    ON = "on"
    OFF = "off"


# The dialog states of RFC 4235 section 3.7.1 that a subscriber can tell apart.
PHASES = {
    Lamp.TRYING: "trying",
    Lamp.RINGING: "early",
    Lamp.BUSY: "confirmed",
    Lamp.HELD: "confirmed",
    Lamp.PARKED: "confirmed",
    Lamp.ON: "confirmed",
}


@dataclass(frozen=True, slots=True)
class Party:
    """One end of a call: its SIP URI, and the name shown for it."""

    uri: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """One dialog of the watched name. `id` is unique among its calls; `incoming` as the watched one sees it.

    `call_id` and the tags let a phone take the call over (Replaces); empty ones are left out. `appearance` is the
    shared line's appearance number, 0 on a line that is not shared.
    """

    id: str
    lamp: Lamp = Lamp.BUSY
    incoming: bool = False
    local: Party = Party()
    remote: Party = Party()
    call_id: str = ""
    local_tag: str = ""
    remote_tag: str = ""
    appearance: int = 0

    @property
    def phase(self) -> str:
        """The dialog state of RFC 4235."""
        return PHASES.get(self.lamp, "terminated")


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Voice messages: how many are new and how many have been heard, and how many of each are urgent."""

    new: int = 0
    old: int = 0
    urgent_new: int = 0
    urgent_old: int = 0


@dataclass(frozen=True, slots=True)
class Forward:
    """A forward that is switched on: `kind` is always, busy or no_answer; `rings` counts for no_answer."""

    kind: str
    target: str
    rings: int = 0


class Seizure(NamedTuple):
    """An appearance of a shared line that a phone is about to call on; `by` is its subscription."""

    appearance: int
    by: str


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything about one name at one moment. `registered` counts the devices that can be reached.

    `contacts`, where the device of this name is registered, are there as long as somebody watches them; `parted` is how
    the last of them ended, as (id, kind of the location's change).
    """

    calls: tuple[Call, ...] = ()
    registered: int = 0
    dnd: bool = False
    forwards: tuple[Forward, ...] = ()
    messages: Mailbox = Mailbox()
    seized: tuple[Seizure, ...] = ()
    contacts: tuple[Binding, ...] = ()
    parted: tuple[tuple[int, str], ...] = ()

    @property
    def lamp(self) -> Lamp:
        """The one thing a lamp shows: a call that rings wins over one that is held, that over one that is on."""
        for wanted in (Lamp.RINGING, Lamp.HELD, Lamp.PARKED, Lamp.ON, Lamp.BUSY, Lamp.TRYING):
            if any(call.lamp is wanted for call in self.calls):
                return wanted
        return Lamp.IDLE

    @property
    def busy(self) -> bool:
        """Is there any call at all?"""
        return bool(self.calls)


NOTHING = Situation()

Listener = Callable[[Subject, Situation, Situation], None]
"""Called with a subject, what was so before, and what is so now."""


def subject(domain: str, name: str, watcher: str) -> Subject:
    """What `name` means to somebody of extension `watcher`: feature codes and `dnd` are each person's own."""
    personal = name[:1] in ("*", "#") or name == DND
    return Subject(domain.lower(), name, watcher if personal else "")
