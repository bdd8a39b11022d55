"""Phones as a spreadsheet through the API: out, tried, and in again."""

from __future__ import annotations

import pytest

from tests.api.conftest import YEALINK, Api

HERE = "/domains/acme.example/phones"


@pytest.mark.gen_test
async def test_what_was_exported_is_imported_and_changes_nothing(api: Api) -> None:
    key = api.key("office_manager")
    out = await api(key, "GET", f"{HERE}/export")
    sheet = out.body.decode()
    assert sheet.splitlines()[0] == "mac,model,extension,template,site,description"
    assert out.headers["Content-Type"].startswith("text/csv")
    report = (await api(key, "POST", f"{HERE}/import", {"csv": sheet})).body
    assert report["counts"] == {"unchanged": len(sheet.splitlines()) - 1}


@pytest.mark.gen_test
async def test_a_trial_saves_nothing_and_a_wrong_line_neither(api: Api) -> None:
    key = api.key("office_manager")
    good = "MAC;Model;Extension\n80:5e:c0:00:0a:01;T54W;107\n"
    tried = (await api(key, "POST", f"{HERE}/import", {"csv": good, "dry_run": True})).body
    assert tried["dry_run"] and not tried["saved"] and tried["counts"] == {"created": 1}
    assert (await api(key, "GET", "/phones/805ec0000a01")).status == 404
    wrong = (await api(key, "POST", f"{HERE}/import", {"csv": good + "805ec0000a02;T54W;999\n"})).body
    assert not wrong["saved"] and [line["outcome"] for line in wrong["lines"]] == ["created", "error"]
    assert (await api(key, "GET", "/phones/805ec0000a01")).status == 404
    assert (await api(key, "POST", f"{HERE}/import", {"csv": good})).body["saved"]
    phone = (await api(key, "GET", "/phones/805ec0000a01")).body
    assert phone["model"] == "yealink-t54w" and phone["user"]["extension"] == "107"


@pytest.mark.gen_test
async def test_what_is_no_sheet_is_refused_with_the_mend(api: Api) -> None:
    answer = await api(api.key("office_manager"), "POST", f"{HERE}/import", {"csv": "hello\n1\n"})
    assert answer.status == 400 and "names no column MAC" in answer.body["detail"]


@pytest.mark.parametrize(
    ("scope", "user"), [("site_manager", "106"), ("call_center_supervisor", ""), ("basic_user", "107")]
)
@pytest.mark.gen_test
async def test_a_whole_company_is_for_its_managers(api: Api, scope: str, user: str) -> None:
    key = api.key(scope, user=user)
    assert (await api(key, "GET", f"{HERE}/export")).status == 403
    assert (await api(key, "POST", f"{HERE}/import", {"csv": f"mac\n{YEALINK}\n"})).status == 403
