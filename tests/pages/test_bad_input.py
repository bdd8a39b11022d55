"""What people send that they should not, or cannot help sending: a sentence each, and nothing is lost."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from provd.store import domains, sessions, sites, templates, users
from provd.store.database import Store
from tests.live import LiveServer
from tests.pages import every, furnished
from tests.pages.every import ACME, ADAS, EXAMPLES, Example
from tests.pages.every_browser import Windows
from tests.pages.visitor import Visitor

OTHER = "/c/other.example"
MARKUP, HEBREW = '<b id="evil">&amp;"x', "שלום"
NAMED = re.compile(r"[0-9a-f]{12}|/[0-9]+|\+[0-9]+|\{job\}|rules/default")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    with LiveServer(furnished.shelve(tmp_path_factory.mktemp("bad"))) as running:
        running.store(_others)
        yield running


def _others(store: Store) -> None:
    """Another company; and people, sites and templates of ours with names that nobody thought of."""
    now, acme = int(time.time()), domains.by_name(store, "acme.example").id
    domains.create(store, "other.example", now, description="Other")
    who = users.by_extension(store, acme, "108")
    users.update(store, acme, who.id, now, first_name=MARKUP, last_name=HEBREW)
    templates.create(store, acme, f"{MARKUP} {HEBREW}", "yealink-t46u", now, description=MARKUP)
    sites.create(store, acme, f"{MARKUP} {HEBREW}", now)


@pytest.fixture(scope="module")
def values(server: LiveServer, manager: Visitor) -> Mapping[str, str]:
    return furnished.furnish(server, manager)


def _named(example: Example) -> bool:
    return example.path.startswith(ACME) and example.kind in ("page", "part") and bool(NAMED.search(example.path))


MIXED = [example for example in EXAMPLES if _named(example)]


@pytest.mark.parametrize("example", MIXED, ids=lambda example: example.path.removeprefix(ACME))
def test_what_is_one_companys_is_not_there_in_another(
    values: Mapping[str, str], provider: Visitor, manager: Visitor, example: Example
) -> None:
    """The provider may see both; an address that mixes them leads nowhere."""
    path = every.filled(example.path, values).replace(ACME, OTHER)
    assert provider.get(path).status == 404, path
    assert manager.get(path).status == 404, path


def test_names_are_shown_and_are_no_markup(values: Mapping[str, str], manager: Visitor, provider: Visitor) -> None:
    seen_where = 0
    for example in EXAMPLES:
        if example.kind in ("page", "part"):
            visitor = manager if example.path.startswith(ACME) else provider
            seen = visitor.get(every.filled(example.path, values), **_htmx(example))
            assert '<b id="evil"' not in seen.html and 'evil\\"' not in seen.html, example.path
            seen_where += "&lt;b id=&#34;evil&#34;&gt;" in seen.html
    assert seen_where >= 10, "lists, choices and profiles show the names"
    profile = manager.get(f"{ACME}/users/108").html
    assert HEBREW in profile and 'dir="auto"' in profile


def _htmx(example: Example) -> dict[str, str]:
    return {"HX_Request": "true"} if example.kind == "part" else {}


def test_a_key_whose_target_is_gone_says_so_and_the_rest_can_be_saved(server: LiveServer, manager: Visitor) -> None:
    wish = {"kind": "blf", "was": "blf", "target": "109", "do": "set"}
    assert manager.follow(f"{ADAS}/keys/12", wish).status == 200
    assert "Saved." in manager.follow(f"{ADAS}/keys", {"do": "save", "when": ""}).text
    warned = manager.get(f"{ACME}/users/selected?do=delete&users=109")
    assert "Key 12" in warned.text, "whoever deletes somebody is told whose keys point there"
    manager.post(f"{ACME}/users/selected", {"do": "delete", "users": "109"})
    seen = manager.get(f"{ADAS}/keys/12")
    assert seen.status == 200
    manager.follow(f"{ADAS}/keys/13", {"kind": "park", "was": "park", "target": "703", "do": "set"})
    assert "Saved." in manager.follow(f"{ADAS}/keys", {"do": "save", "when": ""}).text, "other keys can be saved"
    assert "Key 12 watches 109, and nobody in the company has this extension." in seen.text


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("photo.png", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8, "This is no text file"),
        ("book.xlsx", b"PK\x03\x04" * 99, "This is a workbook; save it from the spreadsheet as CSV"),
        ("empty.csv", b"", "Choose a file that was saved as CSV"),
        ("words.csv", "MAC\nNo such thing\n".encode("utf-16"), "“No such thing” is not a MAC address"),
    ],
    ids=("picture", "workbook", "empty", "words"),
)
def test_a_file_of_the_wrong_kind_is_refused_in_a_sentence(
    manager: Visitor, name: str, content: bytes, sentence: str
) -> None:
    seen = manager.upload(f"{ACME}/phones/add/sheet", {"do": "try"}, "file", name, content)
    assert seen.status in (200, 422) and sentence in seen.text, seen.text[:900]
    assert "PNG" not in seen.html and "PKPK" not in seen.html, "what cannot be read is not spread over the page"


def test_what_is_too_large_is_refused_before_it_is_kept(manager: Visitor) -> None:
    seen = manager.upload(f"{ACME}/phones/add/sheet", {"do": "try"}, "file", "all.csv", b"x" * (3 * 1024 * 1024))
    assert seen.status == 422 and "split the sheet" in seen.text
    seen = manager.upload(f"{ACME}/users/101", {}, "file", "all.csv", b"x" * (3 * 1024 * 1024))
    assert seen.status == 413 and "larger than" in seen.text


def test_forms_without_their_fields_are_answered_with_sentences(
    values: Mapping[str, str], provider: Visitor, manager: Visitor
) -> None:
    for example in EXAMPLES:
        if example.path in ("/sign-out", "/me/browsers", "/theme") or "/sign-in" in example.path:
            continue
        for fields in ({}, {"do": "\x00nonsense", "kind": "x" * 5000, "macs": "zz", "name": "\x07"}):
            seen = manager.post(every.filled(example.path, values), fields)
            assert seen.status < 500, f"{example.path} {fields}: {seen.text[:300]}"


@pytest.mark.browser
def test_a_session_that_ends_in_mid_edit_keeps_what_was_typed(chromium: Any, server: LiveServer) -> None:
    from playwright.sync_api import expect

    windows = Windows(chromium, server, {})
    page = windows.open("101", f"{ADAS}/keys/14")
    page.get_by_label("Feature").select_option(label="Speed Dial")
    expect(page.get_by_role("textbox", name="Label")).to_be_visible()
    ada = server.store(users.by_login, "101@acme.example")
    server.store(sessions.end_all, ada.id)
    page.get_by_role("textbox", name="Label").fill("Florist")
    page.get_by_role("textbox", name="Label").press("Tab")
    dialog = page.get_by_role("dialog", name="You were signed out")
    expect(dialog).to_be_visible()
    with page.context.expect_page() as opened:
        dialog.get_by_role("link", name="Sign in").click()
    other = opened.value
    other.get_by_label("Login name").fill("101@acme.example")
    other.get_by_label("Password", exact=True).fill("demo")
    other.get_by_role("button", name="Log In").click()
    other.wait_for_url("**/me")
    dialog.get_by_role("button", name="Back to the page").click()
    expect(page.get_by_role("textbox", name="Label")).to_have_value("Florist")
    page.get_by_role("textbox", name="Label").fill("Florist Rosa")
    page.get_by_role("textbox", name="Label").press("Tab")
    expect(page.get_by_role("link", name="Key 14: speed dial, Florist Rosa").first).to_be_visible()
    windows.close()
