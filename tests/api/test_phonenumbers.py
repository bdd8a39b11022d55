"""Phone numbers through the API: treatments, who may, search, export."""

from __future__ import annotations

import csv
import io

import pytest

from tests.api.conftest import RIVAL, Api

NUMBERS = "/domains/acme.example/phonenumbers"
MAIN, DID, SUPPORT = (f"{NUMBERS}/+121455501{end}" for end in ("40", "42", "45"))


@pytest.mark.gen_test
async def test_a_number_is_one_however_it_is_written(api: Api) -> None:
    provider, office = api.key("reseller", None), api.key("office_manager")
    made = await api(provider, "POST", NUMBERS, {"number": "(972) 555-0199", "treatment": "user", "destination": "102"})
    assert made.status == 201 and made.headers["Location"].endswith("/phonenumbers/+19725550199")
    shown = {"number": "+19725550199", "national": "(972) 555-0199", "title": "User 102 Grace Hopper", "did": True}
    assert shown.items() <= made.body.items() and made.body["problem"] is None
    for way in ("+19725550199", "19725550199", "972-555-0199", "%2B1%20972%20555%200199"):
        assert (await api(office, "GET", f"{NUMBERS}/{way}")).body["number"] == "+19725550199", way
    assert (await api(provider, "POST", NUMBERS, {"number": "5550140"})).status == 409  # 214 is the company's area
    assert (await api(provider, "POST", f"/domains/{RIVAL}/phonenumbers", {"number": "+12145550140"})).status == 409
    for wrong in ("911", "abc", "+1", "", "+12145550140;ext=3"):
        answer = await api(provider, "POST", NUMBERS, {"number": wrong})
        assert answer.status == 422 and answer.body["errors"][0]["field"] == "number", wrong
    assert (await api(provider, "DELETE", f"{NUMBERS}/+19725550199")).status == 204
    assert (await api(office, "GET", f"{NUMBERS}/+19725550199")).status == 404


@pytest.mark.gen_test
async def test_without_plus_a_number_is_of_the_companys_country(api: Api) -> None:
    provider = api.key("super_user", None)
    assert (await api(provider, "PATCH", f"/domains/{RIVAL}", {"country": "GB"})).body["country"] == "GB"
    made = await api(provider, "POST", f"/domains/{RIVAL}/phonenumbers", {"number": "020 7946 0100"})
    assert (made.body["number"], made.body["national"]) == ("+442079460100", "020 7946 0100")
    assert (await api(provider, "PATCH", f"/domains/{RIVAL}", {"country": "XX"})).status == 422


@pytest.mark.gen_test
async def test_every_treatment_with_a_destination_of_its_kind(api: Api) -> None:
    office = api.key("office_manager")
    for treatment, destination, title in (
        ("user", "8900", "User 8900 Inbound Routing"), ("voicemail", "101", "Voicemail 101 Ada Lovelace"),
        ("pstn", "5550190", "PSTN Number +12145550190"), ("conference", "6000", "Conference 6000"),
        ("call_queue", "400", "Call Queue 400"), ("auto_attendant", "300", "Auto Attendant 300"),
        ("fax_server", "700", "Fax Server 700"), ("available", "", "Available"),
    ):  # fmt: skip
        answer = await api(office, "PATCH", MAIN, {"treatment": treatment, "destination": destination})
        assert (answer.status, answer.body.get("title")) == (200, title), answer.body
        later = treatment in ("conference", "call_queue", "auto_attendant", "fax_server", "available")
        assert ("callers hear" in (answer.body["problem"] or "")) == later, treatment
        assert answer.body["did"] is False
    for body in (
        {"treatment": "user", "destination": "999"}, {"treatment": "user", "destination": ""},
        {"treatment": "voicemail"}, {"treatment": "pstn", "destination": "12"},
        {"treatment": "call_queue", "destination": "x"},
        {"treatment": "available", "destination": "101"}, {"treatment": "teleport"}, {"caller_id_prefix": "x" * 21},
        {"notes": "a\nb"}, {"number": "+12145550999"}, {},
    ):  # fmt: skip
        assert (await api(office, "PATCH", MAIN, body)).status == 422, body
    assert (await api(office, "GET", MAIN)).body["title"] == "Available"


@pytest.mark.gen_test
async def test_calls_follow_a_person_to_another_extension_and_are_told_when_they_leave(api: Api) -> None:
    provider = api.key("super_user", None)
    assert (await api(provider, "PATCH", "/domains/acme.example/users/101", {"extension": "191"})).status == 200
    assert (await api(provider, "GET", DID)).body["destination"] == "191"
    assert (await api(provider, "DELETE", "/domains/acme.example/users/191")).status == 200
    left = (await api(provider, "GET", DID)).body
    assert (left["treatment"], left["destination"], left["did"]) == ("user", "", False) and "is gone" in left["problem"]
    noted = (await api(provider, "PATCH", DID, {"notes": "Was Ada's"})).body
    assert noted["notes"] == "Was Ada's" and "is gone" in noted["problem"]
    off = (await api(provider, "PATCH", DID, {"enabled": False, "destination": "102"})).body
    assert off["title"] == "User 102 Grace Hopper" and "switched off" in off["problem"]


@pytest.mark.gen_test
async def test_lists_are_searched_filtered_and_paged(api: Api) -> None:
    office = api.key("office_manager")

    async def found(query: str) -> list[str]:
        return [one["number"][-4:] for one in (await api(office, "GET", f"{NUMBERS}?{query}")).body["items"]]

    assert await found("search=lovelace") == ["0142"] and await found("search=SECURITY%20building") == ["0144"]
    assert await found("search=(214)%20555-0145") == ["0145"] and await found("search=%25") == []
    assert await found("treatment=user") == ["0140", "0141", "0142", "0140", "0142"]
    assert await found("site_id=2") == ["0140", "0142"]
    first = (await api(office, "GET", f"{NUMBERS}?limit=4")).body
    rest = (await api(office, "GET", f"{NUMBERS}?cursor={first['next'].replace('+', '%2B')}")).body
    assert len(first["items"]) == 4 and len(rest["items"]) == 5 and rest["next"] is None
    rival = api.key("office_manager", RIVAL)
    assert (await api(rival, "GET", "/domains/~/phonenumbers")).body["items"] == []
    assert (await api(rival, "GET", "/domains/~/phonenumbers/+12145550140")).status == 404


@pytest.mark.gen_test
async def test_a_site_manager_edits_the_numbers_of_the_site_and_nobody_below_sees_any(api: Api) -> None:
    katherine = api.key("site_manager", user="106")
    listed = (await api(katherine, "GET", NUMBERS)).body["items"]
    assert [one["number"] for one in listed] == ["+13035550140", "+13035550142"]
    assert (await api(katherine, "GET", f"{NUMBERS}?site_id=1")).body["items"] == []
    own = f"{NUMBERS}/+13035550142"
    assert (await api(katherine, "PATCH", own, {"destination": "110"})).body["title"] == "User 110 Zoë O'Brien"
    assert (await api(katherine, "PATCH", own, {"site_id": 1})).status == 403
    assert (await api(katherine, "GET", MAIN)).status == 403
    assert (await api(katherine, "PATCH", MAIN, {"notes": "x"})).status == 403
    for key in (katherine, api.key("office_manager")):
        assert (await api(key, "POST", NUMBERS, {"number": "+12145550150"})).status == 403
        assert (await api(key, "DELETE", own)).status == 403
    for key in (api.key("basic_user", user="107"), api.key("call_center_supervisor")):
        for path in (NUMBERS, own, f"{NUMBERS}/export"):
            assert (await api(key, "GET", path)).status == 403
    exported = (await api(katherine, "GET", f"{NUMBERS}/export")).body.decode()
    assert "+13035550140" in exported and "+1214" not in exported


@pytest.mark.gen_test
async def test_the_export_is_a_spreadsheet_without_formulas(api: Api) -> None:
    office = api.key("office_manager")
    assert (await api(office, "PATCH", MAIN, {"notes": '=cmd|"/c"!A1', "caller_id_prefix": "@x"})).status == 200
    answer = await api(office, "GET", f"{NUMBERS}/export")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.body.decode())))
    assert len(rows) == 9
    assert rows[0] == {
        "number": "+12145550140", "treatment": "User", "destination": "8900", "name": "Inbound Routing",
        "caller_id_prefix": "'@x", "notes": '\'=cmd|"/c"!A1', "enabled": "yes",
    }  # fmt: skip
    some = (await api(office, "GET", f"{NUMBERS}/export?treatment=voicemail")).body.decode().splitlines()
    assert len(some) == 2 and some[1].startswith("+12145550143,Voicemail,107,Donald Knuth")


@pytest.mark.gen_test
async def test_what_is_exported_can_be_imported_and_lists_of_numbers_too(api: Api) -> None:
    provider, office = api.key("reseller", None), api.key("office_manager")
    sheet = (await api(office, "GET", f"{NUMBERS}/export")).body
    sheet = sheet.decode() if isinstance(sheet, bytes) else sheet
    assert (await api(office, "POST", f"{NUMBERS}/import", {"csv": sheet})).status == 403
    lines = sheet.count("\n") - 1
    same = (await api(provider, "POST", f"{NUMBERS}/import", {"csv": sheet})).body
    assert (same["created"], same["changed"], same["skipped"]) == (0, lines, 0), same
    assert (await api(office, "GET", f"{NUMBERS}/export")).body in (sheet, sheet.encode())
    new = (await api(provider, "POST", f"{NUMBERS}/import", {"csv": "972 555 0101\n\n972 555 0102\nnone\n"})).body
    assert (new["created"], new["skipped"]) == (2, 1) and new["wrong"][0]["line"] == 4
    assert (await api(office, "GET", f"{NUMBERS}/+19725550101")).body["treatment"] == "available"
    said = "Phone Number,Application,To,Prefix,Notes,In service\n9725550101,Call Queue,400,'=Q,x,no\n"
    assert (await api(provider, "POST", f"{NUMBERS}/import", {"csv": said})).body["changed"] == 1
    found = (await api(office, "GET", f"{NUMBERS}/+19725550101")).body
    assert (found["title"], found["caller_id_prefix"], found["enabled"]) == ("Call Queue 400", "=Q", False)
    long = await api(provider, "POST", f"{NUMBERS}/import", {"csv": "number\n" + "1\n" * 5_001})
    assert long.status == 422
