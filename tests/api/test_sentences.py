"""What the system says: listed, heard, replaced for one company, and as it was shipped again."""

from __future__ import annotations

import base64
import io
import wave

import pytest

from provd.sentences import SHIPPED
from sip_edge.media.prompts import Prompts
from tests.api.conftest import RIVAL, Api
from tests.api.test_voicemails import tone

HERE = "/domains/acme.example/sentences"


@pytest.mark.gen_test(timeout=30)
async def test_a_sentence_is_replaced_for_one_company_and_taken_back(api: Api) -> None:
    key, voices = api.key("office_manager"), Prompts(api.services.settings.data_dir)
    listed = {one["id"]: one for one in (await api(key, "GET", HERE)).body["items"]}
    assert listed["mailbox-full"] == {
        "id": "mailbox-full", "words": "This mailbox is full and cannot take messages.", "own": False,
    }  # fmt: skip
    assert len(listed) == len(list((SHIPPED / "en").glob("*.wav")))
    shipped = (await api(key, "GET", f"{HERE}/mailbox-full/audio")).body
    sent = {"audio": base64.b64encode(tone(1.5)).decode()}
    assert (await api(key, "PUT", f"{HERE}/mailbox-full", sent)).status == 204
    heard = await api(key, "GET", f"{HERE}/mailbox-full/audio")
    with wave.open(io.BytesIO(heard.body)) as wav:
        assert (wav.getframerate(), wav.getnchannels(), wav.getnframes()) == (8000, 1, 12_000)
    assert voices.path("mailbox-full", domain="acme.example").read_bytes() == heard.body, "calls hear it at once"
    assert voices.path("mailbox-full", domain=RIVAL).read_bytes() == shipped
    listed = {one["id"]: one["own"] for one in (await api(key, "GET", HERE)).body["items"]}
    assert [name for name, own in listed.items() if own] == ["mailbox-full"]
    assert (await api(key, "DELETE", f"{HERE}/mailbox-full")).status == 204
    assert (await api(key, "GET", f"{HERE}/mailbox-full/audio")).body == shipped


@pytest.mark.gen_test(timeout=30)
async def test_a_sentence_is_spoken_by_a_voice(api: Api) -> None:
    key = api.key("office_manager")
    assert (await api(key, "PUT", f"{HERE}/goodbye/spoken", {"words": "Thank you, and goodbye."})).status == 204
    own = Prompts(api.services.settings.data_dir).path("goodbye", domain="acme.example")
    with wave.open(str(own)) as wav:
        assert wav.getframerate() == 8000 and wav.getnframes() > 8000
    assert [one.name for one in own.parent.iterdir()] == ["goodbye.wav"], "nothing else is left"


@pytest.mark.gen_test(timeout=30)
async def test_what_is_no_audio_no_sentence_or_not_theirs_changes_nothing(api: Api) -> None:
    key, folder = api.key("office_manager"), api.services.settings.data_dir / "prompts"
    noise = {"audio": base64.b64encode(b"no audio").decode()}
    assert (await api(key, "PUT", f"{HERE}/goodbye", noise)).status == 422
    for name in ("nothing", "..%2f..%2fsecret", "goodbye.wav", "GOODBYE"):
        assert (await api(key, "PUT", f"{HERE}/{name}", noise)).status == 404
        assert (await api(key, "GET", f"{HERE}/{name}/audio")).status == 404
        assert (await api(key, "DELETE", f"{HERE}/{name}")).status == 404
    assert not [one for one in folder.rglob("*") if one.is_file()]
    assert (await api(api.key("basic_user", user="107"), "GET", HERE)).status == 403
    assert (await api(api.key("office_manager", RIVAL), "PUT", f"{HERE}/goodbye", noise)).status == 404


@pytest.mark.gen_test(timeout=30)
async def test_own_sounds_go_along_when_the_company_is_renamed_and_away_when_it_is_deleted(api: Api) -> None:
    key = api.key("super_user", None)
    shipped = await api(key, "GET", f"{HERE}/goodbye/audio")
    for name in ("one.example", "two.example"):
        assert (await api(key, "POST", "/domains", {"name": name})).status == 201
    sent = {"audio": base64.b64encode(tone(1)).decode()}
    assert (await api(key, "PUT", "/domains/one.example/sentences/goodbye", sent)).status == 204
    own = (await api(key, "GET", "/domains/one.example/sentences/goodbye/audio")).body
    assert (await api(key, "PATCH", "/domains/one.example", {"name": "uno.example"})).status == 200
    assert (await api(key, "GET", "/domains/uno.example/sentences/goodbye/audio")).body == own != shipped.body
    assert (await api(key, "DELETE", "/domains/uno.example")).status == 204
    assert (await api(key, "PATCH", "/domains/two.example", {"name": "uno.example"})).status == 200
    assert (await api(key, "GET", "/domains/uno.example/sentences/goodbye/audio")).body == shipped.body
