"""Forgotten login names and passwords, the links of mails, and the second step of a sign-in."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default

import pytest

from provd import totp
from provd.store import domains, links, second_factors, users
from provd.store.database import Store
from provd.store.rows import User
from tests.live import LiveServer
from tests.pages.visitor import Visitor


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    with LiveServer(tmp_path_factory.mktemp("account")) as running:
        yield running


def person(server: LiveServer, login: str) -> User:
    found: User | None = server.store(users.by_login, f"{login}@acme.example")
    assert found is not None
    return found


def link(server: LiveServer, login: str, purpose: str, seconds: int = 3600) -> str:
    user = person(server, login)
    return str(server.store(links.make, user.id, purpose, int(time.time()), seconds))


@pytest.fixture
def visitor(server: LiveServer) -> Visitor:
    return Visitor(server)


def test_the_sign_in_page_leads_to_both(visitor: Visitor) -> None:
    seen = visitor.get("/sign-in")
    assert 'href="/forgotten/login"' in seen.html and 'href="/forgotten/password"' in seen.html
    assert visitor.get("/forgotten/login").status == visitor.get("/forgotten/password").status == 200


def test_a_known_and_an_unknown_address_are_answered_alike(visitor: Visitor) -> None:
    known = visitor.post("/forgotten/login", {"email": "ada@acme.example", "extension": ""})
    unknown = visitor.post("/forgotten/login", {"email": "nobody@acme.example", "extension": ""})
    assert known.status == unknown.status == 200
    assert known.html == unknown.html and "a mail with the login name is on its way" in known.text


def test_a_known_and_an_unknown_login_are_answered_alike(visitor: Visitor) -> None:
    known = visitor.post("/forgotten/password", {"login": "108@acme.example"})
    unknown = visitor.post("/forgotten/password", {"login": "999@acme.example"})
    assert known.status == unknown.status == 200 and known.html == unknown.html


def test_what_is_missing_is_told_beside_the_field(visitor: Visitor) -> None:
    seen = visitor.post("/forgotten/login", {"email": " ", "extension": "101"})
    assert seen.status == 422 and "Type the mail address" in seen.text and 'value="101"' in seen.html
    assert visitor.post("/forgotten/password", {"login": ""}).status == 422


def test_a_link_sets_a_password_once(server: LiveServer, visitor: Visitor) -> None:
    address = f"/reset/{link(server, '107', 'reset')}"
    form = visitor.get(address)
    assert form.status == 200 and "Donald Knuth" in form.text and "Voicemail PIN" not in form.text
    differ = visitor.post(address, {"password": "correct horse", "again": "correct house"})
    assert differ.status == 422 and "The two passwords differ" in differ.text
    short = visitor.post(address, {"password": "short", "again": "short"})
    assert short.status == 422 and "8 to 200 characters" in short.text and "correct" not in short.html
    done = visitor.post(address, {"password": "correct horse", "again": "correct horse"})
    assert done.status == 303 and done.location == "/sign-in?login=107%40acme.example"
    assert 'value="107@acme.example"' in visitor.get(done.location).html
    visitor.sign_in("107", "correct horse")
    assert visitor.get(address).status == 404
    again = visitor.post(address, {"password": "another one", "again": "another one"})
    assert again.status == 404 and "used already or is too old" in again.text


def test_a_new_person_sets_password_and_pin_and_a_pin_that_all_try_is_asked_about(
    server: LiveServer, visitor: Visitor
) -> None:
    address = f"/welcome/{link(server, '110', 'setup')}"
    form = visitor.get(address)
    assert "Complete set-up" in form.text and "Zoë O'Brien" in form.text and "extension 110" in form.text
    fields = {"password": "a long password", "again": "a long password", "voicemail_pin": "1234"}
    asked = visitor.post(address, fields)
    assert (
        asked.status == 422 and "one of the first that anybody tries" in asked.text and "Use this PIN any" in asked.text
    )
    wrong = visitor.post(address, fields | {"voicemail_pin": "12a", "anyway": "1"})
    assert wrong.status == 422 and "4 to 12 digits" in wrong.text
    assert visitor.post(address, fields | {"voicemail_pin": "2719"}).status == 303
    user = person(server, "110")
    assert server.store(users.voicemail_pin_is, user.domain_id, user.id, "2719")


def test_links_that_open_nothing(visitor: Visitor, server: LiveServer) -> None:
    for token in ("x" * 43, "..", link(server, "109", "reset", seconds=-1)):
        assert visitor.get(f"/reset/{token}").status in (303, 404)


def with_second_factor(store: Store, login: str) -> bytes:
    """Switches it on for the company, as the provider does, and for this person, at an hour long gone."""
    user = users.by_login(store, login)
    assert user is not None and user.domain_id is not None
    domains.update(store, user.domain_id, int(time.time()), second_factor=True)
    secret = second_factors.begin(store, user, 1)
    second_factors.confirm(store, user.id, totp.code(secret, 100), 100 * totp.STEP)
    return secret


def test_a_second_factor_is_asked_and_opens(server: LiveServer, visitor: Visitor) -> None:
    secret = server.store(with_second_factor, "106@acme.example")
    first = visitor.post("/sign-in", {"login": "106@acme.example", "password": "demo", "next": "/c/acme.example/users"})
    assert first.status == 303 and first.location.startswith("/sign-in/code?next=%2Fc%2Facme")
    assert visitor.get("/c/acme.example/users").location.startswith("/sign-in?"), "the password alone opens nothing"
    form = visitor.get(first.location)
    assert form.status == 200 and 'value="/c/acme.example/users"' in form.html
    wrong = visitor.post("/sign-in/code", {"code": "abc", "next": "/c/acme.example/users"})
    assert wrong.status == 401 and "This code is wrong" in wrong.text
    code = totp.code(secret, int(time.time() // totp.STEP))
    waiting = dict(visitor.cookies)
    right = visitor.post("/sign-in/code", {"code": code, "next": "/c/acme.example/users"})
    assert right.status == 303 and right.location == "/c/acme.example/users"
    assert visitor.cookies["provd_session"] != waiting["provd_session"]
    assert visitor.get("/sign-in").location == "/", "the session is open now"
    other = Visitor(server)
    other.post("/sign-in", {"login": "106@acme.example", "password": "demo"})
    assert other.post("/sign-in/code", {"code": code}).status == 401, "a code opens once"


def test_what_was_typed_survives_both_steps(server: LiveServer, visitor: Visitor) -> None:
    secret = server.store(lambda store: _renew(store, "106@acme.example"))
    fields = {"login": "106@acme.example", "password": "demo", "next": "/me", "carried.note": "Zoë <b>"}
    asked = visitor.post("/sign-in", fields)
    assert asked.status == 200 and 'name="carried.note" value="Zoë &lt;b&gt;"' in asked.html
    code = totp.code(secret, int(time.time() // totp.STEP))
    on = visitor.post("/sign-in/code", {"code": code, "next": "/me", "carried.note": "Zoë <b>"})
    assert on.status == 200 and 'name="note" value="Zoë &lt;b&gt;"' in on.html and 'action="/me"' in on.html


def _renew(store: Store, login: str) -> bytes:
    user = users.by_login(store, login)
    assert user is not None
    second_factors.remove(store, user.id)
    return with_second_factor(store, login)


def test_without_a_password_there_is_no_second_step(visitor: Visitor) -> None:
    assert visitor.get("/sign-in/code").location == "/sign-in"
    assert visitor.post("/sign-in/code", {"code": "123456"}).location == "/sign-in"


def test_the_links_of_mails_lead_to_their_pages(server: LiveServer, visitor: Visitor, manager: Visitor) -> None:
    visitor.post("/forgotten/password", {"login": "105@acme.example"})
    manager.post("/c/acme.example/users/selected", {"do": "welcome", "users": ["104"]})
    server.call(server.services.outbox.send_due())
    server.call(server.services.outbox.stop())  # what was under way is written now
    said = {}
    for path in (server.settings.data_dir / "outbox").glob("*.eml"):
        mail = message_from_bytes(path.read_bytes(), policy=default)
        body = mail.get_body(("plain",))
        assert body is not None
        for found in re.findall(r"https?://[^/\s]+(/(?:reset|welcome)/\S+)", body.get_content()):
            said[mail["To"]] = visitor.get(found).text
    assert "Choose a new password" in said["barbara@acme.example"]
    assert "Complete your set-up" in said["edsger@acme.example"] and "extension 104" in said["edsger@acme.example"]
