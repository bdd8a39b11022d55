"""Recordings that no row names any more are deleted, and no others."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from provd import sweeping
from provd.sounds import Sounds
from provd.store import domains, mailboxes, users, voicemails
from provd.store.database import Store
from sip_edge.media.wav import head
from tests.store.conftest import NOW, Company

SOUND = head(1600) + bytes(1600)
LATER = float(NOW + sweeping.YOUNG + 60)


@pytest.fixture
def sounds(tmp_path: Path) -> Sounds:
    return Sounds(tmp_path / "voicemail")


def kept(sounds: Sounds, acme: Company, user_id: int) -> str:
    """A file of a user, made at NOW."""
    made = sounds.keep(acme.id, user_id, SOUND)
    os.utime(sounds.path(acme.id, user_id, made.file), (NOW, NOW))
    return made.file


def there(tmp_path: Path) -> set[str]:
    return {one.name for one in (tmp_path / "voicemail").rglob("*") if one.is_file()}


def test_what_rows_name_stays_and_the_rest_goes(store: Store, acme: Company, sounds: Sounds, tmp_path: Path) -> None:
    ada, grace = acme.ada.id, acme.grace.id
    message, greeting, name, lost = (kept(sounds, acme, ada) for _ in range(4))
    others = kept(sounds, acme, grace)
    voicemails.add(store, acme.id, ada, message, 0.1, len(SOUND), NOW)
    mailboxes.add_greeting(store, acme.id, ada, "Away", greeting, 0.1, len(SOUND), NOW)
    mailboxes.set_name(store, acme.id, ada, name, 0.1, len(SOUND))
    assert sweeping.sweep(store, tmp_path, LATER) == 2
    assert (
        there(tmp_path) == {message, greeting, name} and lost not in there(tmp_path) and others not in there(tmp_path)
    )
    assert sounds.folder(acme.id, grace).is_dir(), "she may get a message at any moment"


def test_what_is_being_recorded_is_left_alone(store: Store, acme: Company, sounds: Sounds, tmp_path: Path) -> None:
    draft = kept(sounds, acme, acme.ada.id)
    assert sweeping.sweep(store, tmp_path, NOW + sweeping.YOUNG - 60.0) == 0
    assert there(tmp_path) == {draft}


def test_who_is_deleted_leaves_nothing(store: Store, acme: Company, sounds: Sounds, tmp_path: Path) -> None:
    new = users.create(store, acme.id, "177", NOW)
    voicemails.add(store, acme.id, new.id, kept(sounds, acme, new.id), 0.1, len(SOUND), NOW)
    assert sweeping.sweep(store, tmp_path, LATER) == 0
    users.delete(store, acme.id, new.id, NOW)
    sweeping.sweep(store, tmp_path, LATER)
    assert not there(tmp_path) and not sounds.folder(acme.id, new.id).exists()


def test_strange_names_are_nobodys_and_are_not_touched(store: Store, acme: Company, tmp_path: Path) -> None:
    for name in ("readme.txt", "1/notes.txt", "lost+found/x.wav", f"{acme.id}/company/x.wav"):
        path = tmp_path / "voicemail" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
        os.utime(path, (NOW, NOW))
    assert sweeping.sweep(store, tmp_path, LATER) == 0
    assert sweeping.sweep(store, tmp_path / "nowhere", LATER) == 0


def test_one_round_deletes_so_many(
    store: Store, acme: Company, sounds: Sounds, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeping, "MOST", 2)
    for _ in range(5):
        kept(sounds, acme, acme.ada.id)
    assert [sweeping.sweep(store, tmp_path, LATER) for _ in range(3)] == [2, 2, 1]


def written(path: Path, at: float = NOW) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(SOUND)
    os.utime(path, (at, at))
    return path


def test_a_company_that_is_deleted_leaves_no_sentence_to_one_of_its_name(
    store: Store, acme: Company, tmp_path: Path
) -> None:
    gone = domains.create(store, "gone.example", NOW)
    prompts = tmp_path / "prompts"
    everybodys = written(prompts / "de" / "goodbye.wav")
    own, theirs = (written(prompts / name / "en" / "goodbye.wav") for name in (acme.domain.name, "gone.example"))
    assert sweeping.sweep(store, tmp_path, LATER) == 0
    domains.delete(store, gone.id, NOW)
    assert sweeping.sweep(store, tmp_path, NOW + sweeping.YOUNG - 60.0) == 0
    assert sweeping.sweep(store, tmp_path, LATER) == 1
    assert everybodys.exists() and own.exists() and not theirs.parent.parent.exists()


def test_folders_of_a_company_that_is_deleted_go_with_its_files(store: Store, acme: Company, tmp_path: Path) -> None:
    gone = domains.create(store, "gone.example", NOW)
    user = users.create(store, gone.id, "101", NOW)
    written(tmp_path / "voicemail" / str(gone.id) / str(user.id) / "a.wav")
    for folder in (f"music/{gone.id}/company", f"voicemail/{gone.id}/company", f"music/{acme.id}/company"):
        (tmp_path / folder).mkdir(parents=True)
    domains.delete(store, gone.id, NOW)
    assert sweeping.sweep(store, tmp_path, LATER) == 1
    assert not (tmp_path / "voicemail" / str(gone.id)).exists() and not (tmp_path / "music" / str(gone.id)).exists()
    assert (tmp_path / "music" / str(acme.id) / "company").is_dir()


def test_what_was_being_sent_when_the_server_stopped_is_deleted(store: Store, acme: Company, tmp_path: Path) -> None:
    old, young = written(tmp_path / "arriving" / "a.upload"), written(tmp_path / "arriving" / "b.upload", LATER - 60)
    assert sweeping.sweep(store, tmp_path, LATER) == 1
    assert young.exists() and not old.exists()
