"""kill -9 at any moment loses no change that was acknowledged, and leaves no half of one."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
from pathlib import Path

from provd.seal import Seal
from provd.store import changes, domains, events, layers, users
from provd.store.database import open_database
from provd.store.migrations import migrate
from tests.store.conftest import KEY


def test_kill_9_loses_no_acknowledged_change(url: str) -> None:
    writer = subprocess.Popen(
        [sys.executable, "-m", "tests.store.durable_writer", url],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert writer.stdout is not None
    enough = random.randint(20, 60)
    acknowledged = 0
    for line in writer.stdout:
        acknowledged = int(line)
        if acknowledged >= enough:
            writer.send_signal(signal.SIGKILL)
            break
    acknowledged = max([acknowledged, *(int(line) for line in writer.stdout if line.endswith("\n"))])
    assert writer.wait(10) == -signal.SIGKILL

    store = open_database(url, Seal([KEY]))
    assert migrate(store) == []
    domain = domains.by_name(store, "durable.example")
    saved = [user.extension for user in users.find(store, domain.id, limit=1000).items]
    assert saved[:acknowledged] == [str(1001 + number) for number in range(acknowledged)]
    assert len(saved) - acknowledged in (0, 1)

    layer = layers.get(store, domain.id, "company", domain.id)
    assert layer.values["count"] >= acknowledged
    assert layer.revision == len(layers.history(store, domain.id, "company", domain.id, limit=1000))
    # A change and its row in the feed are saved together: every user is in the feed.
    fed = {change.ref for change in changes.since(store, 0, 10_000) if change.noun == "user"}
    assert len(fed) == len(saved)
    assert len(events.of_domain(store, domain.id, limit=1000).items) >= acknowledged
    if store.sqlite:
        assert store.sql("PRAGMA integrity_check").fetchone()[0] == "ok"
    store.close()
