"""The key editor in a browser, among others: locks, two at once, slow lines, lamps, a narrow window."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.pages.test_keys_browser import DONALDS, YEALINK, Browse, key, keys
from tests.pages.visitor import Visitor
from tests.simulate.office import Office

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with Office(tmp_path_factory.mktemp("keys")) as running:
        yield running


def test_a_basic_user_sees_why_a_key_is_locked(browse: Browse, manager: Visitor) -> None:
    from playwright.sync_api import expect

    manager.post(f"{keys(DONALDS)}/3", {"kind": "park", "was": "park", "target": "701", "locked": "1"})
    manager.post(keys(DONALDS), {"do": "save", "when": ""})
    page = browse("107", keys(DONALDS))
    page.get_by_role("link", name="Key 3: call park, 701, set on this phone, locked").first.click()
    expect(page.get_by_text("This key is locked: your office manager decides what it does.")).to_be_visible()
    expect(page.get_by_label("Feature")).to_have_count(0)
    page.get_by_role("link", name="Key 13").first.click()
    page.get_by_label("Feature").select_option(label="Speed Dial")
    page.get_by_role("combobox", name="Number to dial").fill("+12145550142")
    page.get_by_label("Label", exact=True).fill("Home")
    page.get_by_label("Label", exact=True).press("Enter")
    expect(key(page, "13", "Home (+12145550142)")).to_have_count(1)
    page.get_by_label("Save in another way").click()
    page.get_by_role("button", name="Save only").click()
    expect(page.get_by_text("Saved. The phone takes it at its nightly update")).to_be_visible()


def test_two_managers_at_the_same_phone(browse: Browse) -> None:
    from playwright.sync_api import expect

    ada, admin = browse("101", f"{keys(YEALINK)}/11"), browse("admin", f"{keys(YEALINK)}/11")
    for page, orbit in ((ada, "704"), (admin, "705")):
        page.get_by_label("Feature").select_option(label="Call Park")
        page.get_by_role("combobox", name="Park orbit").fill(orbit)
        page.get_by_role("combobox", name="Park orbit").press("Tab")
        expect(key(page, "11", orbit)).to_be_visible()
    admin.reload()
    expect(admin.get_by_text("Ada Lovelace is editing too")).to_be_visible()
    ada.get_by_role("button", name="Save and update 1 phone").click()
    expect(ada.get_by_text("Saved. The phone is told")).to_be_visible()
    admin.get_by_role("button", name="Save and update 1 phone").click()
    expect(admin.get_by_role("alert").first).to_contain_text("101@acme.example changed key 11")
    admin.get_by_role("button", name="Take theirs").click()
    expect(key(admin, "11", "704")).to_be_visible()
    expect(admin.get_by_role("heading", name="Key 11")).to_have_count(0)
    expect(admin.get_by_role("button", name="Save and update 1 phone")).to_have_count(0)


def test_who_types_faster_than_the_server_answers_loses_nothing(browse: Browse) -> None:
    from playwright.sync_api import expect

    page = browse("101", f"{keys(YEALINK)}/20")
    page.get_by_label("Feature").select_option(label="Speed Dial")
    number, label = page.get_by_role("combobox", name="Number to dial"), page.get_by_label("Label", exact=True)
    expect(number).to_be_visible()
    held: list[Any] = []
    slow = [True]
    page.route("**/keys/20", lambda route: held.append(route) if slow[0] else route.continue_())
    number.fill("106")
    label.fill("Kate")
    page.get_by_label("Line", exact=True).focus()
    slow[0] = False
    for route in held:
        route.continue_()
    expect(key(page, "20", "speed dial, Kate (106)")).to_be_visible()
    expect(label).to_have_value("Kate")
    page.get_by_role("button", name="Discard").click()
    expect(page.get_by_role("heading", name="Choose a key")).to_be_visible()


def test_lamps_are_as_on_the_phone(browse: Browse, server: Office) -> None:
    from playwright.sync_api import expect

    page = browse("101", keys(YEALINK))
    expect(key(page, "2", "Grace Hopper")).not_to_have_class("is-busy")

    async def says(state: str) -> None:
        assert server.services.sip is not None
        server.services.sip.presence.state.set_state("acme.example", "102", state)

    for state in ("busy", "ringing"):
        server.call(says(state))
        expect(key(page, "2", f"from template Reception, {state}")).to_be_visible(timeout=10_000)
    server.call(says("idle"))


def test_on_a_narrow_window_nothing_is_cut_off(browse: Browse, axe: Callable[[Any], None]) -> None:
    from playwright.sync_api import expect

    page = browse("101", keys(YEALINK), width=390)
    page.get_by_role("link", name="Key 2: busy lamp, Grace Hopper").first.click()
    expect(page.get_by_label("Feature")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    axe(page)
