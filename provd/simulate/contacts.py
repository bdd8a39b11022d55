"""How phones go through a directory on the server: page by page, and with a search form.  (pure)"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from functools import lru_cache

from provd.simulate.address import join, label, with_term
from provd.simulate.reading import Directory, Unreadable, read_directory
from provd.simulate.reading.markup import Element, parse_markup
from provd.simulate.reading.reading import ReadContact
from provd.simulate.start import Script, Start
from provd.simulate.wire import Ask, Reply

MOST_PAGES = 200
Links = dict[str, str]


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a directory: its contacts, or a form (`form` is its address, `parameter` what it asks for)."""

    contacts: tuple[ReadContact, ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    problems: tuple[str, ...] = ()
    form: str = ""
    parameter: str = ""


# Colleagues are sent the same directory, and a boot storm has thousands of them in one process.
_SAME = 16


@lru_cache(_SAME)
def read_page(body: bytes) -> Page:
    """A page as the phone's browser understands it; raises Unreadable."""
    root = parse_markup(body)
    if not root.tag.endswith("IPPhoneInput"):
        found = _directory(body)
        return Page(found.contacts, found.links, found.problems)
    items = [child.text_of("QueryStringParam") for child in root.children if child.tag == "InputItem"]
    return Page((), _links(root), (), root.text_of("URL"), next(iter(items), ""))


@lru_cache(_SAME)
def _directory(body: bytes) -> Directory:
    return read_directory(body)


def _links(root: Element) -> tuple[tuple[str, str], ...]:
    keys = (child for child in root.children if child.tag == "SoftKeyItem")
    return tuple((key.text_of("Name"), key.text_of("URL")) for key in keys)


def browse(
    start: Start, url: str, login: tuple[str, str] | None, *, searching: bool = False
) -> Generator[Ask, Reply, Links]:
    """Fetch a directory with its further pages and note its contacts; the links that are left over are returned.

    With `searching` the contacts are what a search has found.
    """
    links: Links = {}
    seen: set[str] = set()
    into = start.contacts
    if searching:
        start.found = into = start.found or []
    while url and url not in seen and len(seen) < MOST_PAGES:
        seen.add(url)
        page = yield from _page(start, url, login)
        if page is None:
            break
        into += page.contacts
        # Soft keys of the phone itself (SoftKey:Dial) lead nowhere.
        links |= {name: join(url, link) for name, link in page.links if link and not link.startswith("SoftKey:")}
        url = next((links.pop(name) for name in _FURTHER if name in links), "")
    return links


# What leads on: from Cisco's form to everybody, from a Cisco page to the next, from a Snom page to the next.
_FURTHER = ("All", "Next", "F4")


def _page(start: Start, url: str, login: tuple[str, str] | None) -> Generator[Ask, Reply, Page | None]:
    whole = join(start.url, url)
    reply = yield from start.ask(Ask(whole, login=login))
    start.asked.discard(whole)  # pages have a bound of their own
    if not reply.ok:
        return None
    try:
        page = read_page(reply.body)
    except Unreadable as error:
        start.problems.append(f"{label(url)}: {error}")
        return None
    start.problems += [f"{label(url)}: {problem}" for problem in page.problems]
    return page


def search_there(start: Start, url: str, login: tuple[str, str] | None) -> Script:
    """Open the form at `url`, fill the term in, and note what the server finds."""
    page = yield from _page(start, url, login)
    if page is None or not page.form or not page.parameter:
        start.problems.append(f"{label(url)} is no form that the phone could search with.")
        return
    yield from browse(start, with_term(join(url, page.form), page.parameter, start.search), login, searching=True)


def search_here(start: Start) -> None:
    """Search in the phone's own copy, where the server did not."""
    if not start.search or start.found is not None:
        return
    term = start.search.casefold()
    start.found = [
        contact
        for contact in start.contacts
        if term in contact.name.casefold() or any(term in number for number in contact.numbers)
    ]


def note_book(start: Start, name: str, body: bytes) -> None:
    """Note the contacts of a directory file that is fetched as a whole."""
    try:
        found = _directory(body)
    except Unreadable as error:
        start.problems.append(f"{name}: {error}")
        return
    start.contacts += found.contacts
    start.problems += [f"{name}: {problem}" for problem in found.problems]
