"""Music on hold as it is kept (SF-315 to SF-324): tracks of an owner in their order, and what is set for them.

Rules of this file: every change is counted in the company's row, so that whoever remembers playlists knows when to read
them anew. Files outlive their rows for a while: somebody may be listening (provd.music.sweeping).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from provd.errors import Conflict, Invalid, NotFound, Problem
from provd.music.playlist import GAP, GAPS
from provd.store import rules
from provd.store.database import Store

COMPANY, USER = "company", "user"
OWNERS = (COMPANY, USER)
SONG, MESSAGE, INTRODUCTION = "song", "message", "introduction"
KINDS = (INTRODUCTION, SONG, MESSAGE)
SOURCES = ("upload", "tts", "phone")
MOST_TRACKS = 50
"""Of one owner."""
QUOTAS = {COMPANY: 150_000_000, USER: 50_000_000}
"""Octets of one owner's tracks: some 156 and 52 minutes."""
MOST_OCTETS = 2_000_000_000
"""Of all owners of a company together."""
LONGEST_NAME = 100
NAMES = {INTRODUCTION: "Introduction"}


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose music it is."""

    domain_id: int
    owner: str
    owner_id: int

    @property
    def user_id(self) -> int | None:
        """The user, where it is one; also the folder that the files are in."""
        return self.owner_id if self.owner == USER else None


def of_company(domain_id: int) -> Holder:
    """The company's default."""
    return Holder(domain_id, COMPANY, domain_id)


def of_user(domain_id: int, user_id: int) -> Holder:
    """A user's own."""
    return Holder(domain_id, USER, user_id)


@dataclass(frozen=True, slots=True)
class MusicTrack:
    """A song, a message or the introduction. `words`, `voice` and `language` are those of a spoken text."""

    id: int
    domain_id: int
    owner: str
    owner_id: int
    kind: str
    place: int
    name: str
    source: str
    words: str
    voice: str
    language: str
    seconds: float
    octets: int
    file: str
    created: int


@dataclass(frozen=True, slots=True)
class MusicSettings:
    """`gap`: seconds between messages. Of the company only: `standard` music plays while it has no song of its own;
    `silent`: nobody who waits hears music."""

    shuffle: bool = False
    gap: int = GAP
    standard: bool = True
    silent: bool = False


_TRACK = (
    "id, domain_id, owner, owner_id, kind, place, name, source, words, voice, language, seconds, octets, file, created"
)
_OWNED = "domain_id = ? AND owner = ? AND owner_id = ?"
_ORDER = "CASE kind WHEN 'introduction' THEN 0 WHEN 'song' THEN 1 ELSE 2 END, place, id"


def _key(holder: Holder) -> tuple[int, str, int]:
    return (holder.domain_id, holder.owner, holder.owner_id)


def tracks(store: Store, holder: Holder) -> list[MusicTrack]:
    """The introduction, the songs, the messages: each in their order."""
    query = f"SELECT {_TRACK} FROM music_tracks WHERE {_OWNED} ORDER BY {_ORDER}"  # noqa: S608
    return [MusicTrack(*row) for row in store.sql(query, _key(holder)).fetchall()]


def track(store: Store, holder: Holder, track_id: int) -> MusicTrack:
    """One of them."""
    query = f"SELECT {_TRACK} FROM music_tracks WHERE {_OWNED} AND id = ?"  # noqa: S608
    row = store.sql(query, (*_key(holder), track_id)).fetchone()
    if row is None:
        raise NotFound("There is no such song or message here.")
    return MusicTrack(*row)


def add(
    store: Store, holder: Holder, kind: str, name: str, file: str, seconds: float, octets: int, now: int, *,
    source: str = "upload", words: str = "", voice: str = "", language: str = "",
) -> MusicTrack:  # fmt: skip
    """Adds a track at the end of its list; an introduction takes the place of the one before (SF-320)."""
    name = name.strip() or NAMES.get(kind, "")
    rules.require(_named(name))
    with store.transaction():
        if kind == INTRODUCTION:
            store.sql(f"DELETE FROM music_tracks WHERE {_OWNED} AND kind = ?", (*_key(holder), kind))  # noqa: S608
        require_room(store, holder, octets)
        last = f"SELECT COALESCE(MAX(place), 0) FROM music_tracks WHERE {_OWNED} AND kind = ?"  # noqa: S608
        place = store.sql(last, (*_key(holder), kind)).fetchone()[0] + 1
        made = store.sql(
            "INSERT INTO music_tracks (domain_id, owner, owner_id, user_id, kind, place, name, source, words, voice, "
            "language, seconds, octets, file, created) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
            "RETURNING id",
            (
                *_key(holder), holder.user_id, kind, place, name, source, words, voice, language, seconds, octets,
                file, now,
            ),
        ).fetchone()[0]  # fmt: skip
        _touched(store, holder.domain_id)
        return track(store, holder, made)


def _named(name: str) -> list[Problem]:
    if len(name) > LONGEST_NAME:
        return [Problem("name", f"A name has at most {LONGEST_NAME} characters.")]
    return [*rules.filled("name", name)]


def require_room(store: Store, holder: Holder, octets: int) -> None:
    """Raises Conflict when there is no place for one track more of so many octets."""
    count, used = store.sql(
        f"SELECT COUNT(*), COALESCE(SUM(octets), 0) FROM music_tracks WHERE {_OWNED}",  # noqa: S608
        _key(holder),
    ).fetchone()
    if count >= MOST_TRACKS:
        raise Conflict(f"There are {MOST_TRACKS} songs and messages, which is all there can be; delete one first.")
    quota = QUOTAS[holder.owner]
    everybody = store.sql(
        "SELECT COALESCE(SUM(octets), 0) FROM music_tracks WHERE domain_id = ?", (holder.domain_id,)
    ).fetchone()[0]
    if used + octets > quota:
        raise Conflict(f"The space for music of {quota // 1_000_000} MB is full; delete a song or a message first.")
    if everybody + octets > MOST_OCTETS:
        raise Conflict(f"The company has used all of its {MOST_OCTETS // 1_000_000} MB for music; delete some first.")


def rename(store: Store, holder: Holder, track_id: int, name: str) -> MusicTrack:
    """Gives a track another name."""
    name = name.strip()
    rules.require(_named(name))
    with store.transaction():
        track(store, holder, track_id)
        store.sql("UPDATE music_tracks SET name = ? WHERE id = ?", (name, track_id))
        return track(store, holder, track_id)


def reorder(store: Store, holder: Holder, kind: str, ids: Sequence[int]) -> None:
    """Puts all songs, or all messages, into this order; raises Conflict when they are not the ones that there are."""
    with store.transaction():
        present = [one.id for one in tracks(store, holder) if one.kind == kind]
        if sorted(ids) != sorted(present):
            raise Conflict("Songs or messages were added or deleted in the meantime; load the list and order it again.")
        store.many("UPDATE music_tracks SET place = ? WHERE id = ?", [(n, one) for n, one in enumerate(ids, 1)])
        _touched(store, holder.domain_id)


def copied_name(name: str) -> str:
    """What the copy of a track is called (SF-321)."""
    return f"{name[: LONGEST_NAME - 5]} Copy"


def delete(store: Store, holder: Holder, track_id: int) -> MusicTrack:
    """Deletes a track; → what it was."""
    with store.transaction():
        gone = track(store, holder, track_id)
        store.sql("DELETE FROM music_tracks WHERE id = ?", (track_id,))
        _touched(store, holder.domain_id)
    return gone


def settings(store: Store, holder: Holder) -> MusicSettings:
    """What is set; the defaults where nothing was."""
    query = f"SELECT shuffle, gap, standard, silent FROM music_settings WHERE {_OWNED}"  # noqa: S608
    return _settings(store.sql(query, _key(holder)).fetchone())


def _settings(row: Sequence[Any] | None) -> MusicSettings:
    return MusicSettings(bool(row[0]), int(row[1]), bool(row[2]), bool(row[3])) if row else MusicSettings()


def save(store: Store, holder: Holder, changed: Mapping[str, Any]) -> MusicSettings:
    """Saves those settings that are given (SF-322, SF-323); raises Invalid for what cannot be."""
    if "gap" in changed and changed["gap"] not in GAPS:
        raise Invalid([Problem("gap", "Between messages are 15 to 120 seconds, in steps of 5.")])
    if holder.owner != COMPANY and {"standard", "silent"} & changed.keys():
        raise Invalid([Problem("standard", "Standard music is switched on and off for the whole company only.")])
    with store.transaction():
        _row(store, holder)
        for name in ("shuffle", "gap", "standard", "silent"):
            if name in changed:
                query = f"UPDATE music_settings SET {name} = ? WHERE {_OWNED}"  # noqa: S608
                store.sql(query, (changed[name], *_key(holder)))
        _touched(store, holder.domain_id)
    return settings(store, holder)


def _row(store: Store, holder: Holder) -> None:
    usual = MusicSettings()
    store.sql(
        "INSERT INTO music_settings (domain_id, owner, owner_id, user_id, shuffle, gap, standard, silent, version) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0) ON CONFLICT (domain_id, owner, owner_id) DO NOTHING",
        (*_key(holder), holder.user_id, usual.shuffle, usual.gap, usual.standard, usual.silent),
    )


def _touched(store: Store, domain_id: int) -> None:
    company = of_company(domain_id)
    _row(store, company)
    store.sql(f"UPDATE music_settings SET version = version + 1 WHERE {_OWNED}", _key(company))  # noqa: S608


# -- what calls ask ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Version:
    """Where a user's music is to be looked for, and whether what is remembered of the company still holds."""

    domain_id: int
    number: int
    user_id: int | None


def version(store: Store, domain: str, extension: str) -> Version | None:
    """Of a company by its name; None when there is none. One look at three indexes."""
    row = store.sql(
        "SELECT d.id, COALESCE(s.version, 0), u.id FROM domains d "
        "LEFT JOIN music_settings s ON s.domain_id = d.id AND s.owner = 'company' AND s.owner_id = d.id "
        "LEFT JOIN users u ON u.domain_id = d.id AND u.extension = ? WHERE d.name = ?",
        (extension, domain),
    ).fetchone()
    return Version(*row) if row else None


def everything(store: Store, domain_id: int) -> tuple[list[MusicTrack], dict[tuple[str, int], MusicSettings]]:
    """All tracks of a company in their order, and what is set by (owner, owner's id)."""
    query = f"SELECT {_TRACK} FROM music_tracks WHERE domain_id = ? ORDER BY owner, owner_id, {_ORDER}"  # noqa: S608
    found = [MusicTrack(*row) for row in store.sql(query, (domain_id,)).fetchall()]
    rows = store.sql(
        "SELECT owner, owner_id, shuffle, gap, standard, silent FROM music_settings WHERE domain_id = ?", (domain_id,)
    ).fetchall()
    return found, {(row[0], row[1]): _settings(row[2:]) for row in rows}


def files(store: Store) -> set[tuple[int, int | None, str]]:
    """(company, user, file name) of every track there is."""
    rows = store.sql("SELECT domain_id, user_id, file FROM music_tracks").fetchall()
    return {(row[0], row[1], row[2]) for row in rows}
