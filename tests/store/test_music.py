"""Music on hold as it is kept: order, copies' names, one introduction, space, whose it is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from provd.errors import Conflict, Invalid, NotFound
from provd.seal import Seal
from provd.store import music, music_owners, users
from provd.store.backup import backup, restore
from provd.store.database import Store, open_database
from provd.store.music import INTRODUCTION, MESSAGE, SONG, Holder, MusicSettings
from tests.store.conftest import KEY, NOW, Company


def add(store: Store, holder: Holder, name: str, kind: str = SONG, octets: int = 1000) -> int:
    return music.add(store, holder, kind, name, f"{name.lower()}.wav", 12.5, octets, NOW).id


def names(store: Store, holder: Holder) -> list[str]:
    return [one.name for one in music.tracks(store, holder)]


def test_tracks_are_listed_introduction_first_each_kind_in_its_order(store: Store, acme: Company) -> None:
    holder = music.of_company(acme.id)
    for name, kind in (("Hours", MESSAGE), ("Jazz", SONG), ("Blues", SONG), ("", INTRODUCTION), ("Site", MESSAGE)):
        add(store, holder, name, kind)
    assert names(store, holder) == ["Introduction", "Jazz", "Blues", "Hours", "Site"]
    found = {one.name: one.id for one in music.tracks(store, holder)}
    music.reorder(store, holder, SONG, [found["Blues"], found["Jazz"]])
    assert names(store, holder) == ["Introduction", "Blues", "Jazz", "Hours", "Site"]
    with pytest.raises(Conflict, match="in the meantime"):
        music.reorder(store, holder, SONG, [found["Blues"], found["Hours"]])
    with pytest.raises(Conflict, match="in the meantime"):
        music.reorder(store, holder, SONG, [found["Blues"], found["Blues"]])


def test_a_new_introduction_takes_the_place_of_the_old_one(store: Store, acme: Company) -> None:
    holder = music.of_user(acme.id, acme.ada.id)
    music.add(store, holder, INTRODUCTION, "", "old.wav", 3.0, 10, NOW)
    music.add(store, holder, INTRODUCTION, "Warning", "new.wav", 3.0, 10, NOW, source="tts", words="Hi", voice="v")
    (one,) = music.tracks(store, holder)
    assert (one.name, one.file, one.source, one.words, one.voice) == ("Warning", "new.wav", "tts", "Hi", "v")


def test_what_is_somebody_elses_is_not_found(store: Store, acme: Company, other: Company) -> None:
    made = add(store, music.of_user(acme.id, acme.ada.id), "Jazz")
    strangers = (music.of_user(acme.id, acme.grace.id), music.of_company(acme.id), music.of_company(other.id))
    for stranger in strangers:
        assert music.tracks(store, stranger) == []
        for work in (music.track, music.delete):
            with pytest.raises(NotFound):
                work(store, stranger, made)
        with pytest.raises(NotFound):
            music.rename(store, stranger, made, "Mine")
    with pytest.raises(Conflict):
        music.reorder(store, strangers[0], SONG, [made])


def test_names_are_bounded_and_never_empty(store: Store, acme: Company) -> None:
    holder = music.of_company(acme.id)
    made = add(store, holder, "Jazz")
    for wrong in ("", "  ", "x" * 101, "a\nb"):
        with pytest.raises(Invalid):
            music.rename(store, holder, made, wrong)
    assert music.rename(store, holder, made, " Late jazz ").name == "Late jazz"
    assert music.copied_name("x" * 100) == "x" * 95 + " Copy"


def test_space_and_count_are_bounded(store: Store, acme: Company) -> None:
    holder = music.of_user(acme.id, acme.ada.id)
    add(store, holder, "Long", octets=music.QUOTAS["user"])
    with pytest.raises(Conflict, match="50 MB is full"):
        add(store, holder, "More", octets=1)
    company = music.of_company(acme.id)
    for n in range(music.MOST_TRACKS):
        add(store, company, f"S{n}")
    with pytest.raises(Conflict, match="which is all there can be"):
        add(store, company, "More")


def test_settings_are_the_usual_ones_until_they_are_changed(store: Store, acme: Company) -> None:
    company, user = music.of_company(acme.id), music.of_user(acme.id, acme.ada.id)
    assert music.settings(store, user) == MusicSettings(False, 30, True, False)
    assert music.save(store, user, {"gap": 120, "shuffle": True}) == MusicSettings(True, 120, True, False)
    assert music.save(store, company, {"silent": True}).silent
    assert music.save(store, user, {"shuffle": False}).gap == 120
    for wrong in (10, 125, 32):
        with pytest.raises(Invalid, match="15 to 120"):
            music.save(store, company, {"gap": wrong})
    with pytest.raises(Invalid, match="whole company"):
        music.save(store, user, {"silent": True})


def test_every_change_is_counted_and_a_user_is_found_by_extension(store: Store, acme: Company) -> None:
    def number() -> int:
        found = music.version(store, "acme.example", "101")
        assert found is not None
        assert (found.domain_id, found.user_id) == (acme.id, acme.ada.id)
        return found.number

    holder, before = music.of_user(acme.id, acme.ada.id), number()
    made = add(store, holder, "Jazz")
    music.save(store, holder, {"gap": 45})
    music.reorder(store, holder, SONG, [made])
    music.delete(store, holder, made)
    assert number() == before + 4
    assert music.version(store, "acme.example", "999") == music.Version(acme.id, number(), None)
    assert music.version(store, "nowhere.example", "101") is None


def test_what_is_a_users_goes_with_the_user(store: Store, acme: Company) -> None:
    holder = music.of_user(acme.id, acme.grace.id)
    add(store, holder, "Jazz")
    music.save(store, holder, {"gap": 45})
    users.delete(store, acme.id, acme.grace.id, NOW)
    assert music.everything(store, acme.id)[0] == []
    assert music.files(store) == set()


def test_a_backup_brings_music_back(store: Store, acme: Company, tmp_path: Path, new_url: Callable[..., str]) -> None:
    holder = music.of_company(acme.id)
    add(store, holder, "Jazz")
    music.save(store, holder, {"gap": 60, "shuffle": True})
    before = music.everything(store, acme.id)
    backup(store, tmp_path / "backup.gz", NOW)
    other = open_database(new_url(), Seal([KEY]))
    restore(other, tmp_path / "backup.gz")
    assert music.everything(other, acme.id) == before
    other.close()


def test_who_has_music_is_found_by_name_site_and_extension(store: Store, acme: Company) -> None:
    ada = music.of_user(acme.id, acme.ada.id)
    for name, kind in (("Jazz", SONG), ("Blues", SONG), ("Hours", MESSAGE), ("", INTRODUCTION)):
        add(store, ada, name, kind)
    add(store, music.of_company(acme.id), "Theirs")
    (found,), more = music_owners.find(store, acme.id)
    assert (found.extension, found.songs, found.messages, found.introduction, found.seconds, more) == (
        "101", 2, 1, True, 50.0, False,
    )  # fmt: skip
    everybody, more = music_owners.find(store, acme.id, with_music=False, limit=1)
    assert ([one.extension for one in everybody], more) == (["101"], True)
    rest, more = music_owners.find(store, acme.id, with_music=False, limit=1, start=1)
    assert ([(one.extension, one.songs) for one in rest], more) == ([("102", 0)], False)

    def extensions(search: str = "", **narrowed: int) -> list[str]:
        rows, _ = music_owners.find(store, acme.id, with_music=False, search=search, **narrowed)
        return [one.extension for one in rows]

    assert extensions("LOVE ada") == extensions("101") == extensions(user_id=acme.ada.id) == ["101"]
    assert extensions("%") == extensions("_") == extensions("!") == []
    assert extensions(site_id=999) == []
