"""Many phones pasted or scanned at once, and unknown ones adopted."""

from __future__ import annotations

import time
from typing import Any

import pytest

from provd.store import events
from provd.store.rows import Knock
from tests.api.conftest import RIVAL, RIVAL_MAC, YEALINK, Api

MANY = "/domains/acme.example/phones/many"
T54W = "yealink-t54w"


def knock(api: Api, mac: str, model: str = T54W, *, stored: bool = False) -> None:
    now = int(time.time())
    one = Knock(mac, now, now, 3, "10.1.4.9", "Yealink SIP-T54W 96.86.0.1", "Yealink", model, "")
    if stored:
        events.add_knocks(api.services.store, [one])
    else:
        api.services.recorder.knock(one)


async def added(api: Api, **body: Any) -> list[tuple[int, str]]:
    answer = await api(api.key("office_manager"), "POST", MANY, body)
    assert answer.status == 200, answer.body
    items: list[dict[str, Any]] = answer.body["items"]
    assert answer.body["created"] == sum(item["outcome"] == "created" for item in items)
    return [(item["line"], item["outcome"]) for item in items]


@pytest.mark.gen_test
async def test_every_line_says_what_became_of_it(api: Api) -> None:
    lines = [
        "80:5E:C0:00:0A:01", "805ec0000a02 107", "", "805E.C000.0A01", YEALINK, "no mac at all", "805ec0000a03",
        "805ec0000a04 999", RIVAL_MAC,
    ]  # fmt: skip
    assert await added(api, lines=lines, model=T54W, users=["109"], site_id=1, minutes=60) == [
        (1, "created"), (2, "created"), (4, "twice"), (5, "here"), (6, "no_mac"), (7, "created"), (8, "no_user"),
        (9, "cannot"),
    ]  # fmt: skip
    key = api.key("office_manager")
    first = (await api(key, "GET", "/phones/805ec0000a01")).body
    assert first["lines"][0]["device"] == "109a" and first["site_id"] == 1, "109 has a phone: it is a new device"
    assert first["admission"]["open_until"] > time.time() + 3000
    assert (await api(key, "GET", "/phones/805ec0000a03")).body["lines"] == []
    trail = (await api(key, "GET", "/audits")).body["items"]
    assert any("805ec0000a02" in str(row["changed"]) for row in trail)


@pytest.mark.gen_test
async def test_a_phone_that_knocks_tells_its_model(api: Api) -> None:
    knock(api, "805ec0000a01")
    knock(api, "805ec0000a02", stored=True)
    knock(api, "805ec0000a03", model="")
    outcomes = await added(api, lines=["805ec0000a01", "805ec0000a02", "805ec0000a03", "aabbccddee02"], model="auto")
    assert outcomes == [(1, "created"), (2, "created"), (3, "no_model"), (4, "no_model")]
    assert (await api(api.key("office_manager"), "GET", "/phones/805ec0000a02")).body["model"] == T54W
    assert [one.mac for one in api.services.recorder.knocks()] == ["805ec0000a03"]
    body = {"lines": ["805ec0000a04"], "model": "auto", "template_id": 1}
    assert (await api(api.key("office_manager"), "POST", MANY, body)).status == 422


@pytest.mark.gen_test
async def test_whose_phone_it_is_elsewhere_is_not_told(api: Api) -> None:
    key = api.key("office_manager")
    one = (await api(key, "POST", MANY, {"lines": [RIVAL_MAC], "model": "auto"})).body["items"][0]
    other = (await api(key, "POST", MANY, {"lines": ["001565aabb02"], "model": "auto"})).body["items"][0]
    assert (one["outcome"], one["text"]) == (other["outcome"], other["text"]), "like one that nobody knows"
    taken = (await api(key, "POST", MANY, {"lines": [RIVAL_MAC], "model": T54W})).body["items"][0]
    assert RIVAL not in taken["text"] and "company" not in taken["text"]


@pytest.mark.gen_test
async def test_site_managers_add_to_their_site(api: Api) -> None:
    key, lines = api.key("site_manager", user="106"), ["805ec0000a01"]
    assert (await api(key, "POST", MANY, {"lines": lines, "model": T54W})).status == 403
    assert (await api(key, "POST", MANY, {"lines": lines, "model": T54W, "site_id": 2})).status == 200
    assert (await api(api.key("basic_user", user="101"), "POST", MANY, {"lines": lines, "model": T54W})).status == 403
    assert (await api(key, "POST", MANY, {"lines": lines * 501, "model": T54W, "site_id": 2})).status == 422


@pytest.mark.gen_test
async def test_the_provider_adopts_a_phone_that_knocks(api: Api) -> None:
    provider = api.key("super_user", None)
    knock(api, "805ec0000a01")
    body = {"domain": "acme.example", "user": "107", "site_id": 1}
    assert (await api(api.key("office_manager"), "POST", "/knocks/805ec0000a01/adopt", body)).status == 403
    made = await api(provider, "POST", "/knocks/80:5E:C0:00:0A:01/adopt", body)
    assert made.status == 201 and made.headers["Location"] == "/api/v2/phones/805ec0000a01"
    assert (made.body["model"], made.body["domain"], made.body["state"]) == (T54W, "acme.example", "waiting")
    assert made.body["lines"][0]["user"] == "107" and made.body["admission"]["open_until"] > time.time() + 1700
    assert (await api(provider, "GET", "/knocks")).body["items"] == []
    assert (await api(provider, "POST", "/knocks/805ec0000a01/adopt", body)).status == 404
    knock(api, "805ec0000a02", model="")
    assert (await api(provider, "POST", "/knocks/805ec0000a02/adopt", body)).status == 422, "which model?"
    assert (await api(provider, "POST", "/knocks/805ec0000a02/adopt", body | {"domain": "none.example"})).status == 404
    chosen = await api(provider, "POST", "/knocks/805ec0000a02/adopt", body | {"model": "yealink-t46u", "minutes": 0})
    assert chosen.status == 201 and chosen.body["admission"] is None
