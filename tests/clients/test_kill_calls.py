"""The server is killed while two phones talk: when it is there again, neither is left in a call that nobody has."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.clients.served import Served, within
from tests.clients.wire_phone import WirePhone
from tests.live import YEALINK, YEALINK_AGENT

pytestmark = pytest.mark.client
OTHER, OTHER_AGENT = "249ad8000111", "Yealink SIP-T54W 96.86.0.70 24:9a:d8:00:01:11"


def talking(folder: Path) -> int:
    """How many phones are written down as being in a call."""
    with closing(sqlite3.connect(f"file:{folder / 'provd.db'}?mode=ro", uri=True)) as database:
        return int(database.execute("SELECT COUNT(*) FROM call_dialogs").fetchone()[0])


def test_phones_are_hung_up_after_a_power_cut(tmp_path: Path) -> None:
    with Served(tmp_path) as server:
        desk, mobile = server.account(YEALINK, YEALINK_AGENT), server.account(OTHER, OTHER_AGENT)
        with (
            WirePhone(server, desk.user, password=desk.password) as ada,
            WirePhone(server, mobile.user, password=mobile.password) as other,
        ):
            ada.register()
            out = other.call("101")
            into = ada.rung().accept()
            out.answered()
            assert within(5, lambda: talking(tmp_path) == 2)
            server.kill()
            server.start()
            for call in (out, into):
                assert "started again" in str(call.hung_up().headers.first("reason"))
            assert within(5, lambda: talking(tmp_path) == 0)
            out.send("INFO", b"", cseq=500)
            assert out.response(481, method="INFO")
