"""Which music somebody on hold hears: remembered company by company, read anew when something of it was changed.

Rules of this file: a question costs one look at the database (which every process sees alike), and files are named, not
opened.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from provd.music.playlist import Playlist, Track, chosen
from provd.music.standard import tracks as standard_tracks
from provd.sounds import Sounds
from provd.store import music
from provd.store.database import Store
from provd.store.music import COMPANY, INTRODUCTION, MESSAGE, SONG, USER, MusicSettings, MusicTrack

MOST = 1000
Levels = Mapping[tuple[str, int], Playlist]


@dataclass(frozen=True, slots=True)
class Remembered:
    """A company's playlists by owner, as of a version; `silent`: nobody hears music."""

    version: int
    levels: Levels
    silent: bool


class Playlists:
    """Those of the companies that were asked for last; one a process."""

    def __init__(self, store: Store, data_dir: Path, most: int = MOST) -> None:
        self._store = store
        self._sounds = Sounds(data_dir / "music")
        self._most = most
        self._kept: OrderedDict[int, Remembered] = OrderedDict()

    async def of(self, domain: str, extension: str = "") -> Playlist | None:
        """What is played to those who wait for this extension of a company (by its name): the user's, else the
        company's, else the standard music. None: nothing, or there is no such company."""
        now = await self._store.run(music.version, domain, extension)
        if now is None:
            return None
        found = self._kept.get(now.domain_id)
        if found is None or found.version != now.number:
            found = await self._store.run_apart(self._read, now.domain_id, now.number)
            self._kept[now.domain_id] = found
        self._kept.move_to_end(now.domain_id)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)
        if found.silent:
            return None
        own = found.levels.get((USER, now.user_id)) if now.user_id is not None else None
        return chosen([own, found.levels.get((COMPANY, now.domain_id))])

    def _read(self, store: Store, domain_id: int, version: int) -> Remembered:
        tracks, settings = music.everything(store, domain_id)
        return remembered(self._sounds, domain_id, version, tracks, settings)


def remembered(
    sounds: Sounds,
    domain_id: int,
    version: int,
    tracks: list[MusicTrack],
    settings: Mapping[tuple[str, int], MusicSettings],
) -> Remembered:
    """The playlists that the rows of a company stand for. The company's own messages and introduction come with the
    standard music as long as it has no song of its own."""
    by_owner: dict[tuple[str, int], list[MusicTrack]] = {(COMPANY, domain_id): []}
    for one in tracks:
        by_owner.setdefault((one.owner, one.owner_id), []).append(one)
    levels = {
        owner: playlist(sounds, found, settings.get(owner, MusicSettings()), standard=owner[0] == COMPANY)
        for owner, found in by_owner.items()
    }
    return Remembered(version, levels, settings.get((COMPANY, domain_id), MusicSettings()).silent)


def playlist(sounds: Sounds, tracks: list[MusicTrack], settings: MusicSettings, *, standard: bool) -> Playlist:
    """One owner's playlist; with `standard`, the standard music where there is no song."""

    def named(kind: str) -> tuple[Track, ...]:
        return tuple(
            Track(str(sounds.path(one.domain_id, one.owner_id if one.owner == USER else None, one.file)), one.seconds)
            for one in tracks
            if one.kind == kind
        )

    introduction, songs = named(INTRODUCTION), named(SONG)
    if standard and not songs and settings.standard:
        songs = standard_tracks()
    return Playlist(
        introduction[0] if introduction else None, songs, named(MESSAGE), settings.shuffle, float(settings.gap)
    )
