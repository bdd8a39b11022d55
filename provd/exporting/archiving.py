"""Records that are too old for the history go into a file a month, compressed, and leave the database (SF-302).

Rules of this file: first the file is safe on the disk, then the rows go (provd.store.archives); one process does it,
some records at a time, so that nobody waits for it.
"""

from __future__ import annotations

import fcntl
import logging
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, tzinfo
from itertools import takewhile
from zoneinfo import ZoneInfo

from provd.cdr import KEPT_DAYS
from provd.exporting import layouts
from provd.exporting.files import ExportFolder
from provd.store import archives, domains
from provd.store.archives import Archive
from provd.store.cdrs import SavedCdr
from provd.store.database import Store

log = logging.getLogger(__name__)

DAY = 86_400
LAYOUT = "advanced"


def border(now: float) -> float:
    """What began before this moment is for the archives: a day after it left the lists."""
    return now - (KEPT_DAYS + 1) * DAY


def step(store: Store, folder: ExportFolder, now: float) -> int:
    """Moves some records of one company into the file of their month; → how many, 0 when there are none. In a thread.

    Raises OSError and ProvdError when it cannot; nothing is lost then.
    """
    with _alone(folder) as free:
        domain_id = archives.waiting(store, border(now)) if free else None
        if domain_id is None:
            return 0
        zone = ZoneInfo(domains.get(store, domain_id).time_zone)
        found = archives.oldest(store, domain_id, border(now))
        month = _month(found[0], zone)
        some = list(takewhile(lambda one: _month(one, zone) == month, found))
        _move(store, folder, domain_id, month, some, zone, int(now))
        return len(some)


def _move(
    store: Store, folder: ExportFolder, domain_id: int, month: str, some: list[SavedCdr], zone: tzinfo, now: int
) -> None:
    before = _known(store, folder, domain_id, month)
    text = ("" if before.octets else layouts.heading(LAYOUT)) + layouts.rows(LAYOUT, some, zone)
    octets = folder.append(domain_id, before.file, before.octets, text)
    archives.moved(store, domain_id, month, before.file, some, before.calls + len(some), octets, now)


def _known(store: Store, folder: ExportFolder, domain_id: int, month: str) -> Archive:
    """The month's archive as it is on the disk, or an empty one."""
    found = archives.of_month(store, domain_id, month)
    if found is not None and folder.octets(domain_id, found.file) >= found.octets:
        return found
    if found is not None:
        log.warning("The archive %s of the company %s is not on the disk whole; a new one is begun.", month, domain_id)
    return Archive(0, domain_id, month, f"{month}-{secrets.token_hex(8)}.csv.gz", 0, 0, 0)


def _month(one: SavedCdr, zone: tzinfo) -> str:
    return f"{datetime.fromtimestamp(one.at, zone):%Y-%m}"


@contextmanager
def _alone(folder: ExportFolder) -> Iterator[bool]:
    """Whether no other process of this machine is at it."""
    folder.root.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(folder.root / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield True
    except BlockingIOError:
        yield False
    finally:
        os.close(descriptor)
