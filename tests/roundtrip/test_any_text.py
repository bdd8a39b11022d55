"""Whatever people write: no value adds a parameter, a line, an element or a key to any family's files."""

from __future__ import annotations

import re
from functools import cache
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import example, given, settings

from provd.render import render
from provd.simulate.reading import read_directory
from tests.roundtrip import expected, expected_keys
from tests.roundtrip.hostile import ANY_TEXT, HARMLESS, PIECES, phone, searched, shape, shapes, what_stands
from tests.roundtrip.phones import RICH, directory_of, facts_of, seen, unproven

FAMILIES = sorted(RICH)
PLAIN = "Plain text"


@cache
def _plain(family: str) -> tuple[dict[str, list[object]], object, object]:
    config = phone(family, PLAIN)
    return shapes(config), what_stands(seen(config)), what_stands(seen(unproven(config)))


@pytest.mark.parametrize("family", FAMILIES)
@settings(max_examples=40, deadline=None)
@given(text=ANY_TEXT)
@example(text="".join(PIECES))
def test_a_text_changes_nothing_but_itself(family: str, text: str) -> None:
    files, standing, bare = _plain(family)
    config = phone(family, text)
    assert shapes(config) == files
    reading = seen(config)
    assert what_stands(reading) == standing
    assert what_stands(seen(unproven(config))) == bare


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("piece", PIECES, ids=ascii)
def test_no_word_of_any_language_works_alone(family: str, piece: str) -> None:
    """Each of them is tried, whatever hypothesis comes by."""
    _, standing, _ = _plain(family)
    assert what_stands(seen(phone(family, piece))) == standing


@pytest.mark.parametrize("family", FAMILIES)
def test_no_control_character_gets_into_a_file(family: str) -> None:
    controls = [*range(32), *range(0x7F, 0xA0), 0x2028, 0x2029, 0xD800, 0xDFFF, 0xFFFE, 0xFFFF]
    text = "x".join(map(chr, controls))
    for content in render(phone(family, text), *facts_of(RICH[family])).values():
        assert not {ord(letter) for letter in content.decode()} & set(controls) - {ord("\n")}
        assert not re.search("&#(x[0-9a-f]+|[0-9]+);", content.decode())


def test_the_word_for_nothing_is_a_word_like_any_other() -> None:
    """A Yealink phone takes %NULL% as no value at all; what people write is never nothing."""
    for text in ("%NULL%", "%null%", " %NULL%", "%N%NULL%ULL%"):
        reading = seen(phone("yealink", text))
        assert all(account.label and account.password for account in reading.accounts if account.enabled)
        assert all(key.label for key in reading.keys if key.kind != "none")


@pytest.mark.parametrize("family", FAMILIES)
@settings(max_examples=25, deadline=None)
@given(text=HARMLESS.filter(bool))
def test_a_harmless_text_arrives_as_it_is(family: str, text: str) -> None:
    config = phone(family, text, targets=False)
    reading = seen(config)
    assert tuple(account for account in reading.accounts if account.enabled) == expected.accounts(config)
    assert expected_keys.seen_keys(reading) == expected_keys.keys(config)
    assert reading.settings["admin.password"] == reading.settings["user.password"] == text
    if family == "grandstream-ht":
        return
    name = expected_keys.cut(text).strip() if family in expected_keys.POLY else text
    page = directory_of(config, page=2 if family.startswith("cisco") else 1)
    assert page.contacts[-1].name in (f"{name} {name}", f"{name} {name} {config.contacts[-1].numbers[0]}")


@pytest.mark.parametrize("family", ["snom", "cisco-spa", "cisco-mpp"])
@settings(max_examples=60, deadline=None)
@given(text=ANY_TEXT.filter(lambda text: not any("\ud800" <= letter <= "\udfff" for letter in text)))
def test_what_is_searched_for_stays_inside_the_address_of_the_next_page(family: str, text: str) -> None:
    """Half of a surrogate pair cannot be asked for: a query is UTF-8 before it is a search."""
    content = searched(phone(family, PLAIN), text)
    assert shape(content) == shape(searched(phone(family, PLAIN), PLAIN))
    asked = [parse_qs(urlsplit(url).query, keep_blank_values=True) for _, url in read_directory(content).links]
    assert {"term": [text], "page": ["2"]} in asked
