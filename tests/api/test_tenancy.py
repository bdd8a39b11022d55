"""Another company's things do not exist: every route, walked with the key of somebody else."""

from __future__ import annotations

import re

import pytest

from provd.api import scope
from provd.api.routes import endpoints
from provd.api.scope import Place, Who
from provd.store import domains, jobs, layers, phones
from tests.api.conftest import RIVAL, RIVAL_MAC, YEALINK, Api

ACME = {
    "domain": "acme.example", "site": "1", "department": "1", "user": "101", "device": "101", "contact": "1",
    "mac": YEALINK, "position": "2", "name": f"{YEALINK}.cfg", "template": "1", "revision": "1", "job": "1",
}  # fmt: skip
WALKED = [
    endpoint
    for endpoint in endpoints()
    if {"domain", "mac", "job"} & set(endpoint.parameters)
]  # fmt: skip


def path_of(template: str) -> str:
    return re.sub(r"\{(\w+)\}", lambda found: ACME.get(found[1], "1"), template)


@pytest.mark.gen_test(timeout=60)
@pytest.mark.parametrize("scope_of_eve", ["office_manager", "call_center_supervisor", "site_manager", "basic_user"])
async def test_every_route_about_a_company_is_404_for_another(api: Api, scope_of_eve: str) -> None:
    eve = api.key(scope_of_eve, RIVAL, "101" if scope_of_eve in scope.PERSONAL else "")
    acme = domains.by_name(api.services.store, "acme.example").id
    job = jobs.create(api.services.store, acme, "other work", [YEALINK], 1, created_by="key 1 (test)")
    assert job.id == 1 and len(WALKED) > 80
    for endpoint in WALKED:
        answer = await api(eve, endpoint.method, path_of(endpoint.path), {} if endpoint.body else None)
        assert answer.status == 404, f"{endpoint.method} {endpoint.path} answered {answer.status}: {answer.body}"


@pytest.mark.gen_test(timeout=30)
async def test_lists_without_a_company_hold_only_the_own(api: Api) -> None:
    eve = api.key("office_manager", RIVAL)
    api.key("office_manager")
    assert [one["name"] for one in (await api(eve, "GET", "/domains")).body["items"]] == [RIVAL]
    assert [one["mac"] for one in (await api(eve, "GET", "/phones")).body["items"]] == [RIVAL_MAC]
    assert {one["domain"] for one in (await api(eve, "GET", "/apikeys")).body["items"]} == {RIVAL}
    assert (await api(eve, "GET", "/audits")).body["items"] == []
    assert (await api(eve, "GET", "/phones?domain=acme.example")).status == 404
    assert (await api(eve, "GET", "/audits?domain=acme.example")).status == 404
    assert (
        await api(eve, "POST", "/apikeys?domain=acme.example", {"name": "x", "scope": "office_manager"})
    ).status == 404


@pytest.mark.gen_test(timeout=30)
async def test_what_belongs_elsewhere_cannot_be_named_in_a_body(api: Api) -> None:
    store, eve = api.services.store, api.key("office_manager", RIVAL)
    path = f"/phones/{RIVAL_MAC}"
    for body in ({"site_id": 1}, {"template_id": 1}, {"lines": [{"line": 1, "device": "102"}]}):
        assert (await api(eve, "PATCH", path, body)).status == 404, body
    taken = await api(eve, "POST", f"/domains/{RIVAL}/phones", {"mac": YEALINK, "model": "yealink-t46u"})
    assert taken.status == 409 and "acme" not in taken.body["detail"]
    rival = domains.by_name(store, RIVAL).id
    assert phones.by_mac(store, rival, RIVAL_MAC).site_id is None
    assert layers.history(store, rival, "company", rival) == []


def test_no_right_of_a_company_reaches_another_or_the_server() -> None:
    for action in scope.RIGHTS:
        for name in scope.RANKS:
            who = Who("eve", name, domain_id=2, site_id=3, user_id=4)
            assert not scope.may(who, action, Place(1, 3, frozenset({4}))), (name, action)
            if action not in scope.OF_NOBODY:
                assert not scope.may(who, action, Place()), (name, action)


def test_a_company_key_with_a_scope_of_the_provider_is_worth_nothing() -> None:
    who = Who("forged", "super_user", domain_id=2)
    assert not any(scope.may(who, action, Place(2)) for action in scope.RIGHTS)
    assert not scope.sees(who, 1)
