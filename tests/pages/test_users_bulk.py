"""Something done to users chosen: mails, password resets, edits, deletions, recycling; who may not."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from provd.store import domains, users
from provd.store.rows import User
from tests.live import LiveServer
from tests.pages.visitor import Visitor

USERS = "/c/acme.example/users"
SELECTED = f"{USERS}/selected"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    with LiveServer(tmp_path_factory.mktemp("bulk")) as running:
        yield running


def user(server: LiveServer, extension: str) -> User:
    acme = server.store(domains.by_name, "acme.example")
    return server.store(users.by_extension, acme.id, extension)  # type: ignore[no-any-return]


def test_welcome_mails_tell_who_was_skipped(server: LiveServer, manager: Visitor) -> None:
    katherine = user(server, "106")
    server.store(users.update, katherine.domain_id, katherine.id, int(time.time()), emails=())
    asked = manager.get(f"{SELECTED}?do=welcome&users=105&users=106")
    assert "Send the welcome mail to 2 users" in asked.text and "No mail address: 106" in asked.text
    done = manager.follow(SELECTED, {"do": "welcome", "users": ["105", "106"]})
    assert "1 welcome mail is on the way. Skipped: 106 (no mail address)." in done.text
    one = manager.post(SELECTED, {"do": "welcome", "users": ["105"]})
    assert one.location == f"{USERS}/105", "one goes back to the profile"


def test_a_password_reset_clears_it_and_signs_out(server: LiveServer, manager: Visitor) -> None:
    tim = Visitor(server).sign_in("109")
    assert tim.get("/me").status == 200
    done = manager.follow(SELECTED, {"do": "password", "users": ["109"], "mail": "1"})
    assert "1 password is cleared. 1 mail with a link is on the way." in done.text
    assert tim.get("/me").location.startswith("/sign-in")
    refused = Visitor(server).post("/sign-in", {"login": "109@acme.example", "password": "demo"})
    assert refused.status == 401
    own = manager.post(SELECTED, {"do": "password", "users": ["101"]})
    assert own.status == 403 and "in your profile" in own.text


def test_many_are_edited_or_none(server: LiveServer, manager: Visitor) -> None:
    fields = {"do": "edit", "users": ["103", "104"], "set": ["record_calls", "area_code"]}
    values = {"record_calls": "yes_with_transcription", "area_code": "512", "time_zone": "Europe/Berlin"}
    done = manager.follow(SELECTED, fields | values)
    assert "2 users changed." in done.text
    for extension in ("103", "104"):
        found = user(server, extension)
        assert (found.record_calls, found.area_code, found.time_zone) == ("yes_with_transcription", "512", "")
    wrong = manager.post(
        SELECTED, fields | {"set": ["time_zone", "area_code"], "time_zone": "Mars/Base", "area_code": "1"}
    )
    assert wrong.status == 422 and "is not known" in wrong.text and 'value="Mars/Base"' in wrong.html
    assert user(server, "103").area_code == "512", "all or none"
    nothing = manager.post(SELECTED, {"do": "edit", "users": ["103"]})
    assert nothing.status == 422 and "Nothing is ticked" in nothing.text


def test_what_goes_along_is_told_before_anybody_is_deleted(server: LiveServer, manager: Visitor) -> None:
    asked = manager.get(f"{SELECTED}?do=delete&users=102&users=110")
    assert asked.status == 200 and "Delete 2 users" in asked.text
    assert "64:16:7f:00:01:02" in asked.text and "template Reception" in asked.text
    part = manager.get(f"{SELECTED}?do=delete&users=110", HX_Request="true")
    assert part.html.lstrip().startswith("<dialog data-asks") and "Delete Zoë O'Brien" in part.text
    done = manager.follow(SELECTED, {"do": "delete", "users": ["110"]})
    assert "Deleted: Zoë O'Brien." in done.text and "lost a line" in done.text
    assert manager.get(f"{USERS}/110").status == 404
    gone = manager.post(SELECTED, {"do": "delete", "users": ["110"]})
    assert gone.status == 422 and "110" in gone.text


def test_a_company_whose_managers_may_not_delete(server: LiveServer, manager: Visitor, provider: Visitor) -> None:
    acme = server.store(domains.by_name, "acme.example")
    server.store(domains.update, acme.id, int(time.time()), hide_delete=True)
    try:
        assert 'value="delete"' not in manager.get(USERS).html and "Delete user" not in manager.get(f"{USERS}/107").text
        refused = manager.post(SELECTED, {"do": "delete", "users": ["107"]})
        assert refused.status == 403 and "deleted by the provider only" in refused.text
        assert "Delete user" in provider.get(f"{USERS}/107").text
    finally:
        server.store(domains.update, acme.id, int(time.time()), hide_delete=False)


def test_an_extension_gets_a_new_person(server: LiveServer, manager: Visitor) -> None:
    form = manager.get(f"{USERS}/108/recycle")
    assert "Extension 108 for a new person" in form.text and "Radia Perlman" in form.text
    fields = {"first_name": "Lynn", "last_name": "Conway", "emails": ["lynn@acme.example"], "scope": "basic_user"}
    unsure = manager.post(f"{USERS}/108/recycle", fields | {"confirm": "18"})
    assert unsure.status == 422 and "Write the extension 108" in unsure.text and 'value="Conway"' in unsure.html
    done = manager.follow(f"{USERS}/108/recycle", fields | {"confirm": "108", "welcome": "1", "department_id": "1"})
    assert "108 is Lynn Conway now." in done.text and "The welcome mail is on the way." in done.text
    assert "new file with new passwords" in done.text
    found = user(server, "108")
    assert (found.name, found.emails, found.department_id) == ("Lynn Conway", ("lynn@acme.example",), 1)


@pytest.mark.parametrize("do", ["welcome", "password", "edit", "delete", "recycle"])
def test_a_basic_user_does_nothing_to_others(person: Visitor, do: str) -> None:
    if do == "recycle":
        assert person.get(f"{USERS}/103/recycle").status == 403
        assert person.post(f"{USERS}/103/recycle", {"confirm": "103"}).status == 403
        return
    assert f'name="do" value="{do}"' not in person.get(USERS).html
    assert person.get(f"{SELECTED}?do={do}&users=103").status == 403
    assert person.post(SELECTED, {"do": do, "users": ["103"], "set": "area_code"}).status == 403


def test_a_site_manager_keeps_to_the_site(server: LiveServer) -> None:
    katherine = Visitor(server).sign_in("106")
    refused = katherine.post(SELECTED, {"do": "welcome", "users": ["104", "107"]})
    assert refused.status == 403 and "User 107 is out of your reach; nothing was done." in refused.text
    assert katherine.get(f"{USERS}/107/recycle").status == 403


def test_questions_that_make_no_sense(manager: Visitor) -> None:
    assert manager.get(f"{SELECTED}?do=praise&users=101").status == 404
    assert "Nobody is chosen" in manager.get(f"{SELECTED}?do=welcome").text
    assert manager.get(f"{SELECTED}?do=delete&users=999").status == 422
