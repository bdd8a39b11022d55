"""The trail, by who, what, which and when."""

from __future__ import annotations

import time

import pytest

from provd.store import audit, domains
from tests.api.conftest import YEALINK, Api

USERS = "/domains/acme.example/users"


@pytest.mark.gen_test(timeout=30)
async def test_the_trail_is_narrowed_by_who_what_which_and_when(api: Api) -> None:
    office, donald = api.key("office_manager"), api.key("basic_user", user="107")
    await api(office, "PATCH", f"{USERS}/107", {"first_name": "Don"})
    await api(donald, "PATCH", f"{USERS}/~", {"password": "literate programming"})
    await api(office, "PATCH", f"/phones/{YEALINK}", {"description": "Front desk"})

    async def refs(query: str) -> list[str]:
        return [row["ref"] for row in (await api(office, "GET", f"/audits?{query}")).body["items"]]

    assert await refs("") == [YEALINK, "107@acme.example", "107@acme.example"]
    assert await refs("noun=phone") == [YEALINK] and await refs(f"ref={YEALINK}") == [YEALINK]
    assert await refs("noun=user&action=update") == ["107@acme.example"] * 2
    assert await refs("action=delete") == [] and await refs("who=nobody") == []
    me = (await api(donald, "GET", "/me")).body["name"]
    key_number = me.split()[1]
    (own,) = (await api(office, "GET", f"/audits?who=key%20{key_number}%20&noun=user")).body["items"]
    assert own["who"] == me and own["changed"] == {"password": ["••••••••", "••••••••"]}
    now = int(time.time())
    assert await refs(f"until={now - 60}") == [] and len(await refs(f"since={now - 60}&until={now + 60}")) == 3


@pytest.mark.gen_test(timeout=30)
async def test_pages_go_on_where_the_last_ended_whatever_the_filter(api: Api) -> None:
    office, store = api.key("office_manager"), api.services.store
    acme = domains.by_name(store, "acme.example").id
    for number in range(7):
        noun = "user" if number % 2 else "phone"
        audit.record(store, number, who="x", domain_id=acme, action="update", noun=noun, ref=number)
    first = (await api(office, "GET", "/audits?noun=phone&limit=3")).body
    second = (await api(office, "GET", f"/audits?noun=phone&limit=3&cursor={first['next']}")).body
    assert [row["ref"] for row in first["items"] + second["items"]] == ["6", "4", "2", "0"] and second["next"] is None
