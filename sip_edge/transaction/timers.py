"""Every timer of the transaction layer, in one heap.  (pure)"""

from __future__ import annotations

import heapq
from collections.abc import Hashable
from typing import Generic, TypeVar

Name = TypeVar("Name", bound=Hashable)


class Timers(Generic[Name]):
    """Names that become due at a moment, seconds of a clock that only goes forward.

    Stopped and replaced entries stay in the heap until their time comes or they are more than the live ones; then
    the heap is built anew, so that memory follows what is armed.
    """

    __slots__ = ("_armed", "_count", "_heap")

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Name]] = []
        self._armed: dict[Name, tuple[float, int]] = {}
        self._count = 0

    def __len__(self) -> int:
        """How many timers are armed."""
        return len(self._armed)

    @property
    def held(self) -> int:
        """How many entries the heap holds, dead ones included."""
        return len(self._heap)

    def arm(self, name: Name, when: float) -> None:
        """Let `name` become due at `when`; an earlier arming of it counts no more."""
        self._count += 1
        self._armed[name] = (when, self._count)
        heapq.heappush(self._heap, (when, self._count, name))
        if len(self._heap) > 2 * len(self._armed) + 64:
            self._heap = [(at, count, held) for held, (at, count) in self._armed.items()]
            heapq.heapify(self._heap)

    def stop(self, name: Name) -> None:
        """Let `name` not become due; nothing happens when it is not armed."""
        self._armed.pop(name, None)

    def next(self) -> float | None:
        """When the first timer becomes due, None when none is armed."""
        while self._heap and self._armed.get(self._heap[0][2]) != self._heap[0][:2]:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def due(self, now: float) -> Name | None:
        """One name whose time has come, the earliest first; it is armed no more. None when there is none."""
        when = self.next()
        if when is None or when > now:
            return None
        name = heapq.heappop(self._heap)[2]
        del self._armed[name]
        return name
