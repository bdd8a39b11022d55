"""What backup and restore refuse, each with one sentence and without leaving anything behind."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from provd import cli
from provd.commands.backup import VARIABLE
from provd.store.database import Store


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["restore", "none.backup"], "There is no file none.backup."),
        (["restore", "other.txt"], "is damaged or is not a backup of provd"),
        (["backup", "nowhere/x.backup"], "There is no folder nowhere"),
        (["backup", "."], ". is a folder; name a file in it."),
    ],
)
def test_a_mistake_is_one_sentence(
    old: Store, tmp_path: Path, arguments: list[str], sentence: str, mistake: Callable[[], str]
) -> None:
    (tmp_path / "other.txt").write_text("hello")
    assert cli.main(arguments) == 1
    assert sentence in mistake()


def test_a_weak_or_missing_passphrase_makes_no_backup(
    old: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mistake: Callable[[], str]
) -> None:
    monkeypatch.setenv(VARIABLE, "short")
    assert cli.main(["backup", "weak.backup"]) == 1
    assert "at least 10 characters" in mistake()
    monkeypatch.delenv(VARIABLE)
    assert cli.main(["backup", "weak.backup"]) == 1
    assert "--without-keys" in mistake()
    assert not (tmp_path / "weak.backup").exists()


def test_nothing_is_made_where_there_is_nothing_to_back_up(
    machine: Callable[[str, str], Path], tmp_path: Path, mistake: Callable[[], str]
) -> None:
    folder = machine("empty", f"sqlite:///{tmp_path}/empty/none.db")
    assert cli.main(["backup", "x.backup", "--without-keys"]) == 1
    assert "There is no database" in mistake()
    assert list(folder.iterdir()) == []


def test_a_server_that_runs_is_not_restored_under(
    old: Store, machine: Callable[[str, str], Path], new_url: Callable[..., str], mistake: Callable[[], str]
) -> None:
    class Healthy(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing to standard error."""

    folder = machine("new", new_url())
    server = HTTPServer(("127.0.0.1", 0), Healthy)
    answering = threading.Thread(target=server.serve_forever)
    answering.start()
    try:
        (folder / "ports.json").write_text(json.dumps({"http": server.server_port}))
        assert cli.main(["restore", "all.backup"]) == 1
        assert "is running; stop it" in mistake()
    finally:
        server.shutdown()
        answering.join()
        server.server_close()
    assert cli.main(["restore", "all.backup"]) == 0
