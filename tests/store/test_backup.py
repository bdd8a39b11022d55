"""A backup made on either database fills an empty one of either kind, with its keys when a passphrase was given."""

from __future__ import annotations

import gzip
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from provd.errors import Conflict, ProvdError
from provd.seal import Seal
from provd.store import devices, domains, events, layers, phones, users
from provd.store.backup import backup, read_header, restore, restore_keys
from provd.store.database import Store, open_database
from provd.store.migrations import applied, available, migrate
from provd.store.rows import PhoneEvent
from tests.store.conftest import KEY, NOW, Company


def fill(store: Store, acme: Company) -> dict[str, object]:
    layers.save(
        store, acme.id, "company", acme.id, NOW, who="ada", values={"admin.password": "s3cret-pass", "ntp": "a"},
        keys={"1": {"kind": "blf", "label": "Zoë \N{TELEPHONE RECEIVER} 電話"}}, secret_names={"admin.password"},
    )  # fmt: skip
    events.add(store, [PhoneEvent(acme.ada_phone.mac, NOW + 0.25, "fetched", acme.ada_phone.id, acme.id)])
    return contents(store, acme)


def contents(store: Store, acme: Company) -> dict[str, object]:
    return {
        "domain": domains.by_name(store, "acme.example"),
        "users": users.find(store, acme.id),
        "phones": phones.find(store, acme.id),
        "lines": phones.lines(store, acme.id, acme.ada_phone.id),
        "layer": layers.get(store, acme.id, "company", acme.id),
        "history": layers.history(store, acme.id, "company", acme.id),
        "password": devices.password(store, acme.id, acme.ada_device.id),
        "events": events.of_phone(store, acme.ada_phone.id),
    }


@pytest.mark.parametrize("target", ["sqlite", "postgresql"])
def test_what_was_saved_comes_back_on_either_database(
    store: Store, acme: Company, tmp_path: Path, target: str, request: pytest.FixtureRequest
) -> None:
    before = fill(store, acme)
    count = backup(store, tmp_path / "backup.gz", NOW)
    assert stat.S_IMODE((tmp_path / "backup.gz").stat().st_mode) == 0o600

    if target == "sqlite":
        url = f"sqlite:///{tmp_path}/target.sqlite"
    else:
        url = request.getfixturevalue("empty_postgres")
    other = open_database(url, Seal([KEY]))
    try:
        assert restore(other, tmp_path / "backup.gz") == count
        assert contents(other, acme) == before
        assert applied(other) == available()
        new = users.create(other, acme.id, "103", NOW)
        assert new.id > acme.grace.id
        assert users.get(other, acme.id, acme.ada.id).list_in_directory is True
    finally:
        other.close()


def test_a_database_with_rows_is_never_overwritten(store: Store, acme: Company, tmp_path: Path) -> None:
    backup(store, tmp_path / "backup.gz", NOW)
    users.delete(store, acme.id, acme.grace.id, NOW)
    with pytest.raises(Conflict, match="not empty"):
        restore(store, tmp_path / "backup.gz")
    assert [user.extension for user in users.find(store, acme.id).items] == ["101"]


def test_a_new_machine_gets_the_keys_with_the_passphrase(
    store: Store, acme: Company, tmp_path: Path, new_url: Callable[..., str]
) -> None:
    before = fill(store, acme)
    backup(store, tmp_path / "backup.gz", NOW, passphrase="correct horse battery")
    key_file = tmp_path / "machine" / "keys"
    with pytest.raises(ProvdError, match="passphrase"):
        restore_keys(tmp_path / "backup.gz", "wrong", key_file)
    assert not key_file.exists()

    new = open_database(new_url(), restore_keys(tmp_path / "backup.gz", "correct horse battery", key_file))
    restore(new, tmp_path / "backup.gz")
    assert contents(new, acme) == before
    new.close()
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600


def test_without_the_key_nothing_is_restored(
    store: Store, acme: Company, tmp_path: Path, new_url: Callable[..., str]
) -> None:
    backup(store, tmp_path / "backup.gz", NOW)
    assert read_header(tmp_path / "backup.gz").keys is None
    stranger = open_database(new_url(), Seal([bytes(32)]))
    with pytest.raises(ProvdError, match="key file lacks"):
        restore(stranger, tmp_path / "backup.gz")
    migrate(stranger)
    assert domains.find(stranger) == []
    stranger.close()


def test_no_secret_is_readable_in_a_backup(store: Store, acme: Company, tmp_path: Path) -> None:
    fill(store, acme)
    backup(store, tmp_path / "backup.gz", NOW, passphrase="correct horse battery")
    text = gzip.decompress((tmp_path / "backup.gz").read_bytes())
    assert b"acme.example" in text
    for secret in ("s3cret-pass", devices.password(store, acme.id, acme.ada_device.id)):
        assert secret.encode() not in text
    assert KEY not in text


@pytest.mark.parametrize("damage", ["cut", "half a line", "no backup", "other rows", "other columns"])
def test_a_damaged_backup_changes_nothing(
    store: Store, acme: Company, tmp_path: Path, new_url: Callable[..., str], damage: str
) -> None:
    path = tmp_path / "backup.gz"
    backup(store, path, NOW)
    lines = gzip.decompress(path.read_bytes()).splitlines(keepends=True)
    broken = {
        "cut": b"".join(lines[:-1]),
        "half a line": b"".join(lines)[:-200],
        "no backup": b"hello\n",
        "other rows": b"".join([lines[0], b'{"table":"pg_class","columns":["relname"]}\n', b'["x"]\n']),
        "other columns": b"".join([lines[0], b'{"table":"users","columns":["id) VALUES (1); --"]}\n']),
    }[damage]
    path.write_bytes(gzip.compress(broken))
    target = open_database(new_url("migrated"), Seal([KEY]))
    migrate(target)
    with pytest.raises(ProvdError, match="backup"):
        restore(target, path)
    assert domains.find(target) == []
    target.close()


def test_no_flipped_byte_is_told_by_anything_but_a_sentence(store: Store, acme: Company, tmp_path: Path) -> None:
    fill(store, acme)
    backup(store, tmp_path / "whole", NOW)
    content = (tmp_path / "whole").read_bytes()
    for place in range(0, len(content), 7):
        damaged = bytearray(content)
        damaged[place] ^= 1 << place % 8
        (tmp_path / "damaged").write_bytes(damaged)
        with suppress(ProvdError):
            read_header(tmp_path / "damaged")
