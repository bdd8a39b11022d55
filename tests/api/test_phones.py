"""Companies, phones, lines, tokens and windows through the API."""

from __future__ import annotations

import pytest

from provd.exchange import Answer, PhoneRequest
from provd.seal import MASK
from provd.store import devices, domains
from provd.store.rows import Knock
from tests.api.conftest import YEALINK, Api

PHONES = "/domains/acme.example/phones"
NEW = {"mac": "80-5E-C0-00-09-99", "model": "yealink-t54w", "lines": [{"line": 1, "device": "109"}], "site_id": 2}


async def fetched(api: Api, path: str) -> bytes:
    """What a phone gets that asks for this path."""
    request = PhoneRequest(path, "203.0.113.9", "http", user_agent="Yealink SIP-T54W 96.86.0.1")
    answer = api.services.provisioning.answer(request)
    settled = answer if isinstance(answer, Answer) else await answer
    return settled.body if settled.status == 200 else b""


@pytest.mark.gen_test
async def test_a_new_phone_fetches_its_file_at_once(api: Api) -> None:
    key = api.key("office_manager")
    made = await api(key, "POST", PHONES, NEW)
    assert made.status == 201 and made.headers["Location"] == "/api/v2/phones/805ec0000999"
    assert made.body["mac"] == "805ec0000999" and made.body["lines"][0]["name"] == "Tim Berners-Lee"
    url = made.body["provisioning"]["http"].removeprefix("http://pbx.test:8080/")
    assert b"account.1.user_name = 109" in await fetched(api, f"{url}805ec0000999.cfg")
    assert (await api(key, "POST", PHONES, NEW)).status == 409


@pytest.mark.gen_test
async def test_a_phone_that_cannot_be_is_refused(api: Api) -> None:
    key = api.key("office_manager")
    for change in (
        {"mac": "nonsense"}, {"mac": "ffffffffffff"}, {"model": "yealink-t999"}, {"site_id": 2**31},
        {"lines": [{"line": 1, "device": "109"}, {"line": 1, "device": "110"}]}, {"template_id": 1},
        {"admission": {"networks": ["10.0.0.0/99"]}}, {"time_zone": "Mars/Base"},
    ):  # fmt: skip
        assert (await api(key, "POST", PHONES, NEW | change)).status == 422, change
    raw = b'{"mac": "805ec0000999", "model": "yealink-t54w", "admission": {"open_until": 1e400}}'
    assert (await api(key, "POST", PHONES, raw=raw)).status == 422
    assert (await api(key, "POST", PHONES, NEW | {"lines": [{"line": 1, "device": "999"}]})).status == 404


@pytest.mark.gen_test
async def test_phones_are_found_by_what_people_know(api: Api) -> None:
    key = api.key("office_manager")

    async def found(query: str) -> list[str]:
        return [one["mac"] for one in (await api(key, "GET", f"{PHONES}?{query}")).body["items"]]

    assert await found("search=lovelace") == ["249ad8000111", YEALINK]
    assert await found("user=103") == ["482567000103"]
    assert await found("model=snom-d785") == ["000413000108"]
    assert await found("template_id=1") == [YEALINK]
    assert await found("search=%25") == []
    first = (await api(key, "GET", f"{PHONES}?limit=4")).body
    second = (await api(key, "GET", f"{PHONES}?limit=100&cursor={first['next']}")).body
    assert len(first["items"]) == 4 and len(second["items"]) == 7 and second["next"] is None


@pytest.mark.gen_test
async def test_a_change_is_in_the_trail_with_old_and_new(api: Api) -> None:
    key = api.key("office_manager")
    body = {"description": "Front desk", "lines": [{"line": 1, "device": "101"}]}
    assert (await api(key, "PATCH", f"/phones/{YEALINK}", body)).status == 200
    row = (await api(key, "GET", "/audits")).body["items"][0]
    assert (row["action"], row["noun"], row["ref"]) == ("update", "phone", YEALINK)
    assert row["changed"]["description"] == ["", "Front desk"] and len(row["changed"]["lines"][0]) == 2
    assert (await api(key, "PATCH", f"/phones/{YEALINK}", {})).status == 422


@pytest.mark.gen_test
async def test_secrets_of_a_phone_are_marks_until_asked_for(api: Api) -> None:
    office, katherine = api.key("office_manager"), api.key("site_manager", user="106")
    phone = "/phones/c074ad000106"
    assert MASK in (await api(office, "GET", phone)).body["provisioning"]["http"]
    shown = (await api(office, "GET", f"{phone}?secrets=1")).body
    assert MASK not in str(shown["provisioning"]) and len(shown["digest"]["password"]) == 24
    assert (await api(katherine, "GET", f"{phone}?secrets=1")).status == 403


@pytest.mark.gen_test
async def test_lost_hardware_opens_nothing_any_more(api: Api) -> None:
    key = api.key("office_manager")
    path = f"/phones/{YEALINK}"
    old = (
        (await api(key, "GET", f"{path}?secrets=1")).body["provisioning"]["http"].removeprefix("http://pbx.test:8080/")
    )
    assert b"password" in await fetched(api, f"{old}{YEALINK}.cfg")
    new = (await api(key, "DELETE", f"{path}/token")).body["provisioning"]["http"].removeprefix("http://pbx.test:8080/")
    assert await fetched(api, f"{old}{YEALINK}.cfg") == b""
    assert b"account.1.user_name = 101" in await fetched(api, f"{new}{YEALINK}.cfg")


@pytest.mark.gen_test
async def test_other_hardware_takes_a_phones_place(api: Api) -> None:
    key = api.key("office_manager")
    swapped = await api(key, "POST", f"/phones/{YEALINK}/swap", {"mac": "805ec0000777"})
    assert swapped.status == 200 and swapped.body["swapped_from"] == YEALINK and len(swapped.body["lines"]) == 2
    assert (await api(key, "GET", f"/phones/{YEALINK}")).status == 404
    assert (await api(key, "POST", "/phones/805ec0000777/swap", {"mac": "805ec0000777"})).status == 422


@pytest.mark.gen_test
async def test_a_window_opens_for_minutes_and_closes(api: Api) -> None:
    key, store = api.key("office_manager"), api.services.store
    acme = domains.by_name(store, "acme.example").id
    password = devices.password(store, acme, devices.by_name(store, acme, "101").id).encode()
    file = f"p/{YEALINK}.cfg"
    for window in (f"/phones/{YEALINK}/bootstrap", "/domains/~/bootstrap"):
        assert (await api(key, "POST", window, {"minutes": 10})).status == 200
        assert password in await fetched(api, file)
        assert (await api(key, "DELETE", window)).status == 200
        assert b"account.1.user_name = 101" in await fetched(api, file)
        assert password not in await fetched(api, file)
    assert (await api(key, "POST", "/domains/~/bootstrap", {"minutes": 100_000})).status == 422


@pytest.mark.gen_test
async def test_the_companys_token_is_followed_by_the_next(api: Api) -> None:
    key, reader = api.key("office_manager"), api.key("basic_user", user="107")
    before = (await api(key, "GET", "/domains/~")).body["provisioning"]["https"]
    assert MASK in (await api(reader, "GET", "/domains/~")).body["provisioning"]["https"]
    rotated = (await api(key, "POST", "/domains/~/token")).body
    assert rotated["provisioning"]["https"] != before and rotated["tokens"][-1]["state"] == "next"
    promoted = (await api(key, "POST", "/domains/~/token/promote")).body
    assert promoted["tokens"][-1]["state"] == "current"


@pytest.mark.gen_test
async def test_a_company_comes_and_goes_with_all_that_is_in_it(api: Api) -> None:
    key = api.key("reseller", None)
    made = await api(key, "POST", "/domains", {"name": "new.example", "time_zone": "Europe/Berlin"})
    assert made.status == 201 and made.body["provisioning"]["tftp"].startswith("tftp://pbx.test:6969/p/")
    assert (await api(key, "POST", "/domains", {"name": "new.example"})).status == 409
    assert (await api(key, "POST", "/domains", {"name": "Not a name"})).status == 422
    phone = {"mac": "805ec0000555", "model": "yealink-t46u"}
    assert (await api(key, "POST", "/domains/new.example/phones", phone)).status == 201
    assert (await api(key, "DELETE", "/domains/new.example")).status == 204
    assert (await api(key, "GET", "/phones/805ec0000555")).status == 404
    await api.services.fleet.catch_up()
    assert (await api(key, "GET", "/domains/new.example")).status == 404


@pytest.mark.gen_test
async def test_who_knocked_is_for_the_provider_and_forgotten_once_known(api: Api) -> None:
    mac = "805ec0000999"
    api.services.recorder.knock(Knock(mac, 1, 2, 3, "203.0.113.9", "Yealink", "Yealink", "", "Nobody knows it."))
    chief = api.key("super_user", None)
    assert [one["mac"] for one in (await api(chief, "GET", "/knocks")).body["items"]] == [mac]
    assert (await api(api.key("office_manager"), "GET", "/knocks")).status == 403
    assert (await api(chief, "POST", PHONES, NEW)).status == 201
    assert (await api(chief, "GET", "/knocks")).body["items"] == []
