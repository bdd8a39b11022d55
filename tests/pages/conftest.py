"""The pages of a whole server with the demo company; visitors of every role; and Chromium for what only it can say."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest

from tests.live import LiveServer
from tests.pages.visitor import Visitor

CHROMIUM = shutil.which("chromium")
AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    with LiveServer(tmp_path_factory.mktemp("pages")) as running:
        yield running


@pytest.fixture(scope="module")
def manager(server: LiveServer) -> Visitor:
    """Ada, the office manager."""
    return Visitor(server).sign_in("101")


@pytest.fixture(scope="module")
def provider(server: LiveServer) -> Visitor:
    """Whoever runs the server."""
    return Visitor(server).sign_in("admin")


@pytest.fixture(scope="module")
def person(server: LiveServer) -> Visitor:
    """Donald, a basic user with one phone."""
    return Visitor(server).sign_in("107")


@pytest.fixture(scope="package")
def chromium() -> Iterator[Any]:
    """One Chromium for all pages. Playwright keeps an event loop running, so that it has to be gone before other tests
    begin."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed; script/test installs it.")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def browse(chromium: Any, server: LiveServer) -> Iterator[Callable[..., Any]]:
    """`page = browse("101", "/c/acme.example/phones", theme="dark", width=390)`: a page, signed in. What the page
    complains about (script errors, refused content) fails the test at its end."""
    contexts, complaints = [], []

    def opened(login: str, path: str, *, theme: str = "light", width: int = 1440, height: int = 900) -> Any:
        root = f"http://127.0.0.1:{server.services.addresses.http}"
        context = chromium.new_context(
            base_url=root, viewport={"width": width, "height": height}, color_scheme=theme, reduced_motion="reduce"
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        if login:
            cookies = Visitor(server).sign_in(login).cookies
            context.add_cookies([{"name": name, "value": value, "url": root} for name, value in cookies.items()])
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda told: complaints.append(told.text) if _serious(told) else None)
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not complaints


def _serious(told: Any) -> bool:
    return told.type == "error" and "Failed to load resource" not in told.text


@pytest.fixture
def axe() -> Callable[[Any], None]:
    """`axe(page)`: fails when axe-core finds a breach of WCAG 2.2 AA on it, dialogs that are open included."""

    def check(page: Any) -> None:
        page.evaluate(AXE.read_text())
        tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
        found = page.evaluate("tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})", tags)
        told = [
            f"{one['id']}: {one['help']}: " + "; ".join(node["html"][:160] for node in one["nodes"][:4])
            for one in found["violations"]
        ]
        assert not told, f"{page.url}: " + "\n".join(told)

    return check
