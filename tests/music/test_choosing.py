"""Whose music is played: the user's, the company's, the standard one, or none; and what was changed counts at once."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from provd.music import standard
from provd.music.choosing import Playlists
from provd.music.playlist import Playlist
from provd.seal import Seal
from provd.store import domains, music, users
from provd.store.database import Store, open_database
from provd.store.migrations import migrate
from provd.store.music import INTRODUCTION, MESSAGE, SONG, Holder
from sip_edge.media import wav

NOW = 1_760_000_000


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    found = open_database(f"sqlite:///{tmp_path}/music.sqlite", Seal([bytes(32)]))
    migrate(found)
    acme = domains.create(found, "acme.example", NOW)
    users.create(found, acme.id, "101", NOW)
    yield found
    found.close()


def holder(store: Store, extension: str = "") -> Holder:
    acme = domains.by_name(store, "acme.example").id
    return music.of_user(acme, users.by_extension(store, acme, extension).id) if extension else music.of_company(acme)


def add(store: Store, whose: Holder, kind: str, name: str) -> int:
    return music.add(store, whose, kind, name, f"{name}.wav", 20.0, 1000, NOW).id


def played(store: Store, folder: Path, extension: str = "") -> Playlist | None:
    return asyncio.run(Playlists(store, folder).of("acme.example", extension))


def test_standard_music_plays_until_the_company_has_its_own(store: Store, tmp_path: Path) -> None:
    company = holder(store)
    assert played(store, tmp_path) == Playlist(None, standard.tracks())
    add(store, company, MESSAGE, "hours")
    found = played(store, tmp_path, "101")
    assert found is not None
    assert (found.songs, len(found.messages)) == (standard.tracks(), 1)
    add(store, company, SONG, "jazz")
    found = played(store, tmp_path, "101")
    assert found is not None
    assert [one.path for one in found.songs] == [str(tmp_path / "music" / str(company.domain_id) / "company/jazz.wav")]


def test_a_users_music_replaces_the_companys_and_nobody_elses_hears_it(store: Store, tmp_path: Path) -> None:
    company, own = holder(store), holder(store, "101")
    add(store, company, SONG, "jazz")
    add(store, company, INTRODUCTION, "hello")
    add(store, own, SONG, "blues")
    music.save(store, own, {"shuffle": True, "gap": 60})
    found = played(store, tmp_path, "101")
    assert found is not None
    assert [one.path.rsplit("/", 2)[1:] for one in found.songs] == [[str(own.owner_id), "blues.wav"]]
    assert (found.introduction, found.shuffle, found.gap) == (None, True, 60.0)
    other = played(store, tmp_path, "999")
    assert other is not None
    assert other.introduction is not None


def test_music_can_be_switched_off_for_everybody(store: Store, tmp_path: Path) -> None:
    add(store, holder(store, "101"), SONG, "blues")
    music.save(store, holder(store), {"standard": False})
    assert played(store, tmp_path) is None
    assert played(store, tmp_path, "101") is not None
    music.save(store, holder(store), {"silent": True})
    assert played(store, tmp_path, "101") is None
    assert asyncio.run(Playlists(store, tmp_path).of("nowhere.example")) is None


def test_what_another_process_changes_is_heard_at_the_next_hold(store: Store, tmp_path: Path) -> None:
    other = open_database(f"sqlite:///{tmp_path}/music.sqlite", Seal([bytes(32)]))

    async def scene() -> None:
        found = Playlists(store, tmp_path, most=1)
        before = await found.of("acme.example", "101")
        assert await found.of("acme.example", "101") == before
        add(other, holder(other, "101"), SONG, "blues")
        after = await found.of("acme.example", "101")
        assert after is not None
        assert after != before
        assert after.songs[0].path.endswith("blues.wav")

    asyncio.run(scene())
    other.close()


def test_the_standard_music_can_be_played_and_is_as_loud_as_it_says() -> None:
    found = standard.tracks()
    assert len(found) >= 2
    for one in found:
        sound = wav.parse(Path(one.path).read_bytes())
        samples = sound.samples / 32768
        assert sound.seconds == pytest.approx(one.seconds)
        assert 0.08 < float((samples**2).mean()) ** 0.5 < 0.125, "about -20 dBFS"
        assert abs(float(samples.mean())) < 0.001
        assert 0.3 < float(abs(samples).max()) < 0.95
        assert float(abs(samples[-400:]).max()) < 0.01, "it ends softly"
        assert standard.title(one)[0].isupper()
    assert sum(Path(one.path).stat().st_size for one in found) < 1_500_000
