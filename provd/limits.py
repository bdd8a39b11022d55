"""How many failures an address may make: token buckets in a bounded table.  (pure)"""

from __future__ import annotations

from collections import OrderedDict


class Buckets:
    """For each key a bucket of `size` failures that refills at `per_second`; at most `most` keys are remembered.

    Keys that have been quiet longest are forgotten first, so that a flood of fresh keys costs no memory.
    """

    def __init__(self, size: float, per_second: float, most: int = 20_000) -> None:
        self._size = size
        self._rate = per_second
        self._most = most
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def empty(self, key: str, now: float) -> bool:
        """Say whether `key` has used up its failures."""
        found = self._left.get(key)
        return found is not None and found[0] + (now - found[1]) * self._rate < 1.0

    def take(self, key: str, now: float) -> bool:
        """Count one failure of `key`; False when its bucket was empty already."""
        left, at = self._left.pop(key, (self._size, now))
        left = min(self._size, left + (now - at) * self._rate)
        allowed = left >= 1.0
        self._left[key] = (left - 1.0 if allowed else left, now)
        if len(self._left) > self._most:
            self._left.popitem(last=False)
        return allowed

    def __len__(self) -> int:
        return len(self._left)
