"""The list of people: filters, sorting, counts, pages; and who sees whom."""

from __future__ import annotations

from typing import Any

import pytest

from provd.store import domains, users
from tests.api.conftest import Api

PEOPLE = "/domains/acme.example/people"


async def listed(api: Api, key: str, query: str = "") -> list[str]:
    found = await api(key, "GET", f"{PEOPLE}{query}")
    assert found.status == 200, found.body
    return [row["extension"] for row in found.body["items"]]


@pytest.mark.gen_test
async def test_a_row_tells_places_and_what_belongs_to_somebody(api: Api) -> None:
    found = (await api(api.key("office_manager"), "GET", PEOPLE)).body
    assert found["total"] == 10 and found["next"] is None
    ada = found["items"][0]
    assert ada == {
        "extension": "101", "name": "Ada Lovelace", "first_name": "Ada", "last_name": "Lovelace",
        "login_name": "101@acme.example", "scope": "office_manager", "department": "Office", "site": "Dallas",
        "emails": ["ada@acme.example"], "password_set": True, "service_code": "", "devices": 2, "phones": 2,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("?search=knuth", ["107"]),
        ("?search=ADA+love", ["101"]),
        ("?search=grace@acme", ["102"]),
        ("?search=100%25", []),
        ("?scope=site_manager", ["106"]),
        ("?department_id=1&site_id=2", ["109", "110"]),
        ("?lacks=phone", []),
        ("?lacks=email&services=1", ["8900"]),
        ("?among=103,%20110,999", ["103", "110"]),
        ("?sort=name&limit=2", ["109", "104"]),
        ("?sort=extension&descending=1&limit=1", ["110"]),
    ],
)
@pytest.mark.gen_test
async def test_filters_and_sorting(api: Api, query: str, wanted: list[str]) -> None:
    assert await listed(api, api.key("office_manager"), query) == wanted


@pytest.mark.gen_test
async def test_everybody_is_on_exactly_one_page(api: Api) -> None:
    key, seen, cursor = api.key("office_manager"), [], ""
    for _ in range(4):
        body = (await api(key, "GET", f"{PEOPLE}?sort=department&limit=3&cursor={cursor}")).body
        seen += [row["extension"] for row in body["items"]]
        cursor = body["next"]
    assert cursor is None and sorted(seen) == [str(number) for number in range(101, 111)]


@pytest.mark.gen_test
async def test_who_sees_whom(api: Api) -> None:
    denver = ["104", "105", "106", "109", "110"]
    assert await listed(api, api.key("site_manager", user="106")) == denver
    assert await listed(api, api.key("site_manager", user="106"), "?site_id=1") == []
    assert await listed(api, api.key("basic_user", user="107")) == ["107"]
    assert len(await listed(api, api.key("call_center_supervisor"))) == 10
    assert (await api(api.key("office_manager", "rival.example"), "GET", PEOPLE)).status == 404


@pytest.mark.gen_test
async def test_two_thousand_people_are_listed_at_once(api: Api) -> None:
    store: Any = api.services.store
    acme = domains.by_name(store, "acme.example").id
    with store.transaction():
        for number in range(2000):
            users.create(store, acme, str(2000 + number), 1, first_name=f"First{number}", last_name=f"Last{number}")
    key = api.key("office_manager")
    for query in ("", "?search=last19", "?sort=name", "?lacks=phone"):
        found = await api(key, "GET", f"{PEOPLE}{query}")
        assert found.status == 200 and found.body["total"] > 100


@pytest.mark.gen_test
async def test_people_are_counted_by_place_and_scope(api: Api) -> None:
    found = (await api(api.key("office_manager"), "GET", f"{PEOPLE}/counts")).body
    assert found["sites"] == {"1": 5, "2": 5} and sum(found["departments"].values()) == 10
    assert found["scopes"]["basic_user"] == 4
    denver = (await api(api.key("site_manager", user="106"), "GET", f"{PEOPLE}/counts")).body
    assert denver["sites"] == {"2": 5}
    assert (await api(api.key("basic_user", user="107"), "GET", f"{PEOPLE}/counts")).body["sites"] == {}
