"""The same API on PostgreSQL, where every call runs in a thread of the store's pool."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from tests.api.conftest import RIVAL, YEALINK, Api
from tests.api.test_any_json import every_phone_still_renders
from tests.store.conftest import new_url, postgres  # noqa: F401 - fixtures

TEMPLATES = "/domains/acme.example/phonetemplates"


@pytest.fixture
def database_url(new_url: Callable[..., str]) -> str:  # noqa: F811 - the fixture
    return new_url()


pytestmark = pytest.mark.parametrize("new_url", ["postgresql"], indirect=True)


@pytest.mark.gen_test(timeout=60)
async def test_a_day_of_an_office_manager(api: Api, finish_jobs: Any) -> None:
    key, provider = api.key("office_manager"), api.key("super_user", None)
    user = {"extension": "120", "first_name": "New", "password": "a-good-password", "emails": ["n@acme.example"]}
    assert (await api(provider, "POST", "/domains/acme.example/users", user)).status == 201
    device = await api(key, "POST", "/domains/~/users/120/devices", {"name": "120"})
    phone = {"mac": "249ad8000999", "model": "yealink-t54w", "lines": [{"line": 1, "device": "120"}]}
    assert device.status == 201 and (await api(key, "POST", "/domains/~/phones", phone)).status == 201
    assert (await api(key, "PUT", "/phones/249ad8000999/keys/5", {"kind": "blf", "target": "101"})).status == 200
    made = await api(key, "POST", TEMPLATES, {"name": "Like this", "phone": "249ad8000999"})
    accepted = await api(key, "POST", f"{TEMPLATES}/{made.body['id']}/apply", {"phones": "all"})
    await finish_jobs()
    assert (await api(key, "GET", f"/jobs/{accepted.body['id']}")).body["done"] == 2
    effective = (await api(key, "GET", "/phones/249ad8000111/effective")).body
    assert ("5", "101") in [(one["position"], one["value"]) for one in effective["keys"]]
    assert (await api(key, "GET", f"/domains/{RIVAL}")).status == 404
    for path in ("/domains/~/users/%00", "/domains/~/phones?search=%00", "/domains/~/users?cursor=%ED%A0%80"):
        assert (await api(key, "GET", path)).status in (200, 404, 422), path
    await every_phone_still_renders(api)


@pytest.mark.gen_test(timeout=60)
async def test_of_two_editors_at_the_same_moment_one_is_told(api: Api) -> None:
    key, path = api.key("office_manager"), f"/phones/{YEALINK}/layer"
    bodies = [{"values": {"sip.expires": 600 + number}, "revision": 0} for number in range(6)]
    answers = await asyncio.gather(*(api(key, "PUT", path, body) for body in bodies))
    assert sorted(answer.status for answer in answers) == [200, 409, 409, 409, 409, 409]
    assert (await api(key, "GET", path)).body["revision"] == 1
