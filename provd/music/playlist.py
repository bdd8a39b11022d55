"""What one level (a user, a company, the server) plays to whoever waits (SF-315 to SF-323).  (pure)"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

GAPS = range(15, 121, 5)
"""Seconds that can be between the end of a message and the start of the next (SF-323)."""
GAP = 30
SHORTEST = 0.1
"""Seconds; what is shorter is not played, so that a list of nothing cannot go round without end."""


@dataclass(frozen=True, slots=True)
class Track:
    """A file and how many seconds of it there are."""

    path: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Playlist:
    """`introduction` once, then `songs` for ever, in their order or shuffled, interrupted by `messages` in turn with
    `gap` seconds from the end of one to the start of the next."""

    introduction: Track | None = None
    songs: tuple[Track, ...] = ()
    messages: tuple[Track, ...] = ()
    shuffle: bool = False
    gap: float = GAP

    @property
    def empty(self) -> bool:
        """Whether there is nothing to play."""
        return not (self.introduction or self.songs or self.messages)


def chosen(levels: Sequence[Playlist | None]) -> Playlist | None:
    """What is played of `levels`, the most specific first: the first that has songs or messages, with all that is its
    own and nothing of the others. One that has an introduction only has it before what the levels below play (a user's
    recording warning is followed by the company's music, not by silence). None: nothing to play anywhere.
    """
    introduction = None
    for level in levels:
        if level is None or level.empty:
            continue
        if level.songs or level.messages:
            return replace(level, introduction=introduction or level.introduction)
        introduction = introduction or level.introduction
    return Playlist(introduction) if introduction else None
