"""Every page for every role: seen or refused as the table of rights says, and nothing linked that would be refused."""

from __future__ import annotations

import html
import http.client
import re
from collections import deque
from collections.abc import Iterator, Mapping
from urllib.parse import urljoin, urlsplit

import pytest

from tests.live import LiveServer
from tests.pages import every, furnished
from tests.pages.every import ACME, EXAMPLES, LOGINS, ROLES, Example
from tests.pages.visitor import Visitor

LINK = re.compile(r'<a\b[^>]*?\s(?:href|hx-get)="([^"]+)"')
MOST_PAGES = 400
SAME = re.compile(r"(?<=/)(?:[0-9a-f]{12}|m?[0-9.]+|\+[0-9]+)(?=/|$)")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    with LiveServer(furnished.shelve(tmp_path_factory.mktemp("every"))) as running:
        yield running


@pytest.fixture(scope="module")
def values(server: LiveServer) -> Mapping[str, str]:
    return furnished.furnish(server, Visitor(server).sign_in("101"))


@pytest.fixture(scope="module")
def people(server: LiveServer) -> Mapping[str, Visitor]:
    return {login: Visitor(server).sign_in(login) for login in LOGINS}


def status(visitor: Visitor, path: str) -> int:
    """The status alone: a stream has no end."""
    connection = http.client.HTTPConnection("127.0.0.1", visitor.server.services.addresses.http, timeout=20)
    try:
        cookies = "; ".join(f"{name}={value}" for name, value in visitor.cookies.items())
        connection.request("GET", path, headers={"Cookie": cookies})
        return connection.getresponse().status
    finally:
        connection.close()


def test_every_route_has_an_example() -> None:
    found = {every.handler_of(re.sub(r"{\w+}", "1", one.path))[0].pattern for one in EXAMPLES}
    missing = sorted({pattern.pattern for pattern, _ in every.routes()} - found)
    assert not missing, "give these routes an address in tests/pages/every.py: " + ", ".join(missing)


@pytest.mark.parametrize("login", LOGINS, ids=list(ROLES.values()))
def test_pages_are_seen_as_the_table_of_rights_says(
    server: LiveServer, values: Mapping[str, str], people: Mapping[str, Visitor], login: str
) -> None:
    who, wrong = every.who_of(server, login), []
    for example in EXAMPLES:
        seen = status(people[login], every.filled(example.path, values))
        allowed = server.store(every.may_see, who, example)
        if seen not in _expected(example, allowed):
            wrong.append(f"{example.path} answers {seen}; the right {'is' if allowed else 'is not'} theirs")
    assert not wrong, "\n".join(wrong)


def _expected(example: Example, allowed: bool) -> tuple[int, ...]:
    if not allowed:
        return (303, 403, 404, 405) if example.kind == "form" else (403, 404)
    return (200, 303, 405) if example.kind == "form" else (200, 303) if example.leads else (200,)


def test_without_a_sign_in_only_the_open_pages_answer(server: LiveServer, values: Mapping[str, str]) -> None:
    nobody = Visitor(server)
    for example in EXAMPLES:
        _, handler = every.handler_of(re.sub(r"{\w+}", "1", example.path))
        seen = nobody.get(every.filled(example.path, values))
        if handler.open:
            assert seen.status in (200, 303, 405), example.path
        else:
            assert seen.status == 303 and seen.location.startswith("/sign-in?next="), example.path


@pytest.mark.parametrize("login", LOGINS, ids=list(ROLES.values()))
def test_nothing_is_linked_that_would_be_refused(
    values: Mapping[str, str], people: Mapping[str, Visitor], login: str
) -> None:
    visitor = people[login]
    start = [every.filled(one.path, values) for one in EXAMPLES if one.kind in ("page", "part")]
    found, broken = crawled(visitor, start)
    assert not broken, "\n".join(broken)
    assert len(found) > 10, "the crawler has found the pages"


def crawled(visitor: Visitor, start: list[str]) -> tuple[set[str], list[str]]:
    """Pages reached from those of `start` that answer, and what is linked there and does not answer. Of pages that
    differ by a number only, two are visited."""
    waiting = deque((path, "") for path in [f"{ACME}/", *start])
    known, shapes, broken = set(start), dict[str, int](), list[str]()
    while waiting and len(known) < MOST_PAGES:
        path, linked_by = waiting.popleft()
        shape = SAME.sub("#", re.sub(r"=[^&]*", "=", path))
        shapes[shape] = shapes.get(shape, 0) + 1
        if linked_by and shapes[shape] > 3:
            continue
        seen = visitor.get(path)
        if seen.status >= 400 and linked_by:
            broken.append(f"{path} answers {seen.status}; it is linked by {linked_by}")
        if seen.status != 200 or "html" not in seen.headers.get("content-type", ""):
            continue
        for link in links(seen.html, path):
            if link not in known:
                known.add(link)
                waiting.append((link, path))
    return known, broken


def links(page: str, path: str) -> Iterator[str]:
    """What of this server a page links, without files and streams."""
    for said in LINK.findall(page):
        parts = urlsplit(urljoin(path, html.unescape(said)))
        if parts.netloc or parts.scheme or parts.path.startswith(("/p/", "/static/", "/api/")):
            continue
        if not parts.path.endswith(("/export", "/live")):
            yield parts.path + (f"?{parts.query}" if parts.query else "")


def test_pages_are_kept_by_nobody_and_their_files_for_a_year(
    values: Mapping[str, str], people: Mapping[str, Visitor]
) -> None:
    assets: set[str] = set()
    for example in EXAMPLES:
        if example.kind in ("page", "part", "file"):
            seen = people["admin"].get(every.filled(example.path, values))
            assert "no-store" in seen.headers["cache-control"], example.path
            assets |= set(re.findall(r'"(/static/[^"#]+)', seen.html))
    assert len(assets) > 10
    for asset in assets:
        seen = people["admin"].get(asset)
        assert seen.status == 200 and "immutable" in seen.headers["cache-control"], asset
