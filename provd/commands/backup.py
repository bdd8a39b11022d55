"""Back up the database, as it is at one moment, while the server runs; with the keys of its secrets, sealed with a
passphrase, unless --without-keys is given."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from tqdm import tqdm

from provd.app import open_store
from provd.errors import NotFound, ProvdError
from provd.settings import Settings
from provd.store import migrations
from provd.store.backup import backup
from provd.store.database import Store

T = TypeVar("T")

VARIABLE = "PROVD_BACKUP_PASSPHRASE"
SHORTEST = 10


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", type=Path, help="the file to write, such as provd-2026-01-31.backup")
    parser.add_argument("--without-keys", action="store_true", help="leave the keys out; copy the key file elsewhere")
    parser.add_argument("--without-events", action="store_true", help="leave out what phones did")
    parser.add_argument("--without-recordings", action="store_true", help="leave out messages, greetings and music")


def run(settings: Settings, given: argparse.Namespace) -> int:
    _require_target(given.file)
    store = existing(settings)
    try:
        passphrase = "" if given.without_keys else new_passphrase()
        count = _with_size(given.file, lambda: _backup(settings, store, given, passphrase))
    finally:
        store.close()
    size = given.file.stat().st_size
    keys = "the keys are not in it, so keep the key file as well" if given.without_keys else "the keys are in it"
    print(f"{count} rows are in {given.file} ({size} bytes); {keys}.")
    return 0


def _backup(settings: Settings, store: Store, given: argparse.Namespace, passphrase: str) -> int:
    recordings = None if given.without_recordings else settings.data_dir
    return backup(
        store, given.file, int(time.time()), passphrase=passphrase, events=not given.without_events,
        recordings=recordings,
    )  # fmt: skip


def existing(settings: Settings) -> Store:
    """The database of the settings as it is; nothing is made where there is none."""
    url, key_file = settings.database, settings.data_dir / "secret.key"
    if url.startswith("sqlite:///") and not Path(url.removeprefix("sqlite:///")).exists():
        raise NotFound(
            f"There is no database {url.removeprefix('sqlite:///')}; start the server once, or set data_dir."
        )
    if not key_file.exists():
        raise NotFound(f"The key file {key_file} is missing; put back the one that belongs to this database.")
    store = open_store(settings, migrate=False)
    if not migrations.applied(store):
        store.close()
        raise ProvdError("The database is empty; there is nothing to back up.")
    return store


def _require_target(path: Path) -> None:
    if path.is_dir():
        raise ProvdError(f"{path} is a folder; name a file in it.")
    if not path.parent.is_dir():
        raise NotFound(f"There is no folder {path.parent}; make it or name another file.")


def new_passphrase() -> str:
    """The passphrase of the environment, or one asked for twice on a terminal."""
    said = os.environ.get(VARIABLE, "")
    if not said:
        if not sys.stdin.isatty():
            raise ProvdError(f"Put a passphrase for the keys into {VARIABLE}, or leave them out with --without-keys.")
        said = getpass.getpass("Passphrase for the keys: ")
        if getpass.getpass("The same once more: ") != said:
            raise ProvdError("The two passphrases differ; nothing was written.")
    if len(said) < SHORTEST:
        raise ProvdError(f"The passphrase needs at least {SHORTEST} characters: whoever guesses it has every password.")
    return said


def _with_size(path: Path, work: Callable[[], T]) -> T:
    """Does the work; on a terminal the size of the growing file is shown meanwhile."""
    if not sys.stderr.isatty():
        return work()
    growing = path.with_name(path.name + ".new")
    done = threading.Event()
    with tqdm(unit="B", unit_scale=True, desc="Backing up", leave=False) as bar:

        def watch() -> None:
            while not done.wait(0.2):
                if growing.exists():
                    bar.update(growing.stat().st_size - bar.n)

        watcher = threading.Thread(target=watch, daemon=True)
        watcher.start()
        try:
            return work()
        finally:
            done.set()
            watcher.join()
