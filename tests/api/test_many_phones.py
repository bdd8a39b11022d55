"""A change for 10,000 phones is one row, and reaches each of them."""

from __future__ import annotations

from typing import Any

import pytest

from provd.store import layers
from tests.api.big import BIG, company_of
from tests.api.conftest import Api


@pytest.mark.gen_test(timeout=60)
async def test_a_setting_of_a_company_of_ten_thousand_phones(api: Api) -> None:
    company_of(api.services, 10_000)
    key = api.key("super_user", None)
    await api(key, "GET", "/me")
    for number in range(5):
        body = {"values": {"sip.expires": 600 + number}, "revision": number}
        assert (await api(key, "PUT", f"/domains/{BIG}/layer", body)).status == 200
    patched = await api(key, "PATCH", f"/domains/{BIG}", {"time_zone": "Europe/Berlin"})
    assert patched.status == 200
    effective = (await api(key, "GET", "/phones/805ec1000fff/effective")).body["values"]
    assert effective["sip.expires"]["value"] == 604 and effective["time.zone"]["value"] == "Europe/Berlin"


@pytest.mark.gen_test(timeout=60)
async def test_a_page_of_a_hundred_phones(api: Api) -> None:
    company_of(api.services, 10_000)
    key = api.key("super_user", None)
    found = (await api(key, "GET", f"/domains/{BIG}/phones?limit=100")).body
    assert len(found["items"]) == 100 and found["next"]


@pytest.mark.gen_test(timeout=60)
async def test_a_template_reaches_two_thousand_phones(api: Api, finish_jobs: Any) -> None:
    domain_id = company_of(api.services, 2_000)
    key = api.key("super_user", None)
    body = {"name": "Desk", "model": "yealink-t46u"}
    template = (await api(key, "POST", f"/domains/{BIG}/phonetemplates", body)).body["id"]
    path = f"/domains/{BIG}/phonetemplates/{template}/apply"
    accepted = await api(key, "POST", path, {"phones": "all"})
    await finish_jobs()
    job = (await api(key, "GET", f"/jobs/{accepted.body['id']}")).body
    assert (job["state"], job["done"]) == ("done", 2_000)
    assert layers.history(api.services.store, domain_id, "company", domain_id) == []
