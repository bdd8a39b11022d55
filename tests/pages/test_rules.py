"""Answering rules as pages: the list, the form that loses nothing, order, undo, callers, and who may."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from provd.store import answer_rules, answering, domains, users
from tests.live import LiveServer
from tests.pages.visitor import Visitor

RULES = "/c/acme.example/users/8900/rules"
DONALDS = "/c/acme.example/users/107/rules"


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    with LiveServer(tmp_path_factory.mktemp("rules")) as running:
        yield running


@pytest.fixture
def manager(server: LiveServer) -> Visitor:
    return Visitor(server).sign_in("101")


def order(server: LiveServer, extension: str) -> list[int | None]:
    store = server.services.store
    acme = domains.by_name(store, "acme.example").id
    person = users.by_extension(store, acme, extension).id
    return [one.rule.frame for one in answer_rules.of_user(store, acme, person)]


def test_the_list_says_each_rule_as_a_sentence_and_which_is_active(manager: Visitor) -> None:
    seen = manager.get(RULES)
    assert "Holidays US: send every call to Voicemail 101 Ada Lovelace." in seen.text
    assert seen.text.index("Holidays US:") < seen.text.index("Open hours:") < seen.text.index("Otherwise:")
    assert seen.html.count("rule-active") == 1
    people = manager.get("/c/acme.example/rules?search=knuth")
    assert "Donald Knuth" in people.text and "Ada" not in people.text.partition("Find")[2]


def test_rules_change_places_and_back(manager: Visitor, server: LiveServer) -> None:
    moved = manager.follow(RULES, {"do": "down", "rule": "4"})
    assert order(server, "8900") == [2, 4, None] and "in another order" in moved.text
    manager.follow(RULES, {"do": "order", "order": "4,2"})
    assert order(server, "8900") == [4, 2, None]
    wrong = manager.post(RULES, {"do": "order", "order": "4"})
    assert wrong.status == 422 and "each rule" in wrong.text
    deleted = manager.follow(RULES, {"do": "delete", "rule": "4"})
    assert order(server, "8900") == [2, None]
    undo = deleted.html.partition('action="' + RULES + "/undo")[2].partition('"')[0].replace("&amp;", "&")
    manager.post(f"{RULES}/undo{undo.replace('&#34;', '%22')}", {})
    assert order(server, "8900") == [4, 2, None]


def test_a_form_that_is_wrong_keeps_what_was_typed(manager: Visitor, server: LiveServer) -> None:
    path = f"{DONALDS}/new"
    form = {
        "timeframe": "2", "enabled": "1", "ring": "several", "own": "1", "seconds": "25",
        "others.0.kind": "device", "others.0.value": "101a", "others.0.delay": "10",
        "busy.kind": "user", "busy.value": "999 Nobody", "always.kind": "", "always.value": "",
    }  # fmt: skip
    wrong = manager.post(path, form)
    assert wrong.status == 422 and "There is no user 999 in this company" in wrong.text
    assert 'value="101a"' in wrong.html and 'value="999"' in wrong.html
    saved = manager.follow(path, form | {"busy.value": "102 Grace Hopper", "others.0.delay": "40"})
    assert "when busy send calls to User 102 Grace Hopper" in saved.text
    assert "it never rings" in saved.text, "AM-58 is said at saving"
    assert order(server, "107") == [2, 5, None]
    again = manager.post(path, form | {"busy.value": "102"})
    assert again.status == 409 and "There is a rule for Open hours already" in again.text
    changed = manager.follow(f"{DONALDS}/default", {"ring": "all", "seconds": "", "no_answer.kind": "", "enabled": "0"})
    assert "ring all my phones until somebody answers" in changed.text


def test_what_holds_before_every_rule(server: LiveServer) -> None:
    donald = Visitor(server).sign_in("107")
    assert donald.get("/c/acme.example/rules").location == DONALDS
    donald.follow(
        DONALDS,
        {"do": "state", "do_not_disturb": "1", "forwards.busy.kind": "external", "forwards.busy.value": "5550190"},
    )
    store = server.services.store
    acme = domains.by_name(store, "acme.example").id
    now = answering.get(store, acme, users.by_extension(store, acme, "107").id)
    assert now.do_not_disturb and now.forwards["busy"].value == "+12145550190"
    wrong = donald.post(DONALDS, {"do": "state", "forwards.always.kind": "external", "forwards.always.value": "12"})
    assert wrong.status == 422 and "is not a phone number" in wrong.text
    chosen = donald.follow(DONALDS, {"do": "choose", "chosen": "5"})
    assert "is in force, as 107 has chosen" in chosen.text
    blocked = donald.follow(DONALDS, {"do": "add", "number": "303-555-0111", "kind": "block"})
    assert "(303) 555-0111 is blocked" in blocked.text
    removed = donald.follow(DONALDS, {"do": "remove", "number": "+13035550111", "kind": "block"})
    assert "Nobody is blocked" in removed.text and "Undo" in removed.text
    assert donald.post(DONALDS, {"do": "nonsense"}).status == 400


def test_others_rules_are_not_for_everybody(server: LiveServer) -> None:
    donald = Visitor(server).sign_in("107")
    assert donald.get(RULES).status == 403
    assert donald.get("/c/acme.example/blocked").status == 403
    assert donald.get("/c/acme.example/try").status == 403
    home = donald.get("/c/acme.example/codes")
    assert home.status == 200 and "Save" not in home.text
    assert "/c/acme.example/blocked" not in home.html and "/c/acme.example/try" not in home.html
    assert Visitor(server).sign_in("101").get("/c/rival.example/rules").status == 404


def test_names_that_look_like_markup_stay_words(manager: Visitor, server: LiveServer, tmp_path: Path) -> None:
    store = server.services.store
    acme = domains.by_name(store, "acme.example").id
    users.update(store, acme, users.by_extension(store, acme, "107").id, 1, first_name="<b>", last_name="كنوث")
    seen = manager.get(DONALDS)
    assert "<b> كنوث" in seen.html.replace("&lt;", "<").replace("&gt;", ">") and "<b> كنوث" not in seen.html


def test_a_destination_is_found_by_its_words_and_needs_a_kind(manager: Visitor) -> None:
    form = manager.get(f"{DONALDS}/default")
    for one in ("User 102 Grace Hopper", "Voicemail 102 Grace Hopper", "Phone 101a"):
        assert f'<option value="{one}"></option>' in form.html
    fields = {"ring": "all", "seconds": "25"}
    picked = fields | {"busy.kind": "user", "busy.value": "Voicemail 103 Alan Turing"}
    assert "Voicemail 103 Alan Turing" in manager.follow(f"{DONALDS}/default", picked).text
    bare = manager.post(f"{DONALDS}/default", fields | {"busy.kind": "", "busy.value": "103"})
    assert bare.status == 422 and "Say what kind of place “103” is" in bare.text and 'value="103"' in bare.html
    cell = fields | {"no_answer.kind": "external", "no_answer.value": "214-555-0190", "no_answer.confirm": "1"}
    assert "(press 1 to take it)" in manager.follow(f"{DONALDS}/default", cell).text
    again = manager.get(f"{DONALDS}/default").html
    assert again.partition('name="no_answer.confirm" value="1"')[2].startswith(" checked")
    manager.post(f"{DONALDS}/default", fields)


def test_a_rule_that_was_switched_or_chosen_is_taken_back(manager: Visitor) -> None:
    off = manager.follow(RULES, {"do": "toggle", "rule": "2", "enabled": "0"})
    assert "“Open hours” is switched off." in off.text and "Disabled" in off.text
    assert "Disabled" not in manager.follow(f"{RULES}/undo?do=toggle&rule=2&enabled=1", {}).text
    assert f'action="{RULES}/undo?do=toggle&amp;rule=2&amp;enabled=1"' in off.html
    chosen = manager.follow(RULES, {"do": "choose", "chosen": "2"})
    assert "as 8900 has chosen" in chosen.text and "undo?do=choose&amp;chosen=clock" in chosen.html
    assert "has chosen" not in manager.follow(f"{RULES}/undo?do=choose&chosen=clock", {}).text


def test_callers_are_blocked_and_allowed_in_a_dialog_that_has_an_address(manager: Visitor) -> None:
    dialog = f"{RULES}?callers=1"
    closed, opened = manager.get(RULES).html, manager.get(dialog).html
    assert f'href="{dialog}"' in closed and 'aria-labelledby="callers-title" open' not in closed
    assert 'aria-labelledby="callers-title" open' in opened
    assert manager.post(dialog, {"do": "add", "number": "303-555-0111", "kind": "block"}).location == dialog
    assert manager.post(dialog, {"do": "add", "number": "102", "kind": "allow"}).location == dialog
    again = manager.post(dialog, {"do": "add", "number": "303-555-0111", "kind": "block"})
    assert again.status == 409 and 'role="alert"' in again.html.partition('<dialog id="callers"')[2]
    wrong = manager.post(RULES, {"do": "add", "number": "12x", "kind": "allow"})
    assert wrong.status == 422 and wrong.html.count('value="12x"') == 1, "beside the list that it was meant for"
    assert 'aria-labelledby="callers-title" open' in wrong.html
    assert manager.post(RULES, {"do": "unwanted", "block_anonymous": "1"}).location == RULES, "Done closes it"
    assert 'name="block_anonymous" value="1" checked' in manager.get(dialog).html


def test_the_rules_of_a_person_are_below_their_entry_of_the_rail(manager: Visitor) -> None:
    before, _, after = manager.get(DONALDS).html.partition('aria-current="page"')
    assert before.endswith('href="/c/acme.example/rules" ') and "aria-current" not in after.partition("</nav>")[0]
