"""Before a template is applied one sees what would come of every phone, and nothing is written."""

from __future__ import annotations

from typing import Any

import pytest

from provd.store import layers, phones
from tests.api.big import BIG, company_of
from tests.api.conftest import RIVAL_MAC, YEALINK, Api
from tests.api.job_scenes import TEMPLATES, acme, apply, crowd, template

OTHER = "249ad8000111"
KEYS: dict[str, Any] = {"k3": {"kind": "blf", "target": "101"}, "k4": {"kind": "speed_dial", "target": "5551234"}}


@pytest.mark.gen_test(timeout=20)
async def test_each_phone_has_its_outcome(api: Api) -> None:
    key, macs, store = api.key("office_manager"), crowd(api.services, 3), api.services.store
    made = await template(api, key, **KEYS)
    path = f"{TEMPLATES}/{made}/apply/preview"
    await apply(api, key, made, phones=[macs[0]])
    own = phones.by_mac(store, acme(api.services), macs[1]).id
    said = {"3": {"kind": "speed_dial", "target": "1"}}
    layers.save(store, acme(api.services), "phone", own, 1, who="ada", values={}, keys=said)
    answer = await api(key, "POST", path, {"phones": [*macs, YEALINK, RIVAL_MAC, macs[2].upper()]})
    assert answer.status == 200
    found = {one["mac"]: (one["outcome"], one["changes"], one["text"]) for one in answer.body["items"]}
    assert found[macs[0]] == ("unaffected", 0, "It had this template already.")
    assert found[macs[1]] == ("changes", 1, "1 difference."), "its own key 3 stays"
    assert found[macs[2]] == ("changes", 2, "2 differences.")
    assert found[YEALINK][0] == "cannot" and "this phone is a yealink-t46u" in found[YEALINK][2]
    assert found[RIVAL_MAC] == ("cannot", 0, f"There is no phone {RIVAL_MAC} in this company.")
    totals = {name: answer.body[name] for name in ("total", "changes", "unaffected", "cannot", "next")}
    assert totals == {"total": 5, "changes": 2, "unaffected": 1, "cannot": 2, "next": None}
    assert phones.by_mac(store, acme(api.services), macs[2]).template_id is None, "nothing is written"
    assert (await api(key, "POST", path, {"phones": "all"})).body["total"] == 4


@pytest.mark.gen_test(timeout=20)
async def test_what_other_layers_say_already_is_no_difference(api: Api) -> None:
    key, macs = api.key("office_manager"), crowd(api.services, 2)
    old, new = await template(api, key, "Old", **KEYS), await template(api, key, "New", **KEYS)
    layer = {"keys": {"3": KEYS["k3"], "m1.1": {"kind": "blf", "target": "102"}}, "values": {"sip.expires": 700}}
    assert (await api(key, "PUT", f"{TEMPLATES}/{new}/layer", {**layer, "revision": 1})).status == 200
    await apply(api, key, old, phones=macs)
    answer = await api(key, "POST", f"{TEMPLATES}/{new}/apply/preview", {"phones": [macs[0]]})
    (one,) = answer.body["items"]
    assert one["changes"] == 3, "key 4 goes, a module's key and a setting come, key 3 stays as it is"
    assert one["text"].startswith("3 differences. Key m1.1 is on expansion module 1, and this phone has none")
    company = await api(key, "GET", "/domains/~/layer")
    said = {"values": {"sip.expires": 700}, "revision": company.body["revision"]}
    assert (await api(key, "PUT", "/domains/~/layer", said)).status == 200
    again = await api(key, "POST", f"{TEMPLATES}/{new}/apply/preview", {"phones": [macs[0]]})
    assert again.body["items"][0]["changes"] == 2


@pytest.mark.gen_test(timeout=20)
async def test_a_site_manager_looks_at_the_own_site(api: Api) -> None:
    office, katherine = api.key("office_manager"), api.key("site_manager", user="106")
    made = await template(api, office, model="yealink-t46u")
    path = f"{TEMPLATES}/{made}/apply/preview"
    (one,) = (await api(katherine, "POST", path, {"phones": [YEALINK]})).body["items"]
    assert one["text"] == f"There is no phone {YEALINK} at your site."
    assert (await api(katherine, "POST", path, {"phones": "all"})).body["total"] == 0
    assert (await api(api.key("basic_user", user="107"), "POST", path, {"phones": "all"})).status == 403
    assert (await api(office, "POST", f"{path}?outcome=perhaps", {"phones": "all"})).status == 422


@pytest.mark.gen_test(timeout=60)
async def test_ten_thousand_phones_are_looked_at_and_turned_page_by_page(api: Api) -> None:
    company_of(api.services, 10_000)
    key = api.key("super_user", None)
    body = {"name": "Desk", "model": "yealink-t46u"}
    made = (await api(key, "POST", f"/domains/{BIG}/phonetemplates", body)).body["id"]
    path = f"/domains/{BIG}/phonetemplates/{made}/apply/preview"
    first = (await api(key, "POST", path, {"phones": "all"})).body
    assert (first["total"], first["changes"], len(first["items"]), first["next"]) == (10_000, 10_000, 100, "100")
    last = await api(key, "POST", f"{path}?limit=1000&cursor=9500&outcome=changes", {"phones": "all"})
    assert len(last.body["items"]) == 500 and last.body["next"] is None
    assert (await api(key, "POST", f"{path}?outcome=cannot", {"phones": "all"})).body["items"] == []
