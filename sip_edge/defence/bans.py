"""Failures counted, and bans that grow with every one before.  (pure)"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sentence:
    """`allowed` failures within `window` seconds are human; more are a ban of `first` seconds, the next twice as long
    and so on up to `longest`. Who keeps quiet for `longest` after a ban is as good as new."""

    allowed: float
    window: float
    first: float
    longest: float


@dataclass(slots=True)
class _Record:
    points: float = 0.0
    at: float = 0.0
    bans: int = 0
    until: float = float("-inf")


class Bans:
    """Failures by key (an address, a user, both together); at most `most` keys, the quietest forgotten first."""

    def __init__(self, sentence: Sentence, most: int = 20_000) -> None:
        self._sentence = sentence
        self._most = most
        self._records: OrderedDict[Hashable, _Record] = OrderedDict()
        self.begun = 0
        """Bans since the start."""

    def __len__(self) -> int:
        return len(self._records)

    def banned(self, key: Hashable, now: float) -> bool:
        """Is `key` banned at `now` (seconds)?"""
        record = self._records.get(key)
        return record is not None and now < record.until

    def failed(self, key: Hashable, now: float, weight: float = 1.0) -> float:
        """Count a failure; → seconds of the ban it brought, 0.0 when none."""
        sentence = self._sentence
        record = self._records.pop(key, None)
        if record is None or now > max(record.until, record.at) + sentence.longest:
            record = _Record(at=now)
        left = record.points - (now - record.at) * sentence.allowed / sentence.window
        record.points, record.at = max(0.0, left) + weight, now
        self._records[key] = record
        if len(self._records) > self._most:
            self._records.popitem(last=False)
        if record.points <= sentence.allowed or now < record.until:
            return 0.0
        length = min(sentence.longest, sentence.first * 2.0 ** min(record.bans, 32))
        record.points, record.until = 0.0, now + length
        record.bans += 1
        self.begun += 1
        return length

    def forgive(self, key: Hashable) -> None:
        """Forget the failures of `key`, and end its ban."""
        self._records.pop(key, None)

    def current(self, now: float) -> list[tuple[Hashable, float]]:
        """(key, seconds left) of everybody banned at `now`, the longest first: for a page."""
        found = [(key, record.until - now) for key, record in self._records.items() if now < record.until]
        return sorted(found, key=lambda one: -one[1])
