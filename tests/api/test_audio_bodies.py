"""Audio as a request's body: up to 50 MB, on the disk while it comes, and gone from there afterwards."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from provd.api import arriving
from provd.api.arriving import FOLDER, LARGEST_FILE, MOST_OF_ONE
from tests.api.conftest import DOCUMENT, Api
from tests.api.test_voicemails import tone

USER = "/domains/acme.example/users/107"
WAV = {"Content-Type": "audio/x-wav"}


def waiting(api: Api) -> list[Path]:
    """Files that are arriving, or have been left there."""
    return list((api.services.settings.data_dir / FOLDER).glob("*"))


async def cleared(api: Api) -> None:
    """Returns once none is; files go just after the answer."""
    async with asyncio.timeout(10):
        while waiting(api):
            await asyncio.sleep(0)


@pytest.mark.gen_test(timeout=60)
async def test_three_minutes_of_cd_quality_become_a_song(api: Api) -> None:
    key, song = api.key("office_manager"), tone(175, 44_100, "WAV")
    assert 30_000_000 < len(song) < LARGEST_FILE
    path = "/domains/acme.example/music/tracks?kind=song&name=Long%20one"
    made = await api(key, "POST", path, raw=song, headers=WAV)
    assert made.status == 201, made.body
    assert (made.body["name"], made.body["kind"]) == ("Long one", "song") and 174 < made.body["seconds"] < 176
    await cleared(api)


@pytest.mark.gen_test(timeout=30)
async def test_greeting_name_and_sentence_take_the_file_itself(api: Api) -> None:
    key, sound = api.key("office_manager"), tone(2, 8_000, "WAV")
    raw = {"Content-Type": "application/octet-stream"}
    made = await api(key, "POST", f"{USER}/greetings?name=Away&active=true", raw=sound, headers=raw)
    assert made.status == 201 and made.body["active"] and made.body["name"] == "Away"
    assert (await api(key, "PUT", f"{USER}/recordedname", raw=sound, headers=WAV)).status == 204
    assert (await api(key, "GET", f"{USER}/recordedname/audio")).body[:4] == b"RIFF"
    assert (await api(key, "PUT", "/domains/~/sentences/goodbye", raw=sound, headers=WAV)).status == 204
    await cleared(api)


@pytest.mark.gen_test(timeout=30)
@pytest.mark.parametrize(
    ("query", "field"), [("", "name"), ("?name=", "audio"), ("?name=A&active=maybe", "active"), ("?name=A&x=1", "x")]
)
async def test_what_is_missing_or_none_is_told_by_its_name(api: Api, query: str, field: str) -> None:
    sound = b"" if field == "audio" else tone(1, 8_000, "WAV")
    refused = await api(api.key("office_manager"), "POST", f"{USER}/greetings{query}", raw=sound, headers=WAV)
    assert refused.status == 422 and refused.body["errors"][0]["field"] == field, refused.body
    await cleared(api)


@pytest.mark.gen_test(timeout=60)
async def test_too_much_is_refused_by_its_length_before_a_byte_is_kept(api: Api) -> None:
    key = api.key("office_manager")
    refused = await api(key, "POST", f"{USER}/greetings?name=A", raw=bytes(LARGEST_FILE + 1), headers=WAV)
    assert refused.status == 413 and not waiting(api)


@pytest.mark.gen_test(timeout=30)
async def test_whoever_sends_many_at_once_has_to_wait_and_who_leaves_makes_room(api: Api) -> None:
    key, sound = api.key("office_manager"), tone(1, 8_000, "WAV")
    writers = []
    for _ in range(MOST_OF_ONE):
        _, writer = await asyncio.open_connection("127.0.0.1", int(api.base.rpartition(":")[2]))
        start = f"POST /api/v2{USER}/greetings?name=A HTTP/1.1\r\nHost: pbx\r\nAuthorization: Bearer {key}\r\n"
        writer.write(f"{start}Content-Type: audio/wav\r\nContent-Length: 900000\r\n\r\n".encode() + bytes(100_000))
        await writer.drain()
        writers.append(writer)
    while len(waiting(api)) < MOST_OF_ONE:
        await asyncio.sleep(0)
    refused = await api(key, "POST", f"{USER}/greetings?name=B", raw=sound, headers=WAV)
    assert refused.status == 503 and refused.headers["Retry-After"] == "5"
    for writer in writers:
        writer.close()
    async with asyncio.timeout(10):
        while (await api(key, "POST", f"{USER}/greetings?name=B", raw=sound, headers=WAV)).status != 201:
            pass
    await cleared(api)
    assert not arriving._places


@pytest.mark.gen_test
async def test_other_endpoints_take_json_only(api: Api) -> None:
    refused = await api(api.key("office_manager"), "POST", f"{USER}/greetings/spoken", raw=b"RIFF", headers=WAV)
    assert refused.status == 415


def test_the_document_says_where_audio_is_taken() -> None:
    body = DOCUMENT["paths"]["/api/v2/domains/{domain}/users/{user}/greetings"]["post"]
    assert set(body["requestBody"]["content"]) == {"application/json", "audio/*", "application/octet-stream"}
    assert {"name", "active"} <= {one["name"] for one in body["parameters"]}
