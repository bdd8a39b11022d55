"""A call from INVITE to end, as far as ringing goes: who is called when, who wins, what the caller hears.  (pure)

Rules of this file:
- Things that happen go in by methods; what is to be done comes out as commands, in order. Nothing is sent from here.
- The caller gets one final answer: Connect or Refuse, once, unless the caller gave up before.
- Every leg that is invited comes to its end: it wins, it refuses, it is cancelled, or its late 2xx is hung up.
- While the audio of one leg is being connected nobody else's is: who answers then is too late.
"""

from __future__ import annotations

from collections.abc import Sequence

from sip_edge.call.command import (
    Ask,
    Cancel,
    Command,
    Connect,
    Forget,
    GoOn,
    HangUp,
    Invite,
    Join,
    Name,
    Proceed,
    Progress,
    Refuse,
    Release,
    Wait,
)
from sip_edge.call.stage import CONNECTING, DECIDING, OPEN, Phase, Stage

LONGEST = 290.0
"""Seconds that a caller hears ringing at most, whatever the rules say: an INVITE is not kept open for ever (RFC 3261
section 16.6, timer C)."""
BUSY = frozenset((486, 600, 603))
"""What a phone says that is busy, or whose person declines (AM-51)."""
CONFIRM = 10.0
"""Seconds that somebody who has answered has for pressing 1, where that is asked for (SF-107)."""
SCREEN = 30.0
"""The same where the caller's name is heard first (SF-099)."""
NAMING = 25.0
"""Seconds after which a caller who was asked for a name is put through, whatever was heard."""
RING = "ring"
WHOLE = "whole"
NAME = "name"


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
        """The legs that have answered and are asked whether they take the call, or have just said so."""
        return frozenset(leg for leg, stage in self._legs.items() if stage in (Stage.ASKED, Stage.TAKING))

    def joins(self, leg: int) -> bool:
        """Is this the leg that has answered, whose audio is to be connected?"""
        return self._legs.get(leg) is Stage.JOINING

    # The caller's name

    def ask_name(self) -> list[Command]:
        """Routing says that the caller is to say a name first."""
        if self.phase is not Phase.ROUTING:
            return []
        self.phase = Phase.NAMING
        return [Name(), Wait(NAME, NAMING)]

    def named(self) -> list[Command]:
        """The caller has said a name, or nothing."""
        if self.phase is not Phase.NAMING:
            return []
        self.phase = Phase.ROUTING
        return [Forget(NAME), Proceed()]

    def unnamed(self, status: int) -> list[Command]:
        """The caller cannot be asked: nobody is rung for somebody who was to be screened."""
        if self.phase is not Phase.NAMING:
            return []
        self.phase = Phase.ROUTING
        return [Forget(NAME), GoOn("no_answer", status)]

    # Where it goes

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
        return self._ended(Refuse(status)) if self.phase is Phase.ROUTING else []

    def taken(self) -> list[Command]:
        """Somebody else has answered the caller: an application, or who picked the call up."""
        if self.phase not in OPEN:
            return []
        return [*self._over(Phase.ANSWERED), *self._quiet(elsewhere=True), *self._unwind()]

    # What the legs say

    def progress(self, leg: int, *, media: bool) -> list[Command]:
        """A leg rings; `media`: it sends sound already, which a caller can hear of a lone leg only."""
        if self.phase is not Phase.RINGING or self._legs.get(leg) is not Stage.CALLED:
            return []
        heard = media and self._alone
        return [Progress(leg, 183 if heard else 180, heard)]

    def answers(self, leg: int) -> list[Command]:
        """A leg was answered: if it `joins` afterwards, connect its audio, then call `answered` or `failed`."""
        if self._legs.get(leg) is not Stage.CALLED or self.phase is not Phase.RINGING or self._connecting:
            return self._too_late(leg)
        self._legs[leg] = Stage.JOINING
        return []

    def answered(self, leg: int) -> list[Command]:
        """A leg was answered, and its audio can be connected."""
        stage = self._legs.get(leg)
        if self.phase is Phase.RINGING and (stage is Stage.JOINING or (stage is Stage.CALLED and not self._connecting)):
            del self._legs[leg]
            return self._won(leg)
        return self._too_late(leg)

    def asked(self, leg: int, seconds: float = CONFIRM) -> list[Command]:
        """A leg was answered that has the call only when it confirms; the others go on ringing meanwhile."""
        if self._legs.get(leg) is not Stage.CALLED or self.phase is not Phase.RINGING:
            return self._too_late(leg)
        self._legs[leg] = Stage.ASKED
        return [Ask(leg), Wait(f"confirm {leg}", seconds)]

    def accepts(self, leg: int) -> list[Command]:
        """A leg that was asked takes the call: from here on nobody else gets it, unless its audio cannot be had."""
        if self._legs.get(leg) is not Stage.ASKED:
            return []
        if self._connecting:
            return self._released(leg, "elsewhere")
        self._legs[leg] = Stage.TAKING
        return [Forget(f"confirm {leg}"), Join(leg)]

    def confirmed(self, leg: int) -> list[Command]:
        """The audio of a leg that takes the call is connected."""
        if self._legs.get(leg) is not Stage.TAKING:
            return []
        del self._legs[leg]
        return self._won(leg)

    def declined(self, leg: int, why: str = "declined", status: int = 480) -> list[Command]:
        """A leg that was asked does not take the call, has hung up, or said nothing: it counts as not answered, or as
        `status` says."""
        if self._legs.get(leg) not in (Stage.ASKED, Stage.TAKING):
            return []
        released = self._released(leg, why)
        self._legs[leg] = Stage.CALLED
        return [*released, *self.failed(leg, status)]

    def refers(self, leg: int) -> list[Command]:
        """A leg that was asked sends the caller to the mailbox: nobody rings any more."""
        if self._legs.get(leg) is not Stage.ASKED:
            return []
        if self._connecting:
            return self.declined(leg)
        return [*self._released(leg, "voicemail"), *self._vain("voicemail")]

    def failed(self, leg: int, status: int) -> list[Command]:
        """A leg refused, was not reached, or its audio could not be connected."""
        if self._legs.get(leg) in (Stage.ASKED, Stage.TAKING):
            return self.declined(leg)
        stage = self._legs.pop(leg, None)
        if stage not in (Stage.CALLED, Stage.JOINING) or self.phase is not Phase.RINGING:
            return []
        self._failures.append(status)
        if any(one is not Stage.CANCELLED for one in self._legs.values()):
            return []
        busy = all(status in BUSY for status in self._failures)  # AM-52
        return self._vain("busy" if busy else "no_answer")

    def lost(self) -> list[Command]:
        """The audio of a caller who waits is gone: nobody can be connected with them as things are."""
        if self.phase is Phase.NAMING:
            return self.unnamed(480)
        return self._vain("no_answer") if self.phase is Phase.RINGING else []

    def given_up(self) -> list[Command]:
        """The caller has cancelled, or has gone; nobody is to be answered any more."""
        return self._ended() if self.phase in OPEN else []

    def due(self, name: str) -> list[Command]:
        """A timer has run out."""
        if name == WHOLE:
            return self._ended(Refuse(480)) if self.phase in OPEN else []
        if name == NAME:
            return self.named()
        if self.phase is not Phase.RINGING:
            return []
        if name == RING:
            deciding = not DECIDING.isdisjoint(self._legs.values())
            return self._quiet(elsewhere=False, deciding=False) if deciding else self._vain("no_answer")
        if name.startswith("confirm "):
            return self.declined(int(name.removeprefix("confirm ")), "no_key")
        leg = int(name.removeprefix("leg "))
        if self._legs.get(leg) is not Stage.WAITING:
            return []
        self._legs[leg] = Stage.CALLED
        return [Invite(leg)]

    # What follows

    @property
    def _connecting(self) -> bool:
        return not CONNECTING.isdisjoint(self._legs.values())

    def _too_late(self, leg: int) -> list[Command]:
        if self._legs.get(leg) in DECIDING:
            return []  # the 2xx once more, or said twice
        self._legs.pop(leg, None)
        return [HangUp(leg)]

    def _won(self, leg: int) -> list[Command]:
        self.phase, self.winner = Phase.ANSWERED, leg
        return [Connect(leg), *self._quiet(elsewhere=True), *self._unwind()]

    def _vain(self, why: str) -> list[Command]:
        self.phase = Phase.ROUTING
        status = 486 if why == "busy" else _best(self._failures)
        return [*self._quiet(elsewhere=False), Forget(RING), GoOn(why, status)]

    def _over(self, phase: Phase) -> list[Command]:
        naming, self.phase = self.phase is Phase.NAMING, phase
        return [Forget(NAME)] if naming else []

    def _ended(self, *last: Command) -> list[Command]:
        return [*self._over(Phase.ENDED), *last, *self._quiet(elsewhere=False), *self._unwind()]

    def _quiet(self, *, elsewhere: bool, deciding: bool = True) -> list[Command]:
        """Stop everything that rings, and what has not begun to; who has answered already only when `deciding`."""
        commands: list[Command] = []
        for leg, stage in list(self._legs.items()):
            if stage is Stage.WAITING:
                del self._legs[leg]
                commands.append(Forget(f"leg {leg}"))
            elif stage is Stage.CALLED:
                self._legs[leg] = Stage.CANCELLED
                commands.append(Cancel(leg, elsewhere))
            elif stage is Stage.JOINING and deciding:
                commands += self._hung(leg)
            elif stage in DECIDING and deciding:
                commands += self._released(leg, "elsewhere" if elsewhere else "cancelled")
        return commands

    def _hung(self, leg: int) -> list[Command]:
        del self._legs[leg]
        return [HangUp(leg)]

    def _released(self, leg: int, why: str) -> list[Command]:
        asked = self._legs.pop(leg) is Stage.ASKED
        return [*([Forget(f"confirm {leg}")] if asked else []), Release(leg, why)]

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
