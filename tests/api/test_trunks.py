"""Trunks through the API: the provider's, sealed, named once, and known to calls."""

from __future__ import annotations

import pytest

from sip_edge.call.trunk import from_address
from sip_edge.trunks import Trunks, ways_to_write
from tests.api.conftest import Api

TRUNKS = "/domains/acme.example/trunks"
NEW = {"name": "Carrier A", "host": "sip.carrier.example", "networks": ["203.0.113.0/28"], "password": "hush-hush"}


@pytest.mark.gen_test(timeout=30)
async def test_a_companys_trunk_and_one_of_the_server(api: Api) -> None:
    provider = api.key("super_user", None)
    made = await api(provider, "POST", TRUNKS, NEW | {"user_name": "acme", "place": 2})
    assert made.status == 201 and made.headers["Location"].endswith(f"/trunks/{made.body['id']}")
    assert "password" not in made.body and "hush" not in str((await api(provider, "GET", TRUNKS)).body)
    assert (await api(provider, "POST", "/trunks", NEW)).status == 409, "one name on the whole server"
    shared = (await api(provider, "POST", "/trunks", NEW | {"name": "Carrier B", "writes": "plain"})).body
    assert shared["owner"] is None and made.body["owner"] == "acme.example"
    assert (await api(provider, "GET", f"{TRUNKS}/{shared['id']}")).status == 404
    known = Trunks(api.services.store)
    await known.refresh()
    by_name = {one.name: one for one in known.all()}
    own = by_name["Carrier A"]
    assert (own.domain, own.password, own.order, own.plus) == ("acme.example", "hush-hush", 2, True)
    assert by_name["Carrier B"].domain == "" and str(by_name["Carrier B"].uri("+1214")).startswith("sip:1214@")
    assert {one.name for one in from_address(known.all(), "203.0.113.9")} == {"Carrier A", "Carrier B"}
    path = f"{TRUNKS}/{made.body['id']}"
    await api(provider, "PATCH", path, {"enabled": False, "password": ""})
    await known.refresh()
    assert [one.name for one in from_address(known.all(), "203.0.113.9")] == ["Carrier B"]
    assert (await api(provider, "DELETE", path)).status == 204
    assert (await api(provider, "GET", path)).status == 404
    trail = str((await api(provider, "GET", "/audits?domain=acme.example")).body)
    assert "Carrier A" in trail and "hush" not in trail


@pytest.mark.gen_test(timeout=30)
async def test_what_is_wrong_with_a_trunk_is_said(api: Api) -> None:
    provider = api.key("super_user", None)
    for wrong, field in (
        ({"host": "no spaces here"}, "host"), ({"networks": ["1.2.3.4.5"]}, "networks"), ({"port": 0}, "port"),
        ({"kind": "registering"}, "user_name"), ({"name": " "}, "name"), ({"most_calls": 0}, "most_calls"),
    ):  # fmt: skip
        answer = await api(provider, "POST", TRUNKS, NEW | wrong)
        assert answer.status == 422 and answer.body["errors"][0]["field"] == field, answer.body
    office = api.key("office_manager")
    assert (await api(office, "GET", TRUNKS)).status == 403, "who has a trunk hears every call"
    assert (await api(office, "GET", "/trunks")).status == 403
    reseller = api.key("reseller", None)
    assert (await api(reseller, "GET", TRUNKS)).status == 200


@pytest.mark.gen_test(timeout=30)
async def test_a_number_that_a_carrier_calls_has_an_owner_however_it_is_written(api: Api) -> None:
    known = Trunks(api.services.store)
    for number in ("+12145550140", "12145550140", "2145550140"):
        assert await known.owner_of(number) == "acme.example", number
    for number in ("+13005550140", "anonymous", "", "+" * 40):
        assert await known.owner_of(number) == "", number
    assert ways_to_write("+442079460100") == ["+442079460100"]
