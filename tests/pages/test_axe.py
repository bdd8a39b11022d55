"""No page keeps anybody out: axe-core on all of them, light and dark, wide and on a phone, with their dialogs open."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.live import LiveServer
from tests.pages import every_browser, furnished
from tests.pages.conftest import AXE
from tests.pages.every_browser import Windows
from tests.pages.visitor import Visitor

pytestmark = pytest.mark.browser
VIEWS = tuple(every_browser.views())
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RUN = "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})"


@pytest.fixture(scope="module")
def windows(chromium: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Windows]:
    with LiveServer(furnished.shelve(tmp_path_factory.mktemp("axe"))) as server:
        values = furnished.furnish(server, Visitor(server).sign_in("101"))
        made = Windows(chromium, server, values, AXE.read_text())
        yield made
        made.close()


def breaches(page: Any, how: str) -> list[str]:
    """What axe-core finds, as sentences."""
    return [
        f"{page.url} {how}: {one['id']}: {one['help']}: " + "; ".join(node["html"][:160] for node in one["nodes"][:4])
        for one in page.evaluate(RUN, TAGS)["violations"]
    ]


@pytest.mark.parametrize("view", VIEWS, ids=map(every_browser.name, VIEWS))
def test_a_page_keeps_nobody_out(windows: Windows, view: tuple[str, str]) -> None:
    windows.complaints.clear()
    page = windows.open(*view)
    found = breaches(page, "light")
    for what in every_browser.dialogs(page):
        found += breaches(page, f"light, dialog “{what}”")
    page.set_viewport_size({"width": 390, "height": 800})
    if not page.evaluate("document.documentElement.scrollWidth <= innerWidth"):
        found.append(f"{page.url} scrolls sideways on a phone")
    page.emulate_media(color_scheme="dark")
    page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true; })")
    found += breaches(page, "dark, 390 px, all folded out")
    assert not found, "\n".join(found)
    assert not windows.complaints
