"""Files whose rows are gone are removed after a while; those that are played, or being made, stay."""

from __future__ import annotations

import os
from pathlib import Path

from provd.music.sweeping import YOUNG, sweep
from provd.seal import Seal
from provd.sounds import Sounds
from provd.store import domains, music, users
from provd.store.database import open_database
from provd.store.migrations import migrate
from provd.store.music import SONG
from sip_edge.media.wav import head

NOW = 1_760_000_000


def test_only_old_files_without_a_row_are_removed(tmp_path: Path) -> None:
    store = open_database(f"sqlite:///{tmp_path}/music.sqlite", Seal([bytes(32)]))
    migrate(store)
    assert sweep(store, tmp_path, NOW) == 0, "there is no folder yet"
    acme = domains.create(store, "acme.example", NOW)
    user = users.create(store, acme.id, "101", NOW)
    shelf, paths = Sounds(tmp_path / "music"), {}
    for whose in (music.of_company(acme.id), music.of_user(acme.id, user.id)):
        for name in ("kept", "gone", "young"):
            kept = shelf.keep(acme.id, whose.user_id, head(16_000) + bytes(16_000))
            path = paths[whose.owner, name] = shelf.path(acme.id, whose.user_id, kept.file)
            at = NOW - (60 if name == "young" else YOUNG + 1)
            os.utime(path, (at, at))
            if name == "kept":
                music.add(store, whose, SONG, name, kept.file, kept.seconds, kept.octets, NOW)
    assert sweep(store, tmp_path, NOW) == 2
    assert {key for key, path in paths.items() if path.exists()} == {
        (owner, name) for owner in ("company", "user") for name in ("kept", "young")
    }
    users.delete(store, acme.id, user.id, NOW)
    assert sweep(store, tmp_path, NOW) == 1
    store.close()
