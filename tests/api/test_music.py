"""Music on hold through the API: of the company and of people; added, ordered, copied, heard, set; and who may."""

from __future__ import annotations

import base64
import io
import shutil
import wave
from typing import Any

import pytest

from provd.store import domains, music, users
from provd.store.music import MESSAGE
from tests.api.conftest import NOW, RIVAL, Api
from tests.api.test_voicemails import tone

COMPANY = "/domains/acme.example/music"
OWN = "/domains/acme.example/users/107/music"


def sound(seconds: float = 1.0, kind: str = "FLAC") -> str:
    return base64.b64encode(tone(seconds, kind=kind)).decode()


async def add(api: Api, key: str, base: str, name: str, kind: str = "song") -> int:
    made = await api(key, "POST", f"{base}/tracks", {"kind": kind, "name": name, "audio": sound()})
    assert made.status == 201, made.body
    return int(made.body["id"])


async def names(api: Api, key: str, base: str) -> list[str]:
    return [one["name"] for one in (await api(key, "GET", f"{base}/tracks")).body["items"]]


@pytest.mark.gen_test
@pytest.mark.parametrize("base", [COMPANY, OWN])
async def test_songs_are_uploaded_heard_ordered_copied_renamed_and_deleted(api: Api, base: str) -> None:
    key = api.key("office_manager")
    jazz, blues = await add(api, key, base, "Jazz"), await add(api, key, base, "Blues")
    heard = await api(key, "GET", f"{base}/tracks/{jazz}/audio")
    with wave.open(io.BytesIO(heard.body)) as wav:
        assert (wav.getframerate(), wav.getnchannels(), wav.getsampwidth()) == (8000, 1, 2)
        assert 0.95 < wav.getnframes() / 8000 < 1.05
    copy = await api(key, "POST", f"{base}/tracks/{jazz}/copy")
    assert (copy.status, copy.body["name"]) == (201, "Jazz Copy")
    assert await names(api, key, base) == ["Jazz", "Blues", "Jazz Copy"]
    order = {"kind": "song", "tracks": [copy.body["id"], blues, jazz]}
    assert (await api(key, "PUT", f"{base}/order", order)).status == 204
    assert (await api(key, "PATCH", f"{base}/tracks/{blues}", {"name": "Sad blues"})).body["name"] == "Sad blues"
    assert (await api(key, "DELETE", f"{base}/tracks/{jazz}")).status == 204
    assert await names(api, key, base) == ["Jazz Copy", "Sad blues"]
    assert (await api(key, "PUT", f"{base}/order", order)).status == 409, "one of them is gone"
    assert (await api(key, "GET", f"{base}/tracks/{copy.body['id']}/audio")).body == heard.body


@pytest.mark.gen_test
async def test_the_introduction_is_one_and_needs_no_name(api: Api) -> None:
    key = api.key("basic_user", user="107")
    for _ in range(2):
        assert (await api(key, "POST", f"{OWN}/tracks", {"kind": "introduction", "audio": sound()})).status == 201
    (one,) = (await api(key, "GET", f"{OWN}/tracks")).body["items"]
    assert (one["name"], one["kind"]) == ("Introduction", "introduction")
    assert (await api(key, "POST", f"{OWN}/tracks/{one['id']}/copy")).status == 409


@pytest.mark.gen_test
async def test_a_message_is_spoken_from_a_text(api: Api) -> None:
    if not shutil.which("flite"):
        pytest.skip("No speech engine is installed: apt install flite")
    key = api.key("office_manager")
    sent = {"kind": "message", "name": "Hours", "words": "We are open until five."}
    made = (await api(key, "POST", f"{COMPANY}/tracks/spoken", sent)).body
    assert (made["source"], made["words"], made["language"]) == ("tts", "We are open until five.", "en-us")
    assert made["seconds"] > 0.5
    assert (await api(key, "POST", f"{COMPANY}/tracks/spoken", {**sent, "voice": "nobody"})).status == 422
    assert (await api(key, "POST", f"{COMPANY}/tracks/spoken", {**sent, "kind": "song"})).status == 422


@pytest.mark.gen_test
async def test_what_cannot_be_kept_is_refused_in_a_sentence_and_leaves_nothing(api: Api) -> None:
    key = api.key("office_manager")
    cases: list[tuple[dict[str, Any], str]] = [
        ({"kind": "song", "name": "X", "audio": base64.b64encode(b"no audio at all").decode()}, "audio"),
        ({"kind": "song", "name": " ", "audio": sound()}, "name"),
        ({"kind": "song", "audio": sound()}, "name"),
        ({"kind": "message", "name": "Long", "audio": sound(181)}, "audio"),
        ({"kind": "song", "name": "a\x00b", "audio": sound()}, "name"),
    ]
    for body, field in cases:
        refused = await api(key, "POST", f"{COMPANY}/tracks", body)
        assert refused.status == 422
        assert [one["field"] for one in refused.body["errors"]] == [field]
    assert await names(api, key, COMPANY) == []
    assert list((api.services.settings.data_dir / "music").rglob("*.*")) == []
    acme = domains.by_name(api.services.store, "acme.example").id
    quota = music.QUOTAS["company"]
    music.add(api.services.store, music.of_company(acme), MESSAGE, "Big", "big.wav", 9.0, quota, NOW)
    assert (await api(key, "POST", f"{COMPANY}/tracks", {"kind": "song", "name": "X", "audio": sound()})).status == 409
    assert list((api.services.settings.data_dir / "music").rglob("*.wav")) == []


@pytest.mark.gen_test
async def test_settings_have_their_bounds(api: Api) -> None:
    key = api.key("office_manager")
    assert (await api(key, "GET", COMPANY)).body == {
        "shuffle": False, "gap": 30, "standard": True, "silent": False, "used": 0, "quota": 150_000_000,
    }  # fmt: skip
    made = await api(key, "PATCH", COMPANY, {"gap": 120, "shuffle": True, "silent": True})
    assert (made.body["gap"], made.body["shuffle"], made.body["silent"]) == (120, True, True)
    for wrong in (10, 32, 125, "30"):
        assert (await api(key, "PATCH", OWN, {"gap": wrong})).status == 422
    assert (await api(key, "PATCH", OWN, {"silent": True})).status == 422


@pytest.mark.gen_test
async def test_people_have_their_own_and_managers_those_they_look_after(api: Api) -> None:
    person, other = api.key("basic_user", user="107"), api.key("basic_user", user="108")
    made = await add(api, person, OWN, "Jazz")
    for method, path, body in (
        ("GET", OWN, None), ("GET", f"{OWN}/tracks", None), ("GET", f"{OWN}/tracks/{made}/audio", None),
        ("PATCH", OWN, {"gap": 45}), ("DELETE", f"{OWN}/tracks/{made}", None),
    ):  # fmt: skip
        assert (await api(other, method, path, body)).status == 403
        assert (await api(person, method, path.replace(OWN, COMPANY), body)).status in (403, 404)
    theirs = OWN.replace("107", "108")
    assert (await api(person, "GET", f"{theirs}/tracks")).status == 403
    assert (await api(other, "GET", f"{theirs}/tracks/{made}/audio")).status == 404, "not through another's address"
    rival = api.key("office_manager", domain=RIVAL)
    assert (await api(rival, "GET", OWN)).status == 404
    assert (await api(rival, "GET", COMPANY)).status == 404
    assert (await api(api.key("office_manager"), "DELETE", f"{OWN}/tracks/{made}")).status == 204


@pytest.mark.gen_test
async def test_a_site_manager_reaches_the_people_of_the_site(api: Api) -> None:
    store = api.services.store
    acme = domains.by_name(store, "acme.example").id
    manager = users.by_extension(store, acme, "106")
    near = next(one for one in users.find(store, acme).items if one.site_id == manager.site_id and one != manager)
    away = users.by_extension(store, acme, "107")
    assert away.site_id != manager.site_id
    for user in (near, away):
        music.add(store, music.of_user(acme, user.id), MESSAGE, "Hours", f"a{user.id}.wav", 9.0, 10, NOW)
    key = api.key("site_manager", user="106")
    listed = (await api(key, "GET", f"{COMPANY}/users")).body["items"]
    assert [(one["extension"], one["messages"]) for one in listed] == [(near.extension, 1)]
    assert (await api(key, "PATCH", OWN.replace("107", near.extension), {"gap": 45})).status == 200
    assert (await api(key, "GET", OWN)).status == 403
    assert (await api(key, "PATCH", COMPANY, {"gap": 60})).status == 200, "the company's too"


@pytest.mark.gen_test
async def test_the_list_hides_people_without_music_unless_it_is_told_not_to(api: Api) -> None:
    key = api.key("office_manager")
    await add(api, key, OWN, "Jazz")
    listed = (await api(key, "GET", f"{COMPANY}/users")).body["items"]
    assert [(one["extension"], one["songs"], one["introduction"]) for one in listed] == [("107", 1, False)]
    everybody = (await api(key, "GET", f"{COMPANY}/users?all=1&limit=5")).body
    assert len(everybody["items"]) == 5
    more = (await api(key, "GET", f"{COMPANY}/users?all=1&limit=5&cursor={everybody['next']}")).body["items"]
    assert more[0]["extension"] > everybody["items"][-1]["extension"]
    found = (await api(key, "GET", f"{COMPANY}/users?all=1&search=knuth")).body["items"]
    assert [one["extension"] for one in found] == ["107"]
    assert (await api(key, "GET", f"{COMPANY}/users?all=1&search=%25")).body["items"] == []


@pytest.mark.gen_test
async def test_the_standard_music_is_listed_and_heard_by_everybody(api: Api) -> None:
    key = api.key("basic_user", user="107")
    pieces = (await api(key, "GET", "/music/standard")).body["items"]
    assert len(pieces) >= 2
    heard = await api(key, "GET", f"/music/standard/{pieces[-1]['track']}/audio")
    assert heard.body[:4] == b"RIFF"
    for wrong in (0, len(pieces) + 1, "x"):
        assert (await api(key, "GET", f"/music/standard/{wrong}/audio")).status == 404
