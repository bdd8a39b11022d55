"""Settings through the API: checked, sealed, versioned, and never overwritten silently."""

from __future__ import annotations

from typing import Any

import pytest

from provd.seal import MASK
from provd.store import domains, layers, phones
from tests.api.conftest import YEALINK, Api

LAYER = f"/phones/{YEALINK}/layer"
COMPANY = "/domains/acme.example/layer"


async def saved(api: Api, key: str, path: str, body: dict[str, Any]) -> Any:
    """Replace a layer on its present version."""
    before = await api(key, "GET", path)
    return await api(key, "PUT", path, body, headers={"If-Match": before.headers["ETag"]})


@pytest.mark.gen_test
async def test_two_editors_cannot_overwrite_each_other_silently(api: Api) -> None:
    key = api.key("office_manager")
    seen = (await api(key, "GET", LAYER)).headers["ETag"]
    first, second = {"values": {"time.format": "24"}}, {"values": {"calls.waiting": False}}
    assert (await api(key, "PUT", LAYER, first, headers={"If-Match": seen})).status == 200
    assert (await api(key, "PUT", LAYER, second, headers={"If-Match": seen})).status == 412
    assert (await api(key, "PUT", LAYER, {**second, "revision": 0})).status == 409
    assert (await api(key, "PUT", LAYER, second)).status == 428
    assert (await api(key, "GET", LAYER)).body["values"] == {"time.format": "24"}
    forced = await api(key, "PUT", LAYER, second, headers={"If-Match": "*"})
    assert forced.status == 200 and forced.body["revision"] == 2
    assert (await api(key, "PUT", LAYER, {**first, "revision": 2})).status == 200


@pytest.mark.gen_test
async def test_secrets_are_sealed_masked_and_kept_when_a_mark_comes_back(api: Api) -> None:
    key, store = api.key("office_manager"), api.services.store
    body = {"values": {"admin.password": "Wh1sper"}, "raw": {"wifi.password": "Sh0ut", "phone_setting.ring": "3"}}
    answer = await saved(api, key, LAYER, body)
    assert answer.body["values"]["admin.password"] == MASK and answer.body["raw"]["wifi.password"] == MASK
    assert answer.body["raw"]["phone_setting.ring"] == "3"
    rows = store.sql("SELECT settings, raw FROM layers WHERE kind = 'phone'").fetchall()
    assert "Wh1sper" not in str(rows) and "Sh0ut" not in str(rows)
    again = {**body, "values": {"admin.password": MASK, "time.format": "24"}, "raw": {"wifi.password": MASK}}
    assert (await saved(api, key, LAYER, again)).status == 200
    shown = (await api(key, "GET", f"{LAYER}?secrets=1")).body
    assert shown["values"]["admin.password"] == "Wh1sper" and shown["raw"] == {"wifi.password": "Sh0ut"}
    trail = str((await api(key, "GET", "/audits")).body)
    assert "Wh1sper" not in trail and "Sh0ut" not in trail and "show" in trail


@pytest.mark.gen_test
async def test_a_mark_where_there_never_was_a_secret_is_refused(api: Api) -> None:
    answer = await saved(api, api.key("office_manager"), LAYER, {"values": {"admin.password": MASK}})
    assert answer.status == 422 and answer.body["errors"][0]["field"] == "values.admin.password"


@pytest.mark.gen_test
async def test_everything_that_is_wrong_is_said_and_nothing_is_saved(api: Api) -> None:
    key = api.key("office_manager")
    body = {
        "values": {"sip.port": 0, "nonsense": 1, "audio.codecs": ["g722", "mp3"]},
        "keys": {"x": {"kind": "none"}, "m9.1": {"kind": "blf", "target": "101"}},
        "raw": {"bad name": "1", "phone_setting.x": "a\nb"},
    }
    answer = await saved(api, key, LAYER, body)
    assert answer.status == 422
    assert {error["field"] for error in answer.body["errors"]} == {
        "values.sip.port", "values.nonsense", "values.audio.codecs", "keys.x", "keys.m9.1", "raw.bad name",
        "raw.phone_setting.x",
    }  # fmt: skip
    assert (await api(key, "GET", LAYER)).body["revision"] == 0


@pytest.mark.gen_test
async def test_what_the_model_cannot_do_is_not_saved_and_what_may_surprise_is_told(api: Api) -> None:
    key = api.key("office_manager")
    beyond = await saved(api, key, LAYER, {"keys": {"28": {"kind": "blf", "target": "102"}}})
    assert beyond.status == 422 and "it has 27 keys" in beyond.body["detail"]
    nobody = await saved(api, key, LAYER, {"keys": {"9": {"kind": "blf", "target": "199"}}})
    assert nobody.status == 200
    assert [(one["field"], one["severity"]) for one in nobody.body["warnings"]] == [("keys.9.target", "warning")]


@pytest.mark.gen_test
async def test_an_error_that_was_there_before_does_not_lock_the_phone(api: Api) -> None:
    """A company-wide vendor parameter of another vendor must not keep people from editing their phone."""
    key, ht = api.key("office_manager"), "/phones/000b82000110/layer"
    assert (await saved(api, key, COMPANY, {"raw": {"phone_setting.ring": "1"}})).status == 200
    assert (await saved(api, key, ht, {"values": {"time.format": "24"}})).status == 200
    assert (await saved(api, key, ht, {"values": {"audio.codecs": ["g722"]}})).status == 422


@pytest.mark.gen_test
async def test_a_version_can_be_seen_and_saved_again(api: Api) -> None:
    key = api.key("office_manager")
    await saved(api, key, LAYER, {"values": {"time.format": "24"}, "comment": "As in Denver"})
    await saved(api, key, LAYER, {"values": {}})
    versions = (await api(key, "GET", f"/phones/{YEALINK}/history")).body["items"]
    assert [(one["revision"], one["comment"]) for one in versions] == [(2, ""), (1, "As in Denver")]
    assert (await api(key, "GET", f"/phones/{YEALINK}/history/1")).body["values"] == {"time.format": "24"}
    restored = await api(key, "POST", f"/phones/{YEALINK}/restore", {"revision": 1})
    assert restored.body["revision"] == 3 and restored.body["values"] == {"time.format": "24"}
    assert (await api(key, "POST", f"/phones/{YEALINK}/restore", {"revision": 9})).status == 404


@pytest.mark.gen_test
async def test_only_a_super_user_sets_what_holds_for_everybody(api: Api) -> None:
    reseller, chief = api.key("reseller", None), api.key("super_user", None)
    for path in ("/layers/server", "/layers/brands/yealink", "/layers/models/yealink-t46u"):
        assert (await api(reseller, "PUT", path, {"revision": 0})).status == 403
        assert (await saved(api, chief, path, {"values": {"time.format": "24"}})).status == 200
    assert (await api(chief, "GET", "/layers/brands/nobody")).status == 404
    effective = (await api(chief, "GET", f"/phones/{YEALINK}/effective")).body
    assert effective["values"]["time.format"] == {"value": "24", "origin": "model yealink-t46u"}


@pytest.mark.gen_test
async def test_a_template_is_judged_by_its_model(api: Api) -> None:
    key, path = api.key("office_manager"), "/domains/acme.example/phonetemplates/3/layer"
    assert (await api(key, "GET", "/domains/acme.example/phonetemplates/3")).body["model"] == "cisco-cp-8851"
    answer = await saved(api, key, path, {"keys": {"3": {"kind": "dtmf", "target": "*1"}}})
    assert answer.status == 422 and answer.body["errors"][0]["field"] == "keys.3.kind"
    assert (await saved(api, key, path, {"keys": {"3": {"kind": "cascade"}}})).status == 200


@pytest.mark.gen_test
async def test_a_change_is_noted_on_the_phones_own_trail(api: Api) -> None:
    key, store = api.key("office_manager"), api.services.store
    await saved(api, key, LAYER, {"values": {"time.format": "24"}})
    await api.services.recorder.flush()
    events = (await api(key, "GET", f"/phones/{YEALINK}/events?kind=config_changed")).body["items"]
    assert [(one["kind"], one["protocol"]) for one in events] == [("config_changed", "api")]
    acme = domains.by_name(store, "acme.example").id
    phone = phones.by_mac(store, acme, YEALINK)
    assert layers.get(store, acme, "phone", phone.id).revision == 1
