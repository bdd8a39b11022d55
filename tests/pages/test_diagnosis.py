"""A phone that does not come up: its page names the first broken step, and its mend."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from provd.store import domains, phones
from provd.store.database import Store
from tests.live import YEALINK, LiveServer
from tests.pages.visitor import Visitor

START = "/c/acme.example/phones"
SNOM = "000413000108"


def test_one_that_never_came_says_where_to_point_it(manager: Visitor) -> None:
    seen = manager.get(f"{START}/{SNOM}")
    assert "Waiting for first contact" in seen.text and "Why is this phone not working?" in seen.text
    assert "has not come yet. Set its provisioning address to http://127.0.0.1" in seen.text
    assert "••••••••" in seen.text


def test_one_that_comes_without_its_token_is_told_from_one_that_is_well(server: LiveServer, manager: Visitor) -> None:
    got = server.get(f"/{YEALINK}.cfg")
    assert got.status == 200 and "account.1.password = \n" in got.text + "\n"
    seen = manager.get(f"{START}/{YEALINK}")
    broken = seen.html.partition('class="ph-broken"')[2].partition("</div>")[0]
    assert "Proves who it is" in broken and "no proof" in broken
    assert "Refused" in seen.text
    timeline = manager.get(f"{START}/{YEALINK}/timeline")
    assert "It brought no proof of who it is" in timeline.text


def test_one_without_a_line_is_told_so(server: LiveServer, manager: Visitor) -> None:
    server.store(_lonely)
    seen = manager.get(f"{START}/249ad80007aa")
    assert "It has no line yet, so it cannot be called." in seen.text and "Give it one" in seen.text


def _lonely(store: Store) -> None:
    phones.create(store, domains.by_name(store, "acme.example").id, "249ad80007aa", "yealink-t54w", 1_700_000_000)


def test_the_text_for_support_has_no_secret(server: LiveServer, manager: Visitor) -> None:
    seen = manager.get(f"{START}/{YEALINK}")
    support = re.search(r'<pre id="support"[^>]*>(.*?)</pre>', seen.html, re.S)
    assert support is not None and "[broken] Proves who it is" in support[1]
    assert server.token not in seen.html


@pytest.mark.browser
@pytest.mark.parametrize(
    ("theme", "width", "mac", "file", "agent"),
    [
        ("dark", 1440, "000b82000107", "cfg000b82000107.xml", "Grandstream Model HW GXP2170 SW 1.0.11.64 000b82000107"),
        ("light", 390, "0002fd000104", "spa0002fd000104.xml", "Cisco/SPA504G-7.6.2c"),
    ],
)
def test_the_mend_is_read_first(
    browse: Callable[..., Any], axe: Callable[[Any], None], server: LiveServer, theme: str, width: int, mac: str,
    file: str, agent: str,
) -> None:  # fmt: skip
    from playwright.sync_api import expect

    page = browse("101", f"{START}/{mac}", theme=theme, width=width)
    why = page.get_by_role("region", name="Why is this phone not working?")
    expect(why).to_contain_text("has not come yet")
    server.get(f"/{file}", agent=agent)
    expect(why).to_contain_text("no proof")
    expect(page.get_by_role("region", name="Now")).to_contain_text("Refused")
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
