"""A backup comes back whole, on another machine and on either database, or nothing changes."""

from __future__ import annotations

import gzip
import stat
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from provd import cli
from provd.commands.backup import VARIABLE
from provd.seal import Seal
from provd.store import devices, domains, phones, users
from provd.store.database import Store, open_database
from tests.store.conftest import NOW, make_company


def password(url: str, folder: Path, company: str = "acme.example") -> str:
    store = open_database(url, Seal.from_file(folder / "secret.key"))
    try:
        domain = domains.by_name(store, company)
        assert phones.count(store, domain.id) == 2
        return devices.password(store, domain.id, devices.by_name(store, domain.id, "101").id)
    finally:
        store.close()


def acme(store: Store) -> str:
    domain = domains.by_name(store, "acme.example")
    return devices.password(store, domain.id, devices.by_name(store, domain.id, "101").id)


def test_a_new_machine_is_filled_with_the_passphrase(
    old: Store, machine: Callable[[str, str], Path], new_url: Callable[..., str], tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    assert cli.main(["backup", "all.backup"]) == 0
    assert "; the keys are in it." in capsys.readouterr().out
    assert stat.S_IMODE((tmp_path / "all.backup").stat().st_mode) == 0o600
    url = new_url()
    folder = machine("new", url)
    assert cli.main(["restore", "all.backup"]) == 0
    assert password(url, folder) == acme(old)
    assert stat.S_IMODE((folder / "secret.key").stat().st_mode) == 0o600


def test_a_wrong_passphrase_leaves_the_new_machine_as_it_was(
    old: Store, machine: Callable[[str, str], Path], new_url: Callable[..., str], monkeypatch: pytest.MonkeyPatch,
    mistake: Callable[[], str],
) -> None:  # fmt: skip
    folder = machine("new", new_url())
    monkeypatch.setenv(VARIABLE, "correct horse bakery")
    assert cli.main(["restore", "all.backup"]) == 1
    assert "does not open the keys" in mistake()
    assert list(folder.iterdir()) == []


def test_without_keys_the_key_file_has_to_come_along(
    old: Store, machine: Callable[[str, str], Path], new_url: Callable[..., str], tmp_path: Path,
    capsys: pytest.CaptureFixture[str], mistake: Callable[[], str],
) -> None:  # fmt: skip
    assert cli.main(["backup", "bare.backup", "--without-keys", "--without-events"]) == 0
    assert "keep the key file as well" in capsys.readouterr().out
    url = new_url()
    folder = machine("new", url)
    assert cli.main(["restore", "bare.backup"]) == 1
    assert f"copy the key file that was beside that database to {folder / 'secret.key'}" in mistake()
    assert list(folder.iterdir()) == []
    (folder / "secret.key").write_bytes((tmp_path / "old" / "secret.key").read_bytes())
    (folder / "secret.key").chmod(0o600)
    assert cli.main(["restore", "bare.backup"]) == 0
    assert password(url, folder) == acme(old)


def test_what_is_in_a_database_is_replaced_by_force_only(
    old: Store, machine: Callable[[str, str], Path], new_url: Callable[..., str], mistake: Callable[[], str]
) -> None:
    url = new_url()
    folder = machine("busy", url)
    assert cli.main(["migrate"]) == 0
    busy = open_database(url, Seal.from_file(folder / "secret.key"))
    make_company(busy, "busy.example", "0004f2000001")
    busy.close()
    keys = (folder / "secret.key").read_bytes()
    assert cli.main(["restore", "all.backup"]) == 1
    assert "not empty" in mistake()
    assert (folder / "secret.key").read_bytes() == keys
    assert password(url, folder, "busy.example")

    assert cli.main(["restore", "all.backup", "--force"]) == 0
    assert password(url, folder) == acme(old)
    store = open_database(url, Seal.from_file(folder / "secret.key"))
    assert [domain.name for domain in domains.find(store)] == ["acme.example"]
    store.close()


@pytest.mark.parametrize("damage", ["one byte", "cut", "other rows"])
def test_a_damaged_backup_replaces_nothing_even_by_force(
    old: Store, machine: Callable[[str, str], Path], tmp_path: Path, damage: str, mistake: Callable[[], str]
) -> None:
    content = bytearray((tmp_path / "all.backup").read_bytes())
    if damage == "one byte":
        content[len(content) // 2] ^= 1
    elif damage == "cut":
        content = content[:-9]
    else:
        lines = gzip.decompress(bytes(content)).splitlines(keepends=True)
        content = bytearray(gzip.compress(b"".join(lines[:8]) + b'{"table":"pg_class","columns":["x"]}\n["1"]\n'))
    (tmp_path / "bad.backup").write_bytes(content)
    before = acme(old)
    assert cli.main(["restore", "bad.backup", "--force"]) == 1
    assert "damaged" in mistake()
    assert acme(old) == before


def test_a_backup_shows_one_moment_while_others_write(
    old: Store, machine: Callable[[str, str], Path], new_url: Callable[..., str]
) -> None:
    company, stop = domains.by_name(old, "acme.example").id, threading.Event()

    def write_on() -> None:
        for number in range(5_000):
            if stop.is_set():
                return
            with old.transaction():
                user = users.create(old, company, str(2_000 + number), NOW)
                devices.create(old, company, user.id, str(2_000 + number), NOW)

    writing = threading.Thread(target=write_on)
    writing.start()
    try:
        assert cli.main(["backup", "busy.backup"]) == 0
    finally:
        stop.set()
        writing.join()
    url = new_url()
    folder = machine("new", url)
    assert cli.main(["restore", "busy.backup"]) == 0
    store = open_database(url, Seal.from_file(folder / "secret.key"))
    people = store.sql("SELECT COUNT(*) FROM users WHERE extension >= '2000'").fetchone()[0]
    alone = "SELECT COUNT(*) FROM users WHERE extension >= '2000' AND id NOT IN (SELECT user_id FROM devices)"
    assert store.sql(alone).fetchone()[0] == 0
    assert people <= old.sql("SELECT COUNT(*) FROM users WHERE extension >= '2000'").fetchone()[0]
    store.close()
