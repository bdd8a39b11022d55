"""Every page in Chromium: one browser window a person, and what each of them is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.live import LiveServer
from tests.pages import every
from tests.pages.every import ACME, DONALDS
from tests.pages.visitor import Visitor

PROVIDERS = ("/companies", "/knocking", "/trunks", "/settings/phones/", "/users/add", "/numbers/new", "/numbers/import")
OPEN = ("/sign-in", "/forgotten/login", "/forgotten/password", "/reset/{token}")
OWN = (f"{ACME}/", f"{ACME}/phones", DONALDS, f"{DONALDS}/keys/2", f"{ACME}/timeframes")


def views() -> Iterator[tuple[str, str]]:
    """(login, address as in every.py): every page once, as whoever uses it; a basic user's own pages as well."""
    for path in OPEN:
        yield "", path
    for example in every.pages():
        if example.path not in OPEN:
            yield ("admin" if any(word in example.path for word in PROVIDERS) else "101"), example.path
    for path in OWN:
        yield "107", path


def name(view: tuple[str, str]) -> str:
    """What a test of this view is called, and its file: `101-phones-805ec0000101-keys`."""
    login, path = view
    first = "/".join(path.split("/")[:2])
    twins = any(example.path == ACME + first for example in every.pages())  # a company has pages of that name too
    bare = ("server" * twins + path).removeprefix(ACME).strip("/").partition("&")[0]
    return "-".join([login or "nobody", *(part.strip("{}+") for part in bare.replace("?", "/").split("/"))]).rstrip("-")


@dataclass
class Windows:
    """A window for each person, kept for all tests of a module; what the pages complain about is kept too."""

    chromium: Any
    server: LiveServer
    values: Mapping[str, str]
    script: str = ""
    complaints: list[str] = field(default_factory=list)
    _pages: dict[str, Any] = field(default_factory=dict)

    def open(self, login: str, path: str) -> Any:
        """The page at this address, light and wide."""
        page = self._pages.get(login) or self._window(login)
        page.set_viewport_size({"width": 1440, "height": 900})
        page.emulate_media(color_scheme="light", reduced_motion="reduce")
        page.goto(every.filled(path, self.values))
        return page

    def _window(self, login: str) -> Any:
        root = f"http://127.0.0.1:{self.server.services.addresses.http}"
        context = self.chromium.new_context(base_url=root)
        context.set_default_timeout(10_000)
        if self.script:
            context.add_init_script(self.script)
        if login:
            cookies = Visitor(self.server).sign_in(login).cookies
            context.add_cookies([{"name": name, "value": value, "url": root} for name, value in cookies.items()])
        page = self._pages[login] = context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        page.on("console", lambda told: self.complaints.append(f"{page.url}: {told.text}") if _bad(told) else None)
        page.on("dialog", lambda dialog: dialog.accept())
        return page

    def close(self) -> None:
        """Close all of them."""
        for page in self._pages.values():
            page.context.close()


def _bad(told: Any) -> bool:
    return told.type == "error" and "Failed to load resource" not in told.text


def dialogs(page: Any) -> Iterator[str]:
    """Open what opens as a dialog on this page, one after the other; → which one is open."""
    found: Callable[[], Any] = lambda: page.locator(  # noqa: E731
        "main [data-opens]:visible, main a[hx-target='#dialog-place']:visible, main a[data-dialog]:visible"
    )
    shown: set[str] = set()
    for number in range(min(found().count(), 8)):
        opener = found().nth(number)
        what = (opener.inner_text() or opener.get_attribute("aria-label") or "").strip()
        if what in shown or not opener.is_enabled():
            continue
        shown.add(what)
        opener.click()
        page.locator("dialog[open]").wait_for()
        yield what
        page.keyboard.press("Escape")
        page.locator("dialog[open]").wait_for(state="detached") if page.locator("dialog[open]").count() else None
