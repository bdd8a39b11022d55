"""How long each timer runs (RFC 3261 table 4).  (pure)"""

from __future__ import annotations

from dataclasses import dataclass

from sip_edge.transaction.table import Timer

_ONLY_UNRELIABLE = (Timer.A, Timer.E, Timer.G)
_AT_ONCE_WHEN_RELIABLE = (Timer.D, Timer.I, Timer.J, Timer.K)


@dataclass(frozen=True, slots=True)
class Timing:
    """The three times of RFC 3261 section 17.1.1.1, seconds, and the patience of section 17.2.1."""

    t1: float = 0.5
    """A round trip."""
    t2: float = 4.0
    """The longest pause between repetitions."""
    t4: float = 5.0
    """How long a message may stay in the network."""
    trying: float = 0.2
    """How long the user of an INVITE server may say nothing before 100 goes out."""

    @property
    def lifetime(self) -> float:
        """64 * T1: how long anything is waited for."""
        return 64 * self.t1

    def delay(self, timer: Timer, rounds: int, reliable: bool, *, slow: bool = False) -> float | None:
        """Seconds until `timer` fires when it has been armed `rounds` times before.

        None: over this transport it is not armed at all. 0: it fires at once.
        """
        if reliable and timer in _ONLY_UNRELIABLE:
            return None
        if reliable and timer in _AT_ONCE_WHEN_RELIABLE:
            return 0.0
        doubled = self.t1 * (1 << min(rounds, 16))
        if timer is Timer.A:
            return doubled
        if timer in (Timer.E, Timer.G, Timer.REPEAT):
            return self.t2 if slow else min(doubled, self.t2)
        if timer in (Timer.I, Timer.K):
            return self.t4
        if timer is Timer.D:
            return max(32.0, self.lifetime)
        return self.trying if timer is Timer.TRYING else self.lifetime
