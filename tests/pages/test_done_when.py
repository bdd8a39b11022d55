"""What somebody does who has read only the README: a key, a template for many, a phone that does not come up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.live import YEALINK, LiveServer
from tests.pages.many_phones import MACS, Office, standing
from tests.pages.visitor import Visitor

pytestmark = pytest.mark.browser
COUNT = 6
SHOWN = "24:9a:d8:00:0a:00"
Browse = Callable[..., Any]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Six simulated phones are registered."""
    with standing(tmp_path_factory.mktemp("done"), COUNT) as running:
        yield running


@pytest.fixture(scope="module")
def server(office: Office) -> LiveServer:
    return office.server


def test_a_key_is_changed_on_the_picture_and_the_phone_takes_it(browse: Browse, office: Office) -> None:
    from playwright.sync_api import expect

    page = browse("", "/")
    page.get_by_label("Login name").fill("101@acme.example")
    page.get_by_label("Password", exact=True).fill("demo")
    page.get_by_role("button", name="Log In").click()
    page.get_by_role("link", name="Phone Hardware").click()
    page.get_by_role("link", name=f"Phone Manager of {SHOWN}").click()
    page.get_by_role("link", name="Key 5: empty").first.click()
    page.get_by_label("Feature").select_option(label="User (BLF)")
    page.get_by_role("combobox", name="Person").fill("106")
    page.get_by_role("combobox", name="Person").press("Tab")
    expect(page.get_by_role("link", name="Key 5: busy lamp, Katherine Johnson (106)").first).to_be_visible()
    expect(page.get_by_role("region", name="Changes of").first).to_contain_text("linekey.5.value = 106")
    page.get_by_role("button", name="Save and update 1 phone").click()
    progress = page.get_by_role("region", name="The phone", exact=True)
    expect(progress.locator("[aria-current=step]")).to_contain_text("Applied", timeout=15_000)
    phone = next(one for one in office.crowd.handsets if one.unit.mac == MACS[0])
    office.until(lambda: phone.lamp("106") == "dark")
    expect(page.get_by_role("region", name="Save", exact=True)).to_have_count(0)


def test_a_template_is_applied_to_many_and_each_phone_is_followed(browse: Browse, office: Office) -> None:
    from playwright.sync_api import expect

    page = browse("101", "/c/acme.example/templates")
    page.get_by_role("link", name="Everybody T54W").first.click()
    page.get_by_role("link", name="Apply").first.click()
    page.get_by_role("link", name="Take all").click()
    expect(page.get_by_role("status").first).to_contain_text(f"{COUNT + 1} would change")
    page.get_by_role("radio", name="Now").check()
    page.get_by_role("button", name=f"Apply to {COUNT + 1} phones").click()
    page.wait_for_url("**/jobs/*")
    row = page.get_by_role("row").filter(has_text=SHOWN)
    expect(row).to_contain_text("Applied", timeout=20_000)
    expect(row.locator("[aria-current=step], .is-done").last).to_contain_text("Applied", timeout=20_000)
    phone = next(one for one in office.crowd.handsets if one.unit.mac == MACS[COUNT - 1])
    office.until(lambda: phone.resynced)


def test_a_phone_that_does_not_come_up_says_why_on_its_page(browse: Browse, server: LiveServer) -> None:
    from playwright.sync_api import expect

    server.get(f"/{YEALINK}.cfg")  # somebody typed the address without the company's token
    server.call(server.services.recorder.flush())
    page = browse("101", "/c/acme.example/phones")
    page.get_by_role("searchbox", name="Search", exact=True).fill("5e:c0:00:01:01")
    expect(page.get_by_role("link", name="80:5e:c0:00:01:01", exact=True)).to_be_visible()
    page.get_by_role("link", name="Refused").last.click()
    why = page.get_by_role("region", name="Why is this phone not working?")
    expect(why).to_contain_text("Proves who it is")
    expect(why).to_contain_text("no proof")
    expect(why).to_contain_text("or give it the address with its token")


def test_the_first_page_a_stranger_sees_leads_back(browse: Browse, server: LiveServer) -> None:
    asked = Visitor(server).get(f"/c/acme.example/phones/{MACS[0]}/keys/5")
    assert asked.location.startswith("/sign-in?next=")
    page = browse("", asked.location)
    page.get_by_label("Login name").fill("101@acme.example")
    page.get_by_label("Password", exact=True).fill("demo")
    page.get_by_role("button", name="Log In").click()
    page.wait_for_url(f"**/phones/{MACS[0]}/keys/5")
