"""Files without a row: recordings of users and companies that were deleted and of calls that crashed, sentences of
companies that were deleted, uploads that a crash left, and the folders that are empty then."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from provd.api.arriving import FOLDER as ARRIVING
from provd.errors import NotFound
from provd.store import domains, mailboxes
from provd.store.database import Store

YOUNG = 6 * 3600
"""Seconds in which a file may be without a row: it is being recorded, converted or sent on."""
MOST = 5_000
"""Files a round; the rest is for the next."""
PAUSE = 0.001
"""Seconds between two folders."""


def sweep(store: Store, data_dir: Path, now: float) -> int:
    """Delete them; → how many. Blocks, and lets others have the interpreter between folders."""
    gone = _recordings(store, data_dir / "voicemail", now) + _sentences(store, data_dir / "prompts", now)
    for one in _old(data_dir / ARRIVING, now):
        Path(one.path).unlink(missing_ok=True)
        gone += 1
    for name in ("voicemail", "music"):
        _empty_folders(store, data_dir / name)
    return gone


def _recordings(store: Store, root: Path, now: float) -> int:
    gone = 0
    for domain_id, user_id, folder in _folders(root):
        # Files first, then rows: a row is never saved before its file.
        old = _old(folder, now)
        known = mailboxes.files(store, domain_id, user_id)
        for one in old:
            if (known is None or one.name not in known) and gone < MOST:
                Path(one.path).unlink(missing_ok=True)
                gone += 1
        if known is None:
            with suppress(OSError):  # something young is in it
                folder.rmdir()
        time.sleep(PAUSE)
    return gone


def _sentences(store: Store, root: Path, now: float) -> int:
    """A company of the same name that comes later would have them. Folders of languages hold files themselves, those
    of companies hold languages."""
    gone = 0
    for company in _companies(root):
        found = list(os.scandir(company))
        if not found or not all(one.is_dir(follow_symlinks=False) for one in found):
            continue
        files = sum(len(list(os.scandir(one.path))) for one in found)
        old = sum(len(_old(Path(one.path), now)) for one in found)
        if files == old and not _there(domains.by_name, store, company.name):
            shutil.rmtree(company, ignore_errors=True)
            gone += old
        time.sleep(PAUSE)
    return gone


def _empty_folders(store: Store, root: Path) -> None:
    """Of companies that were deleted."""
    for company in _companies(root):
        if company.name.isdecimal() and not _there(domains.get, store, int(company.name)):
            for each in (*company.glob("*"), company):
                with suppress(OSError):  # something is in it
                    each.rmdir()


def _companies(root: Path) -> list[Path]:
    return [Path(one.path) for one in os.scandir(root) if one.is_dir(follow_symlinks=False)] if root.is_dir() else []


def _there(find: Callable[[Store, Any], object], store: Store, key: int | str) -> bool:
    try:
        find(store, key)
    except NotFound:
        return False
    return True


def _old(folder: Path, now: float) -> list[os.DirEntry[str]]:
    if not folder.is_dir():
        return []
    return [one for one in os.scandir(folder) if one.is_file(follow_symlinks=False) and age(one, now) > YOUNG]


def _folders(root: Path) -> Iterator[tuple[int, int, Path]]:
    """(company, user, folder) of every mailbox that has ever had a file."""
    for company in sorted(root.glob("[0-9]*")):
        if company.name.isdecimal() and company.is_dir():
            for user in sorted(company.glob("[0-9]*")):
                if user.name.isdecimal() and user.is_dir():
                    yield int(company.name), int(user.name), user


def age(one: os.DirEntry[str] | Path, now: float) -> float:
    """Seconds since a file was written; 0 when it is gone."""
    try:
        return now - one.stat(follow_symlinks=False).st_mtime
    except FileNotFoundError:
        return 0.0
