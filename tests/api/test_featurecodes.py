"""Feature codes of a company: one code a function, and keys of phones dial what the table says."""

from __future__ import annotations

import pytest

from tests.api.conftest import YEALINK, Api

CODES = "/domains/acme.example/featurecodes"
DIALLING = "/domains/acme.example/dialling"


async def codes(api: Api, key: str) -> dict[str, list[str]]:
    return {one["function"]: one["codes"] for one in (await api(key, "GET", CODES)).body["items"]}


@pytest.mark.gen_test(timeout=30)
async def test_a_table_and_the_companys_own_codes(api: Api) -> None:
    office = api.key("office_manager")
    assert (await codes(api, office))["forward_always_on"] == ["*72"]
    await api(office, "PATCH", CODES, {"table": "skyswitch"})
    assert (await codes(api, office))["forward_always_on"] == ["*40", "*72"]
    changed = await api(office, "PATCH", CODES, {"own": {"dnd_on": "*76", "support": ""}})
    assert changed.body["own"] == {"dnd_on": "*76", "support": ""}
    taken = await api(office, "PATCH", CODES, {"own": {"dnd_off": "*76"}})
    assert taken.status == 422 and "Do not disturb" in taken.body["detail"]
    assert (await api(office, "PATCH", CODES, {"own": {"nothing": "*1"}})).status == 422
    assert (await api(office, "PATCH", CODES, {"own": {"dnd_on": "x1"}})).status == 422
    await api(office, "PATCH", CODES, {"own": {"dnd_on": None}})
    assert (await codes(api, office))["dnd_on"] == ["*78"]
    basic = api.key("basic_user", user="107")
    assert (await api(basic, "GET", CODES)).status == 200, "everybody may know what to dial"
    assert (await api(basic, "PATCH", CODES, {"table": "stratus"})).status == 403


@pytest.mark.gen_test(timeout=30)
async def test_keys_of_phones_dial_the_code_of_the_table(api: Api) -> None:
    office = api.key("office_manager")
    before = (await api(office, "GET", f"/phones/{YEALINK}/files/{YEALINK}.cfg")).body
    assert b"*541" in before
    await api(office, "PATCH", CODES, {"own": {"timeframe_toggle": "*56", "queue_toggle": "*57"}})
    after = (await api(office, "GET", f"/phones/{YEALINK}/files/{YEALINK}.cfg")).body
    assert b"*561" in after and b"*541" not in after
    assert (await codes(api, office))["timeframe_toggle"] == ["*56"]
    dialled = await api(office, "POST", "/domains/acme.example/trycall", {"called": "*561", "extension": "101"})
    assert dialled.body["outcome"] == ["Rules of a time frame on or off: 1"]


@pytest.mark.gen_test(timeout=30)
async def test_how_the_company_dials_is_the_providers(api: Api) -> None:
    office, provider = api.key("office_manager"), api.key("reseller", None)
    said = {
        "emergency": ["999"], "caller_id_number": "214-555-0140", "emergency_caller_id": "+12145550141",
        "translations": [{"dialled": "9*", "means": "*"}, {"dialled": "8XXX", "means": "+12145550190"}],
    }  # fmt: skip
    assert (await api(office, "PATCH", DIALLING, said)).status == 403
    saved = (await api(provider, "PATCH", DIALLING, said)).body
    assert saved["caller_id_number"] == "+12145550140"
    assert (await api(office, "GET", DIALLING)).body == saved
    tried = "/domains/acme.example/trycall"
    for called, outcome in (
        ("999", "Emergency call to 999, showing +12145550141"), ("911", "Emergency call to 911, showing +12145550141"),
        ("93035550111", "Outside number +13035550111, showing +12145550140"),
        ("8123", "Outside number +12145550190, showing +12145550140"), ("9911", "Emergency call to 911"),
    ):  # fmt: skip
        answer = await api(office, "POST", tried, {"called": called, "extension": "107"})
        assert answer.body["outcome"][0].startswith(outcome), (called, answer.body["outcome"])
    for wrong in (
        [{"dialled": "9", "means": "*"}],
        [{"dialled": "9*9", "means": "1"}],
        [{"dialled": "a", "means": "1"}],
    ):
        assert (await api(provider, "PATCH", DIALLING, {"translations": wrong})).status == 422, wrong
