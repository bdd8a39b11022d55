"""The music of companies as those who wait hear it: playlists from the store, played by the media engine."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Iterator
from functools import partial

from provd.music.choosing import Playlists
from provd.music.playlist import Playlist
from provd.music.programme import Segment, programme
from sip_edge.media.engine import Clip, File, Silence

Begin = Callable[[], Iterator[Clip] | None]
Music = Callable[[str, str], Awaitable[Begin | None]]
"""(company, extension) → a way to begin what those hear who wait for this person; None: nothing is played."""


def of_playlists(playlists: Playlists) -> Music:
    """Music as the companies have chosen it."""

    async def music(domain: str, extension: str) -> Begin | None:
        found = await playlists.of(domain, extension)
        return None if found is None or found.empty else partial(_begun, found)

    return music


def _begun(playlist: Playlist) -> Iterator[Clip] | None:
    segments = programme(playlist, random.SystemRandom())
    return None if segments is None else map(clip, segments)


def clip(segment: Segment) -> Clip:
    """A piece of a programme as the engine plays it."""
    return File(segment.path, segment.start, segment.seconds) if segment.path else Silence(segment.seconds)
