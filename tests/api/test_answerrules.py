"""Answering rules through the API: order, the one in force, the default rule, places that are checked."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.conftest import Api

ADA = "/domains/acme.example/users/101"
RULES = f"{ADA}/answerrules"


async def order(api: Api, key: str) -> list[int | None]:
    return [one["timeframe"] for one in (await api(key, "GET", RULES)).body["items"]]


@pytest.mark.gen_test(timeout=30)
async def test_everybody_has_the_default_rule_and_it_stays(api: Api) -> None:
    ada = api.key("basic_user", user="101")
    listed = await api(ada, "GET", RULES)
    assert [(one["name"], one["active"]) for one in listed.body["items"]] == [("*", True)]
    assert listed.body["items"][0]["sentence"] == "Otherwise: ring all my phones for 25 seconds, then voicemail"
    changed = await api(ada, "PATCH", f"{RULES}/*", {"seconds": 40, "no_answer": {"kind": "user", "value": "102"}})
    assert changed.body["sentence"].endswith("for 40 seconds, then User 102 Grace Hopper")
    assert (await api(ada, "PATCH", f"{RULES}/*", {"enabled": False})).body["errors"][0]["field"] == "enabled"
    assert (await api(ada, "DELETE", f"{RULES}/*")).status == 409
    assert (await api(ada, "GET", f"{RULES}/*")).body["seconds"] == 40


@pytest.mark.gen_test(timeout=30)
async def test_one_rule_a_time_frame_in_an_order_that_can_be_changed(api: Api) -> None:
    office = api.key("office_manager")
    made = await api(office, "POST", RULES, {"timeframe": 2, "always": {"kind": "external", "value": "5550190"}})
    assert made.status == 201 and made.headers["Location"].endswith("/users/101/answerrules/2")
    assert made.body["always"] == {"kind": "external", "value": "+12145550190"}, "as the world writes it"
    assert (await api(office, "POST", RULES, {"timeframe": 2})).status == 409
    assert (await api(office, "POST", RULES, {"timeframe": 1, "position": "bottom"})).status == 201
    assert (await api(office, "POST", RULES, {"timeframe": 3})).status == 201
    assert await order(api, office) == [3, 2, 1, None]
    moved = await api(office, "PUT", f"{RULES}/reorder", {"timeframes": [1, 3, 2]})
    assert [one["timeframe"] for one in moved.body["items"]] == [1, 3, 2, None]
    for wrong in ([1, 3], [1, 3, 2, 2], [1, 3, 4], []):
        assert (await api(office, "PUT", f"{RULES}/reorder", {"timeframes": wrong})).status == 422, wrong
    assert (await api(office, "DELETE", f"{RULES}/3")).status == 204
    assert await order(api, office) == [1, 2, None]
    assert (await api(office, "GET", f"{RULES}/3")).status == 404
    trail = (await api(office, "GET", "/audits?domain=acme.example")).body["items"][0]
    assert (trail["noun"], trail["ref"], trail["action"]) == ("answer_rule", "101 Lunch", "delete")


@pytest.mark.gen_test(timeout=30)
async def test_who_answers_an_outside_number_may_be_asked_to_press_1(api: Api) -> None:
    ada = api.key("basic_user", user="101")
    cell = {"kind": "external", "value": "+12145550190", "confirm": True}
    changed = await api(ada, "PATCH", f"{RULES}/*", {"busy": cell, "no_answer": cell | {"confirm": False}})
    assert changed.body["busy"] == cell and "confirm" not in changed.body["no_answer"]
    assert "when busy send calls to +12145550190 (press 1 to take it)" in changed.body["sentence"]
    assert (await api(ada, "GET", f"{RULES}/*")).body["busy"] == cell
    by_code = await api(
        ada, "PATCH", f"{ADA}/answering", {"forwards": {"always": cell, "busy": None, "no_answer": None}}
    )
    assert by_code.body["forwards"]["always"] == cell
    colleague = {"kind": "user", "value": "102", "confirm": True}
    found = await api(ada, "PATCH", f"{RULES}/*", {"busy": colleague})
    assert found.body["busy"] == {"kind": "user", "value": "102"}, "colleagues are never asked (AM-57)"
    wrong = await api(ada, "PATCH", f"{RULES}/*", {"busy": cell | {"confirm": "yes"}})
    assert wrong.status == 422 and wrong.body["errors"][0]["field"] == "busy"


@pytest.mark.gen_test(timeout=30)
async def test_a_rule_a_key_and_bulk_toggle_share_one_switch(api: Api) -> None:
    office = api.key("office_manager")
    await api(office, "POST", RULES, {"timeframe": 2, "enabled": False})
    frame = f"{ADA}/timeframes/2"
    assert (await api(office, "GET", frame)).body["disabled_for"] == ["101"]
    assert (await api(office, "POST", f"{frame}/toggle", {})).body["enabled"] == ["101"]
    assert (await api(office, "GET", f"{RULES}/2")).body["enabled"] is True
    bulk = {"enabled": False, "users": ["101", "102"]}
    await api(office, "POST", "/domains/acme.example/timeframes/2/toggle", bulk)
    assert (await api(office, "GET", f"{RULES}/2")).body["enabled"] is False
    await api(office, "DELETE", f"{RULES}/2")
    assert (await api(office, "GET", frame)).body["disabled_for"] == [], "the lamp of a rule that is gone goes out"


@pytest.mark.gen_test(timeout=30)
async def test_the_rule_in_force_is_the_clocks_or_the_persons_choice(api: Api) -> None:
    ada = api.key("basic_user", user="101")
    always = (await api(ada, "POST", f"{ADA}/timeframes", {"name": "Ever", "when": "always"})).body["number"]
    made = (await api(ada, "POST", RULES, {"timeframe": always})).body
    assert made["active"] and "Ever" in made["why"]
    picked = await api(ada, "PATCH", f"{ADA}/answering", {"chosen": 0})
    assert picked.body["active"] == 0 and "has chosen" in picked.body["why"]
    assert (await api(ada, "GET", f"{RULES}/{always}")).body["active"] is False
    assert (await api(ada, "PATCH", f"{ADA}/answering", {"chosen": 999})).status == 404
    await api(ada, "PATCH", f"{ADA}/answering", {"chosen": always})
    await api(ada, "DELETE", f"{RULES}/{always}")
    gone = (await api(ada, "GET", f"{ADA}/answering")).body
    assert (gone["chosen"], gone["active"]) == (None, 0), "a rule that is gone is not in force"


@pytest.mark.gen_test(timeout=30)
async def test_places_are_checked_and_follow_people_to_other_extensions(api: Api) -> None:
    office = api.key("office_manager")
    for wrong in (
        {"always": {"kind": "user", "value": "999"}}, {"busy": {"kind": "device", "value": "101z"}},
        {"offline": {"kind": "external", "value": "12"}}, {"no_answer": {"kind": "user", "value": "x"}},
    ):  # fmt: skip
        answer = await api(office, "PATCH", f"{RULES}/*", wrong)
        assert answer.status == 422 and answer.body["errors"][0]["field"] == next(iter(wrong)), answer.body
    others: list[dict[str, Any]] = [{"to": {"kind": "device", "value": "107"}, "delay": 30}]
    said = await api(office, "PATCH", f"{RULES}/*", {"ring": "several", "others": others, "always": None})
    assert [one["field"] for one in said.body["problems"]] == ["others.0.delay"], "it never rings: AM-58"
    await api(office, "PATCH", "/domains/acme.example/users/107", {"extension": "117"})
    assert (await api(office, "GET", f"{RULES}/*")).body["others"][0]["to"]["value"] == "117"
    await api(office, "PATCH", f"{RULES}/*", {"busy": {"kind": "voicemail", "value": "117"}, "others": [], "own": True})
    await api(office, "DELETE", "/domains/acme.example/users/117")
    rule = (await api(office, "GET", f"{RULES}/*")).body
    assert rule["busy"]["value"] == "117 (gone)" and rule["problems"][0]["field"] == "busy"


@pytest.mark.gen_test(timeout=30)
async def test_a_frame_that_rules_use_is_deleted_only_on_purpose(api: Api) -> None:
    office = api.key("office_manager")
    await api(office, "POST", RULES, {"timeframe": 2})
    refused = await api(office, "DELETE", "/domains/acme.example/timeframes/2")
    assert refused.status == 409 and "used by rules of 101 Ada Lovelace" in refused.body["detail"]
    assert (await api(office, "GET", f"{RULES}/2")).status == 200
    assert (await api(office, "DELETE", "/domains/acme.example/timeframes/2?cascade=1")).status == 204
    assert await order(api, office) == [None]


@pytest.mark.gen_test(timeout=30)
async def test_rules_are_edited_by_their_person_the_sites_manager_and_the_office(api: Api) -> None:
    for scope, user, may in (
        ("basic_user", "101", 200), ("basic_user", "107", 403), ("site_manager", "106", 403),
        ("call_center_supervisor", "", 403), ("office_manager", "", 200),
    ):  # fmt: skip
        answer = await api(api.key(scope, user=user), "PATCH", f"{RULES}/*", {"seconds": 30})
        assert answer.status == may, (scope, user)
    tim = "/domains/acme.example/users/109/answerrules/*"
    assert (await api(api.key("site_manager", user="106"), "PATCH", tim, {"seconds": 30})).status == 200
