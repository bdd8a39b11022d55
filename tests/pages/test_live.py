"""Streams of pages: pieces of HTML as it happens, to those who may see them, until they sign out."""

from __future__ import annotations

import http.client
from collections.abc import Iterator

import pytest

from phone_manager import live
from phone_manager.handlers.keys.outcome import Live
from tests.pages.visitor import Visitor
from tests.simulate.office import Office

MAC = "249ad8000111"
LIVE = f"/c/acme.example/phones/{MAC}/keys/live"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with Office(tmp_path_factory.mktemp("live")) as running:
        yield running


class Looking:
    """A browser that follows a stream."""

    def __init__(self, visitor: Visitor) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", visitor.server.services.addresses.http, timeout=20)
        cookies = "; ".join(f"{name}={value}" for name, value in visitor.cookies.items())
        self._connection.request("GET", LIVE, headers={"Cookie": cookies, "Accept": "text/event-stream"})
        self.answer = self._connection.getresponse()

    def until(self, words: str) -> str:
        """What comes up to the line with these words; fails when the stream ends before."""
        lines = []
        while line := self.answer.readline().decode():
            lines.append(line)
            if words in line:
                return "".join(lines)
        raise AssertionError(f"The stream ended without “{words}”.")

    def rest(self) -> bytes:
        """What still comes, up to the end of the stream."""
        return self.answer.read()


def test_a_page_is_told_when_the_phone_has_taken_its_configuration(server: Office, manager: Visitor) -> None:
    looking = Looking(manager)
    assert looking.answer.getheader("Content-Type", "").startswith("text/event-stream")
    first = looking.until(": here")
    assert "event: progress" in first and "It never asked for anything yet" in first and "event: editors" in first
    server.boot(MAC)
    later = looking.until("is-applied")
    assert "event: progress" in later and "event: editors" not in later, "what is as before is not told again"


def test_a_stream_ends_with_the_session(server: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Live, "beat", 0.1)
    person = Visitor(server).sign_in("101")
    looking = Looking(person)
    looking.until(": here")
    person.post("/sign-out", {})
    looking.rest()


def test_who_may_not_see_the_page_gets_no_stream(server: Office) -> None:
    assert Looking(Visitor(server).sign_in("108")).answer.status == 403
    assert Looking(Visitor(server)).answer.status == 303


def test_an_event_is_written_as_browsers_read_it() -> None:
    assert live.block("progress", "<p>\na</p>", 7) == "id: 7\nevent: progress\ndata: <p>\ndata: a</p>\n\n"
    assert live.block("empty", "", 0) == "event: empty\ndata: \n\n"
