"""An answering rule as data.  (pure)"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from types import MappingProxyType

# SF-109 and AM-59; None is unlimited.
RING_SECONDS: tuple[int | None, ...] = (*range(5, 91, 5), *range(120, 301, 30), 1200, None)
RINGS = MappingProxyType(
    {"all": "all my phones", "extension": "my extension only", "several": "several phones at once"}
)
"""What rings: every phone of the user (SF-095), the bare extension (SF-108), or what the rule names (SF-106)."""
MOST_OTHERS = 20
LONGEST_DELAY = 300

DESTINATIONS = MappingProxyType(
    {
        "user": "User",
        "device": "Phone",
        "voicemail": "Voicemail",
        "external": "Outside number",
        "call_queue": "Call Queue",
        "auto_attendant": "Auto Attendant",
        "conference": "Conference",
        "fax_server": "Fax Server",
    }
)
"""Kinds of places that a call can be sent to (SF-105). A user's own rules apply; a phone's bypass them."""
FORWARDS = MappingProxyType(
    {
        "always": "every call",
        "on_active": "when on a call",
        "busy": "when busy",
        "no_answer": "when unanswered",
        "offline": "when no phone is registered",
        "on_dnd": "when not to be disturbed",
        "on_spam": "when the caller's number is not proven",
    }
)
"""The forwards of a rule (SF-100 to SF-104; platform-facts.md section 5)."""


@dataclass(frozen=True, slots=True)
class Destination:
    """A place to send a call to: `kind` of DESTINATIONS, and the extension, device or E.164 number."""

    kind: str
    value: str
    confirm: bool = False
    """Who answers an outside number must press 1 (SF-107); for places of the company it means nothing (AM-57)."""

    def __str__(self) -> str:
        return f"{DESTINATIONS[self.kind]} {self.value}"


@dataclass(frozen=True, slots=True)
class SimRing:
    """One more place to ring (SF-106): a device by its name, another user's extension, or an outside number."""

    target: Destination
    delay: int = 0
    confirm: bool = False
    """An outside phone must press 1 (SF-107); for phones of the company it means nothing (AM-57)."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One answering rule (SF-090 to SF-109). `frame` is the number of its time frame, None for the default rule, which
    always holds (SF-095); `seconds` None rings until somebody ends it."""

    frame: int | None = None
    enabled: bool = True
    do_not_disturb: bool = False
    screening: bool = False
    ring: str = "all"
    own: bool = True
    """With `several`: the bare extension rings too,"""
    own_all: bool = False
    """or all phones of the user."""
    others: tuple[SimRing, ...] = ()
    seconds: int | None = 25
    always: Destination | None = None
    on_active: Destination | None = None
    busy: Destination | None = None
    no_answer: Destination | None = None
    offline: Destination | None = None
    on_dnd: Destination | None = None
    on_spam: Destination | None = None

    def forwards(self) -> Iterator[tuple[str, Destination]]:
        """The forwards that are set, by their names."""
        for name in FORWARDS:
            found: Destination | None = getattr(self, name)
            if found is not None:
                yield name, found

    def targets(self) -> Iterator[tuple[str, Destination]]:
        """Every place that the rule names, with the field that does: for checking that it is there."""
        yield from self.forwards()
        for place, other in enumerate(self.others):
            yield f"others.{place}.to", other.target


DEFAULT = Rule()
