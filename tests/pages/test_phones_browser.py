"""Phone Hardware as people use it: the launcher, the bulk bar, a scanner, states that change by themselves."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.live import YEALINK, LiveServer

pytestmark = pytest.mark.browser
PAGE = "/c/acme.example/phones"
Browse = Callable[..., Any]
Axe = Callable[[Any], None]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    with LiveServer(tmp_path_factory.mktemp("phones-browser")) as running:
        yield running


def narrow_enough(page: Any) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


@pytest.mark.parametrize(("theme", "width"), [("light", 1440), ("dark", 390)])
def test_the_launcher_and_the_bulk_bar(browse: Browse, axe: Axe, theme: str, width: int) -> None:
    page = browse("101", PAGE, theme=theme, width=width)
    axe(page)
    assert narrow_enough(page)
    page.get_by_label("More of the Phone Manager").click()
    page.get_by_role("link", name="Edit Configuration Template").click()
    dialog = page.get_by_role("dialog", name="Edit Configuration Template")
    expect(dialog.get_by_label("Template")).to_be_focused()
    axe(page)
    dialog.get_by_role("link", name="Cancel").click()
    expect(dialog).to_have_count(0)
    page.get_by_role("checkbox", name="Choose 80:5e:c0:00:01:01").check()
    page.get_by_role("checkbox", name="Choose 24:9a:d8:00:01:11").check()
    expect(page.get_by_text("2 chosen")).to_be_visible()
    page.get_by_role("button", name="Remove").click()
    asked = page.get_by_role("dialog", name="Remove 2 phones?")
    expect(asked.get_by_role("button", name="Remove 2 phones")).to_be_visible()
    axe(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Resync").click()
    page.get_by_role("dialog", name="Resync 2 phones").get_by_label("Tonight, in the nightly window").check()
    page.get_by_role("button", name="Resync 2 phones").click()
    expect(page.get_by_text("2 phones are told in the coming night.")).to_be_visible()


def test_filters_follow_what_is_typed(browse: Browse) -> None:
    page = browse("101", PAGE)
    page.get_by_role("searchbox", name="Search", exact=True).fill("00:01:07")
    page.wait_for_url(re.compile("search=00%3A01%3A07"))
    expect(page.get_by_role("row")).to_have_count(2)
    expect(page.locator("#phones")).to_match_aria_snapshot(
        """
        - navigation "States":
          - list:
            - listitem:
              - link "All 1"
        - list "Filters":
          - listitem:
            - link /00:01:07/
        - form "Phones":
          - table:
            - rowgroup:
              - row /Phone Model Person Site State/
            - rowgroup:
              - row /Grandstream GXP2170 Donald Knuth 107 Dallas/
        """
    )
    page.get_by_role("link", name="“00:01:07”").click()
    expect(page.get_by_role("row")).to_have_count(12)


def test_a_state_changes_before_ones_eyes(server: LiveServer, browse: Browse) -> None:
    page = browse("101", f"{PAGE}?search=0101")
    row = page.get_by_role("row", name="80:5e:c0:00:01:01")
    expect(row.get_by_text("Waiting for first contact")).to_be_visible()
    row.get_by_role("checkbox").check()
    server.get(f"/{YEALINK}.cfg")  # without a proof
    expect(row.get_by_text("Refused")).to_be_visible()
    expect(row.get_by_text("127.0.0.1")).to_be_visible()
    assert row.get_by_role("checkbox").is_checked(), "what was chosen stays chosen"


def test_a_scanner_goes_on_to_the_next_field_and_the_picture_follows(browse: Browse, axe: Axe) -> None:
    page = browse("101", f"{PAGE}/add")
    expect(page.get_by_label("MAC")).to_be_focused()
    page.keyboard.type("805EC0000B09")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Model", exact=False).first).to_be_focused()
    page.keyboard.type("Yealink T54W")
    expect(page.get_by_role("img", name="Yealink T54W with 10 keys on this page")).to_be_visible()
    axe(page)
    page.get_by_label("Person").fill("108")
    page.get_by_role("button", name="Add this phone").click()
    page.wait_for_url(re.compile("/phones/805ec0000b09$"))


@pytest.mark.parametrize(
    ("login", "path", "shows"),
    [
        ("107", PAGE, '- list "My phones":\n  - listitem:\n    - heading "Grandstream GXP2170" [level=2]'),
        ("101", f"{PAGE}/add/many", '- textbox "MACs, one a line*"\n- text: /Any notation/\n- combobox "Model*"'),
        ("101", f"{PAGE}/add/sheet", '- button "Spreadsheet, saved as CSV"'),
        ("101", f"{PAGE}/{YEALINK}/edit", '- heading "80:5e:c0:00:01:01" [level=1]'),
        ("101", f"{PAGE}/{YEALINK}/swap", '- textbox "MAC of the new hardware"'),
        ("101", "/c/acme.example/registrations", '- heading "Registrations" [level=1]'),
        ("101", "/c/acme.example/firmware", '- heading "Fanvil X6U 1 phone" [level=2]:\n  - link "Fanvil X6U"'),
        ("101", "/models", '- heading "Yealink 22" [level=2]\n- list:\n  - listitem:\n    - link /T31G/'),
        ("101", "/models/yealink-t46u", '- heading "What its keys can do" [level=2]\n- table'),
        ("admin", "/knocking", '- table:\n  - rowgroup:\n    - row /MAC What it is Address/'),
    ],
)  # fmt: skip
def test_pages_for_everybody(server: LiveServer, browse: Browse, axe: Axe, login: str, path: str, shows: str) -> None:
    server.get("/805ec0aabb77.cfg", agent="Yealink SIP-T54W 96.86.0.45 80:5e:c0:aa:bb:77")
    page = browse(login, path)
    expect(page.locator("main")).to_match_aria_snapshot(shows)
    axe(page)
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 390, "height": 900})
    page.reload()
    axe(page)
    assert narrow_enough(page)


def test_adopting_asks_over_the_list(server: LiveServer, browse: Browse, axe: Axe) -> None:
    server.get("/805ec0aabb78.cfg", agent="Yealink SIP-T54W 96.86.0.45 80:5e:c0:aa:bb:78")
    page = browse("admin", "/knocking")
    page.get_by_role("link", name="Adopt 80:5e:c0:aa:bb:78").click()
    dialog = page.get_by_role("dialog", name="Adopt 80:5e:c0:aa:bb:78")
    axe(page)
    dialog.get_by_label("Extension of its person").fill("109")
    dialog.get_by_role("button", name="Adopt").click()
    page.wait_for_url(re.compile("/c/acme.example/phones/805ec0aabb78$"))
