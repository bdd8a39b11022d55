"""Audio through the API: as large as a recording is, and nothing that is none; all else stays small."""

from __future__ import annotations

import asyncio
import base64
from pathlib import Path

import pytest

from provd.api.endpoint import AUDIO_BODY, ORDINARY_BODY
from provd.api.handler import MOST_HEAVY
from tests.api.conftest import Api
from tests.api.test_voicemails import tone

LIST = "/domains/acme.example/users/107/greetings"
NAME = "/domains/acme.example/users/107/recordedname"


def left(api: Api) -> list[Path]:
    """Every file of every mailbox."""
    folder = api.services.settings.data_dir / "voicemail"
    return [one for one in folder.rglob("*") if one.is_file()]


@pytest.mark.gen_test(timeout=30)
async def test_a_recording_of_megabytes_is_taken_and_made_small(api: Api) -> None:
    key, sound = api.key("basic_user", user="107"), tone(30, 44_100, "WAV")
    assert len(sound) > 5 * ORDINARY_BODY
    made = await api(key, "POST", LIST, {"name": "Long", "audio": base64.b64encode(sound).decode()})
    assert made.status == 201 and 29.9 < made.body["seconds"] < 30.1
    (file,) = left(api)
    assert file.stat().st_size == made.body["octets"] < 500_000


@pytest.mark.gen_test(timeout=30)
async def test_more_than_any_recording_is_refused_and_leaves_nothing(api: Api) -> None:
    key = api.key("basic_user", user="107")
    huge = b'{"name": "Huge", "audio": "' + b"A" * AUDIO_BODY + b'"}'
    refused = await api(key, "POST", LIST, raw=huge)
    assert refused.status == 413 and "16384 KB" in refused.body["detail"]
    assert not left(api)


@pytest.mark.gen_test(timeout=30)
@pytest.mark.parametrize(
    "noise", [b"", b"RIFF\xff\xff\xff\xffWAVEfmt ", b"\x00" * 300_000, b"<html>no audio</html>" * 99]
)
async def test_what_is_no_audio_is_said_to_be_none_and_leaves_nothing(api: Api, noise: bytes) -> None:
    key = api.key("basic_user", user="107")
    for method, path in (("POST", LIST), ("PUT", NAME)):
        body = {"audio": base64.b64encode(noise).decode()} | ({"name": "Noise"} if path == LIST else {})
        refused = await api(key, method, path, body)
        assert refused.status == 422 and refused.body["errors"][0]["field"] == "audio", refused.body
    assert not left(api)


@pytest.mark.gen_test
async def test_other_endpoints_take_no_more_than_before(api: Api) -> None:
    key = api.key("basic_user", user="107")
    body = b'{"words": "' + b"A" * ORDINARY_BODY + b'", "name": "x"}'
    for path in (f"{LIST}/spoken", "/domains/acme.example/users/107/voicemails/clear"):
        assert (await api(key, "POST", path, raw=body)).status == 413


@pytest.mark.gen_test(timeout=30)
async def test_only_so_many_large_bodies_are_held_at_a_time(api: Api) -> None:
    key, sound = api.key("basic_user", user="107"), base64.b64encode(tone(10, 44_100, "WAV")).decode()
    held = []
    for _ in range(MOST_HEAVY):
        reader, writer = await asyncio.open_connection("127.0.0.1", int(api.base.rpartition(":")[2]))
        start = f"POST /api/v2{LIST} HTTP/1.1\r\nHost: pbx\r\nAuthorization: Bearer {key}\r\n"
        writer.write(f"{start}Content-Type: application/json\r\nContent-Length: {3 * ORDINARY_BODY}\r\n\r\n".encode())
        writer.write(b" " * (ORDINARY_BODY + 100_000))
        await writer.drain()
        held.append((reader, writer))
    refused = await api(key, "POST", LIST, {"name": "Busy", "audio": sound})
    assert refused.status == 503 and refused.headers["Retry-After"] == "5"
    for _, writer in held:
        writer.close()
        await writer.wait_closed()
    async with asyncio.timeout(10):
        while (await api(key, "POST", LIST, {"name": "Free", "audio": sound})).status != 201:
            pass
    assert len(left(api)) == 1
