"""Tracks that come from a recording: what a call for one keeps."""

from __future__ import annotations

from pathlib import Path

from provd.store import music
from provd.store.database import Store
from provd.store.music import Holder, MusicTrack

LONGEST = {music.SONG: 900.0, music.MESSAGE: 180.0, music.INTRODUCTION: 180.0}
"""Seconds."""


def add_recorded(
    store: Store, holder: Holder, kind: str, name: str, path: Path, seconds: float, now: int
) -> MusicTrack:
    """Adds what was recorded by phone. The file is in the holder's folder of `Sounds(data_dir / "music")` already;
    raises Conflict when there is no room for it, and then the file is the caller's to delete."""
    octets = path.stat().st_size
    return music.add(store, holder, kind, name, path.name, seconds, octets, now, source="phone")
