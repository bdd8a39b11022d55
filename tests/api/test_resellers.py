"""A reseller sees the companies given to them and those that they made; every other route of every other is 404."""

from __future__ import annotations

import pytest

from provd.store import domains, jobs, users
from tests.api.conftest import NOW, RIVAL, RIVAL_MAC, YEALINK, Api
from tests.api.test_tenancy import WALKED, path_of


async def jo(api: Api, *companies: str) -> str:
    """The key of the reseller jo, who looks after these companies."""
    users.create_provider(api.services.store, "jo", NOW, scope="reseller")
    admin = api.key("super_user", None)
    for name in companies:
        assert (await api(admin, "PUT", f"/domains/{name}/resellers", {"logins": ["jo"]})).status == 200
    return api.key("reseller", None, "jo")


@pytest.mark.gen_test(timeout=60)
async def test_every_route_about_a_company_that_was_not_given_is_404(api: Api) -> None:
    key = await jo(api, RIVAL)
    acme = domains.by_name(api.services.store, "acme.example").id
    assert jobs.create(api.services.store, acme, "other work", [YEALINK], 1, created_by="x").id == 1
    for endpoint in WALKED:
        answer = await api(key, endpoint.method, path_of(endpoint.path), {} if endpoint.body else None)
        assert answer.status == 404, f"{endpoint.method} {endpoint.path} answered {answer.status}: {answer.body}"


@pytest.mark.gen_test(timeout=30)
async def test_a_company_that_was_given_is_managed_like_before_until_it_is_taken(api: Api) -> None:
    key, admin = await jo(api, RIVAL), api.key("super_user", None)
    assert [one["name"] for one in (await api(key, "GET", "/domains")).body["items"]] == [RIVAL]
    assert (await api(key, "PATCH", f"/domains/{RIVAL}", {"description": "Mine"})).status == 200
    assert (await api(key, "POST", f"/domains/{RIVAL}/users", {"extension": "120"})).status == 201
    assert [one["mac"] for one in (await api(key, "GET", f"/domains/{RIVAL}/phones")).body["items"]] == [RIVAL_MAC]
    assert (await api(key, "PUT", f"/domains/{RIVAL}/resellers", {"logins": []})).status == 403
    assert (await api(key, "GET", f"/domains/{RIVAL}/resellers")).body == {"logins": ["jo"]}
    unknown = await api(admin, "PUT", f"/domains/{RIVAL}/resellers", {"logins": ["admin"]})
    assert unknown.status == 422 and "no reseller" in unknown.body["detail"]
    assert (await api(admin, "PUT", f"/domains/{RIVAL}/resellers", {"logins": []})).status == 200
    assert (await api(key, "GET", f"/domains/{RIVAL}")).status == 404
    assert (await api(key, "GET", "/domains")).body["items"] == []


@pytest.mark.gen_test(timeout=30)
async def test_a_company_that_a_reseller_makes_is_theirs(api: Api) -> None:
    key = await jo(api)
    assert (await api(key, "POST", "/domains", {"name": "new.example"})).status == 201
    assert [one["name"] for one in (await api(key, "GET", "/domains")).body["items"]] == ["new.example"]
    assert (await api(key, "DELETE", "/domains/new.example")).status == 204


@pytest.mark.gen_test(timeout=30)
async def test_what_belongs_to_no_company_is_bounded_too(api: Api) -> None:
    key, admin = await jo(api, RIVAL), api.key("super_user", None)
    await api(admin, "PATCH", "/domains/acme.example", {"description": "Not theirs"})
    await api(admin, "PATCH", f"/domains/{RIVAL}", {"description": "Theirs"})
    assert {row["domain"] for row in (await api(key, "GET", "/audits")).body["items"]} == {RIVAL}
    (own,) = (await api(key, "GET", "/apikeys")).body["items"]
    assert own["user"] == "jo"
    others = [one["id"] for one in (await api(admin, "GET", "/apikeys")).body["items"] if one["id"] != own["id"]]
    assert others and (await api(key, "DELETE", f"/apikeys/{others[0]}")).status == 404
    for body in ({"name": "x", "scope": "reseller"}, {"name": "x", "scope": "super_user"}):
        assert (await api(key, "POST", "/apikeys", body)).status == 403, body
    made = await api(key, "POST", "/apikeys", {"name": "x", "scope": "reseller", "user": "jo"})
    assert made.status == 201 and (await api(made.body["key"], "GET", "/domains/acme.example")).status == 404
    assert (await api(key, "GET", "/jobs")).status == 403
    assert (await api(key, "GET", "/layers/server")).status == 200
    assert (await api(key, "GET", "/layers/server?secrets=1")).status == 403
    assert (await api(key, "GET", "/models")).status == 200 and (await api(key, "GET", "/me")).status == 200


@pytest.mark.gen_test(timeout=30)
async def test_the_key_of_a_reseller_dies_with_their_login(api: Api) -> None:
    key = await jo(api, RIVAL)
    store = api.services.store
    store.sql("UPDATE users SET scope = 'super_user' WHERE login_name = 'jo'")
    assert (await api(key, "GET", "/me")).status == 401
    store.sql("DELETE FROM users WHERE login_name = 'jo'")
    assert (await api(key, "GET", "/me")).status == 401
