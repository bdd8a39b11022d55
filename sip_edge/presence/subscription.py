"""One subscription: the dialog it lives in, what it watches, what its phone has been told.  (pure)"""

from __future__ import annotations

import zlib
from collections.abc import Hashable
from dataclasses import dataclass, field

from sip_edge.message import Request, Response, SipError
from sip_edge.message.header import line
from sip_edge.presence.packages import Package
from sip_edge.presence.rlmi import Member
from sip_edge.presence.situation import Situation, Subject, subject

SPREAD_FROM = 600
"""From this length on, grants differ by up to a tenth, so that phones that came together do not come back together."""

# Answers to a NOTIFY after which there is no subscription any more (RFC 6665 section 4.2.2).
_OVER = frozenset((404, 405, 408, 410, 416, 480, 481, 482, 483, 484, 485, 489, 501, 604))


@dataclass(frozen=True, slots=True)
class Watcher:
    """Who watches, as the registrar has proved it: a device of a user of a company."""

    domain: str
    device: str
    user: str
    """The extension of the device's user."""
    domain_id: int = 0


@dataclass(slots=True)
class Peer:
    """The other side of the dialog (RFC 3261 section 12): everything a NOTIFY is addressed with."""

    call_id: str
    local: str
    """Our From, tag included."""
    remote: str
    """Our To, tag included."""
    target: str
    routes: tuple[str, ...]
    remote_cseq: int
    local_cseq: int = 0
    contact: str = ""
    """Our URI as the phone reaches it."""
    lines: tuple[str, ...] = ()
    """The header lines that are the same in every request we send; made by `within`."""

    @classmethod
    def of(cls, request: Request, tag: str, contact: str) -> Peer:
        """The dialog a SUBSCRIBE begins; `tag` and `contact` are ours. Raises SipError(400) without Contact or tag."""
        if len(request.contacts) != 1 or request.from_.tag is None:
            raise SipError(400, "A SUBSCRIBE needs one Contact and a From tag.")
        routes = tuple(str(route) for route in request.addresses("record-route"))
        local = str(request.to if request.to.tag is not None else request.to.with_tag(tag))
        target, cseq = request.contacts[0].target, request.cseq.number
        return cls(request.call_id, local, str(request.from_), target, routes, cseq, contact=contact)

    def refresh(self, request: Request, contact: str) -> None:
        """A later request of the same dialog: it may move the phone's Contact (section 12.2.2), and ours."""
        self.remote_cseq = request.cseq.number
        self.contact, self.lines = contact, ()
        if len(request.contacts) == 1:
            self.target = request.contacts[0].target

    def within(self) -> list[str]:
        """The header lines of our next request inside the dialog; counts its CSeq. ValueError for a line break."""
        if not self.lines:
            given = (
                *(("Route", route) for route in self.routes),
                ("Max-Forwards", "70"),
                ("From", self.local),
                ("To", self.remote),
                ("Call-ID", self.call_id),
                ("Contact", f"<{self.contact}>"),
            )
            self.lines = tuple(line(name, value) for name, value in given)
        self.local_cseq += 1
        return [*self.lines, f"CSeq: {self.local_cseq} NOTIFY"]


@dataclass(slots=True, eq=False)
class Subscription:
    """What one SUBSCRIBE began. Its `id` is our tag, which nobody can guess."""

    id: str
    watcher: Watcher
    package: Package
    name: str
    """What was asked for: the user part of the Request-URI."""
    event: str
    """The Event header as every NOTIFY repeats it: the package, and the id the phone gave it."""
    peer: Peer
    flow: Hashable
    until: float
    """When it ends, epoch seconds."""
    proved: float = 0.0
    """When the phone last proved who it is, epoch seconds."""
    members: tuple[Member, ...] | None = None
    """Of a list (RFC 4662), None of a single name; `watch` sets others."""
    subjects: tuple[Subject, ...] = ()
    """Everything it watches."""
    version: int = 0
    under_way: bool = False
    """A NOTIFY is out and not answered."""
    stale: bool = True
    """The phone has not been told how things are now."""
    told: dict[Subject, Situation] = field(default_factory=dict)
    """What the phone is known to know."""
    sent: dict[Subject, Situation] = field(default_factory=dict)
    """What the NOTIFY under way tells it."""
    appearance: int = 0
    """Of the shared line that it has seized; 0 of every other package."""
    ended: str = ""
    """The reason of its end (RFC 6665 section 4.1.3), "" while it lives."""

    def __post_init__(self) -> None:
        self.watch(self.members)

    def watch(self, members: tuple[Member, ...] | None) -> None:
        """Watch these members, or the name itself (None)."""
        names = (self.name,) if members is None else tuple(member.name for member in members)
        self.members = members
        self.subjects = tuple(subject(self.watcher.domain, name, self.watcher.user) for name in names)

    def state(self, now: float) -> str:
        """Subscription-State (RFC 6665 section 4.1.3)."""
        if self.ended:
            return f"terminated;reason={self.ended}"
        return f"active;expires={max(0, round(self.until - now))}"


def user_of(device: str) -> str:
    """The extension of a device's user: its name without its small letters (`101a` → `101`)."""
    return device.rstrip("abcdefghijklmnopqrstuvwxyz")


def granted(request: Request, package: Package, key: str) -> int:
    """The seconds to grant a SUBSCRIBE; 0 for one that fetches or ends. Raises SipError(423) for too few.

    `key` spreads the grants of phones that all ask for the same.
    """
    asked = request.expires
    wanted = package.expires if asked is None else asked
    if 0 < wanted < package.shortest:
        least = str(package.shortest)
        raise SipError(423, f"A subscription lives at least {least} seconds.", (("Min-Expires", least),))
    seconds = min(wanted, package.longest)
    if seconds < SPREAD_FROM:
        return seconds
    return seconds - zlib.crc32(key.encode("utf-8", "surrogateescape")) % (seconds // 10)


def event_of(request: Request) -> tuple[str, str]:
    """(package, Event header to repeat) of a SUBSCRIBE; SipError(489) without one (RFC 6665 section 8.2.1)."""
    said = request.field("event")
    if said is None:
        raise SipError(489, "A SUBSCRIBE needs an Event.")
    given = said.parameter("id")
    return said.value.lower(), said.value.lower() + (f";id={given}" if given and given.isalnum() else "")


def ends(response: Response) -> bool:
    """Does this final answer to a NOTIFY end the subscription? With Retry-After none does (RFC 6665 section 4.2.2)."""
    if "retry-after" in response.headers.index:
        return False
    return response.status in _OVER
