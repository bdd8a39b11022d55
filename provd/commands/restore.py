"""Fill an empty database from a backup of either kind of database. The file is checked before anything is written,
and everything is restored or nothing. Stop the server first."""

from __future__ import annotations

import argparse
import getpass
import gzip
import http.client
import importlib
import json
import os
import re
import sys
import zlib
from pathlib import Path

from tqdm import tqdm

from provd.app import open_store
from provd.commands.backup import VARIABLE
from provd.errors import Conflict, NotFound, ProvdError
from provd.seal import Seal
from provd.settings import Settings
from provd.store import migrations
from provd.store.backup import Header, read_header, restore, restore_keys
from provd.store.backup_files import StagedFiles
from provd.store.database import Store

_PIECE = 1024 * 1024


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", type=Path)
    parser.add_argument("--force", action="store_true", help="replace what is in the database; it is lost")


def run(settings: Settings, given: argparse.Namespace) -> int:
    _require_stopped(settings)
    header = read_header(given.file)
    check(given.file)
    key_file = settings.data_dir / "secret.key"
    before = key_file.read_bytes() if key_file.exists() else None
    try:
        _bring_keys(given.file, header, key_file)
        count = _restore(settings, given.file, force=given.force)
    except BaseException:
        _put_back(key_file, before)
        raise
    print(f"{count} rows are restored from {given.file}. Start the server.")
    return 0


def _require_stopped(settings: Settings) -> None:
    """A server that runs would go on with what it remembers of the old database."""
    try:
        port = int(json.loads((settings.data_dir / "ports.json").read_text(encoding="utf-8"))["http"])
    except (OSError, ValueError, KeyError, TypeError):
        return
    address = "127.0.0.1" if settings.bind in ("0.0.0.0", "::", "") else settings.bind  # noqa: S104 - a comparison
    connection = http.client.HTTPConnection(address, port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        running = connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        running = False
    finally:
        connection.close()
    if running:
        raise Conflict("The server of this data directory is running; stop it, restore, and start it again.")


def check(path: Path) -> None:
    """Reads the whole file once, so that its checksum is verified (RFC 1952, CRC32) before anything is written."""
    shown = sys.stderr.isatty()
    with (
        path.open("rb") as raw,
        tqdm(
            total=path.stat().st_size, unit="B", unit_scale=True, desc="Checking", disable=not shown, leave=False
        ) as bar,
    ):
        try:
            with gzip.open(raw) as file:
                while file.read(_PIECE):
                    bar.update(raw.tell() - bar.n)
        except (OSError, EOFError, zlib.error):
            raise ProvdError(f"The file {path} is damaged: its checksum is wrong; take another backup.") from None


def _bring_keys(path: Path, header: Header, key_file: Path) -> None:
    """The keys that open the backup's secrets, where the key file does not have them yet."""
    own = Seal.from_file(key_file).key_ids if key_file.exists() else ()
    if all(key in own for key in header.key_ids):
        return
    if header.keys is None:
        raise NotFound(
            f"The secrets of {path} need the key {header.key_ids[0]}, which is not in the backup; "
            f"copy the key file that was beside that database to {key_file}."
        )
    said = os.environ.get(VARIABLE, "")
    if not said:
        if not sys.stdin.isatty():
            raise ProvdError(f"The keys in {path} are sealed; put the passphrase of the backup into {VARIABLE}.")
        said = getpass.getpass("Passphrase of the backup: ")
    restore_keys(path, said, key_file)


def _restore(settings: Settings, path: Path, *, force: bool) -> int:
    """Everything in one transaction: an empty database stays empty, and with `force` an old one stays as it was,
    when the backup turns out to be wrong."""
    url = settings.database
    file = Path(url.removeprefix("sqlite:///")) if url.startswith("sqlite:///") else None
    was_there = file is None or file.exists()
    store = open_store(settings, migrate=False)
    try:
        with StagedFiles(settings.data_dir) as files, store.transaction():
            if force:
                _empty(store)
            return restore(store, path, files)
    except Conflict:
        raise Conflict(
            "The database is not empty; restore into a new one, or replace what is in it with --force."
        ) from None
    except BaseException:
        if file is not None and not was_there:
            store.close()
            for end in ("", "-wal", "-shm"):
                file.with_name(file.name + end).unlink(missing_ok=True)
        raise
    finally:
        store.close()


def _empty(store: Store) -> None:
    """Takes our tables away, the newest first: the backup makes them as they were when it was written."""
    present = set(store.database.get_tables())
    for table in reversed(["migrations", *_tables()]):
        if table in present:
            store.sql(f"DROP TABLE {table}")


def _tables() -> list[str]:
    """Every table that a migration of this version makes, in the order in which they are made."""
    modules = [importlib.import_module(f"{migrations.__name__}.{name}") for name in migrations.available()]
    return [name for module in modules for name in re.findall(r"CREATE TABLE (\w+)", module.STATEMENTS)]


def _put_back(key_file: Path, before: bytes | None) -> None:
    """The key file as it was."""
    if before is None:
        key_file.unlink(missing_ok=True)
    elif key_file.read_bytes() != before:
        new = key_file.with_name(key_file.name + ".old")
        new.touch(0o600)
        new.write_bytes(before)
        new.replace(key_file)
