"""Every page as a screen reader meets it. `script/golden` writes the outlines under tests/pages/aria anew."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.live import LiveServer
from tests.pages import every_browser, furnished
from tests.pages.aria_outline import outline
from tests.pages.every_browser import Windows
from tests.pages.visitor import Visitor

FOLDER = Path(__file__).with_name("aria")
VIEWS = tuple(every_browser.views())
WRITE = bool(os.environ.get("PROVD_WRITE_GOLDEN"))


@pytest.fixture(scope="module")
def windows(chromium: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Windows]:
    with LiveServer(furnished.shelve(tmp_path_factory.mktemp("aria"))) as server:
        values = furnished.furnish(server, Visitor(server).sign_in("101"))
        made = Windows(chromium, server, values)
        yield made
        made.close()


@pytest.mark.browser
@pytest.mark.parametrize("view", VIEWS, ids=map(every_browser.name, VIEWS))
def test_a_page_is_made_of_what_it_was(windows: Windows, view: tuple[str, str]) -> None:
    from playwright.sync_api import expect

    main = windows.open(*view).locator("main")
    expect(main).to_be_visible()
    file = FOLDER / f"{every_browser.name(view)}.yaml"
    if WRITE:
        FOLDER.mkdir(exist_ok=True)
        file.write_text(outline(main.aria_snapshot()))
    expect(main).to_match_aria_snapshot(file.read_text(), timeout=3_000)


def test_every_outline_is_of_a_page_and_says_something() -> None:
    files = {file.stem: file.read_text() for file in FOLDER.glob("*.yaml")}
    assert set(files) == {every_browser.name(view) for view in VIEWS}
    assert not [name for name, text in files.items() if "heading" not in text], "every page has a heading"


def test_an_outline_leaves_open_what_differs() -> None:
    snapshot = """
- main:
  - heading "What's new: 3 phones" [level=1]
  - table:
    - row "Name Ada":
      - columnheader "Name"
      - cell "Ada"
  - textbox "First name": Ada
  - list:
    - listitem:
      - button "Remove"
  - heading "November 2026" [level=2]
"""
    assert outline(snapshot).splitlines() == [
        "- main:",
        r"  - 'heading /^What''s new: \d+ phones$/ [level=1]'",
        "  - table:",
        "    - row:",
        '      - columnheader "Name"',
        '  - textbox "First name"',
        r"  - 'heading /^\w+ \d+$/ [level=2]'",
    ]
