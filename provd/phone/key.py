"""Line keys: where they sit, what they can be, what a phone does with one.  (pure)"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import total_ordering
from types import MappingProxyType

MAX_MODULES = 8
MAX_NUMBER = 200

_POSITION = re.compile(r"(?:m([1-9])\.)?([1-9]\d{0,2})")


@total_ordering
@dataclass(frozen=True, slots=True)
class Position:
    """A key's place: `number` counts from 1 on the phone itself (`module` 0) or on expansion module 1, 2, …"""

    module: int
    number: int

    @classmethod
    def parse(cls, text: str) -> Position:
        """Read `7` or `m1.7`; ValueError with a sentence otherwise."""
        found = _POSITION.fullmatch(text)
        if not found or int(found[1] or 0) > MAX_MODULES or int(found[2]) > MAX_NUMBER:
            raise ValueError(f"“{text[:20]}” is not a key position; write 7 for key 7 or m1.7 for key 7 of module 1.")
        return cls(int(found[1] or 0), int(found[2]))

    def __str__(self) -> str:
        return f"m{self.module}.{self.number}" if self.module else str(self.number)

    def __lt__(self, other: Position) -> bool:
        return (self.module, self.number) < (other.module, other.number)


@dataclass(frozen=True, slots=True)
class KeyKind:
    """What a person can choose for a key.

    `target` says what the key points at: `none`, `extension` (a person of the company), `number` (anything that can
    be dialled), `digits` (sent in a call), `orbit` (a park orbit), `timeframe`, `url` or `filter` (of a directory
    cascade). `lamp` is true when the key is worth having only with its lamp. `code` names the parameter that holds
    the feature code which is dialled before the target.
    """

    name: str
    title: str
    target: str
    help: str
    lamp: bool = False
    code: str = ""


# The features of the platform's Phone Manager, SF-258 … SF-269, and the cascade of SF-272.
KINDS: MappingProxyType[str, KeyKind] = MappingProxyType(
    {
        kind.name: kind
        for kind in (
            KeyKind("none", "None", "none", "The key does nothing."),
            KeyKind("line", "Line Appearance", "none", "A call appearance of one of the phone's lines."),
            KeyKind("shared_line", "Shared Line Appearance", "none", "A line that several phones share.", lamp=True),
            KeyKind(
                "blf", "User (BLF)", "extension", "Calls or transfers to a person; the lamp shows them.", lamp=True
            ),
            KeyKind("speed_dial", "Speed Dial", "number", "Dials a number inside or outside the company."),
            KeyKind("park", "Call Park", "orbit", "Parks a call in an orbit and takes it back.", lamp=True),
            KeyKind("dtmf", "DTMF", "digits", "Sends digits and star codes in a call."),
            KeyKind(
                "queue_toggle",
                "Queue Toggle",
                "none",
                "Available or unavailable in all your queues.",
                True,
                "codes.queue_toggle",
            ),
            KeyKind(
                "timeframe_toggle",
                "Timeframe Toggle",
                "timeframe",
                "Flips one time frame of your rules.",
                True,
                "codes.timeframe_toggle",
            ),
            KeyKind("hot_desk", "Hot Desk", "none", "Logs another person in on this phone.", code="codes.hot_desk"),
            KeyKind("queue_login", "Queue Login", "none", "Logs in to all assigned queues.", code="codes.queue_login"),
            KeyKind(
                "queue_logout", "Queue Logout", "none", "Logs out of all assigned queues.", code="codes.queue_logout"
            ),
            KeyKind(
                "move_call",
                "Move My Call",
                "none",
                "Takes your call from another device to this phone.",
                True,
                "codes.move_call",
            ),
            KeyKind("url", "URL", "url", "Opens a web address on the phone."),
            KeyKind(
                "cascade",
                "Cascade Directory",
                "filter",
                "Fills this and the free keys after it with the directory, anew at every update.",
                True,
            ),
        )
    }
)


@dataclass(frozen=True, slots=True)
class Key:
    """A key as a person chose it.

    `label` None follows the directory (the person's name) and is kept when they are renamed; `line` is the account
    (1-based) the key belongs to; `locked` keeps Basic Users from editing it (SF-270). A cascade's `target` is empty
    for everyone or the name of a department.
    """

    kind: str
    target: str = ""
    label: str | None = None
    line: int = 1
    locked: bool = False


@dataclass(frozen=True, slots=True)
class PhoneKey:
    """A key as the phone gets it: `value` is what it dials, monitors, sends or opens; `origin` the layer it is from."""

    module: int
    number: int
    kind: str
    value: str
    label: str
    line: int
    locked: bool
    lamp: bool
    pickup: str
    origin: str

    @property
    def position(self) -> Position:
        """Where the key sits."""
        return Position(self.module, self.number)
