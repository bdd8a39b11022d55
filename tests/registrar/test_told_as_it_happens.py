"""A whole server: what phones do over SIP is on the stream before a second is over, refreshes too."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from provd import demo
from provd.store import api_keys, domains
from tests.live import LiveServer
from tests.registrar.test_settings_of_the_server import Caller


class Stream:
    """A client of the company's stream."""

    def __init__(self, server: LiveServer) -> None:
        company = server.store(domains.by_name, demo.DOMAIN).id
        _, key = server.store(api_keys.create, "stream", "office_manager", 1, domain_id=company)
        self._socket = socket.create_connection(("127.0.0.1", server.services.addresses.http), 5)
        self._file = self._socket.makefile("rb")
        request = f"GET /api/v2/domains/{demo.DOMAIN}/events/stream HTTP/1.0\r\nAuthorization: Bearer {key}\r\n\r\n"
        self._socket.sendall(request.encode())
        for _ in ("the header", "how to come back"):
            while self._file.readline().strip():
                pass

    def next(self) -> Any:
        """What the next event carries; None at the end of the stream."""
        for line in self._file:
            if line.startswith(b"data: "):
                return json.loads(line.removeprefix(b"data: "))
        return None

    def close(self) -> None:
        self._file.close()
        self._socket.close()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[LiveServer]:
    with LiveServer(tmp_path) as running:
        yield running


def test_registrations_are_told_as_they_happen(server: LiveServer) -> None:
    caller, stream = Caller(server), Stream(server)
    begin = time.monotonic()
    assert caller.register(300).status == 200
    first = stream.next()
    assert time.monotonic() - begin < 1.5
    assert (first["kind"], first["file"], first["id"] > 0) == ("registered", f"101@{demo.DOMAIN}", True)
    assert caller.register(300).status == 200
    again = stream.next()
    assert (again["kind"], again["id"]) == ("refreshed", 0), "too common for a row"
    assert caller.register(0).status == 200
    assert stream.next()["kind"] == "unregistered"
    stream.close()
    caller.socket.close()


def test_a_server_that_stops_ends_its_streams_at_once(tmp_path: Path) -> None:
    with LiveServer(tmp_path) as server:
        stream = Stream(server)
        assert len(server.services.live) == 1
        begin = time.monotonic()
    assert stream.next() is None
    assert time.monotonic() - begin < 5
    stream.close()
