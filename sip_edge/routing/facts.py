"""What a decision is made from: the company with its people, numbers and rules, and the call.  (pure)"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from provd.answering.rule import DEFAULT, Destination, Rule
from provd.timeframe.frame import TimeFrame
from sip_edge.routing.codes import TABLES, Table

MOST_HOPS = 10
"""Times that a call is sent on before it is refused as going in a ring."""


@dataclass(frozen=True, slots=True)
class Person:
    """A user, or a service user such as 8900. `rules` in their order; `switched_off` has the frames whose rules are
    off by key. Numbers in `allowed` and `blocked` are E.164, or extensions."""

    extension: str
    name: str = ""
    zone: str = ""
    rules: tuple[Rule, ...] = (DEFAULT,)
    switched_off: frozenset[int] = frozenset()
    devices: tuple[str, ...] = ()
    voicemail: bool = True
    do_not_disturb: bool = False
    forwards: Mapping[str, Destination] = field(default_factory=dict)
    """Set by star code: `always`, `busy`, `no_answer`; they go before those of the rule."""
    allowed: frozenset[str] = frozenset()
    blocked: frozenset[str] = frozenset()
    block_anonymous: bool = False
    spam: str = "ring"
    """What to do with a caller whose number is not proven (SF-115): ring, voicemail, drop or screen."""
    area_code: str = ""
    caller_id_number: str = ""
    caller_id_name: str = ""
    emergency_caller_id: str = ""
    most_calls: int = 10
    department: str = ""
    site: str = ""
    chosen: int | None = None
    """The key of the frame whose rule the person has put in force (SF-016), 0 for the default rule."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A time frame of the company or of one person."""

    number: int
    name: str
    times: TimeFrame


@dataclass(frozen=True, slots=True)
class Inbound:
    """A number of the company: what is done with a call to it."""

    number: str
    treatment: str
    destination: str = ""
    prefix: str = ""
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class Company:
    """All that decisions of one company need, by what calls name it by; made anew when something of it changes."""

    domain: str
    zone: str = "UTC"
    country: str = "US"
    area_code: str = ""
    people: Mapping[str, Person] = field(default_factory=dict)
    numbers: Mapping[str, Inbound] = field(default_factory=dict)
    frames: Mapping[int, Frame] = field(default_factory=dict)
    services: Mapping[str, str] = field(default_factory=dict)
    """Extensions that are no person: kind of DESTINATIONS by extension."""
    orbits: frozenset[str] = frozenset()
    blocked: frozenset[str] = frozenset()
    codes: Table = field(default_factory=lambda: TABLES["stratus"])
    emergency: frozenset[str] = frozenset({"911", "933", "112"})
    caller_id_number: str = ""
    emergency_caller_id: str = ""
    support: str = ""
    """Whom the code for support calls: an extension or a number."""
    translations: tuple[tuple[str, str], ...] = ()
    """What people dial and what it means, as (pattern, replacement): dialplan.py."""
    ready: frozenset[str] = frozenset({"user", "device", "voicemail", "external"})
    """Kinds of destinations whose engine there is; calls to others hear that the number is not in service."""


@dataclass(frozen=True, slots=True)
class Live:
    """What somebody's phones do now: which of the devices can be reached, and how many calls there are."""

    registered: frozenset[str] = frozenset()
    calls: int = 0


@dataclass(frozen=True, slots=True)
class Call:
    """A call as it comes in. From outside: `number` E.164, empty for an anonymous one, and `called` as the carrier
    says. From a phone of the company: `extension` and what was dialled."""

    called: str
    number: str = ""
    name: str = ""
    extension: str = ""
    proven: str = ""
    """The verdict of STIR/SHAKEN (RFC 8224): A, B or C, `failed`, or empty where nobody said."""
    hops: tuple[str, ...] = ()
    """Who has sent it on already, oldest first (Diversion, History-Info: RFC 5806, RFC 7044)."""
    most_forwards: int = 70
    """Max-Forwards as it came (RFC 3261 section 8.1.1.6)."""
    seconds: int | None = None
    """How long to ring, where a queue says so (SF-110)."""
    from_queue: bool = False

    @property
    def internal(self) -> bool:
        """Whether it comes from a phone of the company."""
        return bool(self.extension)

    @property
    def caller(self) -> str:
        """Whom lists of allowed and blocked callers know: the extension, or the number."""
        return self.extension or self.number
