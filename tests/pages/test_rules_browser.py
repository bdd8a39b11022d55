"""Answering rules in Chromium: a rule is made, dragged and tried; every page of calls is accessible in both themes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.live import LiveServer
from tests.pages.visitor import Visitor

pytestmark = pytest.mark.browser
RULES = "/c/acme.example/users/8900/rules"


def test_a_manager_makes_a_rule_drags_it_and_tries_a_call(
    browse: Callable[..., Any], axe: Callable[[Any], None]
) -> None:
    from playwright.sync_api import expect

    page = browse("101", RULES)
    axe(page)
    page.get_by_role("link", name="Add a rule").click()
    page.get_by_label("Time frame", exact=True).select_option(label="Lunch")
    several = page.get_by_label("Phone 1: extension, phone or number")
    expect(several).to_be_hidden()
    page.get_by_label("Several phones at once").check()
    page.get_by_label("Phone 1: what kind of place").select_option(label="Phone")
    several.fill("102")
    page.get_by_label("When unanswered: what kind of place").select_option(label="Voicemail")
    page.get_by_label("When unanswered: extension, phone or number").fill("103")
    page.evaluate("scrollTo(0, 0)")  # a link half below the bar counts as too small to press
    axe(page)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status").first).to_contain_text("then Voicemail 103 Alan Turing")
    rules = page.locator(".rules > li h3")
    expect(rules).to_have_text(["Lunch", "Holidays US", "Open hours", "Default"])
    page.locator(".rules > li").nth(0).drag_to(page.locator(".rules > li").nth(2), target_position={"x": 300, "y": 90})
    expect(page.get_by_role("status").first).to_contain_text("another order")
    expect(rules).to_have_text(["Holidays US", "Open hours", "Lunch", "Default"])
    page.get_by_role("button", name="Undo").click()
    expect(rules).to_have_text(["Lunch", "Holidays US", "Open hours", "Default"])
    page.goto("/c/acme.example/try?called=%2B12145550140&number=3035550111&at=2027-04-06T12:30")
    expect(page.locator(".stage-title").first).to_contain_text("Ringing of 8900 Inbound Routing: 102 for 25 seconds")
    expect(page.locator("main")).to_match_aria_snapshot("""
- heading "Try a Call" [level=1]
- region /A call to/:
  - heading /A call to/ [level=2]
  - list:
    - listitem:
      - paragraph: /Ringing of 8900/
""")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_page_of_calls_is_accessible(browse: Callable[..., Any], axe: Callable[[Any], None], theme: str) -> None:
    page = browse("admin", "/c/acme.example/trunks", theme=theme, width=390)
    axe(page)
    for path in ("trunks/new", "codes", "blocked", "rules", "users/107/rules", "users/107/rules/5", "try?called=107"):
        page.goto(f"/c/acme.example/{path}")
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path


def test_a_destination_fills_itself_in_and_rows_are_added(browse: Callable[..., Any]) -> None:
    from playwright.sync_api import expect

    page = browse("101", "/c/acme.example/users/102/rules/default")
    kind = page.get_by_label("When unanswered: what kind of place")
    where = page.get_by_label("When unanswered: extension, phone or number")
    where.fill("Voicemail 103 Alan Turing")
    expect(kind).to_have_value("voicemail")
    expect(where).to_have_value("103 Alan Turing")
    kind.select_option("")
    expect(where).to_have_value("")
    where.fill("214 555 0190")
    where.blur()
    expect(kind).to_have_value("external")
    page.get_by_label("Press 1 to take it: When unanswered").check()
    page.get_by_label("Several phones at once").check()
    page.get_by_role("button", name="Add a phone").click()
    third = page.get_by_label("Phone 3: extension, phone or number")
    third.fill("103")
    third.blur()
    expect(page.get_by_label("Phone 3: what kind of place")).to_have_value("user")
    page.get_by_role("button", name="Save").click()
    told = page.get_by_role("status").first
    expect(told).to_contain_text("103 Alan Turing")
    expect(told).to_contain_text("+12145550190 (press 1 to take it)")


def test_allow_and_block_is_a_dialog_over_the_rules(browse: Callable[..., Any], axe: Callable[[Any], None]) -> None:
    from playwright.sync_api import expect

    page = browse("101", "/c/acme.example/users/103/rules", theme="dark", width=390)
    page.get_by_role("link", name="Allow/Block").click()
    dialog = page.get_by_role("dialog", name="Allow/Block")
    dialog.get_by_label("Block a number or extension").fill("303-555-0111")
    dialog.get_by_role("button", name="Add to blocked numbers").click()
    expect(dialog.get_by_role("status")).to_contain_text("(303) 555-0111 is blocked.")
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    dialog.get_by_label("Block anonymous or unknown").check()
    dialog.get_by_role("button", name="Done").click()
    expect(dialog).to_be_hidden()
    page.get_by_role("link", name="Allow/Block").click()
    expect(dialog.get_by_label("Block anonymous or unknown")).to_be_checked()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_the_active_rule_is_true_without_loading_anew(browse: Callable[..., Any], server: LiveServer) -> None:
    from playwright.sync_api import expect

    page = browse("101", "/c/acme.example/users/109/rules")
    expect(page.locator(".rules > li")).to_have_count(1)
    rule = {"timeframe": "1", "enabled": "1", "ring": "all", "seconds": "30"}
    Visitor(server).sign_in("101").post("/c/acme.example/users/109/rules/new", rule)
    page.evaluate("htmx.trigger('#rules-live', 'look')")
    expect(page.locator(".rules > li h3")).to_have_text(["Night", "Default"])
    expect(page.locator(".rules > li .state")).to_have_count(1)
