"""The standard music: what plays in a company that has no song of its own (SF-316). Made by script/music."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from provd.music.playlist import Track

FOLDER = Path(__file__).resolve().parent / "standard"
RATE = 8_000
_HEAD = 58
"""Octets before the samples of a μ-law WAV file as script/music writes it; those of each sample are one."""


@cache
def tracks() -> tuple[Track, ...]:
    """The pieces in the order of their names."""
    found = sorted(FOLDER.glob("*.wav"))
    return tuple(Track(str(path), (path.stat().st_size - _HEAD) / RATE) for path in found)


def title(track: Track) -> str:
    """`evening-blue.wav` as people read it."""
    return Path(track.path).stem.lstrip("0123456789-").replace("-", " ").capitalize()
