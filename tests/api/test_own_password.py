"""One's own password: changed by whoever knows the present one, and by nobody else."""

from __future__ import annotations

import pytest

from provd import seal
from provd.store import sessions, users
from tests.api.conftest import NOW, Api

OWN = "/me/password"


def opens(api: Api, password: str) -> bool:
    user = users.by_login(api.services.store, "107@acme.example")
    assert user is not None
    return seal.verify_password(users.password_hash(api.services.store, user.id), password)


@pytest.mark.gen_test(timeout=30)
async def test_the_present_password_is_asked_and_others_are_signed_out(api: Api) -> None:
    store, key = api.services.store, api.key("basic_user", user="107")
    user = users.by_login(store, "107@acme.example")
    assert user is not None
    token = sessions.create(store, user.id, NOW, address="", agent="")
    wrong = await api(key, "POST", OWN, {"current": "guess", "password": "a new password"})
    assert wrong.status == 422 and wrong.body["errors"][0]["field"] == "current"
    assert sessions.find(store, token, NOW) is not None and opens(api, "demo-password")
    done = await api(key, "POST", OWN, {"current": "demo-password", "password": "a new password"})
    assert done.status == 204 and opens(api, "a new password") and sessions.find(store, token, NOW) is None
    trail = str((await api(api.key("office_manager"), "GET", "/audits?noun=password")).body)
    assert "107@acme.example" in trail and "a new password" not in trail


@pytest.mark.parametrize("password", ["short", "107@acme.example", "x" * 201, "with\u0000control"])
@pytest.mark.gen_test(timeout=30)
async def test_a_password_that_breaks_a_rule_is_refused(api: Api, password: str) -> None:
    key = api.key("basic_user", user="107")
    refused = await api(key, "POST", OWN, {"current": "demo-password", "password": password})
    assert refused.status == 422 and refused.body["errors"][0]["field"] == "password" and opens(api, "demo-password")


@pytest.mark.gen_test(timeout=30)
async def test_guessing_is_stopped_and_a_key_of_nobody_has_no_password(api: Api) -> None:
    key = api.key("basic_user", user="109")
    for _ in range(10):
        assert (await api(key, "POST", OWN, {"current": "guess", "password": "a new password"})).status == 422
    stopped = await api(key, "POST", OWN, {"current": "demo-password", "password": "a new password"})
    assert stopped.status == 429
    nobody = await api(api.key("office_manager"), "POST", OWN, {"current": "x", "password": "a new password"})
    assert nobody.status == 409 and "stands for nobody" in nobody.body["detail"]
