"""Recordings go with a backup: every file comes back as it was, or all stays as it is."""

from __future__ import annotations

import gzip
import json
import os
import stat
import tracemalloc
from pathlib import Path

import pytest

from provd.errors import ProvdError
from provd.seal import Seal
from provd.store import domains
from provd.store.backup import backup, restore
from provd.store.backup_files import StagedFiles
from provd.store.database import Store, open_database
from tests.store.conftest import KEY, NOW, Company

MESSAGE, SONG, SENTENCE = (
    "voicemail/1/17/0a1b2c.wav",
    "music/1/company/ff00.16k.wav",
    "prompts/acme.example/en/hold.wav",
)


def put(folder: Path, name: str, content: bytes) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def files(folder: Path) -> dict[str, bytes]:
    return {str(one.relative_to(folder)): one.read_bytes() for one in folder.rglob("*.wav")}


@pytest.fixture
def saved(store: Store, acme: Company, tmp_path: Path) -> Path:
    """A backup with three recordings."""
    data = tmp_path / "data"
    for name, content in ((MESSAGE, bytes(range(256)) * 1000), (SONG, b""), (SENTENCE, b"RIFF" + bytes(9))):
        put(data, name, content)
    put(data, "secret.key", b"not this one")
    (data / "voicemail/1/17/link.wav").symlink_to("/etc/hostname")
    backup(store, tmp_path / "all.backup", NOW, recordings=data)
    return tmp_path


def into(folder: Path, path: Path) -> None:
    """Restore into a new machine."""
    folder.mkdir(exist_ok=True)
    other = open_database(f"sqlite:///{folder}/provd.db", Seal([KEY]))
    try:
        with StagedFiles(folder) as staged, other.transaction():
            restore(other, path, staged)
        assert domains.by_name(other, "acme.example")
    finally:
        other.close()


def test_every_recording_comes_back_as_it_was_and_for_its_owner_only(saved: Path) -> None:
    into(saved / "new", saved / "all.backup")
    assert files(saved / "new") == {
        name: content for name, content in files(saved / "data").items() if not name.endswith("link.wav")
    }
    assert not (saved / "new" / "secret.key").exists() and not (saved / "new" / "restoring").exists()
    assert stat.S_IMODE((saved / "new" / MESSAGE).stat().st_mode) == 0o600


def test_what_was_recorded_there_before_is_replaced(saved: Path) -> None:
    put(saved / "new", "voicemail/9/9/old.wav", b"old")
    put(saved / "new", SENTENCE, b"old")
    into(saved / "new", saved / "all.backup")
    assert "voicemail/9/9/old.wav" not in files(saved / "new")
    assert files(saved / "new")[SENTENCE] == b"RIFF" + bytes(9)


def test_a_backup_without_recordings_leaves_those_that_are_there(store: Store, acme: Company, tmp_path: Path) -> None:
    backup(store, tmp_path / "rows.backup", NOW)
    put(tmp_path / "new", MESSAGE, b"here")
    into(tmp_path / "new", tmp_path / "rows.backup")
    assert files(tmp_path / "new") == {MESSAGE: b"here"}


def changed(path: Path, *, cut: int = 0, **names: str) -> Path:
    """The same backup with its last lines away, or other names in it."""
    lines = gzip.decompress(path.read_bytes()).decode().splitlines()
    text = "\n".join(lines[: len(lines) - cut]) + "\n"
    for old, new in names.items():
        assert old in text
        text = text.replace(old, new)
    made = path.with_name("changed.backup")
    made.write_bytes(gzip.compress(text.encode()))
    return made


@pytest.mark.parametrize(
    "name", ["../../etc/x.wav", "/etc/x.wav", "voicemail/../../x.wav", "secret.key", "voicemail/.x"]
)
def test_a_recording_that_belongs_elsewhere_changes_nothing(saved: Path, name: str) -> None:
    path = changed(saved / "all.backup", **{MESSAGE: name})
    put(saved / "new", SONG, b"here")
    with pytest.raises(ProvdError, match="belongs nowhere"):
        into(saved / "new", path)
    assert files(saved / "new") == {SONG: b"here"} and not (saved / "new" / "restoring").exists()


@pytest.mark.parametrize("cut", [1, 2, 4, 12])
def test_a_backup_that_is_cut_short_changes_nothing(saved: Path, cut: int) -> None:
    put(saved / "new", SONG, b"here")
    with pytest.raises(ProvdError, match="cut short"):
        into(saved / "new", changed(saved / "all.backup", cut=cut))
    assert files(saved / "new") == {SONG: b"here"}


def test_pieces_that_are_no_base64_change_nothing(saved: Path) -> None:
    lines = gzip.decompress((saved / "all.backup").read_bytes()).decode().splitlines()
    place = lines.index(json.dumps({"file": MESSAGE}, separators=(",", ":"))) + 1
    lines[place] = '"%%%"'
    (saved / "bad.backup").write_bytes(gzip.compress("\n".join(lines).encode()))
    with pytest.raises(ProvdError, match="damaged"):
        into(saved / "new", saved / "bad.backup")
    assert not files(saved / "new")


def test_a_rollback_after_the_swap_brings_the_old_recordings_back(saved: Path) -> None:
    put(saved / "new", SONG, b"here")
    other = open_database(f"sqlite:///{saved}/new/provd.db", Seal([KEY]))
    with pytest.raises(RuntimeError), StagedFiles(saved / "new") as staged, other.transaction():
        restore(other, saved / "all.backup", staged)
        assert MESSAGE in files(saved / "new")
        raise RuntimeError("the disk is full at the commit")
    other.close()
    assert files(saved / "new") == {SONG: b"here"}


def test_large_recordings_take_little_memory(store: Store, acme: Company, tmp_path: Path) -> None:
    put(tmp_path / "data", MESSAGE, os.urandom(20_000_000))
    tracemalloc.start()
    backup(store, tmp_path / "all.backup", NOW, recordings=tmp_path / "data")
    into(tmp_path / "new", tmp_path / "all.backup")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8_000_000, peak
    assert files(tmp_path / "new") == files(tmp_path / "data")
