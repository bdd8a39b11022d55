"""Server transactions for requests that are answered at once: REGISTER, OPTIONS, SUBSCRIBE.  (pure)

A full machine does for them no more than keep one answer for 32 s. So that is all that is kept: key → answer, and one
queue for the ends, because they all live equally long.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from sip_edge.message.message import Request
from sip_edge.transaction.effect import Flow, Key

METHODS = frozenset(("REGISTER", "OPTIONS", "SUBSCRIBE"))


@dataclass(slots=True)
class Entry:
    """One request and the answer to it, b"" while there is none."""

    until: float
    flow: Flow
    reliable: bool
    request: Request | None
    """Held until the answer is there, for the caller's sake; the answer is enough afterwards."""
    merged: Key | None
    answer: bytes = b""


class Light:
    """The entries of a server, at most `limit` of them: over that the oldest goes first.

    Losing one costs a repetition that is taken for a new request, which REGISTER, OPTIONS and SUBSCRIBE bear.
    """

    __slots__ = ("_ends", "_entries", "_lifetime", "_limit")

    def __init__(self, lifetime: float, limit: int) -> None:
        self._lifetime = lifetime
        self._limit = limit
        self._entries: dict[Key, Entry] = {}
        self._ends: deque[tuple[float, Key]] = deque()

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: Key) -> Entry | None:
        """The entry of a request that has been here before, None for a new one."""
        return self._entries.get(key)

    def add(self, key: Key, entry: Entry, now: float) -> list[Entry]:
        """Take a new request in; returns the entries that had to go for it."""
        entry.until = now + self._lifetime
        self._entries[key] = entry
        self._ends.append((entry.until, key))
        return self._shed()

    def answer(self, key: Key, data: bytes, now: float, *, final: bool) -> Entry | None:
        """Note the answer to a request and start its 32 s (timer J); None when the request is gone.

        Over a reliable transport nothing is repeated, so a final answer ends the entry.
        """
        entry = self._entries.get(key)
        if entry is None:
            return None
        entry.answer = data
        if final and entry.reliable:
            del self._entries[key]
        elif final:
            entry.request = None
            entry.until = now + self._lifetime
            self._ends.append((entry.until, key))
        return entry

    def ended(self, now: float) -> list[Entry]:
        """Drop and return the entries whose time is over."""
        gone = []
        while self._ends and self._ends[0][0] <= now:
            _, key = self._ends.popleft()
            entry = self._entries.get(key)
            if entry is not None and entry.until <= now:
                gone.append(self._entries.pop(key))
        return gone

    def next(self) -> float | None:
        """When the next entry may end, None when there is none."""
        return self._ends[0][0] if self._ends else None

    def _shed(self) -> list[Entry]:
        gone = []
        while len(self._entries) > self._limit or len(self._ends) > 3 * self._limit:
            until, key = self._ends.popleft()
            entry = self._entries.get(key)
            if entry is not None and (len(self._entries) > self._limit or entry.until <= until):
                gone.append(self._entries.pop(key))
        return gone
