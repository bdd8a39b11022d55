"""The key editor without a script: a draft, its saving, rights, dialogs; and what htmx gets."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.pages.visitor import Seen, Visitor
from tests.simulate.office import Office

YEALINK, SECOND, DONALDS, GRACES = "805ec0000101", "249ad8000111", "000b82000107", "64167f000102"
COMPANY = "/c/acme.example"
FORM = {"do": "set", "was": "none", "line": "1", "label": "", "target": ""}
EVIL = "<b>Zoë</b> &amp; \u05e9\u05dc\u05d5\u05dd"


def keys(mac: str) -> str:
    return f"{COMPANY}/phones/{mac}/keys"


def aimed(visitor: Visitor, path: str, at: str) -> Seen:
    """What htmx gets for a part of the page."""
    return visitor.get(path, HX_Request="true", HX_Target=at)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with Office(tmp_path_factory.mktemp("keys")) as running:
        yield running


def test_a_key_is_drafted_saved_and_taken_by_the_phone(server: Office, manager: Visitor) -> None:
    page = keys(SECOND)
    drafted = manager.follow(f"{page}/9", {**FORM, "kind": "park", "was": "park", "target": "707", "label": "Park 7"})
    assert "Key 9 is changed." in drafted.text and "1 change not saved : Key 9" in drafted.text
    assert "Save and update 1 phone" in drafted.text and 'value="707"' in drafted.html
    assert all(key.target != "707" for key in server.boot(SECOND).keys), "nothing before it is saved"
    lines = manager.get(f"{page}/preview").text
    assert "linekey.9.value = 707 Key 9" in lines and "in 1 file change" in lines
    saved = manager.follow(page, {"do": "save", "when": ""})
    assert "takes it at its nightly update" in saved.text and "not saved :" not in saved.text
    assert "Saved" in saved.text and "Nothing changes" in manager.get(f"{page}/preview").text
    assert [key.label for key in server.boot(SECOND).keys if key.target == "707"] == ["Park 7"]
    assert server.events(SECOND), "written down by now"
    assert 'class="keys-progress is-applied"' in manager.get(page).html
    assert manager.follow(page, {"do": "save"}).status == 409


def test_what_is_wrong_stays_typed_and_blocks_only_the_saving(manager: Visitor) -> None:
    page = keys(YEALINK)
    refused = manager.post(f"{page}/12", {**FORM, "kind": "dtmf", "was": "dtmf", "target": "1\u00072"})
    assert refused.status == 422 and "control character" in refused.text and 'name="target" value="1' in refused.html
    assert manager.post(f"{page}/12", {"do": "move", "to": "99"}).status == 404
    drafted = manager.follow(f"{page}/12", {**FORM, "kind": "blf"})
    assert "Key 12 (User (BLF)) needs the extension of a person." in drafted.text
    button = re.search(r'<button class="btn btn-primary" name="when"[^>]*>', drafted.html)
    assert button and "disabled" in button[0]
    assert manager.post(page, {"do": "save", "when": ""}).status == 422
    undone = manager.follow(page, {"do": "undo"})
    assert "The last step is undone." in undone.text and "not saved :" not in undone.text
    assert manager.post(page, {"do": "undo"}).status == 409


def test_a_draft_outlives_the_session(server: Office) -> None:
    page, form = f"{keys(GRACES)}/12", {**FORM, "kind": "dtmf", "was": "dtmf", "target": "*9#"}
    first = Visitor(server).sign_in("101")
    first.post(page, form)
    first.post("/sign-out", {})
    assert first.post(page, form).status == 401, "what was sent is carried along to the sign-in"
    second = Visitor(server).sign_in("101")
    assert 'value="*9#"' in second.get(page).html and "1 change not saved" in second.get(page).text
    second.post(keys(GRACES), {"do": "discard"})


def test_names_with_markup_and_hebrew_come_out_right(manager: Visitor) -> None:
    page = keys(YEALINK)
    shown = manager.follow(
        f"{page}/13", {**FORM, "kind": "speed_dial", "was": "speed_dial", "target": "103", "label": EVIL}
    )
    assert "<b>Zoë</b>" not in shown.html and "&lt;b&gt;Zoë&lt;/b&gt; &amp;amp; \u05e9" in shown.html
    assert "1 change not saved" in shown.text
    assert manager.get(f"{page}?as=list").html.count("&lt;b&gt;Zoë") >= 1
    manager.follow(page, {"do": "discard"})


def test_two_managers_are_told_of_each_other_and_choose(server: Office, manager: Visitor, provider: Visitor) -> None:
    page = keys(YEALINK)
    dial = {**FORM, "kind": "speed_dial", "was": "speed_dial"}
    for place in ("14", "15"):
        manager.post(f"{page}/{place}", {**dial, "target": "101"})
    assert "Ada Lovelace is editing too" in provider.get(page).text
    provider.post(f"{page}/15", {**dial, "target": "102"})
    provider.post(f"{page}/16", {**dial, "target": "103"})
    provider.post(page, {"do": "save", "when": ""})
    met = manager.get(page)
    assert (
        "saved just now : Key 15, Key 16" in met.text
        and "Yours: speed dial 101 Keep mine Saved: speed dial 102" in met.text
    )
    assert "Choose first" in met.text and manager.post(page, {"do": "save"}).status == 409
    chosen = manager.follow(page, {"do": "choose", "name": "keys.15", "take": "mine"})
    assert "Yours stays." in chosen.text
    manager.follow(page, {"do": "save", "when": ""})
    dialled = {key.number: key.target for key in server.boot(YEALINK).keys if key.number in (14, 15, 16)}
    assert dialled == {14: "101", 15: "101", 16: "103"}


def test_basic_users_edit_their_own_unlocked_keys_only(manager: Visitor, person: Visitor) -> None:
    page = keys(DONALDS)
    manager.post(f"{page}/3", {**FORM, "kind": "park", "was": "park", "target": "701", "locked": "1"})
    manager.post(page, {"do": "save", "when": ""})
    own = person.get(f"{page}/3")
    assert own.status == 200 and "This key is locked: your office manager decides" in own.text
    assert "Settings" not in own.text.split("Park 701")[0].split("List")[1] and f"{page}/settings" not in own.html
    assert 'id="key-form"' not in own.html and 'name="locked"' not in person.get(f"{page}/4").html
    assert person.post(f"{page}/3", {**FORM, "kind": "none"}).status == 403
    drafted = person.follow(f"{page}/4", {**FORM, "kind": "speed_dial", "was": "speed_dial", "target": "101"})
    assert "1 change not saved : Key 4" in drafted.text and "Save as new template" not in drafted.text
    assert "Saved." in person.follow(page, {"do": "save", "when": "idle"}).text
    assert person.get(f"{page}/settings").status == 403
    assert person.get(keys(YEALINK)).status == 403
    assert person.get(f"{COMPANY}/templates/1/keys").status == 403


def test_who_only_looks_gets_no_forms_and_others_get_nothing(server: Office, manager: Visitor) -> None:
    supervisor = Visitor(server).sign_in("102")
    seen = supervisor.get(f"{keys(GRACES)}/2")
    assert seen.status == 200 and "Your role sees these keys" in seen.text and 'id="key-form"' not in seen.html
    assert supervisor.post(f"{keys(GRACES)}/2", {**FORM, "kind": "none"}).status == 403
    site = Visitor(server).sign_in("106")
    assert "Your role sees these keys" in site.get(f"{COMPANY}/templates/1/keys").text
    assert manager.get("/c/rival.example/phones/805ec0000101/keys").status == 404
    assert manager.get(keys("001565aabbcc")).status == 404
    assert (
        manager.get(f"{keys(YEALINK)}/99").status == 404 and manager.get(f"{COMPANY}/templates/99/keys").status == 404
    )


def test_keys_move_clear_and_cascade_with_plain_forms(manager: Visitor) -> None:
    page = keys(SECOND)
    moved = manager.follow(f"{page}/2", {"do": "down"})
    assert "Reception moved to key 3 of 27." in moved.text
    assert "moved to key 21" in manager.follow(f"{page}/3", {"page_to": "21"}).text
    assert "is cleared" in manager.follow(f"{page}/21", {"do": "clear"}).text
    cascaded = manager.follow(f"{page}/20", {"do": "cascade-now", "department": "Sales"})
    assert "Donald Knuth" in cascaded.html
    assert "is given back" in manager.follow(f"{page}/20", {"do": "back"}).text
    assert "and all after it are cleared" in manager.follow(f"{page}/2", {"do": "clear-after"}).text
    assert "All changes are discarded." in manager.follow(page, {"do": "discard"}).text
    own = manager.follow(f"{page}/2", {"do": "own"})
    assert "phone’s own now" in own.text and "Give back" in own.text
    manager.post(page, {"do": "discard"})
    assert manager.post(page, {"do": "nonsense"}).status == 404


def test_an_edit_is_answered_with_the_editor_alone(manager: Visitor) -> None:
    page = keys(YEALINK)
    for number in range(6):
        fields = {**FORM, "kind": "speed_dial", "was": "speed_dial", "target": str(200 + number)}
        seen = manager.post(f"{page}/18", fields, HX_Request="true", HX_Target="editor")
        assert seen.status == 200 and 'id="editor"' in seen.html and "<html" not in seen.html
    manager.post(page, {"do": "discard"})
    assert "Key 18" in aimed(manager, f"{page}/18", "key-panel").text


def test_keys_are_sorted_and_cleared_many_at_once(manager: Visitor) -> None:
    page = keys(GRACES)
    manager.post(page, {"do": "discard"})
    for place, target, label in ((10, "103", "Abe"), (11, "102", "Zed"), (12, "101", "Mid")):
        manager.follow(f"{page}/{place}", {**FORM, "kind": "blf", "was": "blf", "target": target, "label": label})
    three = {"chosen": ["10", "11", "12"]}
    assert "3 keys are sorted by number." in manager.follow(f"{page}?as=list", {"do": "sort-target", **three}).text
    assert targets(manager, page) == ["101", "102", "103"]
    assert "3 keys are sorted by label." in manager.follow(f"{page}?as=list", {"do": "sort-label", **three}).text
    assert targets(manager, page) == ["103", "101", "102"]
    assert "2 keys are cleared." in manager.follow(page, {"do": "clear-chosen", "chosen": ["10", "12"]}).text
    assert [one for one in targets(manager, page) if one] == ["101"]
    refused = manager.post(page, {"do": "clear-chosen"})
    assert refused.status == 422 and "No key is chosen" in refused.text
    manager.post(page, {"do": "discard"})


def targets(manager: Visitor, page: str) -> list[str]:
    """What the keys 10 to 12 point at, in the draft."""
    html = [manager.get(f"{page}/{place}").html for place in (10, 11, 12)]
    found = [re.search(r'name="target" value="([^"]*)"', one) for one in html]
    return [one[1] if one else "" for one in found]
