"""A call from INVITE to end, as far as ringing goes: who is called when, who wins, what the caller hears.  (pure)

Rules of this file:
- Things that happen go in by methods; what is to be done comes out as commands, in order. Nothing is sent from here.
- The caller gets one final answer: Connect or Refuse, once, unless the caller gave up before.
- Every leg that is invited comes to its end: it wins, it refuses, it is cancelled, or its late 2xx is hung up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

LONGEST = 290.0
"""Seconds that a caller hears ringing at most, whatever the rules say: an INVITE is not kept open for ever (RFC 3261
section 16.6, timer C)."""
BUSY = frozenset((486, 600, 603))
"""What a phone says that is busy, or whose person declines (AM-51)."""
CONFIRM = 15.0
"""Seconds that somebody who has answered has for pressing 1, where that is asked for (SF-107)."""
RING = "ring"
WHOLE = "whole"


class Phase(StrEnum):
    """How far a call has come."""

    ROUTING = "routing"
    RINGING = "ringing"
    ANSWERED = "answered"
    ENDED = "ended"


class Stage(StrEnum):
    """How far a leg has come."""

    WAITING = "waiting"
    CALLED = "called"
    ASKED = "asked"
    """Answered, but only who presses 1 has the call."""
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Invite:
    """Send this leg its INVITE."""

    leg: int


@dataclass(frozen=True, slots=True)
class Cancel:
    """Cancel this leg. `elsewhere`: another phone has answered, so that this one lists no missed call (RFC 3326)."""

    leg: int
    elsewhere: bool


@dataclass(frozen=True, slots=True)
class HangUp:
    """This leg's 2xx came too late: acknowledge it and end it."""

    leg: int


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask this leg, which has answered, whether it takes the call; then call `confirmed` or `declined`."""

    leg: int


@dataclass(frozen=True, slots=True)
class Release:
    """End this leg, which was asked and does not get the call; `elsewhere`: because another phone has it."""

    leg: int
    elsewhere: bool


@dataclass(frozen=True, slots=True)
class Progress:
    """Tell the caller 180, or 183 with what `leg` describes, when `media`."""

    leg: int
    status: int
    media: bool


@dataclass(frozen=True, slots=True)
class Connect:
    """`leg` has won: it and the caller are connected."""

    leg: int


@dataclass(frozen=True, slots=True)
class GoOn:
    """Nobody answered, or all were busy: ask routing what follows, then call `ring`, `refuse` or `taken`. `status` is
    what the caller gets when nothing follows."""

    why: str
    status: int


@dataclass(frozen=True, slots=True)
class Refuse:
    """Answer the caller with this status."""

    status: int


@dataclass(frozen=True, slots=True)
class Wait:
    """Call `due(name)` in so many seconds."""

    name: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Forget:
    """Never mind that timer."""

    name: str


Command = Invite | Cancel | HangUp | Ask | Release | Progress | Connect | GoOn | Refuse | Wait | Forget


class Call:
    """The legs are known by their numbers."""

    def __init__(self) -> None:
        self.phase = Phase.ROUTING
        self.winner = 0
        self._legs: dict[int, Stage] = {}
        self._failures: list[int] = []
        self._alone = False
        self._begun = False

    @property
    def open(self) -> frozenset[int]:
        """The legs that have not come to their end; the winner is not one of them."""
        return frozenset(self._legs)

    @property
    def asking(self) -> frozenset[int]:
        """The legs that have answered and are asked whether they take the call."""
        return frozenset(leg for leg, stage in self._legs.items() if stage is Stage.ASKED)

    def ring(self, legs: Sequence[tuple[int, float]], seconds: float | None) -> list[Command]:
        """Ring these legs, each (number, seconds until it begins), for `seconds` in all (None: as long as may be)."""
        if self.phase is not Phase.ROUTING:
            return []
        self.phase, self._failures, self._alone = Phase.RINGING, [], len(legs) == 1
        commands: list[Command] = []
        if not self._begun:
            self._begun = True
            commands.append(Wait(WHOLE, LONGEST))
        if seconds is not None:
            commands.append(Wait(RING, seconds))
        for leg, delay in legs:
            self._legs[leg] = Stage.WAITING if delay > 0 else Stage.CALLED
            commands.append(Wait(f"leg {leg}", delay) if delay > 0 else Invite(leg))
        return commands if legs else [*commands, *self._vain("no_answer")]

    def refuse(self, status: int) -> list[Command]:
        """Routing says that the caller is to be refused."""
        if self.phase is not Phase.ROUTING:
            return []
        return self._ended(Refuse(status))

    def taken(self) -> list[Command]:
        """Somebody else has answered the caller: an application, or who picked the call up."""
        if self.phase not in (Phase.ROUTING, Phase.RINGING):
            return []
        self.phase = Phase.ANSWERED
        return [*self._quiet(elsewhere=True), *self._unwind()]

    def progress(self, leg: int, *, media: bool) -> list[Command]:
        """A leg rings; `media`: it sends sound already, which a caller can hear of a lone leg only."""
        if self.phase is not Phase.RINGING or self._legs.get(leg) is not Stage.CALLED:
            return []
        heard = media and self._alone
        return [Progress(leg, 183 if heard else 180, heard)]

    def answered(self, leg: int) -> list[Command]:
        """A leg was answered."""
        if self._legs.get(leg) is Stage.ASKED:
            return []
        stage = self._legs.pop(leg, None)
        if stage is Stage.CALLED and self.phase is Phase.RINGING:
            return self._won(leg)
        return [HangUp(leg)]

    def asked(self, leg: int) -> list[Command]:
        """A leg was answered that has the call only when it confirms; the others go on ringing meanwhile."""
        if self._legs.get(leg) is not Stage.CALLED or self.phase is not Phase.RINGING:
            return self.answered(leg)
        self._legs[leg] = Stage.ASKED
        return [Ask(leg), Wait(f"confirm {leg}", CONFIRM)]

    def confirmed(self, leg: int) -> list[Command]:
        """A leg that was asked takes the call; nothing happens when the call is another's by now."""
        if self._legs.get(leg) is not Stage.ASKED:
            return []
        del self._legs[leg]
        return [Forget(f"confirm {leg}"), *self._won(leg)]

    def declined(self, leg: int) -> list[Command]:
        """A leg that was asked does not take the call, has hung up, or said nothing: it counts as not answered."""
        if self._legs.get(leg) is not Stage.ASKED:
            return []
        self._legs[leg] = Stage.CALLED
        return [Forget(f"confirm {leg}"), Release(leg, False), *self.failed(leg, 480)]

    def failed(self, leg: int, status: int) -> list[Command]:
        """A leg refused, or was not reached."""
        if self._legs.get(leg) is Stage.ASKED:
            return self.declined(leg)
        stage = self._legs.pop(leg, None)
        if stage is not Stage.CALLED or self.phase is not Phase.RINGING:
            return []
        self._failures.append(status)
        if any(one is not Stage.CANCELLED for one in self._legs.values()):
            return []
        busy = all(status in BUSY for status in self._failures)  # AM-52
        return self._vain("busy" if busy else "no_answer")

    def given_up(self) -> list[Command]:
        """The caller has cancelled, or has gone; nobody is to be answered any more."""
        if self.phase not in (Phase.ROUTING, Phase.RINGING):
            return []
        return self._ended()

    def due(self, name: str) -> list[Command]:
        """A timer has run out."""
        if self.phase is not Phase.RINGING:
            return self._ended(Refuse(480)) if name == WHOLE and self.phase is Phase.ROUTING else []
        if name == WHOLE:
            return self._ended(Refuse(480))
        if name == RING:
            return self._quiet(elsewhere=False, asked=False) if self.asking else self._vain("no_answer")
        if name.startswith("confirm "):
            return self.declined(int(name.removeprefix("confirm ")))
        leg = int(name.removeprefix("leg "))
        if self._legs.get(leg) is not Stage.WAITING:
            return []
        self._legs[leg] = Stage.CALLED
        return [Invite(leg)]

    def _won(self, leg: int) -> list[Command]:
        self.phase, self.winner = Phase.ANSWERED, leg
        return [Connect(leg), *self._quiet(elsewhere=True), *self._unwind()]

    def _vain(self, why: str) -> list[Command]:
        self.phase = Phase.ROUTING
        status = 486 if why == "busy" else _best(self._failures)
        return [*self._quiet(elsewhere=False), Forget(RING), GoOn(why, status)]

    def _ended(self, *last: Command) -> list[Command]:
        self.phase = Phase.ENDED
        return [*last, *self._quiet(elsewhere=False), *self._unwind()]

    def _quiet(self, *, elsewhere: bool, asked: bool = True) -> list[Command]:
        """Stop everything that rings, and what has not begun to; who is asked just now only when `asked`."""
        commands: list[Command] = []
        for leg, stage in list(self._legs.items()):
            if stage is Stage.WAITING:
                del self._legs[leg]
                commands.append(Forget(f"leg {leg}"))
            elif stage is Stage.CALLED:
                self._legs[leg] = Stage.CANCELLED
                commands.append(Cancel(leg, elsewhere))
            elif stage is Stage.ASKED and asked:
                del self._legs[leg]
                commands += [Forget(f"confirm {leg}"), Release(leg, elsewhere)]
        return commands

    def _unwind(self) -> list[Command]:
        return [Forget(RING), Forget(WHOLE)] if self._begun else []


def _best(failures: Sequence[int]) -> int:
    """What the caller is told when nobody could be reached: what they all said, where they agree, else 480. Never 401
    or 407, which would ask the caller for a password, nor 408 and 487, which are about our own requests."""
    told = {status for status in failures if status not in (401, 407, 408, 481, 487, 491)}
    if len(told) == 1 and len(failures) > 0:
        (only,) = told
        return only if 400 <= only < 700 else 480
    return 480
