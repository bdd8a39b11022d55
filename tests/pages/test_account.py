"""One's own account: profile, password, PIN, one-time codes, sign-ins, phones."""

from __future__ import annotations

import base64
import html
import re
import time
from collections.abc import Iterator

import pytest

from provd import totp
from provd.store import domains, users
from provd.store.rows import User
from tests.live import LiveServer
from tests.pages.visitor import Visitor


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    with LiveServer(tmp_path_factory.mktemp("own")) as running:
        yield running


def user(server: LiveServer, extension: str) -> User:
    acme = server.store(domains.by_name, "acme.example")
    return server.store(users.by_extension, acme.id, extension)  # type: ignore[no-any-return]


def test_a_person_sees_their_phones_and_saves_their_profile(server: LiveServer, person: Visitor) -> None:
    seen = person.get("/me")
    assert seen.status == 200 and "extension 107" in seen.text
    assert 'href="/c/acme.example/phones/000b82000107"' in seen.html and "Waiting" in seen.text
    fields = {"first_name": "Don", "last_name": "Knuth", "emails": ["don@acme.example", ""], "list_in_directory": "1"}
    saved = person.follow("/me", fields | {"scope": "office_manager", "time_zone": "America/Denver"})
    assert "Saved." in saved.text
    now = user(server, "107")
    assert (now.name, now.emails, now.time_zone, now.scope) == (
        "Don Knuth", ("don@acme.example",), "America/Denver", "basic_user",
    )  # fmt: skip
    assert not now.announce_in_audio_directory and now.list_in_directory


def test_what_is_wrong_stands_beside_the_field(person: Visitor) -> None:
    seen = person.post("/me", {"first_name": "<i>D</i>", "last_name": "Knuth", "time_zone": "Moon", "emails": ["x"]})
    assert seen.status == 422 and 'value="&lt;i&gt;D&lt;/i&gt;"' in seen.html and 'value="Moon"' in seen.html
    assert "is not known" in seen.text and "not a mail address" in seen.text


def test_a_new_password_wants_the_present_one_and_signs_out_the_others(server: LiveServer) -> None:
    here, there = Visitor(server).sign_in("109"), Visitor(server).sign_in("109")
    fields = {"current": "demo", "password": "correct horse", "again": "correct horse"}
    wrong = here.post("/me/password", fields | {"current": "guess"})
    assert wrong.status == 422 and "not the present password" in wrong.text and "correct horse" not in wrong.html
    assert "differ" in here.post("/me/password", fields | {"again": "other"}).text
    before = here.cookies["provd_session"]
    done = here.follow("/me/password", fields)
    assert done.status == 200 and "Your password is changed" in done.text
    assert here.cookies["provd_session"] != before
    assert there.get("/me").location.startswith("/sign-in")
    Visitor(server).sign_in("109", "correct horse")


def test_a_pin_that_everybody_tries_is_taken_only_when_meant(server: LiveServer, person: Visitor) -> None:
    asked = person.post("/me/pin", {"voicemail_pin": "0000"})
    assert asked.status == 422 and "Use this PIN anyway" in asked.text
    assert person.post("/me/pin", {"voicemail_pin": "12"}).status == 422
    assert person.post("/me/pin", {"voicemail_pin": "2719"}).status == 303
    donald = user(server, "107")
    assert server.store(users.voicemail_pin_is, donald.domain_id, donald.id, "2719")
    assert person.post("/me/pin", {"voicemail_pin": "0000", "anyway": "1"}).status == 303
    assert server.store(users.voicemail_pin_is, donald.domain_id, donald.id, "0000")


def test_other_browsers_are_signed_out_one_or_all(server: LiveServer) -> None:
    here, second, third = (Visitor(server).sign_in("108") for _ in range(3))
    listed = here.get("/me")
    assert "this browser" in listed.text and listed.html.count("Sign out Unknown program") == 2
    newest = re.findall(r'name="id" value="(\d+)"', listed.html)[0]
    assert here.post("/me/browsers", {"id": newest}).status == 303
    assert [bool(one.get("/me").location) for one in (second, third)].count(True) == 1
    assert here.post("/me/browsers", {"id": "1"}).status == 404, "somebody else's"
    here.post("/me/browsers", {})
    assert here.get("/me").status == 200
    assert second.get("/me").location and third.get("/me").location


def _code(secret: str, steps: int = 0) -> str:
    plain = base64.b32decode(secret + "=" * (-len(secret) % 8))
    return totp.code(plain, int(time.time() // totp.STEP) + steps)


def test_one_time_codes_are_set_up_used_and_switched_off(server: LiveServer) -> None:
    acme = server.store(domains.by_name, "acme.example")
    alan = Visitor(server).sign_in("103")
    assert "Your provider switches" in alan.get("/me/second-factor").text
    server.store(domains.update, acme.id, int(time.time()), second_factor=True)
    begun = alan.post("/me/second-factor", {"do": "begin"})
    secret = re.search(r'name="secret" value="([A-Z2-7]+)"', begun.html)
    uri = re.search(r'name="uri" value="([^"]+)"', begun.html)
    assert secret and uri and "data:image/svg+xml;base64," in begun.html
    kept = {"do": "confirm", "secret": secret[1], "uri": html.unescape(uri[1])}
    wrong = alan.post("/me/second-factor", kept | {"code": "000000"})
    assert wrong.status == 422 and "This code is wrong" in wrong.text and secret[1] in wrong.html
    done = alan.post("/me/second-factor", kept | {"code": _code(secret[1], -1)})
    codes = re.findall(r"<li>([a-z2-9-]{19})</li>", done.html)
    assert done.status == 200 and len(codes) == 10
    again = Visitor(server)
    assert again.post("/sign-in", {"login": "103@acme.example", "password": "demo"}).location.startswith(
        "/sign-in/code"
    )
    assert again.post("/sign-in/code", {"code": codes[0]}).location == "/"
    assert "9 recovery codes left" in again.get("/me/second-factor").text
    refused = again.post("/me/second-factor", {"do": "disable", "code": codes[0]})
    assert refused.status == 422
    assert again.post("/me/second-factor", {"do": "disable", "code": codes[1]}).location == "/me"
    Visitor(server).sign_in("103").get("/me")


def test_a_manager_helps_who_lost_the_app(server: LiveServer, manager: Visitor) -> None:
    grace = Visitor(server).sign_in("102")
    acme = server.store(domains.by_name, "acme.example")
    server.store(domains.update, acme.id, int(time.time()), second_factor=True)
    begun = grace.post("/me/second-factor", {"do": "begin"})
    secret = re.search(r'name="secret" value="([A-Z2-7]+)"', begun.html)
    assert secret
    grace.post("/me/second-factor", {"do": "confirm", "code": _code(secret[1])})
    assert "One-time codes in use" in manager.get("/c/acme.example/users/102").text
    gone = manager.follow("/c/acme.example/users/102/second-factor", {})
    assert "the password alone opens now" in gone.text and "Not set up" in gone.text
    assert grace.post("/c/acme.example/users/101/second-factor", {}).status == 403


def test_a_login_of_the_provider_has_an_account_too(provider: Visitor) -> None:
    seen = provider.get("/me")
    assert seen.status == 200 and "Provider" in seen.text and 'name="first_name"' not in seen.html
    assert provider.post("/me", {"first_name": "X"}).status == 404
    assert provider.post("/me/pin", {"voicemail_pin": "2719"}).status == 404
    assert "Set up one-time codes" in provider.get("/me/second-factor").text


def test_nobody_has_an_account_without_signing_in(server: LiveServer) -> None:
    for path in ("/me", "/me/second-factor"):
        assert Visitor(server).get(path).location.startswith("/sign-in?next=")
    assert Visitor(server).post("/me/password", {"current": "demo"}).status == 401
