"""The company's directory as each phone shows it: names, numbers, pages, search."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import parse_qs, urlsplit

import pytest

from provd.phone.config import PhoneConfig
from provd.phone.directory import Contact, search
from provd.simulate.reading import Directory
from tests.factories import CONTACTS
from tests.roundtrip.phones import MODELS, RICH, Wish, configured, directory_bytes, directory_of, facts_of

FAMILIES = sorted(set(RICH) - {"grandstream-ht"})  # an adapter has no screen
MANY = (
    *CONTACTS,
    *(
        Contact(f"c{n}", "", f"Number{n}", "Ümläut & <Co>", tuple(f"+4930{n}{i}" for i in range(n % 5 + 1)))
        for n in range(90)
    ),
    Contact("c-nameless", "777", "", ""),
)
Entries = list[tuple[str, tuple[str, ...]]]


def _first_page(family: str, term: str) -> int:
    """A Cisco phone without a name to look for first gets a form; everybody stands behind it."""
    return 2 if family.startswith("cisco") and not term else 1


def _all_pages(config: PhoneConfig, term: str = "") -> list[Directory]:
    """Every page, found as the phone finds it: by the key that leads to the next."""
    pages = [directory_of(config, term, _first_page(facts_of(config.model)[1].id, term))]
    while True:
        asked = [parse_qs(urlsplit(url).query) for _, url in pages[-1].links]
        following = [query for query in asked if "page" in query]
        if not following:
            return pages
        assert following[0].get("term", [""]) == [term]
        pages.append(directory_of(config, term, int(following[0]["page"][0])))
        assert len(pages) < 50, "the pages never end"


def _entries(pages: Iterable[Directory]) -> Entries:
    return [(contact.name, contact.numbers) for page in pages for contact in page.contacts]


def _expected(family: str, contacts: Iterable[Contact]) -> Entries:
    """An entry a number for Snom, Cisco and Poly, of three at most for Grandstream and Fanvil, which starts another."""
    found: Entries = []
    for contact in contacts:
        numbers = contact.telephones
        if family == "yealink":
            found.append((contact.name, numbers))
        elif family == "grandstream":
            found.append((contact.name, numbers[:3]))
        elif family == "fanvil":
            found += [(contact.name, numbers[start : start + 3]) for start in range(0, len(numbers), 3)]
        elif family == "snom":
            found += [(contact.name if n == numbers[0] else f"{contact.name} {n}", (n,)) for n in numbers]
        else:
            found += [(contact.name, (number,)) for number in numbers]
    return found


@pytest.mark.parametrize("family", FAMILIES)
def test_everybody_is_there_with_every_number(family: str) -> None:
    config = configured(Wish(RICH[family], contacts=MANY))
    pages = _all_pages(config)
    assert _entries(pages) == _expected(family, config.contacts)
    assert [problem for page in pages for problem in page.problems] == []


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("term", ["liskov", "ümläut & <", "4930", "nobody at all"])
def test_a_search_finds_who_matches_over_all_pages(family: str, term: str) -> None:
    config = configured(Wish(RICH[family], contacts=MANY))
    assert _entries(_all_pages(config, term)) == _expected(family, search(config.contacts, term))


@pytest.mark.parametrize("family", ["cisco-mpp", "cisco-spa", "snom"])
def test_a_page_is_as_long_as_the_phone_can_show(family: str) -> None:
    pages = _all_pages(configured(Wish(RICH[family], contacts=MANY)))
    assert len(pages) > 1
    assert max(len(page.contacts) for page in pages) <= (32 if family.startswith("cisco") else 100)


@pytest.mark.parametrize("family", ["cisco-mpp", "cisco-spa"])
def test_a_cisco_phone_is_asked_for_a_name_first(family: str) -> None:
    form = directory_bytes(configured(Wish(RICH[family], contacts=MANY))).decode()
    assert "<CiscoIPPhoneInput>" in form
    assert "<QueryStringParam>term</QueryStringParam>" in form


@pytest.mark.parametrize("model", MODELS)
def test_every_model_with_a_directory_can_read_it(model: str) -> None:
    family = facts_of(model)[1].id
    if family not in FAMILIES:
        assert all(rule.role != "directory" for rule in facts_of(model)[1].files)
        return
    config = configured(Wish(model))
    assert _entries([directory_of(config, page=_first_page(family, ""))]) == _expected(family, CONTACTS)


def test_a_directory_of_nobody_is_a_directory() -> None:
    for family in FAMILIES:
        config = configured(Wish(RICH[family], contacts=()))
        assert _entries(_all_pages(config)) == []
