"""Streams of events: real connections, what they carry, who may, how they end."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from provd import live
from provd.api import handler, stream
from provd.store import api_keys, domains
from provd.store.rows import PhoneEvent
from tests.api.conftest import RIVAL, YEALINK, Api

ACME = "/domains/acme.example/events/stream"
PHONE = f"/phones/{YEALINK}/events/stream"


@pytest.fixture(autouse=True)
def ended(api: Api, io_loop: Any) -> Iterator[None]:
    """The end of the server."""
    yield
    io_loop.run_sync(api.services.live.stop)


class Reader:
    """A program that reads a stream, block by block."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self.status = 0
        self.headers: dict[str, str] = {}

    async def begin(self) -> None:
        head = (await self._block()).splitlines()
        self.status = int(head[0].split()[1])
        self.headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:])}

    async def _block(self) -> str:
        found = b""
        async with asyncio.timeout(5):
            while not found.endswith(b"\n\n"):
                line = await self._reader.readline()
                if not line:
                    raise EOFError(found)
                found += line.replace(b"\r\n", b"\n")
        return found.decode()

    async def block(self) -> dict[str, str]:
        """The next block: field → value."""
        return {name: value for name, _, value in (line.partition(": ") for line in (await self._block()).splitlines())}

    async def event(self, name: str = "phone") -> Any:
        """What the next event carries."""
        while True:
            found = await self.block()
            if "event" in found:
                assert found["event"] == name, found
                return json.loads(found["data"])

    def leave(self) -> None:
        self._writer.close()


@asynccontextmanager
async def reading(api: Api, key: str, path: str, after: int | None = None) -> AsyncIterator[Reader]:
    port = int(api.base.rpartition(":")[2])
    opened, writer = await asyncio.open_connection("127.0.0.1", port)
    cursor = "" if after is None else f"Last-Event-ID: {after}\r\n"
    writer.write(f"GET /api/v2{path} HTTP/1.0\r\nAuthorization: Bearer {key}\r\n{cursor}\r\n".encode())
    reader = Reader(opened, writer)
    try:
        await reader.begin()
        yield reader
    finally:
        writer.close()


async def until(true: Any) -> None:
    async with asyncio.timeout(5):
        while not true():
            await asyncio.sleep(0.01)


def happened(api: Api, kind: str, mac: str = YEALINK, *, domain: str = "acme.example") -> None:
    domain_id = domains.by_name(api.services.store, domain).id
    api.services.recorder.add(PhoneEvent(mac, time.time(), kind, api.services.fleet.phone_id(mac), domain_id))


@pytest.mark.gen_test(timeout=20)
async def test_an_event_is_on_the_stream_before_a_second_is_over(api: Api) -> None:
    async with reading(api, api.key("office_manager"), ACME) as reader:
        assert reader.status == 200 and reader.headers["content-type"].startswith("text/event-stream")
        assert reader.headers["cache-control"] == "no-store" and (await reader.block())["retry"] == "3000"
        begin = time.monotonic()
        happened(api, "fetched")
        found = await reader.event()
        assert time.monotonic() - begin < 1.0
        listed = (await api(api.key("office_manager"), "GET", "/domains/~/events?limit=1")).body["items"][0]
        assert found == listed and found["kind"] == "fetched", "as the list has it, id and all"


@pytest.mark.gen_test(timeout=20)
async def test_a_program_that_comes_back_goes_on_where_it_was(api: Api) -> None:
    key = api.key("office_manager")
    async with reading(api, key, PHONE) as reader:
        happened(api, "fetched")
        last = (await reader.event())["id"]
    happened(api, "registered")
    happened(api, "registered", "805ec0000102")
    happened(api, "expired")
    await api.services.recorder.flush()
    async with reading(api, key, PHONE, after=last) as reader:
        assert [(await reader.event())["kind"] for _ in range(2)] == ["registered", "expired"]
        happened(api, "fetched")
        assert (await reader.event())["kind"] == "fetched"
    async with reading(api, key, PHONE, after=10**15) as reader:
        assert "text" in await reader.event("gap")


@pytest.mark.gen_test(timeout=20)
async def test_who_may_and_what_they_see(api: Api) -> None:
    refused = ((api.key("basic_user", user="101"), ACME, 403), (api.key("office_manager", RIVAL), ACME, 404),
               (api.key("office_manager", RIVAL), PHONE, 404), ("pk_wrong", ACME, 401))  # fmt: skip
    for key, path, status in refused:
        async with reading(api, key, path) as reader:
            assert reader.status == status
    company = f"/domains/{RIVAL}/events/stream"
    async with (
        reading(api, api.key("basic_user", user="101"), PHONE) as own,
        reading(api, api.key("office_manager", RIVAL), company) as rival,
    ):
        happened(api, "fetched", "805ec0000102")
        happened(api, "registered")
        happened(api, "expired", "001565aabb01", domain=RIVAL)
        assert (await own.event())["kind"] == "registered"
        assert (await rival.event())["kind"] == "expired"


@pytest.mark.gen_test(timeout=20)
async def test_silence_has_a_heartbeat_that_says_how_far_it_is(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "HEARTBEAT", 0.3)
    async with reading(api, api.key("office_manager"), PHONE) as reader:
        await reader.block()
        happened(api, "fetched", "805ec0000102")
        beats = [await reader.block() for _ in range(3)]
        assert all("" in beat for beat in beats), "a comment each"
        assert int(beats[-1]["id"]) > 0, "the other phone's row need not be looked through again"


@pytest.mark.gen_test(timeout=20)
async def test_a_client_that_goes_leaves_nothing_behind(api: Api) -> None:
    key, looking = api.key("office_manager"), api.services.live
    async with reading(api, key, ACME) as reader:
        await until(lambda: len(looking) == 1)
        reader.leave()
        await until(lambda: len(looking) == 0)
    assert api.services.recorder.passing == []


@pytest.mark.gen_test(timeout=30)
async def test_a_key_may_hold_so_many_and_another_is_not_in_its_way(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setattr(live, "MOST_EACH", 2)
    key = api.key("office_manager")
    async with reading(api, key, ACME), reading(api, key, PHONE):
        async with reading(api, key, ACME) as third:
            assert third.status == 429 and third.headers["content-type"] == "application/problem+json"
        async with reading(api, api.key("office_manager"), ACME) as other:
            assert other.status == 200


@pytest.mark.gen_test(timeout=20)
async def test_a_key_that_is_taken_away_ends_its_streams(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handler, "RECHECK_SECONDS", 0.0)
    monkeypatch.setattr(stream, "HEARTBEAT", 0.1)
    key, store = api.key("office_manager"), api.services.store
    async with reading(api, key, ACME) as reader:
        for _ in range(3):  # looked at before each, and found to be there
            await reader.block()
        found = api_keys.find(store, key)
        assert found is not None
        api_keys.delete(store, found.domain_id, found.id)
        with pytest.raises(EOFError):
            while True:
                await reader.block()
    await until(lambda: len(api.services.live) == 0)


@pytest.mark.gen_test(timeout=20)
async def test_a_stopping_server_says_goodbye(api: Api) -> None:
    async with reading(api, api.key("office_manager"), ACME) as reader:
        await reader.block()
        await api.services.live.stop()
        with pytest.raises(EOFError):
            while True:
                await reader.block()
    async with reading(api, api.key("office_manager"), ACME) as late:
        assert late.status == 503
