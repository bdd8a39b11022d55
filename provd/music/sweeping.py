"""Files of music whose rows are gone (deleted tracks, replaced introductions, deleted users): removed after a while, as
somebody may have been hearing them."""

from __future__ import annotations

from pathlib import Path

from provd.store import music
from provd.store.database import Store
from provd.sweeping import age

YOUNG = 3600
"""Seconds in which a file may be without a row: it is being converted, or recorded."""


def sweep(store: Store, data_dir: Path, now: float) -> int:
    """Delete them; → how many. Blocks: a folder a company and in it one a user are gone through."""
    root = data_dir / "music"
    if not root.is_dir():
        return 0
    # Files first, then rows: a row is never saved before its file.
    old = [path for path in root.glob("*/*/*") if age(path, now) > YOUNG]
    known = {str(_place(domain_id, user_id, file)) for domain_id, user_id, file in music.files(store)}
    gone = [path for path in old if str(path.relative_to(root)) not in known]
    for path in gone:
        path.unlink(missing_ok=True)
    return len(gone)


def _place(domain_id: int, user_id: int | None, file: str) -> Path:
    return Path(str(domain_id)) / (str(user_id) if user_id is not None else "company") / file
