"""What was saved on a phone: who, when, what changed, compared, restored, and undone."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

import pytest

from provd.store import domains, layers
from tests.live import YEALINK, LiveServer
from tests.pages.visitor import Visitor

PHONE = f"/c/acme.example/phones/{YEALINK}"
PAGE = f"{PHONE}/history"


@pytest.fixture(scope="module", autouse=True)
def versions(server: LiveServer) -> None:
    """Three versions: a key, another label for it, a restored number of it."""
    company = server.store(domains.by_name, "acme.example").id
    phone = server.services.fleet.phone_id(YEALINK)
    for who, label in (("Ada", "First <i>"), ("Grace", "Second"), ("Ada", "Third")):
        keys = {"9": {"kind": "speed_dial", "target": "103", "label": label}}
        server.store(layers.save, company, "phone", phone, int(time.time()), who=who, values={}, keys=keys)


def test_every_version_says_who_when_and_what(manager: Visitor) -> None:
    seen = manager.get(PAGE)
    assert "Version 3 · Ada" in seen.text and "Version 2 · Grace" in seen.text and "newest" in seen.text
    assert "First &lt;i&gt;" in seen.html and "Key 9" in seen.text
    assert f"{PAGE}/3" not in seen.html and f"{PAGE}/1" in seen.html
    assert "by Ada : 1 change" in manager.get(PHONE).text.replace("  ", " ")


def test_it_is_compared_line_by_line_before_it_is_restored(manager: Visitor) -> None:
    seen = manager.get(f"{PAGE}/2")
    assert re.search(r'class="del">-[^<]*Third', seen.html) and re.search(r'class="add">\+[^<]*Second', seen.html)
    assert "Its files would be the same" in manager.get(f"{PAGE}/3").text
    assert manager.get(f"{PAGE}/99").status == 404


def test_restored_and_undone(manager: Visitor) -> None:
    seen = manager.follow(f"{PAGE}/1", {})
    assert "Version 1 is saved again." in seen.text and "Version 4" in seen.text
    notice = seen.html.partition('class="notice"')[2].partition("</div>")[0]
    assert f'action="{PAGE}/3"' in notice and "Undo" in notice
    manager.post(f"{PAGE}/3", {})
    assert "Its files would be the same" in manager.get(f"{PAGE}/3").text


def test_who_only_looks_restores_nothing(server: LiveServer) -> None:
    supervisor = Visitor(server).sign_in("102")
    assert "Compare and restore" not in supervisor.get(PAGE).text
    assert supervisor.post(f"{PAGE}/1", {}).status == 403


@pytest.mark.browser
@pytest.mark.parametrize(("theme", "width"), [("light", 390), ("dark", 1440)])
def test_by_role_and_name(browse: Callable[..., Any], axe: Callable[[Any], None], theme: str, width: int) -> None:
    page = browse("101", PAGE, theme=theme, width=width)
    axe(page)
    page.get_by_role("link", name="Compare and restore version 2").click()
    page.get_by_role("region", name=f"Differences of {YEALINK}.cfg").wait_for()
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
