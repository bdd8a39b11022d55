"""The list of users and the page of one: who sees and may what, and nothing typed is lost."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from provd.store import domains, users
from provd.store.rows import User
from tests.live import LiveServer
from tests.pages.visitor import Visitor

USERS = "/c/acme.example/users"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    with LiveServer(tmp_path_factory.mktemp("users")) as running:
        yield running


def user(server: LiveServer, extension: str) -> User:
    acme = server.store(domains.by_name, "acme.example")
    return server.store(users.by_extension, acme.id, extension)  # type: ignore[no-any-return]


def test_the_list_is_searched_filtered_and_sorted_by_its_address(manager: Visitor) -> None:
    everybody = manager.get(USERS)
    assert everybody.status == 200 and "10 users" in everybody.text and "Zoë O'Brien" in everybody.text
    found = manager.get(f"{USERS}?search=hop&scope=call_center_supervisor")
    assert "1 user" in found.text and "Grace Hopper" in found.text and "Ada" not in found.text.split("1 user")[1]
    assert f'href="{USERS}?search=hop"' in found.html, "the chip takes the scope off"
    by_name = manager.get(f"{USERS}?sort=name&descending=1").html
    assert by_name.index("Alan Turing") < by_name.index("Tim Berners-Lee") and 'aria-sort="descending"' in by_name
    nobody = manager.get(f"{USERS}?search=nobody+there")
    assert "Nobody fits these filters" in nobody.text
    assert manager.get(f"{USERS}?scope=king").status == 422


def test_htmx_gets_the_table_alone(manager: Visitor) -> None:
    seen = manager.get(f"{USERS}?search=knuth", HX_Request="true")
    assert seen.html.lstrip().startswith('<div id="people">') and "Donald Knuth" in seen.text


def test_a_site_manager_sees_the_site_and_a_basic_user_only_themself(server: LiveServer, person: Visitor) -> None:
    katherine = Visitor(server).sign_in("106")
    seen = katherine.get(USERS)
    assert "5 users" in seen.text and "Ada Lovelace" not in seen.text
    assert katherine.get(f"{USERS}/107").status == 403
    assert "1 user" in person.get(USERS).text and person.get(f"{USERS}/101").status == 403
    assert ">Users<" not in person.get(f"{USERS}").html.split("</nav>")[0].replace("<span>Users</span>", ">Users<")


def test_another_company_has_no_users_here(manager: Visitor) -> None:
    assert manager.get("/c/other.example/users").status == 404
    assert manager.get(f"{USERS}/999").status == 404


def test_a_profile_is_saved_and_phones_are_told(server: LiveServer, manager: Visitor) -> None:
    form = manager.get(f"{USERS}/108")
    for group in (
        "Basic Profile",
        "Directory Options",
        "Caller ID Information",
        "Account Security",
        "Devices",
        "Phones",
    ):
        assert group in form.text
    assert '<datalist id="numbers"><option value="+1' in form.html and "list=numbers" in form.html
    fields = {
        "first_name": "Radia", "last_name": "Perlman-Ng", "extension": "108", "login_name": "108@acme.example",
        "department_id": "2", "site_id": "", "time_zone": "", "scope": "call_center_agent", "record_calls": "no",
        "area_code": "303", "caller_id_name": "", "caller_id_number": "", "emergency_caller_id": "",
        "emails": ["radia@acme.example", "r@home.example", ""], "list_in_directory": "1",
    }  # fmt: skip
    saved = manager.follow(f"{USERS}/108", fields)
    assert "Radia Perlman-Ng is saved" in saved.text
    now = user(server, "108")
    assert (now.last_name, now.site_id, now.department_id, now.scope) == ("Perlman-Ng", None, 2, "call_center_agent")
    assert now.emails == ("radia@acme.example", "r@home.example") and not now.announce_in_audio_directory
    assert "Nothing was changed." in manager.follow(f"{USERS}/108", fields).text
    told = [event.reason for event in server.events("000413000108") if event.kind == "config_changed"]
    assert any("last_name" in reason for reason in told)


def test_what_is_wrong_stands_beside_the_field_and_all_stays_typed(server: LiveServer, manager: Visitor) -> None:
    fields = {
        "first_name": "<b>Tim</b>", "last_name": "שלום", "extension": "101", "login_name": "109@acme.example",
        "department_id": "3", "site_id": "2", "time_zone": "Mars/Base", "scope": "basic_user", "record_calls": "no",
        "emails": ["not a mail"], "caller_id_number": "call me",
    }  # fmt: skip
    seen = manager.post(f"{USERS}/109", fields)
    assert seen.status == 422 and "is not known" in seen.text and "not a mail address" in seen.text
    for typed in ("&lt;b&gt;Tim&lt;/b&gt;", "שלום", "Mars/Base", "not a mail", "call me"):
        assert f'value="{typed}"' in seen.html, typed
    assert "<b>Tim" not in seen.html and user(server, "109").first_name == "Tim"
    taken = manager.post(f"{USERS}/109", {"first_name": "Tim", "extension": "101"})
    assert taken.status == 409 and "Extension 101 is taken" in taken.text


def test_site_defaults_overwrite_what_the_user_has(server: LiveServer, manager: Visitor) -> None:
    manager.post("/c/acme.example/sites/2", {"name": "Denver", "area_code": "720", "caller_id_name": "Acme Denver"})
    fields = {"first_name": "Edsger", "last_name": "Dijkstra", "site_id": "2", "overwrite": "1"}
    assert manager.post(f"{USERS}/104", fields).status == 303
    assert (user(server, "104").area_code, user(server, "104").caller_id_name) == ("720", "Acme Denver")


def test_everybody_is_shown_only_what_they_may_change(server: LiveServer, manager: Visitor, person: Visitor) -> None:
    own = person.get(f"{USERS}/107")
    assert own.status == 200 and 'name="first_name"' in own.html
    for name in ("extension", "scope", "login_name", "site_id", "record_calls"):
        assert f'name="{name}"' not in own.html, name
    assert "Delete user" not in own.text and "welcome" not in own.html
    sent = person.post(f"{USERS}/107", {"first_name": "Donald E.", "last_name": "Knuth", "scope": "office_manager"})
    assert sent.status == 303 and user(server, "107").scope == "basic_user"
    supervisor = Visitor(server).sign_in("102")
    seen = supervisor.get(f"{USERS}/107")
    assert seen.status == 200 and "does not change it" in seen.text and 'name="first_name"' not in seen.html
    assert supervisor.post(f"{USERS}/107", {"first_name": "X"}).status in (303, 403)
    assert user(server, "107").first_name == "Donald E."
    assert 'value="office_manager"' not in manager.get(f"{USERS}/107").html, "only the provider gives it"


def test_the_provider_adds_a_user_with_device_and_welcome_mail(server: LiveServer, provider: Visitor) -> None:
    assert f'href="{USERS}/add"' in provider.get(USERS).html
    wrong = provider.post(f"{USERS}/add", {"extension": "12x", "first_name": "Alonzo", "emails": ["a@acme.example"]})
    assert wrong.status == 422 and 'value="Alonzo"' in wrong.html and 'value="a@acme.example"' in wrong.html
    fields = {
        "extension": "120", "first_name": "Alonzo", "last_name": "Church", "emails": ["a@acme.example", ""],
        "department_id": "", "site_id": "1", "scope": "site_manager", "device": "1", "welcome": "1",
    }  # fmt: skip
    added = provider.follow(f"{USERS}/add", fields)
    assert "Alonzo Church is added." in added.text and "1 welcome mail is on the way." in added.text
    assert user(server, "120").scope == "site_manager"
    assert re.search(r"Devices.*\b120\b.*UDP", added.text)


def test_adding_is_for_those_who_may(manager: Visitor) -> None:
    assert f'href="{USERS}/add"' not in manager.get(USERS).html
    assert manager.get(f"{USERS}/add").status == 403
    assert manager.post(f"{USERS}/add", {"extension": "121"}).status == 403


def test_two_thousand_users_are_a_page_at_once(server: LiveServer, manager: Visitor) -> None:
    acme = server.store(domains.by_name, "acme.example")

    def many(store: object) -> None:
        with store.transaction():  # type: ignore[attr-defined]
            for number in range(2000):
                users.create(store, acme.id, str(3000 + number), 1, last_name=f"Last{number}")  # type: ignore[arg-type]

    server.store(many)
    for query in ("", "?search=last19", "?sort=site", "?lacks=phone"):
        assert manager.get(f"{USERS}{query}").status == 200
