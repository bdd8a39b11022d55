"""Which algorithms a phone is asked for: the best first, MD5 alone for those that stumble over a better one.  (pure)

RFC 2617 section 1.2 tells a client to pass over a challenge it does not understand, and RFC 8760 builds on that. Some
do not: they look at the first challenge, find no MD5 there and give up, saying nothing. So a phone that does not answer
a challenge and asks again without credentials gets MD5 alone; when that works, its kind (its User-Agent) is remembered
and its sisters need not stumble. Nobody is weaker off for that: a client chooses among the offers anyway.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable

FIRST_ONLY = ("sipp", "baresip v0.", "baresip v1.")
"""Parts of User-Agents that are known to stumble, lower case."""
_MD5 = ("MD5",)


class Offers:
    """Remembers at most `most` clients with an unanswered challenge, and as many kinds of phones."""

    def __init__(
        self, algorithms: tuple[str, ...], first_only: tuple[str, ...] = FIRST_ONLY, most: int = 10_000
    ) -> None:
        """`algorithms`: what is offered, the best first."""
        self.algorithms = algorithms
        self._adapts = "MD5" in algorithms and len(algorithms) > 1
        self._first_only = tuple(part.lower() for part in first_only)
        self._most = most
        self._unanswered: OrderedDict[Hashable, int] = OrderedDict()
        self._kinds: OrderedDict[str, None] = OrderedDict()

    def __len__(self) -> int:
        return len(self._unanswered) + len(self._kinds)

    def choose(self, client: Hashable, agent: str) -> tuple[str, ...]:
        """What to challenge `client` with; `agent` is its User-Agent. Counts as unanswered until answered()."""
        if not self._adapts:
            return self.algorithms
        before = self._unanswered.pop(client, 0)
        self._unanswered[client] = before + 1
        if len(self._unanswered) > self._most:
            self._unanswered.popitem(last=False)
        return _MD5 if before or self._stumbles(agent) else self.algorithms

    def answered(self, client: Hashable, agent: str, algorithm: str, *, good: bool) -> None:
        """Note credentials; `good`: with the right password."""
        asked = self._unanswered.pop(client, 0)
        if asked > 1 and good and algorithm == "MD5" and not self._stumbles(agent):
            self._kinds[agent] = None
            if len(self._kinds) > self._most:
                self._kinds.popitem(last=False)

    def _stumbles(self, agent: str) -> bool:
        if agent in self._kinds:
            return True
        lowered = agent.lower()
        return any(part in lowered for part in self._first_only)
