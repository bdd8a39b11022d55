"""The pages about people in Chromium: journeys by role and name, and nothing that keeps anybody out."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from provd.store import domains
from tests.live import LiveServer

pytestmark = pytest.mark.browser
USERS = "/c/acme.example/users"
Browse = Callable[..., Any]
Axe = Callable[[Any], None]

PAGES = (
    ("101", USERS), ("101", f"{USERS}/107"), ("102", f"{USERS}/107"), ("101", f"{USERS}/107/recycle"),
    ("admin", f"{USERS}/add"), ("101", f"{USERS}/selected?do=edit&users=107&users=108"),
    ("101", "/c/acme.example/sites"), ("101", "/c/acme.example/sites/1"), ("101", "/c/acme.example/activity?who=101"),
    ("107", "/me"), ("admin", "/me/second-factor"), ("", "/sign-in"), ("", "/forgotten/login"),
    ("", "/forgotten/password"),
)  # fmt: skip


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    with LiveServer(tmp_path_factory.mktemp("browser")) as running:
        yield running


@pytest.mark.parametrize(("login", "path"), PAGES)
def test_pages_keep_nobody_out_in_either_theme(browse: Browse, axe: Axe, login: str, path: str) -> None:
    page = browse(login, path)
    axe(page)
    page.emulate_media(color_scheme="dark")
    page.reload()
    axe(page)
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "no scrolling sideways on a phone"


def test_users_are_found_while_typing_and_written_to(browse: Browse, axe: Axe) -> None:
    from playwright.sync_api import expect

    page = browse("101", USERS)
    page.get_by_role("searchbox", name="Search", exact=True).fill("turing")
    expect(page.get_by_role("row")).to_have_count(2)
    expect(page).to_have_url(re.compile(r"search=turing"))
    page.get_by_role("checkbox", name="Choose 103 Alan Turing").check()
    expect(page.get_by_text("1 chosen")).to_be_visible()
    page.get_by_role("button", name="Welcome mail").click()
    dialog = page.get_by_role("dialog", name="Send the welcome mail to Alan Turing")
    expect(dialog).to_be_visible()
    axe(page)
    dialog.get_by_role("button", name="Send 1 welcome mail").click()
    expect(page.get_by_text("1 welcome mail is on the way.")).to_be_visible()
    expect(page).to_have_url(re.compile("/users/103$"))


def test_what_the_list_is_made_of(browse: Browse) -> None:
    from playwright.sync_api import expect

    page = browse("101", f"{USERS}?search=ada")
    expect(page.locator("#people")).to_match_aria_snapshot(
        """
        - list "Filters":
          - listitem:
            - link "“ada” Remove"
        - form "Users":
          - table "1 user":
            - rowgroup:
              - row /Extension Name Department Site Scope E-mail Phones/
            - rowgroup:
              - row /101 Ada Lovelace Office Dallas Office Manager ada@acme.example 2/
        """
    )


def test_a_profile_is_changed_and_guarded_until_it_is_saved(browse: Browse) -> None:
    from playwright.sync_api import expect

    page = browse("101", f"{USERS}/109")
    page.get_by_label("First name").fill("Timothy")
    page.get_by_role("button", name="Add another e-mail").click()
    page.get_by_role("textbox", name="Another e-mail address").last.fill("tim@home.example")
    asked: list[str] = []

    def dismissed(dialog: Any) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.once("dialog", dismissed)
    page.get_by_role("link", name="Sites & departments").or_(page.get_by_role("link", name="Activity")).first.click()
    assert asked == ["beforeunload"]
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Timothy Berners-Lee")
    expect(page.get_by_role("textbox", name="E-mail address 2")).to_have_value("tim@home.example")


def test_deleting_tells_what_goes_along(browse: Browse, axe: Axe) -> None:
    from playwright.sync_api import expect

    page = browse("101", f"{USERS}/105")
    page.get_by_text("Account", exact=True).first.click()
    page.get_by_role("link", name="Delete user").click()
    dialog = page.get_by_role("dialog", name="Delete Barbara Liskov")
    expect(dialog).to_contain_text("00:56:2b:00:01:05")
    axe(page)
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.locator("dialog[data-asks]")).to_have_count(0)
    page.get_by_text("Account", exact=True).first.click()
    page.get_by_role("link", name="Delete user").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete 1 user").click()
    expect(page.get_by_role("status").first).to_contain_text("Deleted: Barbara Liskov.")


def test_many_are_edited_by_what_is_typed(browse: Browse) -> None:
    from playwright.sync_api import expect

    page = browse("101", USERS)
    page.get_by_role("checkbox", name="Choose all users shown").check()
    page.get_by_role("button", name="Edit", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text(re.compile(r"\d+ chosen"))).to_be_visible()
    page.get_by_role("button", name="Edit", exact=True).click()
    dialog.get_by_role("textbox", name="Area code").fill("469")
    expect(dialog.get_by_role("checkbox", name="Area code")).to_be_checked()
    dialog.get_by_role("button", name=re.compile("Save for")).click()
    expect(page.get_by_role("status").first).to_contain_text("users changed.")


def test_one_time_codes_are_shown_to_be_scanned(browse: Browse, axe: Axe, server: LiveServer) -> None:
    from playwright.sync_api import expect

    acme = server.store(domains.by_name, "acme.example")
    server.store(domains.update, acme.id, int(time.time()), second_factor=True)
    page = browse("108", "/me")
    page.get_by_role("link", name="Set up one-time codes").click()
    page.get_by_role("button", name="Set up one-time codes").click()
    expect(page.get_by_role("img", name="QR code for the authenticator app")).to_be_visible()
    axe(page)
    page.get_by_label("Code that the app shows").fill("000000")
    page.get_by_role("button", name="Switch on").click()
    expect(page.get_by_text("This code is wrong")).to_be_visible()
    expect(page.get_by_role("img", name="QR code for the authenticator app")).to_be_visible()
