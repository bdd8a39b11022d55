"""Try a call, blocked numbers and feature codes as pages."""

from __future__ import annotations

from tests.pages.visitor import Visitor

TRY = "/c/acme.example/try"
BLOCKED = "/c/acme.example/blocked"
CODES = "/c/acme.example/codes"
ASKED = "called=%2B12145550140&number=3035550111&at=2027-04-06T10:00"


def test_a_call_is_told_step_by_step_and_kept_as_a_test(manager: Visitor) -> None:
    seen = manager.get(f"{TRY}?{ASKED}")
    assert "Ringing of 101 Ada Lovelace: 101 and 101a for 25 seconds" in seen.text
    assert "The rule “Open hours” is in force: Tuesday 08:00–17:00." in seen.text
    assert "If busy or unanswered Voicemail of 101" in seen.text
    kept = {"do": "keep", "called": "+12145550140", "number": "3035550111", "at": "2027-04-06T10:00", "name": "Morning"}
    assert "As expected" in manager.follow(TRY, kept).text
    again = manager.post(TRY, kept)
    assert again.status == 409 and 'value="Morning"' in again.html
    rule = {"ring": "all", "seconds": "25", "enabled": "1", "always.kind": "user", "always.value": "102"}
    saved = manager.follow("/c/acme.example/users/8900/rules/2", rule)
    assert "A test call goes elsewhere now: Morning." in saved.text
    listed = manager.get(TRY)
    assert "Goes elsewhere" in listed.text and "Expected: Ringing of 101" in listed.text
    case = listed.html.partition('name="case" value="')[2].partition('"')[0]
    assert "As expected" in manager.follow(TRY, {"do": "accept", "case": case}).text
    assert "No test calls yet" in manager.follow(TRY, {"do": "delete", "case": case}).text
    manager.post("/c/acme.example/users/8900/rules/2", rule | {"always.value": "101"})
    wrong = manager.get(f"{TRY}?called=101&number=12")
    assert wrong.status == 422 and "is not a phone number" in wrong.text and 'value="12"' in wrong.html


def test_blocked_numbers_are_added_imported_and_taken_back(manager: Visitor) -> None:
    assert "blocked for everybody" in manager.follow(BLOCKED, {"do": "add", "number": "888-555-0100"}).text
    wrong = manager.post(BLOCKED, {"do": "add", "number": "nobody"})
    assert wrong.status == 422 and 'value="nobody"' in wrong.html
    done = manager.upload(BLOCKED, {"do": "import"}, "file", "list.csv", b"Number\n8885550100\n8885550101\nx\n")
    assert "1 imported, 1 duplicates, 1 lines without a number" in done.text
    assert manager.get(f"{BLOCKED}/template").html.startswith("Number")
    gone = manager.follow(BLOCKED, {"do": "remove", "number": "+18885550101"})
    assert "may call again" in gone.text and "Undo" in gone.text
    manager.post(f"{BLOCKED}/again/%2B18885550101", {})
    assert "(888) 555-0101" in manager.get(f"{BLOCKED}?search=0101").text


def test_who_blocks_a_number_or_moves_one_hears_which_test_calls_go_elsewhere(manager: Visitor) -> None:
    kept = {"do": "keep", "called": "+12145550142", "number": "3035550177", "at": "2027-04-06T10:00", "name": "Direct"}
    assert "As expected" in manager.follow(TRY, kept).text
    blocked = manager.follow(BLOCKED, {"do": "add", "number": "3035550177"})
    assert "is blocked for everybody. A test call goes elsewhere now: Direct." in blocked.text
    back = manager.follow(BLOCKED, {"do": "remove", "number": "+13035550177"})
    assert "may call again." in back.text and "elsewhere" not in back.text


def test_feature_codes_are_changed_and_a_code_has_one_function(manager: Visitor) -> None:
    page = manager.get(CODES)
    fields = {
        part.partition('"')[0]: part.partition('value="')[2].partition('"')[0]
        for part in page.html.split('name="codes.')[1:]
    }
    sent = {f"codes.{name}": code for name, code in fields.items()} | {"table": "stratus"}
    taken = manager.post(CODES, sent | {"codes.dnd_on": "*79"})
    assert taken.status == 422 and "is the code of" in taken.text and 'value="*79"' in taken.html
    saved = manager.follow(CODES, sent | {"codes.dnd_on": "*70", "codes.support": ""})
    assert "Saved." in saved.text and saved.html.count(">own<") == 2
    sky = manager.follow(CODES, sent | {"table": "skyswitch", "codes.dnd_on": "*70", "codes.support": ""})
    assert "*40 *72" in sky.html
    back = manager.get(CODES)
    assert 'value="*70"' in back.html, "the own code stays with another table"
