"""Scheduled exports and archives in the browser: made, run, downloaded, paused, deleted; errors lose nothing."""

from __future__ import annotations

import http.client
import re
import time
from collections.abc import Iterator
from typing import Any

import pytest

from provd.errors import ProvdError
from provd.exporting.service import Exports
from tests.live import LiveServer
from tests.pages.test_call_history import talk
from tests.pages.visitor import Visitor

EXPORTS = "/c/acme.example/history/exports"
FIELDS = {
    "name": "Calls of the week", "kind": "weekly", "time": "06:30", "weekdays": "0", "days": "7", "layout": "basic",
    "then": "keep", "mails": "ada@acme.example", "port": "", "do": "save",
}  # fmt: skip


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    with LiveServer(tmp_path_factory.mktemp("exports")) as running:
        running.store(talk, "c1", "107", "Bob", ago=400)
        running.store(talk, "old", "107", "Bob", ago=200 * 86_400)
        yield running


def work(server: LiveServer) -> None:
    """What the server does by the clock, now."""
    service = Exports(server.services)
    server.call(service.look(time.time()))
    server.call(service.tidy(time.time()))


def test_an_export_is_scheduled_run_and_downloaded(server: LiveServer, manager: Visitor) -> None:
    assert "No export is scheduled" in manager.get(EXPORTS).text
    listed = manager.follow(f"{EXPORTS}/new", FIELDS)
    assert "Every Monday at 06:30, the last 7 days" in listed.text and "For download here" in listed.text
    number = re.search(rf'href="{EXPORTS}/(\d+)"', listed.html)
    assert number
    manager.post(EXPORTS, {"schedule": number[1], "do": "run"})
    work(server)
    listed = manager.get(EXPORTS)
    file = re.search(rf'href="({EXPORTS}/files/\d+)"', listed.html)
    assert file and "Ready" in listed.text
    seen = manager.get(file[1])
    assert seen.html.startswith("Date,From,Dialed,To,Duration") and "+12145550199" in seen.html
    assert re.search(r'filename="Calls-of-the-week-\d{8}-\d{4}\.csv"', seen.headers["content-disposition"])
    assert "paused" in manager.follow(EXPORTS, {"schedule": number[1], "do": "pause"}).text
    assert "runs again" in manager.follow(EXPORTS, {"schedule": number[1], "do": "resume"}).text
    assert "06:45" in manager.follow(f"{EXPORTS}/{number[1]}", {**FIELDS, "time": "06:45"}).text
    assert "is deleted" in manager.follow(file[1], {"do": "delete"}).text
    assert "No export is scheduled" in manager.follow(EXPORTS, {"schedule": number[1], "do": "delete"}).text


def test_what_is_wrong_is_said_and_nothing_typed_is_lost(manager: Visitor) -> None:
    typed = {**FIELDS, "name": "Größe", "then": "sftp", "host": "10.0.0.1", "user_name": "ada", "password": "s3cret"}
    wrong = manager.post(f"{EXPORTS}/new", typed)
    assert wrong.status == 422 and "accept it first" in wrong.text and 'value="10.0.0.1"' in wrong.html
    looked = manager.post(f"{EXPORTS}/new", {**typed, "do": "look"})
    assert looked.status == 422 and "not on the public internet" in looked.text and 'value="Größe"' in looked.html
    named = manager.post(f"{EXPORTS}/new", {**FIELDS, "name": "Größe"})
    assert named.status == 422 and "letters, digits, hyphens" in named.text


def test_a_saved_password_is_never_shown(manager: Visitor) -> None:
    sent = {
        **FIELDS,
        "name": "Sent",
        "then": "ftp",
        "host": "ftp.example.com",
        "user_name": "ada",
        "password": "s3cret",
    }
    listed = manager.follow(f"{EXPORTS}/new", sent)
    assert "FTP to ftp.example.com" in listed.text
    number = re.search(rf'href="{EXPORTS}/(\d+)"', listed.html)
    assert number
    form = manager.get(f"{EXPORTS}/{number[1]}")
    assert "s3cret" not in form.html and "it stays as it is" in form.text
    assert manager.post(f"{EXPORTS}/{number[1]}", {**sent, "password": "", "layout": "advanced"}).status == 303
    moved = manager.post(f"{EXPORTS}/{number[1]}", {**sent, "password": "", "host": "ftp.rival.example"})
    assert moved.status == 422 and "Write the password" in moved.text
    manager.post(EXPORTS, {"schedule": number[1], "do": "delete"})


def test_archives_are_listed_and_downloaded(server: LiveServer, manager: Visitor, person: Visitor) -> None:
    work(server)
    seen = manager.get("/c/acme.example/history/archives")
    found = re.search(r'href="(/c/acme.example/history/archives/\d+)"', seen.html)
    assert found and " 1 " in seen.text
    file = manager.get(found[1])
    assert file.status == 200 and file.headers["content-type"] == "application/gzip"
    for path in (EXPORTS, f"{EXPORTS}/new", "/c/acme.example/history/archives", found[1]):
        assert person.get(path).status == 403
    assert "Archives" not in person.get("/c/acme.example/history").text
    assert manager.get("/c/rival.example/history/exports").status == 404


def test_a_download_that_breaks_in_its_midst_does_not_look_whole(
    server: LiveServer, manager: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def broken(*_: Any) -> tuple[bytes, str | None]:
        asked.append(1)
        if len(asked) > 1:
            raise ProvdError("The database is away.")
        return b"a line\r\n", "next"

    monkeypatch.setattr("provd.api.cdrs._exported", broken)
    with pytest.raises((http.client.IncompleteRead, ConnectionError)):
        manager.get("/c/acme.example/history/export")
    assert len(asked) == 2 and server.services.ready


@pytest.mark.browser
def test_an_export_is_scheduled_in_a_browser(browse: Any, axe: Any, server: LiveServer) -> None:
    for theme, width in (("light", 1440), ("dark", 390)):
        page = browse("101", f"{EXPORTS}/new", theme=theme, width=width)
        axe(page)
        page.get_by_label("Name", exact=False).first.fill(f"Calls {theme}")
        page.get_by_label("After completion").select_option("sftp")
        page.get_by_label("Server", exact=True).wait_for()
        axe(page)
        page.get_by_label("After completion").select_option("keep")
        page.get_by_role("button", name="Save", exact=True).last.click()
        page.get_by_role("button", name=f"Delete Calls {theme}").click()
        page.get_by_role("dialog").wait_for()
        axe(page)
        page.get_by_role("dialog").get_by_role("button", name="Delete").click()
        page.get_by_text("The export is deleted.").wait_for()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
