"""A user's mailbox through the API: settings, messages in folders, their audio, who may."""

from __future__ import annotations

import asyncio
import base64
import io
import wave
from typing import Any

import numpy as np
import pytest
import soundfile

from provd.app import Services
from provd.sounds import Sounds
from provd.store import domains, users, voicemails
from tests.api.conftest import NOW, Api

BOX = "/domains/acme.example/users/107/voicemail"
LIST = "/domains/acme.example/users/107/voicemails"


def tone(seconds: float, rate: int = 44_100, kind: str = "FLAC", channels: int = 2) -> bytes:
    """A tone as some program would save it."""
    wave_form = np.sin(np.arange(int(seconds * rate)) * 2 * np.pi * 440 / rate).astype("float32") / 2
    out = io.BytesIO()
    soundfile.write(out, np.stack([wave_form] * channels, axis=1), rate, format=kind)
    return out.getvalue()


def leave(services: Services, seconds: float = 1.0) -> int:
    """A message for 107."""
    store = services.store
    acme = domains.by_name(store, "acme.example")
    user = users.by_extension(store, acme.id, "107")
    kept = Sounds(services.settings.data_dir / "voicemail").keep(acme.id, user.id, tone(seconds, 8_000, "WAV", 1))
    return voicemails.add(
        store, acme.id, user.id, kept.file, kept.seconds, kept.octets, NOW, number="+12145550199", name="Bob"
    ).id


@pytest.mark.gen_test
async def test_a_mailbox_tells_its_settings_and_its_space(api: Api) -> None:
    key = api.key("basic_user", user="107")
    box = (await api(key, "GET", BOX)).body
    assert (box["enabled"], box["mail"], box["used"], box["quota"]) == (True, "no", 0, 10 * 1024 * 1024)
    made = await api(key, "PATCH", BOX, {"mail": "attachment", "after_mail": "save", "copies": ["108"]})
    assert (made.body["mail"], made.body["after_mail"], made.body["copies"]) == ("attachment", "save", ["108"])
    assert (await api(key, "PATCH", BOX, {"copies": ["107"]})).status == 422
    assert (await api(key, "PATCH", BOX, {"operator": "reception"})).status == 422


@pytest.mark.gen_test
async def test_a_message_is_heard_moved_and_deleted(api: Api) -> None:
    key, message = api.key("basic_user", user="107"), leave(api.services)
    listed = (await api(key, "GET", f"{LIST}?folder=new")).body["items"]
    assert [(one["id"], one["name"], one["folder"]) for one in listed] == [(message, "Bob", "new")]
    heard = await api(key, "GET", f"{LIST}/{message}/audio")
    assert heard.headers["Content-Type"] == "audio/wav"
    with wave.open(io.BytesIO(heard.body)) as wav:
        assert (wav.getframerate(), wav.getnchannels(), wav.getsampwidth()) == (8000, 1, 2)
        assert 0.95 < wav.getnframes() / 8000 < 1.05
    assert (await api(key, "PATCH", f"{LIST}/{message}", {"folder": "saved"})).body["folder"] == "saved"
    assert (await api(key, "GET", f"{LIST}?folder=new")).body["items"] == []
    files = list((api.services.settings.data_dir / "voicemail").rglob("*.wav"))
    assert (await api(key, "DELETE", f"{LIST}/{message}")).status == 204
    assert len(files) == 1 and not files[0].exists()
    assert (await api(key, "GET", f"{LIST}/{message}/audio")).status == 404


@pytest.mark.gen_test
async def test_a_message_is_sent_on(api: Api) -> None:
    key, message = api.key("basic_user", user="107"), leave(api.services)
    assert (await api(key, "POST", f"{LIST}/{message}/copies", {"extensions": ["108", "999"]})).status == 404
    assert (await api(key, "POST", f"{LIST}/{message}/copies", {"extensions": ["108"]})).status == 204
    theirs = (await api(api.key("basic_user", user="108"), "GET", LIST.replace("107", "108"))).body["items"]
    assert [(one["name"], one["copied_from"], one["folder"]) for one in theirs] == [("Bob", "107", "new")]
    await api(key, "DELETE", f"{LIST}/{message}")
    copy = f"{LIST.replace('107', '108')}/{theirs[0]['id']}/audio"
    assert (await api(api.key("basic_user", user="108"), "GET", copy)).status == 200


@pytest.mark.gen_test
async def test_nobody_hears_the_messages_of_another(api: Api) -> None:
    message = leave(api.services)
    for key in (api.key("basic_user", user="108"), api.key("call_center_supervisor")):
        assert (await api(key, "GET", f"{LIST}/{message}/audio")).status == 403
    rival = api.key("office_manager", domain="rival.example")
    assert (await api(rival, "GET", f"{LIST}/{message}/audio")).status == 404
    assert (await api(api.key("office_manager"), "GET", f"{LIST}/{message}")).status == 200


@pytest.mark.gen_test
async def test_greetings_are_converted_and_one_is_chosen(api: Api) -> None:
    key, greetings = api.key("basic_user", user="107"), LIST.replace("voicemails", "greetings")
    sent: dict[str, Any] = {"name": "Away", "audio": base64.b64encode(tone(2, 48_000, "MP3")).decode(), "active": True}
    made = (await api(key, "POST", greetings, sent)).body
    assert (made["active"], made["source"]) == (True, "upload")
    assert 1.9 < made["seconds"] < 2.2
    assert (await api(key, "PATCH", BOX, {"greeting_id": None})).body["greeting_id"] is None
    assert (await api(key, "PATCH", BOX, {"greeting_id": made["id"]})).status == 200
    assert (await api(key, "DELETE", f"{greetings}/{made['id']}")).status == 204
    assert (await api(key, "GET", BOX)).body["greeting_id"] is None


@pytest.mark.gen_test
async def test_a_text_is_spoken_as_a_greeting(api: Api) -> None:
    key, greetings = api.key("basic_user", user="107"), LIST.replace("voicemails", "greetings")
    voices = (await api(key, "GET", "/voices")).body["items"]
    if not voices:
        pytest.skip("No speech engine is installed: apt install flite")
    sent = {"name": "Holiday", "words": "We are closed today.", "voice": voices[0]["id"], "active": True}
    made = (await api(key, "POST", f"{greetings}/spoken", sent)).body
    assert (made["source"], made["words"], made["active"]) == ("tts", "We are closed today.", True)
    assert made["seconds"] > 0.5
    assert (await api(key, "POST", f"{greetings}/spoken", {**sent, "voice": "nobody"})).status == 422
    kept = list((api.services.settings.data_dir / "voicemail").rglob("*"))
    assert len([path for path in kept if path.is_file()]) == 1


@pytest.mark.gen_test
async def test_audio_that_is_no_audio_is_refused_with_a_sentence(api: Api) -> None:
    key, greetings = api.key("basic_user", user="107"), LIST.replace("voicemails", "greetings")
    for wrong in (base64.b64encode(b"MZ not audio").decode(), "%%%", base64.b64encode(tone(0.001)[:40]).decode()):
        answer = await api(key, "POST", greetings, {"name": "Away", "audio": wrong})
        assert answer.status == 422 and answer.body["errors"][0]["field"] == "audio"
    long = base64.b64encode(tone(121, 8_000, "MP3")).decode()
    assert (await api(key, "POST", greetings, {"name": "Away", "audio": long})).status == 422
    assert not list((api.services.settings.data_dir / "voicemail").rglob("*.*"))


@pytest.mark.gen_test
async def test_clearing_messages_leaves_greetings_and_clearing_data_leaves_nothing(api: Api) -> None:
    key, greetings = api.key("basic_user", user="107"), LIST.replace("voicemails", "greetings")
    leave(api.services)
    audio = base64.b64encode(tone(1, 8_000, "WAV")).decode()
    await api(key, "POST", greetings, {"name": "Away", "audio": audio})
    assert (await api(key, "PUT", LIST.replace("voicemails", "recordedname"), {"audio": audio})).status == 204
    await api(key, "POST", f"{LIST}/clear", {})
    box = (await api(key, "GET", BOX)).body
    assert (box["new"], box["recorded_name"], len((await api(key, "GET", greetings)).body["items"])) == (0, True, 1)
    await api(key, "DELETE", BOX)
    assert (await api(key, "GET", BOX)).body["used"] == 0
    found = await asyncio.to_thread(lambda: list((api.services.settings.data_dir / "voicemail").rglob("*.wav")))
    assert found == []
