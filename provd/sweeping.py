"""Recordings of mailboxes without a row: of users and companies that were deleted, and of calls that crashed."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from provd.store import mailboxes
from provd.store.database import Store

YOUNG = 6 * 3600
"""Seconds in which a file may be without a row: it is being recorded, converted or sent on."""
MOST = 5_000
"""Files a round; the rest is for the next."""
PAUSE = 0.001
"""Seconds between two folders."""


def sweep(store: Store, data_dir: Path, now: float) -> int:
    """Delete them; → how many. Blocks, and lets others have the interpreter between folders."""
    root, gone = data_dir / "voicemail", 0
    for domain_id, user_id, folder in _folders(root):
        # Files first, then rows: a row is never saved before its file.
        old = [one for one in os.scandir(folder) if one.is_file(follow_symlinks=False) and _age(one, now) > YOUNG]
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


def _folders(root: Path) -> Iterator[tuple[int, int, Path]]:
    """(company, user, folder) of every mailbox that has ever had a file."""
    for company in sorted(root.glob("[0-9]*")):
        if company.name.isdecimal() and company.is_dir():
            for user in sorted(company.glob("[0-9]*")):
                if user.name.isdecimal() and user.is_dir():
                    yield int(company.name), int(user.name), user


def _age(one: os.DirEntry[str], now: float) -> float:
    try:
        return now - one.stat(follow_symlinks=False).st_mtime
    except FileNotFoundError:
        return 0.0
