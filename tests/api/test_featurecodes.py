"""Feature codes of a company: one code a function, and keys of phones dial what the table says."""

from __future__ import annotations

from typing import Any

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
        "support": "(303) 555-0199",
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


@pytest.mark.gen_test(timeout=30)
async def test_the_code_for_support_calls_whom_the_provider_says(api: Api) -> None:
    office, provider = api.key("office_manager"), api.key("reseller", None)
    called = {"called": "4357", "extension": "107"}

    async def goes() -> str:
        return str((await api(office, "POST", "/domains/acme.example/trycall", called)).body["outcome"][0])

    assert "not in service" in (await goes()).lower()
    for table in ("stratus", "skyswitch"):
        await api(office, "PATCH", CODES, {"table": table})
        for said, kept, outcome in (
            ("(303) 555-0199", "+13035550199", "Outside number +13035550199"), ("108", "108", "Rings 108"),
        ):  # fmt: skip
            assert (await api(provider, "PATCH", DIALLING, {"support": said})).body["support"] == kept
            assert outcome.split()[-1] in await goes(), table
    assert (await api(provider, "PATCH", DIALLING, {"support": "help"})).status == 422


@pytest.mark.gen_test(timeout=30)
async def test_codes_of_phones_and_of_the_server_do_not_part(api: Api) -> None:
    office, company = api.key("office_manager"), "/domains/acme.example/layer"

    async def put(path: str, values: dict[str, str]) -> Any:
        return await api(office, "PUT", path, {"values": values}, headers={"If-Match": "*"})

    twice = await put(company, {"voicemail.number": "*35"})
    assert twice.status == 422 and twice.body["errors"][0]["field"] in ("values.voicemail.number", "values.pickup.code")
    assert (await put(company, {"voicemail.number": "*97"})).status == 200
    assert (await codes(api, office))["voicemail_access"] == ["*97"]
    warned = await put(f"/phones/{YEALINK}/layer", {"voicemail.number": "*62", "pickup.code": "*35"})
    assert [one["field"] for one in warned.body["warnings"]] == ["values.voicemail.number"]
    assert "*97" in warned.body["warnings"][0]["text"]
