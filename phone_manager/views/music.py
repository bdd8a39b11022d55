"""Music on hold as people read it.  (pure)"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from phone_manager.views.history import clock

SOURCES: Mapping[str, str] = {"upload": "Uploaded", "phone": "Recorded by phone", "tts": "Spoken text"}
TITLES: Mapping[str, str] = {"song": "Add music", "message": "Add message", "introduction": "Add introduction"}
TYPES: tuple[tuple[str, str], ...] = (("", "Company and users"), ("company", "Company"), ("user", "Users"))


@dataclass(frozen=True, slots=True)
class Line:
    """A song or message: `about` tells how it was made and how long it is; `up` and `down` are whether it can go."""

    id: int
    kind: str
    name: str
    about: str
    words: str
    up: bool
    down: bool


@dataclass(frozen=True, slots=True)
class Lists:
    """All of an owner."""

    introduction: Line | None
    songs: tuple[Line, ...]
    messages: tuple[Line, ...]


def lists(rows: Sequence[Mapping[str, Any]]) -> Lists:
    """The tracks of the API by kind."""

    def of(kind: str) -> tuple[Line, ...]:
        found = [row for row in rows if row["kind"] == kind]
        last = len(found) - 1
        return tuple(_line(row, up=n > 0, down=n < last) for n, row in enumerate(found))

    introduction = of("introduction")
    return Lists(introduction[0] if introduction else None, of("song"), of("message"))


def _line(row: Mapping[str, Any], *, up: bool, down: bool) -> Line:
    about = f"{SOURCES[row['source']]}, {clock(round(row['seconds']))}"
    return Line(row["id"], row["kind"], row["name"], about, row["words"], up, down)


def moved(ids: Sequence[int], one: int, step: int) -> list[int]:
    """The ids with `one` a step up (-1) or down (1); as they are where it cannot go."""
    found = list(ids)
    if one in found:
        place = found.index(one)
        if 0 <= place + step < len(found):
            found.insert(place + step, found.pop(place))
    return found


def hears(music: Mapping[str, Any], found: Lists, *, company: bool, whose: str) -> str:
    """What those who wait hear, in a sentence; `whose` as in "for you", "for Ada"."""
    if company and music["silent"]:
        return "Music on hold is switched off: callers who wait hear nothing."
    first = "the introduction, then " if found.introduction else ""
    songs, messages = found.songs, found.messages
    standard = company and not songs and music["standard"]
    who = "Callers who wait" if company else f"Callers who wait for {whose}"
    if not songs and not standard and not messages:
        if company:
            return f"{who} hear {'the introduction, then nothing' if first else 'nothing'}."
        return f"{who} hear {first}what the company plays."
    played = "the standard music" if standard else _counted(len(songs), "song") if songs else ""
    if played and music["shuffle"]:
        played += " in random order"
    if messages and played:
        said = "the message" if len(messages) == 1 else f"{len(messages)} messages in turn"
        return f"{who} hear {first}{played}, and {said} every {music['gap']} seconds."
    if messages:
        said = "the message" if len(messages) == 1 else "the messages in turn"
        return f"{who} hear {first}{said}, with {music['gap']} seconds of silence between."
    return f"{who} hear {first}{played}."


def _counted(count: int, word: str) -> str:
    return f"{count} {word}{'s' if count != 1 else ''}"


def has(row: Mapping[str, Any]) -> str:
    """What a user of the list has: `2 songs, 1 message, introduction`."""
    parts = [_counted(row["songs"], "song")] if row["songs"] else []
    parts += [_counted(row["messages"], "message")] if row["messages"] else []
    parts += ["introduction"] if row["introduction"] else []
    return ", ".join(parts) or "What the company plays"


def space(used: int, quota: int) -> str:
    """How much of the space is used."""
    return f"{used / 1_000_000:.1f} of {quota // 1_000_000} MB used"
