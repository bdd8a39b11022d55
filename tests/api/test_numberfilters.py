"""Blocked and allowed numbers, of people and of the company, and the import of a spreadsheet."""

from __future__ import annotations

import pytest

from tests.api.conftest import Api

COMPANY = "/domains/acme.example/number-filters"
ADAS = "/domains/acme.example/users/101/number-filters"


@pytest.mark.gen_test(timeout=30)
async def test_a_persons_number_is_on_one_of_two_lists(api: Api) -> None:
    ada = api.key("basic_user", user="101")
    made = await api(ada, "POST", ADAS, {"number": "(303) 555-0111"})
    assert made.status == 201 and (made.body["number"], made.body["kind"]) == ("+13035550111", "block")
    assert (await api(ada, "POST", ADAS, {"number": "+13035550111"})).status == 409
    assert (await api(ada, "POST", ADAS, {"number": "303-555-0111", "kind": "allow"})).body["kind"] == "allow"
    assert (await api(ada, "POST", ADAS, {"number": "107", "kind": "block"})).body["number"] == "107"
    assert [(one["number"], one["kind"]) for one in (await api(ada, "GET", ADAS)).body["items"]] == [
        ("+13035550111", "allow"), ("107", "block"),
    ]  # fmt: skip
    assert (await api(ada, "POST", ADAS, {"number": "x"})).body["errors"][0]["field"] == "number"
    assert (await api(ada, "DELETE", f"{ADAS}/107")).status == 204
    assert (await api(ada, "DELETE", f"{ADAS}/107")).status == 404
    donald = api.key("basic_user", user="107")
    assert (await api(donald, "GET", ADAS)).status == 403
    assert (await api(ada, "GET", COMPANY)).status == 403, "the company's list is the office manager's"


@pytest.mark.gen_test(timeout=30)
async def test_a_spreadsheet_of_numbers_is_imported_with_counts(api: Api) -> None:
    office = api.key("office_manager")
    await api(office, "POST", COMPANY, {"number": "8885550100"})
    template = await api(office, "GET", f"{COMPANY}/template")
    assert b"+12145550100" in template.body
    sheet = 'Number,Who\n888-555-0100,again\n8885550101,new\n\n"(888) 555-0101",twice\nnobody,\n\'+18885550102,cell\n'
    done = (await api(office, "POST", f"{COMPANY}/import", {"csv": "\ufeff" + sheet})).body
    assert (done["imported"], done["duplicates"], done["skipped"]) == (2, 2, 1)
    assert done["wrong"][0]["line"] == 6 and "nobody" in done["wrong"][0]["text"]
    listed = (await api(office, "GET", f"{COMPANY}?search=555-0102")).body["items"]
    assert [one["number"] for one in listed] == ["+18885550102"]
    for wrong in ("", "Number\n", "a\x00b"):
        assert (await api(office, "POST", f"{COMPANY}/import", {"csv": wrong})).status == 422, wrong
    assert (await api(office, "DELETE", f"{COMPANY}/+18885550102")).status == 204


@pytest.mark.gen_test(timeout=30)
async def test_pages_go_on_where_the_one_before_ended(api: Api) -> None:
    office = api.key("office_manager")
    sheet = "".join(f"888555{n:04}\n" for n in range(100, 107))
    await api(office, "POST", f"{COMPANY}/import", {"csv": sheet})
    seen, cursor = [], ""
    while True:
        found = (await api(office, "GET", f"{COMPANY}?limit=3&cursor={cursor.replace('+', '%2B')}")).body
        seen += [one["number"] for one in found["items"]]
        if found["next"] is None:
            break
        cursor = found["next"]
    assert seen == [f"+1888555{n:04}" for n in range(100, 107)]
