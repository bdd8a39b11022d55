"""Try a call: decided by the code of real calls, and kept as tests that say what would now go elsewhere."""

from __future__ import annotations

import pytest

from tests.api.conftest import Api

TRY = "/domains/acme.example/trycall"
ROUTING = "/domains/acme.example/users/8900/answerrules"
MAIN = {"called": "+12145550140", "number": "(303) 555-0111"}


async def rules_of_8900(api: Api, key: str) -> None:
    """On holidays to Donald, else in open hours to Ada, else to Grace's mailbox."""
    await api(key, "PATCH", f"{ROUTING}/4", {"always": {"kind": "user", "value": "107"}})
    await api(key, "PATCH", f"{ROUTING}/2", {"always": {"kind": "user", "value": "101"}})
    await api(key, "PATCH", f"{ROUTING}/*", {"always": {"kind": "voicemail", "value": "102"}})
    assert (await api(key, "PUT", f"{ROUTING}/reorder", {"timeframes": [4, 2]})).status == 200


@pytest.mark.gen_test(timeout=30)
async def test_a_call_before_and_after_the_office_closes(api: Api) -> None:
    office = api.key("office_manager")
    await rules_of_8900(api, office)
    open_ = (await api(office, "POST", TRY, MAIN | {"at": "2027-04-06T16:59"})).body
    assert open_["outcome"] == [
        "Ringing of 101 Ada Lovelace: 101 and 101a for 25 seconds",
        "If busy or unanswered: Voicemail of 101 Ada Lovelace",
    ]
    assert any("“Open hours” is in force: Tuesday 08:00–17:00" in step for step in open_["stages"][0]["steps"])
    assert open_["zone"] == "America/Chicago" and open_["asked"]["number"] == "+13035550111"
    closed = (await api(office, "POST", TRY, MAIN | {"at": "2027-04-06T17:00"})).body
    assert closed["outcome"] == ["Voicemail of 102 Grace Hopper"]
    holiday = (await api(office, "POST", TRY, MAIN | {"at": "2027-07-05T10:00"})).body
    assert holiday["outcome"][0].startswith("Ringing of 107 Donald Knuth"), "4 July is a Sunday; the day after is kept"


@pytest.mark.gen_test(timeout=30)
async def test_parking_and_taking_it_back(api: Api) -> None:
    office = api.key("office_manager")
    parks = (await api(office, "POST", TRY, {"called": "*701", "extension": "108"})).body["stages"]
    assert [(one["action"], one["steps"]) for one in parks] == [("feature", ["*701 parks in an orbit."])]
    takes = (await api(office, "POST", TRY, {"called": "701", "extension": "101"})).body["stages"]
    assert [(one["action"], one["steps"]) for one in takes] == [("feature", ["701 is a park orbit."])]


@pytest.mark.gen_test(timeout=30)
async def test_what_people_have_set_counts_at_once(api: Api) -> None:
    office = api.key("office_manager")
    ada = "/domains/acme.example/users/101"
    inside = {"called": "101", "extension": "107"}
    assert (await api(office, "POST", TRY, inside)).body["outcome"][0].startswith("Ringing of 101")
    busy = (await api(office, "POST", TRY, inside | {"calls": {"101": 1}, "offline": ["101a"]})).body
    assert busy["outcome"][0] == "Ringing of 101 Ada Lovelace: 101 for 25 seconds"
    await api(office, "PATCH", f"{ada}/answering", {"do_not_disturb": True})
    assert (await api(office, "POST", TRY, inside)).body["outcome"] == ["Voicemail of 101 Ada Lovelace"]
    await api(office, "POST", f"{ada}/number-filters", {"number": "107", "kind": "allow"})
    assert (await api(office, "POST", TRY, inside)).body["outcome"][0].startswith("Ringing of 101")
    forwards = {"forwards": {"always": {"kind": "user", "value": "103"}}}
    await api(office, "PATCH", f"{ada}/answering", forwards | {"do_not_disturb": False})
    assert (await api(office, "POST", TRY, inside)).body["outcome"] == ["Ringing: 103 for 25 seconds"]
    assert (await api(office, "PATCH", f"{ada}/answering", {"forwards": {"always": None}})).body["forwards"] == {
        "always": None, "busy": None, "no_answer": None,
    }  # fmt: skip
    await api(office, "POST", "/domains/acme.example/number-filters", {"number": "+13035550111"})
    blocked = (await api(office, "POST", TRY, {"called": "+12145550142", "number": "303-555-0111"})).body
    assert blocked["stages"][0]["status"] == 603


@pytest.mark.gen_test(timeout=30)
async def test_a_change_of_rules_says_which_tests_go_elsewhere(api: Api) -> None:
    office = api.key("office_manager")
    await rules_of_8900(api, office)
    asked = MAIN | {"at": "2027-04-06T10:00"}
    made = await api(office, "POST", f"{TRY}/cases", {"name": "Tuesday at ten", **asked})
    assert made.status == 201 and not made.body["moved"] and made.body["asked"]["caller_name"] == ""
    assert (await api(office, "POST", f"{TRY}/cases", {"name": "Tuesday at ten", **asked})).status == 409
    changed = await api(office, "PATCH", f"{ROUTING}/2", {"always": {"kind": "user", "value": "102"}})
    assert [one["name"] for one in changed.body["moved"]] == ["Tuesday at ten"]
    assert changed.body["moved"][0]["now"][0].startswith("Ringing of 102 Grace")
    case = (await api(office, "GET", f"{TRY}/cases")).body["items"][0]
    assert case["moved"] and case["expected"][0].startswith("Ringing of 101")
    accepted = await api(office, "POST", f"{TRY}/cases/{case['id']}/accept")
    assert not accepted.body["moved"] and accepted.body["expected"] == case["now"]
    assert (await api(office, "PATCH", f"{ROUTING}/2", {"seconds": 30})).body["moved"] == []
    christmas = MAIN | {"at": "2026-12-25T10:00", "name": "Christmas at ten"}
    assert (await api(office, "POST", f"{TRY}/cases", christmas)).body["expected"][0].startswith("Ringing of 107")
    turned = await api(office, "PUT", f"{ROUTING}/reorder", {"timeframes": [2, 4]})
    assert [one["name"] for one in turned.body["moved"]] == ["Christmas at ten"]
    assert (await api(office, "PUT", f"{ROUTING}/reorder", {"timeframes": [4, 2]})).body["moved"] == []
    assert (await api(office, "DELETE", f"{TRY}/cases/{case['id']}")).status == 204
    assert (await api(office, "DELETE", f"{TRY}/cases/{case['id']}")).status == 404


@pytest.mark.gen_test(timeout=30)
async def test_only_who_may_know_everybodys_rules_tries_calls(api: Api) -> None:
    office = api.key("office_manager")
    await api(office, "POST", f"{TRY}/cases", {"name": "Ada", "called": "101", "extension": "107"})
    for scope, user in (("basic_user", "107"), ("site_manager", "106"), ("call_center_supervisor", "")):
        assert (await api(api.key(scope, user=user), "POST", TRY, {"called": "101"})).status == 403
    ada = api.key("basic_user", user="101")
    said = await api(ada, "PATCH", "/domains/acme.example/users/101/answerrules/*", {"seconds": 60})
    assert said.body["moved"] == [], "the company's tests are not hers to read"
    for wrong in ({}, {"called": ""}, {"called": "101", "at": "2027-02-30T10:00"}, {"called": "101", "at": "today"}):
        assert (await api(office, "POST", TRY, wrong)).status == 422, wrong
