"""The dialogs of the key editor, templates, what a key can point at, and addresses; without a script."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.pages.test_keys import DONALDS, FORM, SECOND, YEALINK, keys
from tests.pages.visitor import Visitor
from tests.simulate.office import Office

COMPANY = "/c/acme.example"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with Office(tmp_path_factory.mktemp("keys")) as running:
        yield running


def test_directory_settings_history_without_a_script(manager: Visitor) -> None:
    page = keys(SECOND)
    manager.post(f"{page}/9", {**FORM, "kind": "park", "was": "park", "target": "707"})
    manager.post(page, {"do": "save", "when": ""})
    assert (
        "Donald Knuth is left out."
        in manager.follow(f"{page}/directory", {"do": "hide", "id": "user-7", "name": "Donald Knuth"}).text
    )
    assert "sorted" in manager.get(f"{page}/directory").text.lower()
    manager.post(f"{page}/directory", {"do": "choice", "source": "company", "sort": "last_name"})
    found = manager.follow(f"{page}/settings", {"do": "set", "name": "language", "value": "de"})
    assert "Language is set." in found.text
    wrong = manager.post(f"{page}/settings?search=vlan", {"do": "set", "name": "network.vlan.id", "value": "5000"})
    assert wrong.status == 422 and "write a number from 0 to 4094" in wrong.text
    manager.post(f"{page}/settings", {"do": "set", "name": "network.vlan.id", "value": "20"})
    manager.post(f"{page}/settings", {"do": "raw", "name": "features.show_action_uri_option", "value": "0"})
    assert "The phone restarts for it: VLAN of the phone" in manager.get(f"{page}/preview").text
    saved = manager.follow(page, {"do": "save", "when": ""})
    assert saved.status == 200
    told = manager.get(f"{page}/history").text
    assert (
        "Language nothing of its own → de" in told
        and "Directory: hidden contacts nothing of its own → 1 hidden" in told
    )
    older = re.findall(r'name="revision" value="(\d+)"', manager.get(f"{page}/history").html)
    again = manager.follow(f"{page}/history", {"revision": older[0]})
    assert "is in the draft; look at it" in again.text
    manager.post(page, {"do": "discard"})


def test_a_template_says_how_many_use_it_and_becomes_another(manager: Visitor) -> None:
    page = f"{COMPANY}/templates/1/keys"
    assert "1 phone uses it" in manager.get(page).text
    drafted = manager.follow(f"{page}/9", {**FORM, "kind": "url", "was": "url", "target": "http://intranet.example/"})
    assert "Save: 1 phone uses it" in drafted.text
    assert "on the phone 80:5e:c0:00:01:01 for one" in manager.get(f"{page}/preview").text
    taken = manager.post(f"{page}/new-template", {"name": "Reception", "description": "kept"})
    assert taken.status == 409 and 'value="kept"' in taken.html
    made = manager.follow(f"{page}/new-template", {"name": "Lobby"})
    assert "The template Lobby is made." in made.text and "Keys of Lobby" in made.text
    told = manager.follow(page, {"do": "save", "when": "now"})
    assert "Follow them" in told.text and "/jobs/" in told.html


def test_targets_are_found_as_one_types(manager: Visitor, person: Visitor) -> None:
    for visitor, page in ((manager, keys(YEALINK)), (person, keys(DONALDS)), (manager, f"{COMPANY}/templates/1/keys")):
        assert (
            '<option value="106">Katherine Johnson</option>' in visitor.get(f"{page}/targets?kind=blf&target=kath").html
        )
    assert 'value="+12145550190"' in manager.get(f"{keys(YEALINK)}/targets?kind=speed_dial&target=security").html
    assert "<option" in manager.get(f"{keys(YEALINK)}/targets?kind=timeframe_toggle").html
    assert 'value="701"' in manager.get(f"{keys(YEALINK)}/targets?kind=park").html
    assert manager.get(f"{keys(YEALINK)}/targets?kind=magic").status == 404


def test_how_it_is_looked_at_is_in_the_address(manager: Visitor) -> None:
    seen = manager.get(f"{keys(YEALINK)}?zoom=150&page=2")
    assert 'class="keys-zoom-150"' in seen.html and f"{keys(YEALINK)}/11?page=2&amp;zoom=150" in seen.html
    assert 'id="key-1"' not in seen.html and f"{keys(YEALINK)}?page=3&amp;zoom=150" in seen.html
    assert 'class="keys-zoom-100"' in manager.get(f"{keys(YEALINK)}?zoom=7&page=x").html
    assert "<table" in manager.get(f"{keys(YEALINK)}?as=list").html
