"""Who is connected now, as phones come and go; and the states that Phone Hardware follows."""

from __future__ import annotations

import asyncio
import http.client
from collections.abc import Iterator
from typing import Any

import pytest

from tests.live import YEALINK
from tests.pages.visitor import Visitor
from tests.simulate.office import Office
from tests.simulate.sip_scenes import Floor, play

PAGE, PHONES = "/c/acme.example/registrations", "/c/acme.example/phones"
ADAS, DONALDS = "249ad8000111", "000b82000107"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with Office(tmp_path_factory.mktemp("registrations")) as running:
        yield running


class Stream:
    """What a page's stream says, read piece by piece."""

    def __init__(self, visitor: Visitor, path: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", visitor.server.services.addresses.http, timeout=20)
        cookies = "; ".join(f"{name}={value}" for name, value in visitor.cookies.items())
        self.connection.request("GET", path, headers={"Cookie": cookies})
        self.answer = self.connection.getresponse()
        assert self.answer.status == 200 and "text/event-stream" in self.answer.headers["Content-Type"]

    def until(self, *words: str) -> str:
        """Everything up to a piece that has these words."""
        read = b""
        while not all(word.encode() in read for word in words):
            line = self.answer.readline()
            assert line, f"the stream ended without {words}"
            read += line
        return read.decode()

    def close(self) -> None:
        self.connection.close()


async def aside(function: Any, *arguments: Any) -> Any:
    """The visitor waits in a thread of their own: the server is on this loop."""
    return await asyncio.to_thread(function, *arguments)


def test_who_is_connected_from_where_and_with_what(server: Office, manager: Visitor) -> None:
    assert "Nobody is registered" in manager.get(PAGE).text

    async def scene(floor: Floor) -> None:
        await floor.until(lambda: floor.bound("101a") and floor.bound("107"))
        seen = await aside(manager.get, PAGE)
        for words in (
            "Ada Lovelace 101",
            "101a",
            "24:9a:d8:00:01:11",
            "Donald Knuth 107",
            "Registered",
            "UDP",
            "127.0.0.1:",
        ):
            assert words in seen.text
        found = await aside(manager.get, f"{PAGE}?search=knuth")
        assert "Donald Knuth" in found.text and "Ada Lovelace 101 101a" not in found.text
        assert "No registration fits" in (await aside(manager.get, f"{PAGE}?transport=TLS")).text
        ended = await aside(manager.follow, PAGE, {"device": "107", "id": str(floor.bound("107")[0].id)})
        assert "The registration of 107 is ended" in ended.text and not floor.bound("107")

    play(server, [ADAS, DONALDS], scene)


def test_pages_follow_by_themselves(server: Office, manager: Visitor) -> None:
    rows, cells = Stream(manager, f"{PAGE}/live"), Stream(manager, f"{PHONES}/live?search=knuth")
    try:
        assert "Registered" not in rows.until("event: rows", "\n\n")

        async def scene(floor: Floor) -> None:
            told = await aside(rows.until, "Donald Knuth", "Registered")
            assert "event: rows" in told
            told = await aside(cells.until, f"event: state-{DONALDS}", "Registered")
            assert f"seen-{DONALDS}" in told and YEALINK not in told

        play(server, [DONALDS], scene)
        rows.until("Nobody is registered")
    finally:
        rows.close()
        cells.close()


def test_a_person_sees_the_own_registrations_and_ends_none(server: Office, person: Visitor) -> None:
    async def scene(floor: Floor) -> None:
        await floor.until(lambda: floor.bound("101a") and floor.bound("107"))
        seen = await aside(person.get, PAGE)
        assert "107" in seen.text and "101a" not in seen.text and "plug-off" not in seen.html
        refused = await aside(person.post, PAGE, {"device": "107", "id": ""})
        assert refused.status == 403 and floor.bound("107")

    play(server, [ADAS, DONALDS], scene)
