"""A phone's own page: how it is, what can be done, for whom; live."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from provd.store import domains
from tests.live import LiveServer
from tests.pages.many_phones import MACS, UNREACHABLE, Office, standing
from tests.pages.visitor import Visitor

START = "/c/acme.example/phones"
DESK = MACS[0]
T46U = "805ec0000101"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Three phones that are on, and one that never came."""
    with standing(tmp_path_factory.mktemp("phone"), 3) as running:
        yield running


@pytest.fixture(scope="module")
def server(office: Office) -> LiveServer:
    """The pages of this file are those of this office."""
    return office.server


def test_it_says_how_the_phone_is_and_where_it_is_registered(office: Office, manager: Visitor) -> None:
    well = "Everything that can be seen from here is well."
    seen = office.until(lambda: well in (seen := manager.get(f"{START}/{DESK}")).text and seen, 15)
    assert "Desk 2000" in seen.text and "24:9a:d8:00:0a:00" in seen.text and "Yealink T54W" in seen.text
    assert "Up to date." in seen.text and "It is registered from 127.0.0.1." in seen.text
    assert "over UDP, since" in seen.text and "none between" in seen.text


def test_any_notation_of_the_mac_opens_it_and_words_do_not(manager: Visitor) -> None:
    assert manager.get(f"{START}/24:9A:D8:00:0A:00").status == 200
    assert manager.get(f"{START}/24-9a-d8-00-0a-00").status == 200
    assert manager.get(f"{START}/249ad8ffffff").status == 404


def test_it_is_told_to_update_and_the_page_shows_that_it_did(office: Office, manager: Visitor) -> None:
    seen = manager.follow(f"{START}/{DESK}", {"do": "update", "when": "now"})
    assert "The phone is told now." in seen.text
    done = office.until(lambda: "registered again" in (seen := manager.get(f"{START}/{DESK}")).text and seen)
    assert "It fetched its configuration" in done.text and "Told to update" in done.text


def test_what_was_asked_can_be_called_back(manager: Visitor) -> None:
    seen = manager.follow(f"{START}/{UNREACHABLE}", {"do": "update", "when": "tonight"})
    assert "in its nightly window" in seen.text and "Do not tell it" in seen.text
    assert "It is not told after all." in manager.follow(f"{START}/{UNREACHABLE}", {"do": "cancel"}).text
    refused = manager.post(f"{START}/{UNREACHABLE}", {"do": "cancel"})
    assert refused.status == 404 and "Nothing is under way" in refused.text and "Lines" in refused.text
    assert manager.post(f"{START}/{UNREACHABLE}", {"do": "nonsense"}).status == 404


def test_a_window_is_opened_and_closed_and_tokens_change(manager: Visitor) -> None:
    page = f"{START}/{UNREACHABLE}"
    assert "Its window is open until" in manager.follow(page, {"do": "open", "minutes": "15"}).text
    assert "The window is closed." in manager.follow(page, {"do": "close"}).text
    assert manager.post(page, {"do": "open", "minutes": "a while"}).status == 422
    assert "carries a new token" in manager.follow(page, {"do": "token"}).text
    assert "opens nothing any more" in manager.follow(page, {"do": "revoke"}).text


def test_files_hide_passwords_and_a_look_at_them_is_noted(manager: Visitor) -> None:
    address = f"{START}/{DESK}/files"
    masked = manager.get(f"{address}?name={DESK}.cfg")
    assert "account.1.password = ••••••••" in masked.text and "Show passwords" in masked.text
    assert "••••••••" in manager.get(f"{address}?name={DESK}.cfg&secrets=1").text
    shown = manager.post(address, {"name": f"{DESK}.cfg"})
    assert "account.1.password = " in shown.text and "account.1.password = ••" not in shown.text
    assert f"{DESK}.cfg" in manager.get("/c/acme.example/activity").text
    assert manager.get(f"{address}?name=none.cfg").status == 404


def test_a_person_sees_their_own_phone_and_manages_nothing(server: LiveServer) -> None:
    person = Visitor(server).sign_in("107")
    own = person.get(f"{START}/000b82000107")
    assert own.status == 200 and "Restart now" not in own.text and "Edit details" not in own.text
    assert "/trace" not in own.html and "Provisioning address" not in own.html.partition("ph-checks")[0]
    assert person.post(f"{START}/000b82000107", {"do": "restart"}).status == 403
    assert person.get(f"{START}/000b82000107/trace").status == 403
    assert person.get(f"{START}/{DESK}").status in (403, 404)


def test_another_company_does_not_have_it(server: LiveServer, provider: Visitor) -> None:
    server.store(domains.create, "other.example", 1_700_000_000, time_zone="UTC")
    for below in ("", "/timeline", "/trace", "/files", "/history", "/history/1"):
        assert provider.get(f"/c/other.example/phones/{DESK}{below}").status == 404, below


@pytest.mark.browser
@pytest.mark.parametrize(("theme", "width"), [("light", 1440), ("dark", 390)])
def test_the_page_follows_the_phone(
    browse: Callable[..., Any], axe: Callable[[Any], None], theme: str, width: int
) -> None:
    from playwright.sync_api import expect

    page = browse("101", f"{START}/{MACS[1]}", theme=theme, width=width)
    expect(page.locator("main")).to_match_aria_snapshot("""
      - heading "Desk 2001" [level=1]
      - region "Now"
      - region "Lines"
      - region "Is anything wrong?"
      - region "Timeline"
    """)
    axe(page)
    page.get_by_text("Copy for support").click()
    page.get_by_role("group", name="Have it fetch its configuration").get_by_role("button", name="now").click()
    page.get_by_role("status").filter(has_text="The phone is told now.").wait_for()
    expect(page.get_by_role("region", name="Now")).to_contain_text("registered again")
    line = page.get_by_role("slider", name="What happened")
    line.focus()
    page.keyboard.press("Home")
    assert line.get_attribute("aria-valuenow") == "1"
    page.keyboard.press("ArrowRight")
    assert line.get_attribute("aria-valuenow") == "2"
    expect(page.locator("#tl-said")).to_have_text(line.get_attribute("aria-valuetext"))
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
