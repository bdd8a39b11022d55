"""The palette finds what people type, the best first, and nothing that the key may not read; in time at full size."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from provd.store import domains, phones, users
from tests.api.big import BIG, company_of
from tests.api.conftest import NOW, RIVAL, YEALINK, Api


async def find(api: Api, key: str, words: str, more: str = "") -> list[tuple[str, str]]:
    answer = await api(key, "GET", f"/search?q={quote(words)}{more}")
    assert answer.status == 200
    return [(one["kind"], one["ref"]) for one in answer.body["items"]]


@pytest.mark.gen_test(timeout=30)
async def test_the_very_thing_comes_first(api: Api) -> None:
    key, store = api.key("office_manager"), api.services.store
    acme = domains.by_name(store, "acme.example").id
    phones.update(store, acme, phones.by_mac(store, acme, "000413000108").id, NOW, description="Front desk")
    assert (await find(api, key, "101"))[0] == ("user", "101")
    assert (await find(api, key, "00:01:01"))[0] == ("phone", YEALINK)
    assert (await find(api, key, "80-5E-C0-00-01-01"))[0] == ("phone", YEALINK)
    assert (await find(api, key, "hopper"))[:2] == [("user", "102"), ("phone", "64167f000102")]
    assert (await find(api, key, "katherine johnson"))[0] == ("user", "106")
    assert (await find(api, key, "front DESK"))[0] == ("phone", "000413000108")
    assert (await find(api, key, "d785"))[0][0] in ("phone", "template")
    assert (await find(api, key, "sales"))[0][0] == "department"
    assert (await find(api, key, "denver"))[0][0] == "site"
    assert (await find(api, key, "reception"))[0][0] == "template"
    assert await find(api, key, "zoË") == await find(api, key, "Zoë") != []
    for nothing in ("", "   ", "%", "_", "|", "nobody at all", "\x00", "'"):
        found = await find(api, key, nothing)
        assert nothing == "'" or found == [], nothing


@pytest.mark.gen_test(timeout=30)
async def test_everybody_finds_what_they_may_read(api: Api) -> None:
    donald, katherine = api.key("basic_user", user="107"), api.key("site_manager", user="106")
    assert await find(api, donald, "ada") == []
    assert await find(api, donald, "donald") == [("user", "107"), ("phone", "000b82000107")]
    assert await find(api, donald, "yealink") == [] and await find(api, donald, "reception") == []
    assert {ref for _, ref in await find(api, katherine, "lovelace")} == set()
    assert ("user", "109") in await find(api, katherine, "berners")
    eve = api.key("office_manager", RIVAL)
    assert await find(api, eve, YEALINK[-6:]) == [] and ("user", "101") in await find(api, eve, "eve")
    assert (await api(eve, "GET", "/search?q=ada&domain=acme.example")).status == 404


@pytest.mark.gen_test(timeout=30)
async def test_the_provider_searches_every_company_and_a_reseller_the_own(api: Api) -> None:
    admin, store = api.key("super_user", None), api.services.store
    answer = (await api(admin, "GET", "/search?q=101")).body["items"]
    assert {one["domain"] for one in answer if one["kind"] == "user"} == {"acme.example", RIVAL}
    assert ("domain", RIVAL) in await find(api, admin, "rival")
    users.create_provider(store, "jo", NOW, scope="reseller")
    await api(admin, "PUT", f"/domains/{RIVAL}/resellers", {"logins": ["jo"]})
    jo = api.key("reseller", None, "jo")
    answer = (await api(jo, "GET", "/search?q=101")).body["items"]
    assert {one["domain"] for one in answer} == {RIVAL}
    assert ("domain", "acme.example") not in await find(api, jo, "acme")


@pytest.mark.gen_test(timeout=60)
async def test_ten_thousand_phones_and_two_thousand_people_are_searched(api: Api) -> None:
    store, key = api.services.store, api.key("super_user", None)
    domain_id = company_of(api.services, 10_000)
    row: dict[str, Any] = {**users.DEFAULTS, "password_hash": "", "sealed_voicemail_pin": "", "created": NOW}
    with store.transaction():
        store.sql("UPDATE phones SET description = 'Desk ' || mac WHERE domain_id = ?", (domain_id,))
        for number in range(1000, 3000):
            users._insert(store, domain_id, {**row, "extension": str(number), "first_name": f"Given{number}",
                          "last_name": "Family", "login_name": f"{number}@{BIG}"}, "", NOW)  # fmt: skip
    for words in ("1500", "given1500", "0fff", "805ec1000fff", "desk", "nothing like that", "yealink t46u", "éé"):
        assert len(await find(api, key, words, f"&domain={BIG}")) <= 20
