"""Templates: found, made, copied, renamed, protected, deleted; by whom (SF-284 to SF-286)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from provd.store import domains, templates
from tests.live import LiveServer
from tests.pages.visitor import Visitor

PAGE = "/c/acme.example/templates"


def made(manager: Visitor, name: str, **more: str) -> str:
    """The address of a template made in the browser."""
    seen = manager.post(f"{PAGE}/new", {"name": name, "model": "yealink-t54w"} | more)
    assert seen.status == 303 and seen.location.endswith("/keys"), seen.text
    return seen.location.removesuffix("/keys")


def test_found_by_name_or_model_with_where_it_is_used(manager: Visitor) -> None:
    seen = manager.get(PAGE)
    assert "Reception" in seen.text and "Yealink T46U" in seen.text and "1 phone" in seen.text
    found = manager.get(f"{PAGE}?search=d785", HX_Request="true")
    assert "Everybody D785" in found.text and "Reception" not in found.text and "<html" not in found.html
    assert "No template fits" in manager.get(f"{PAGE}?search=zzz").text


def test_made_renamed_copied_protected_and_deleted(manager: Visitor) -> None:
    page = made(manager, "Lobby <b>", description="By the door")
    assert "Lobby &lt;b&gt;" in manager.get(page).html and "By the door" in manager.get(page).text
    seen = manager.follow(page, {"do": "save", "name": "Entrance", "description": ""})
    assert "Saved." in seen.text and "Entrance" in seen.text
    copy = manager.post(f"{page}/copy", {"name": "Entrance 2"})
    assert copy.status == 303 and copy.location.endswith("/keys")
    locked = manager.follow(page, {"do": "lock", "read_only": "1"})
    assert "read-only" in locked.text and "See keys" in locked.text and 'value="delete"' not in locked.html
    assert manager.post(page, {"do": "delete"}).status == 403
    assert "It can be edited again." in manager.follow(page, {"do": "lock", "read_only": "0"}).text
    assert "Entrance is deleted." in manager.follow(page, {"do": "delete"}).text
    assert manager.get(page).status == 404


def test_what_was_typed_stays_when_it_is_refused(manager: Visitor) -> None:
    seen = manager.post(f"{PAGE}/new", {"name": "Reception", "model": "yealink-t46u", "description": "kept"})
    assert seen.status == 409 and 'value="kept"' in seen.html and "already" in seen.text
    assert re.search(r'<option value="yealink-t46u" selected>', seen.html)
    assert manager.post(f"{PAGE}/new", {"name": "", "model": ""}).status == 422
    copy = manager.post(f"{PAGE}/1/copy", {"name": "Reception"})
    assert copy.status == 409 and 'value="Reception"' in copy.html
    renamed = manager.post(f"{PAGE}/1", {"do": "save", "name": "Everybody D785", "description": "mine"})
    assert renamed.status == 409 and 'value="mine"' in renamed.html


def test_one_that_is_used_is_not_deleted_and_shows_its_phones(manager: Visitor) -> None:
    seen = manager.get(f"{PAGE}/1")
    assert "80:5e:c0:00:01:01" in seen.text and "Ada Lovelace" in seen.text and 'value="delete"' not in seen.html
    refused = manager.post(f"{PAGE}/1", {"do": "delete"})
    assert refused.status == 409 and "1 phone uses this template" in refused.text
    assert manager.get(f"{PAGE}/1?state=nonsense").status == 404


def test_the_layout_of_a_phone_begins_a_template(manager: Visitor) -> None:
    seen = manager.post(f"{PAGE}/new", {"name": "Like Ada's", "model": "", "phone": "80:5e:c0:00:01:01"})
    assert seen.status == 303
    assert "Yealink T46U" in manager.get(seen.location.removesuffix("/keys")).text


def test_another_company_has_none_of_it(server: LiveServer, manager: Visitor) -> None:
    other = server.store(domains.create, "other.example", 1_700_000_000, time_zone="UTC")
    theirs = server.store(templates.create, other.id, "Theirs", "yealink-t54w", 1_700_000_000)
    assert manager.get(f"{PAGE}/{theirs.id}").status == 404
    assert manager.get(f"/c/other.example/templates/{theirs.id}").status == 404
    assert manager.post(f"{PAGE}/{theirs.id}/apply", {"phones": "all", "do": "apply"}).status == 404


@pytest.mark.browser
@pytest.mark.parametrize(("theme", "width"), [("light", 1440), ("dark", 390)])
def test_a_template_by_role_and_name(
    browse: Callable[..., Any], axe: Callable[[Any], None], theme: str, width: int
) -> None:
    from playwright.sync_api import expect

    page = browse("101", PAGE, theme=theme, width=width)
    axe(page)
    page.get_by_role("searchbox", name="Search", exact=True).fill("t46u")
    page.wait_for_url("**search=t46u**")
    page.get_by_role("link", name="Reception", exact=True).click()
    expect(page.locator("main")).to_match_aria_snapshot('- heading "Reception" [level=1]')
    axe(page)
    page.get_by_role("link", name="Apply to phones").click()
    page.get_by_role("checkbox", name="Choose 80:5e:c0:00:01:01, Ada Lovelace").check()
    axe(page)
    page.get_by_role("button", name="Show what would change").click()
    expect(page.get_by_role("status").filter(has_text="would stay as it is")).to_be_visible()
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
