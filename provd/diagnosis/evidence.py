"""What is known of a phone that may not work, and what a check of it says.  (pure)"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

OK, BROKEN, UNKNOWN, WAITING = "ok", "broken", "unknown", "waiting"
VERDICTS = (OK, BROKEN, UNKNOWN, WAITING)


@dataclass(frozen=True, slots=True)
class Stranger:
    """A MAC that nobody set up and that asked for files; `at` epoch seconds."""

    mac: str
    at: int
    address: str
    said: str
    """Vendor or model, as far as recognised."""


@dataclass(frozen=True, slots=True)
class Registered:
    """A living registration from the phone. `nat`: the contact differs from where it came from; None when unknown."""

    address: str
    transport: str
    nat: bool | None
    expires: float
    reachable: bool = True


@dataclass(frozen=True, slots=True)
class LineFacts:
    """One line of the phone: its device, its registrations from this phone and from elsewhere, and the last event of
    each kind (`auth_failed`, `expired`, `unregistered`, `registered`): (epoch seconds, address)."""

    line: int
    device: str
    transport: str
    own: tuple[Registered, ...] = ()
    others: tuple[Registered, ...] = ()
    last: Mapping[str, tuple[float, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of one phone. Times are epoch seconds, None for never.

    `url` and `dhcp` are without a token that opens anything. `near` are unknown MACs that nearly are this one, `beside`
    those of the same vendor that asked from where other phones of the company are. `watched` are the names on lamp
    keys, `alive` those that the phone has subscribed to; None: this process does not know. `resync` is (phase,
    sentence, when) of the last one.
    """

    mac: str
    title: str
    company: str
    url: str
    dhcp: tuple[tuple[str, str], ...]
    created: int
    last_contact: int | None = None
    last_address: str = ""
    last_file: str = ""
    firmware: str = ""
    fetched_at: int | None = None
    present: bool = False
    changed_at: int | None = None
    nightly: str = ""
    refused_at: int | None = None
    refused_why: str = ""
    refused_address: str = ""
    open_until: int = 0
    near: tuple[Stranger, ...] = ()
    beside: tuple[Stranger, ...] = ()
    lines: tuple[LineFacts, ...] = ()
    zone: str = ""
    time_servers: tuple[str, ...] = ()
    protocol: str = "http"
    watched: frozenset[str] = frozenset()
    alive: frozenset[str] | None = None
    resync: tuple[str, str, float] | None = None
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at; `mend` only where `verdict` is broken."""

    name: str
    title: str
    verdict: str
    text: str
    mend: str = ""
