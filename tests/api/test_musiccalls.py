"""Messages recorded by phone through the API: the server calls, somebody speaks, the message is there."""

from __future__ import annotations

import pytest

from provd.store import domains, music
from provd.store.music import MESSAGE
from tests.api.conftest import NOW, Api
from tests.api.test_recordingcalls import office

COMPANY = "/domains/acme.example/music"
OWN = "/domains/acme.example/users/107/music"


@pytest.mark.gen_test(timeout=30)
@pytest.mark.parametrize(
    ("base", "sent", "shown"),
    [
        (OWN, {"kind": "introduction"}, ("introduction", "Introduction")),
        (COMPANY, {"kind": "message", "name": "Hours"}, ("message", "Hours")),
    ],
)
async def test_what_is_spoken_into_the_phone_is_played_to_who_waits(
    api: Api, base: str, sent: dict[str, str], shown: tuple[str, str]
) -> None:
    key = api.key("basic_user", user="107") if base == OWN else api.key("office_manager")
    async with office(api) as here:
        made = await api(key, "POST", f"{base}/call", {"to": "107", **sent})
        assert (made.status, made.body["state"]) == (202, "ringing")
        into = await here.rung()
        into.reply(into.invite, 200, here.desk.sdp)
        await here.speak(4.0)
        assert (await api(key, "GET", f"{base}/call/{made.body['id']}")).body["state"] == "kept"
        await here.until(lambda: not here.media.legs)
    (one,) = (await api(key, "GET", f"{base}/tracks")).body["items"]
    assert (one["kind"], one["name"], one["source"], one["seconds"]) == (*shown, "phone", 4.0)
    assert (await api(key, "GET", f"{base}/tracks/{one['id']}/audio")).body[:4] == b"RIFF"


@pytest.mark.gen_test
async def test_nobody_is_called_for_what_cannot_be_kept(api: Api) -> None:
    key, store = api.key("office_manager"), api.services.store
    unnamed = await api(key, "POST", f"{COMPANY}/call", {"to": "107", "kind": "message"})
    assert (unnamed.status, unnamed.body["errors"][0]["field"]) == (422, "name")
    acme = domains.by_name(store, "acme.example").id
    for n in range(music.MOST_TRACKS):
        music.add(store, music.of_company(acme), MESSAGE, "M", f"m{n}.wav", 9.0, 10, NOW)
    full = await api(key, "POST", f"{COMPANY}/call", {"to": "107", "kind": "message", "name": "More"})
    assert full.status == 409 and "all there can be" in full.body["detail"]


@pytest.mark.gen_test(timeout=30)
async def test_who_has_no_extension_has_one_of_the_company_called(api: Api) -> None:
    key = api.key("super_user", domain=None)
    async with office(api):
        refused = await api(key, "POST", f"{COMPANY}/call", {"to": "+12145550177", "kind": "introduction"})
        assert refused.status == 409 and "no extension" in refused.body["detail"]
        made = await api(key, "POST", f"{COMPANY}/call", {"to": "107", "kind": "introduction"})
        assert (await api(key, "GET", f"{COMPANY}/call/{made.body['id']}")).body["state"] == "ringing"
        person, other = api.key("basic_user", user="107"), api.key("basic_user", user="108")
        assert (await api(person, "GET", f"{COMPANY}/call/{made.body['id']}")).status == 403
        assert (await api(other, "GET", f"{OWN.replace('107', '108')}/call/{made.body['id']}")).status == 404
