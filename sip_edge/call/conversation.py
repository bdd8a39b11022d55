"""A call that is on: its legs, its timers, what is open in it. State only; the controller and its rooms work on it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sip_edge.call.call import Call
from sip_edge.call.known import Known
from sip_edge.call.leg import Leg
from sip_edge.call.trunk import Trunk
from sip_edge.dialog import Key
from sip_edge.registrar.binding import Binding
from sip_edge.routing.decision import CallerId, Decision
from sip_edge.routing.facts import Call as Facts
from sip_edge.routing.facts import Live
from sip_edge.stack_request import ServerRequest
from sip_edge.timers import Timer

if TYPE_CHECKING:
    from sip_edge.call.invites import Invitation


@dataclass(frozen=True, slots=True)
class Target:
    """Where the INVITE of a leg goes: a registered phone, or a trunk with those to try after it."""

    binding: Binding | None = None
    trunk: Trunk | None = None
    others: tuple[Trunk, ...] = ()
    number: str = ""
    delay: float = 0.0
    confirm: bool = False
    """Has who answers to press 1 first?"""


Begun = Callable[["Conversation", Leg], bool]
"""Takes the leg that has answered a call that the server began, and its audio; False when that cannot be."""


@dataclass(slots=True, eq=False)
class Conversation:
    """`caller` is who began it, or who was transferred; `callee` who answered. While nobody has, `asked` is the INVITE
    that waits for its answer: none for a caller who is talking already."""

    id: str
    known: Known
    facts: Facts
    caller: Leg
    began: float
    asked: ServerRequest | None = None
    offer: bytes = b""
    """What the caller described in the INVITE; empty: the called is to offer."""
    call: Call = field(default_factory=Call)
    decision: Decision | None = None
    shown: CallerId = field(default_factory=CallerId)
    sent_on: str = ""
    """Why it was sent on last: busy or no_answer."""
    headers: tuple[tuple[str, str], ...] = ()
    """More headers of the INVITEs to phones: how they are to ring."""
    callee: Leg | None = None
    legs: dict[int, Leg] = field(default_factory=dict)
    """Every leg that is in it, the caller's too."""
    targets: dict[int, Target] = field(default_factory=dict)
    invitations: dict[int, Invitation] = field(default_factory=dict)
    timers: dict[str, Timer] = field(default_factory=dict)
    relayed: dict[frozenset[int], bool] = field(default_factory=dict)
    """Pairs of legs whose audio passes through the server."""
    hosted: set[int] = field(default_factory=set)
    """Legs that the media engine has described itself to: the caller's answer goes to the engine only."""
    pending: set[ServerRequest] = field(default_factory=set)
    """Requests inside the call that wait for the other side's answer."""
    on_alerting: Callable[[int], None] | None = None
    on_connected: Callable[[], None] | None = None
    on_refused: Callable[[int], bool] | None = None
    """Asked, with the status, before a caller who is talking already is hung up; True: it is taken care of."""
    failed_with: int = 0
    """The status of those who were rung before it was sent on."""
    on_over: Callable[[], None] | None = None
    shows: CallerId | None = None
    """Whom phones show as the caller, where that is not who dialled: somebody who was transferred."""
    begun: Begun | None = None
    """Of a call that the server began and nobody has answered yet (sip_edge.call.originating)."""
    orbit: str = ""
    screened: bool = False
    """Was the caller answered only to say a name? Nobody has talked to them then."""
    answered: bool = False
    over: bool = False

    @property
    def domain(self) -> str:
        """The company."""
        return self.known.company.domain

    def peer(self, leg: Leg) -> Leg | None:
        """Who is connected with `leg`; None when nobody is, or who was is in another conversation now."""
        if self.callee is None:
            return None
        found = self.callee if leg is self.caller else self.caller if leg is self.callee else None
        return found if found is not None and found.number in self.legs else None


class Book:
    """Every leg and conversation of this process, by what they are looked up by."""

    def __init__(self) -> None:
        self.conversations: dict[str, Conversation] = {}
        self._of_leg: dict[int, Conversation] = {}
        self._by_key: dict[Key, Leg] = {}
        self._by_call_id: dict[str, Leg] = {}
        self._people: dict[tuple[str, str], set[Leg]] = {}
        self._trunk_of: dict[int, str] = {}
        self.trunk_calls: dict[str, int] = {}
        """How many calls there are now, by trunk."""

    def __len__(self) -> int:
        return len(self._of_leg)

    def enter(self, one: Conversation, leg: Leg, call_id: str = "") -> None:
        """A leg is in this conversation now, wherever it was before; `call_id` is that of our INVITE to it."""
        before = self._of_leg.get(leg.number)
        if before is not None and before is not one:
            before.legs.pop(leg.number, None)
        elif before is None:
            self._people.setdefault((leg.end.domain, leg.end.extension or leg.end.number), set()).add(leg)
            self._counted(leg)
        one.legs[leg.number] = leg
        self._of_leg[leg.number] = one
        if call_id:
            self._by_call_id[call_id] = leg

    def renamed(self, leg: Leg) -> None:
        """The leg is tried by another trunk."""
        self._uncounted(leg.number)
        self._counted(leg)

    def _counted(self, leg: Leg) -> None:
        if leg.end.trunk:
            self._trunk_of[leg.number] = leg.end.trunk
            self.trunk_calls[leg.end.trunk] = self.trunk_calls.get(leg.end.trunk, 0) + 1

    def _uncounted(self, number: int) -> None:
        trunk = self._trunk_of.pop(number, "")
        if trunk:
            left = self.trunk_calls.pop(trunk) - 1
            if left > 0:
                self.trunk_calls[trunk] = left

    def found(self, leg: Leg) -> None:
        """The leg has a dialog: requests inside it find it."""
        if leg.key is not None:
            self._by_key[leg.key] = leg

    def leave(self, leg: Leg, call_id: str = "") -> None:
        """The leg is over."""
        one = self._of_leg.pop(leg.number, None)
        if one is None:
            return
        one.legs.pop(leg.number, None)
        if leg.key is not None:
            self._by_key.pop(leg.key, None)
        self._by_call_id.pop(call_id, None)
        name = (leg.end.domain, leg.end.extension or leg.end.number)
        others = self._people.get(name, set())
        others.discard(leg)
        if not others:
            self._people.pop(name, None)
        self._uncounted(leg.number)

    def by_key(self, key: Key) -> Leg | None:
        """The leg with this dialog."""
        return self._by_key.get(key)

    def by_call_id(self, call_id: str) -> Leg | None:
        """The leg that we called with this Call-ID, answered or not."""
        return self._by_call_id.get(call_id)

    def of(self, leg: Leg) -> Conversation | None:
        """The conversation that a leg is in."""
        return self._of_leg.get(leg.number)

    def of_person(self, domain: str, extension: str) -> frozenset[Leg]:
        """The legs of somebody."""
        return frozenset(self._people.get((domain, extension), ()))


class Lives(Mapping[str, Live]):
    """What the phones of a company do now, asked for one person at a time."""

    def __init__(self, known: Known, book: Book, reached: Callable[[str, str], bool], but: Hashable = None) -> None:
        """`but`: a leg that does not count, for it is the call that is being decided."""
        self._known = known
        self._book = book
        self._reached = reached
        self._but = but

    def __getitem__(self, extension: str) -> Live:
        person = self._known.company.people[extension]
        domain = self._known.company.domain
        calls = sum(1 for leg in self._book.of_person(domain, extension) if leg is not self._but)
        return Live(frozenset(one for one in person.devices if self._reached(domain, one)), calls)

    def __iter__(self) -> Iterator[str]:
        return iter(self._known.company.people)

    def __len__(self) -> int:
        return len(self._known.company.people)
