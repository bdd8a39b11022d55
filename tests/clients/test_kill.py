"""`provd serve` killed with -9: registrations and lamps are there when it comes back, and told from fresh ones."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.served import Served, within
from tests.live import YEALINK, YEALINK_AGENT
from tests.sip_hostile.phone import DeskPhone

pytestmark = pytest.mark.client

SECOND_YEALINK = "249ad8000111"
"""Its line is 101a."""
SECOND_AGENT = "Yealink SIP-T54W 96.86.0.90 24:9a:d8:00:01:11"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Served]:
    with Served(tmp_path) as running:
        yield running


def saved(folder: Path, table: str) -> int:
    """How many rows there are on the disk."""
    with sqlite3.connect(f"file:{folder / 'provd.db'}?mode=ro", uri=True) as database:
        return int(database.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0])


def test_registrations_and_lamps_outlive_it(server: Served, tmp_path: Path) -> None:
    with (
        DeskPhone(server.account(YEALINK, YEALINK_AGENT), server.sip) as first,
        DeskPhone(server.account(SECOND_YEALINK, SECOND_AGENT), server.sip, protocol="TCP") as second,
    ):
        assert first.register().status == second.register().status == 200
        assert server.registrations() == {"101": "registered", "101a": "registered"}
        assert first.subscribe("108").status == 200
        before = first.asked()
        loss = 1.5  # a batch begins half a second after the one before, and takes its time on a busy machine
        assert within(loss, lambda: saved(tmp_path, "sip_bindings") == 2 and saved(tmp_path, "sip_subscriptions") == 1)

        server.kill()
        server.start()
        assert server.registrations() == {"101": "restored", "101a": "restored"}
        again = first.asked()
        assert (again.call_id, again.headers.first("event")) == (before.call_id, "dialog")
        assert again.cseq.number > before.cseq.number
        assert first.register().status == 200
        assert server.registrations() == {"101": "registered", "101a": "restored"}
        assert first.subscribe("108").status == 200, "the dialog goes on"
        assert first.register(0).status == 200
        assert server.registrations() == {"101a": "restored"}


def test_what_was_ended_stays_ended(server: Served, tmp_path: Path) -> None:
    with DeskPhone(server.account(YEALINK, YEALINK_AGENT), server.sip) as phone:
        assert phone.register().status == 200
        assert within(2, lambda: saved(tmp_path, "sip_bindings") == 1)
        assert phone.register(0).status == 200
        assert within(2, lambda: saved(tmp_path, "sip_bindings") == 0)
        server.kill()
        server.start()
        assert server.registrations() == {}
