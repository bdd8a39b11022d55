"""A playlist as one who waits hears it: piece by piece, without end.  (pure)"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from provd.music.playlist import SHORTEST, Playlist, Track


class Shuffler(Protocol):
    """What is used of random.Random."""

    def shuffle(self, x: list[Track], /) -> None:
        """Put a list into random order."""


@dataclass(frozen=True, slots=True)
class Segment:
    """`seconds` of a file from `start` on; without a path, silence."""

    path: str
    start: float
    seconds: float


def programme(playlist: Playlist, random: Shuffler) -> Iterator[Segment] | None:
    """The pieces in their order; None when there is nothing to play.

    First the introduction, once. Then music; a message begins `gap` seconds after the end of the one before it (the
    first: after the music began), and the music goes on where it was (SF-323). Without songs the messages come at once,
    with silence between them. It ends only where there is an introduction and nothing else. Times are in whole
    milliseconds, so that nothing adds up to a drift.
    """
    playlist = Playlist(
        playlist.introduction if playlist.introduction and _long(playlist.introduction) else None,
        tuple(track for track in playlist.songs if _long(track)),
        tuple(track for track in playlist.messages if _long(track)),
        playlist.shuffle,
        max(playlist.gap, SHORTEST),
    )
    return None if playlist.empty else _pieces(playlist, random)


def _long(track: Track) -> bool:
    return track.seconds >= SHORTEST


def _whole(track: Track) -> Segment:
    return Segment(track.path, 0.0, int(track.seconds * 1000) / 1000)


def _pieces(playlist: Playlist, random: Shuffler) -> Iterator[Segment]:
    if playlist.introduction:
        yield _whole(playlist.introduction)
    gap = round(playlist.gap * 1000)
    if not playlist.messages:
        if playlist.songs:
            yield from map(_whole, _in_turn(playlist.songs, random if playlist.shuffle else None))
        return
    messages = _in_turn(playlist.messages, None)
    if not playlist.songs:
        for message in messages:
            yield _whole(message)
            yield Segment("", 0.0, gap / 1000)
    music = _Music(_in_turn(playlist.songs, random if playlist.shuffle else None))
    for message in messages:
        yield from music.take(gap)
        yield _whole(message)


def _in_turn(tracks: tuple[Track, ...], random: Shuffler | None) -> Iterator[Track]:
    """The tracks again and again; shuffled anew every time round, and then none twice in a row."""
    order, last = list(tracks), None
    while True:
        if random is not None:
            random.shuffle(order)
            if len(order) > 1 and order[0] == last:
                order.append(order.pop(0))
        yield from order
        last = order[-1]


class _Music:
    """Songs that are left and taken up again."""

    def __init__(self, songs: Iterator[Track]) -> None:
        self._songs = songs
        self._song, self._at, self._end = Track("", 0.0), 0, 0

    def take(self, length: int) -> Iterator[Segment]:
        """The next `length` milliseconds of music."""
        while length > 0:
            if self._at >= self._end:
                self._song = next(self._songs)
                self._at, self._end = 0, int(self._song.seconds * 1000)
            piece = min(length, self._end - self._at)
            yield Segment(self._song.path, self._at / 1000, piece / 1000)
            self._at += piece
            length -= piece
