"""Signing in, staying signed in, signing out; and who may not."""

from __future__ import annotations

import re

import pytest

from phone_manager import base
from tests.live import LiveServer
from tests.pages.visitor import Visitor

HOME = "/c/acme.example/"


@pytest.fixture
def visitor(server: LiveServer) -> Visitor:
    return Visitor(server)


def test_who_is_not_signed_in_is_asked_to_and_comes_back(visitor: Visitor) -> None:
    asked = visitor.get("/c/acme.example/phones?state=refused")
    assert asked.status == 303 and asked.location.startswith("/sign-in?next=")
    form = visitor.get(asked.location)
    assert form.status == 200 and 'value="/c/acme.example/phones?state=refused"' in form.html
    fields = {"login": "101@acme.example", "password": "demo", "next": "/c/acme.example/phones?state=refused"}
    assert visitor.post("/sign-in", fields).location == "/c/acme.example/phones?state=refused"


def test_everybody_begins_where_they_belong(server: LiveServer) -> None:
    assert Visitor(server).sign_in("107").get("/").location == HOME
    assert Visitor(server).sign_in("admin").get("/").location == "/companies"


def test_a_wrong_name_and_a_wrong_password_are_told_apart_by_nobody(visitor: Visitor) -> None:
    name = visitor.post("/sign-in", {"login": "999@acme.example", "password": "demo"})
    password = visitor.post("/sign-in", {"login": "101@acme.example", "password": "wrong"})
    assert name.status == password.status == 401
    assert "The login name or the password is wrong." in name.text
    assert name.html.replace("999@", "101@") == password.html
    assert not visitor.cookies


def test_guessing_is_stopped_and_does_not_lock_others_out(server: LiveServer, visitor: Visitor) -> None:
    for _ in range(10):
        assert visitor.post("/sign-in", {"login": "108@acme.example", "password": "guess"}).status == 401
    stopped = visitor.post("/sign-in", {"login": "108@acme.example", "password": "demo"})
    assert stopped.status == 429 and "wait a few minutes" in stopped.text
    Visitor(server).sign_in("109")


def test_the_cookie_is_for_this_server_only_and_scripts_do_not_see_it(visitor: Visitor) -> None:
    seen = visitor.post("/sign-in", {"login": "101@acme.example", "password": "demo"})
    cookie = seen.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Max-Age" not in cookie


def test_signing_out_ends_the_session_on_the_server(server: LiveServer, visitor: Visitor) -> None:
    visitor.sign_in("101")
    kept = dict(visitor.cookies)
    assert visitor.post("/sign-out", {}).status == 303
    visitor.cookies = kept
    assert visitor.get("/me/view").location.startswith("/sign-in")


def test_a_form_from_another_site_is_refused(manager: Visitor) -> None:
    for headers in ({"Sec_Fetch_Site": "cross-site"}, {"Sec_Fetch_Site": "same-site"}):
        seen = manager.post("/me/view", {"own": "1"}, **headers)
        assert seen.status == 403 and "another site" in seen.text


def test_what_was_typed_survives_an_expired_session(server: LiveServer, visitor: Visitor) -> None:
    seen = visitor.post("/me/view", {"own": "0", "note": "Zoë <b>"})
    assert seen.status == 401 and "You were signed out" in seen.text
    assert 'name="carried.note" value="Zoë &lt;b&gt;"' in seen.html
    fields = {"login": "101@acme.example", "password": "demo", "next": "/me/view", "carried.note": "Zoë <b>"}
    on = visitor.post("/sign-in", fields)
    assert on.status == 200 and 'name="note" value="Zoë &lt;b&gt;"' in on.html and 'action="/me/view"' in on.html


@pytest.mark.parametrize("going", ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:1"])
def test_nobody_is_sent_to_another_server(visitor: Visitor, going: str) -> None:
    seen = visitor.post("/sign-in", {"login": "101@acme.example", "password": "demo", "next": going})
    assert seen.location == "/"


def test_an_office_manager_switches_between_the_organization_and_their_own(server: LiveServer) -> None:
    ada = Visitor(server).sign_in("101")
    assert "Settings" in ada.get("/c/acme.example/nowhere").text
    ada.post("/me/view", {"own": "1"})
    seen = ada.get("/c/acme.example/nowhere")
    assert "Settings" not in seen.text and "Manage Organization" in seen.text


def test_another_company_is_not_there(manager: Visitor, provider: Visitor) -> None:
    for visitor in (manager, provider):
        seen = visitor.get("/c/other.example/phones")
        assert seen.status == 404


def test_pages_carry_headers_that_let_nothing_else_in(manager: Visitor) -> None:
    seen = manager.get("/sign-in-not-here")
    assert seen.status == 404
    seen = manager.get("/c/acme.example/nowhere")
    assert seen.headers["content-security-policy"] == base.POLICY and "unsafe" not in base.POLICY
    assert seen.headers["cache-control"] == "no-store"


def test_files_of_the_pages_are_kept_by_hash_and_packed(visitor: Visitor) -> None:
    address = re.search(r'href="(/static/[^"]+/css/pages.css)"', visitor.get("/sign-in").html)
    assert address
    seen = visitor.get(address[1])
    assert seen.status == 200 and "immutable" in seen.headers["cache-control"]
    assert visitor.get(address[1].replace("pages.css", "../../base.py")).status == 404
    assert visitor.get("/static/0000000000/css/pages.css").headers["cache-control"] == "no-cache"
