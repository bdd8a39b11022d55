"""What the store hands out about when and where calls go; see rows.py.  (pure)"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from provd.answering.rule import Destination, Rule
from provd.timeframe.frame import TimeFrame
from provd.timeframe.reading import kept


@dataclass(frozen=True, slots=True)
class SavedFrame:
    """A time frame of a company, or of one person (`user_id`). `number` names it on keys; `times` as reading.py."""

    id: int
    domain_id: int
    user_id: int | None
    number: int
    name: str
    times: Mapping[str, Any]
    forced: str
    created: int

    @property
    def frame(self) -> TimeFrame:
        """The times, ready to be asked."""
        return kept(json.dumps(self.times, sort_keys=True), self.forced)


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """A number of a company. `user_id` is whom its calls go to, where the treatment has a user; `destination` what else
    they go to. `extension`, `person` and `service_code` are those of that user now."""

    id: int
    domain_id: int
    number: str
    site_id: int | None
    treatment: str
    user_id: int | None
    destination: str
    caller_id_prefix: str
    notes: str
    enabled: bool
    created: int
    extension: str
    person: str
    service_code: str


@dataclass(frozen=True, slots=True)
class SavedRule:
    """An answering rule of a person with the name of its time frame, which the default rule has none of. `id` 0: it was
    never changed, so that nothing is kept of it."""

    id: int
    user_id: int
    frame_id: int | None
    frame: str
    rule: Rule


@dataclass(frozen=True, slots=True)
class Answering:
    """What holds for a person whatever the rule. `chosen` is the number of the frame whose rule the person has put in
    force (SF-016), 0 for the default rule, None when the clock decides."""

    do_not_disturb: bool = False
    forwards: Mapping[str, Destination] = field(default_factory=dict)
    block_anonymous: bool = False
    spam: str = "ring"
    chosen: int | None = None


@dataclass(frozen=True, slots=True)
class Filter:
    """A number that is refused, or, for a person, let through whatever else says no."""

    number: str
    allowed: bool
    created: int


@dataclass(frozen=True, slots=True)
class Dialling:
    """How a company dials. `codes` are its own for functions of the table; `emergency` are numbers besides the
    usual ones; `support` is the extension or number that the code for support calls."""

    code_table: str = "stratus"
    codes: Mapping[str, str] = field(default_factory=dict)
    translations: tuple[tuple[str, str], ...] = ()
    emergency: tuple[str, ...] = ()
    caller_id_number: str = ""
    emergency_caller_id: str = ""
    spam_offered: bool = False
    support: str = ""


@dataclass(frozen=True, slots=True)
class Trunk:
    """A way to and from the telephone network, of one company or (`domain_id` None) of the server. `networks` are the
    carrier's addresses; `writes` is how it wants numbers: e164 (+1…) or plain (1…); `asks`: is it asked by OPTIONS
    whether it is there?"""

    id: int
    domain_id: int | None
    name: str
    place: int
    kind: str
    host: str
    port: int
    transport: str
    user_name: str
    networks: tuple[str, ...]
    most_calls: int
    writes: str
    enabled: bool
    asks: bool
    created: int


@dataclass(frozen=True, slots=True)
class TriedCall:
    """A call that a company keeps as a test of its rules: what was asked, and what should become of it."""

    id: int
    name: str
    asked: Mapping[str, Any]
    expected: tuple[str, ...]
    created: int


class PersonRow(NamedTuple):
    """A user as calls need one."""

    id: int
    extension: str
    name: str
    zone: str
    area_code: str
    caller_id_number: str
    caller_id_name: str
    emergency_caller_id: str
    department: str
    site: str
    service_code: str


@dataclass(frozen=True, slots=True)
class CompanyRows:
    """What load() read; maps by user id where a person has several of something. `frames` are (number, name, times as
    JSON text, forced), `numbers` (number, treatment, destination, prefix, enabled)."""

    id: int
    domain: str
    zone: str
    country: str
    area_code: str
    people: tuple[PersonRow, ...]
    devices: Mapping[int, tuple[str, ...]]
    rules: Mapping[int, tuple[SavedRule, ...]]
    off: Mapping[int, frozenset[int]]
    answering: Mapping[int, Answering]
    frames: tuple[tuple[int, str, str, str], ...]
    numbers: tuple[tuple[str, str, str, str, bool], ...]
    filters: tuple[tuple[int | None, str, bool], ...]
    dialling: Dialling
    without_voicemail: frozenset[str] = frozenset()
    """Extensions whose voicemail is switched off (SF-042)."""
