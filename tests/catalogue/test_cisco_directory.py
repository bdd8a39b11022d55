"""The directory on a Cisco phone: a search form, pages of 32 entries, one number an entry."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import replace

import pytest

from provd import catalogue
from provd.phone.config import Urls
from provd.phone.directory import Contact
from provd.render import render_file
from provd.simulate.reading import Directory, read_directory
from tests.factories import BASE, CONTACTS, phone_config

MODELS = pytest.mark.parametrize("model", ["cisco-spa504g", "cisco-cp-8811"])
URL = f"{BASE}directory/0002fdff2103.xml"


def _body(model: str, contacts: Sequence[Contact] = CONTACTS, term: str = "", page: int = 1, url: bool = True) -> bytes:
    shipped = catalogue.shipped()
    config = phone_config(shipped, {"mac": "0002fdff2103", "model": model})
    if not url:
        config = replace(config, urls=Urls(""))
    family = shipped.family_of(model)
    rule = next(rule for rule in family.files if rule.role == "directory")
    return render_file(rule, config, shipped.models[model], family, contacts=contacts, term=term, page=page)


def _links(directory: Directory) -> dict[str, str]:
    return dict(directory.links)


@MODELS
def test_asked_without_a_name_it_asks_for_one(model: str) -> None:
    form = ET.fromstring(_body(model))
    assert (form.tag, form.findtext("URL")) == ("CiscoIPPhoneInput", URL)
    assert form.findtext("InputItem/QueryStringParam") == "term"
    softkeys = {item.findtext("Name"): item.findtext("URL") for item in form.iter("SoftKeyItem")}
    assert softkeys == {
        "Search": "SoftKey:Submit",
        "<<": "SoftKey:<<",
        "All": f"{URL}?page=2",
        "Exit": "SoftKey:Exit",
    }


@MODELS
def test_a_search_lists_every_number_of_those_found(model: str) -> None:
    found = read_directory(_body(model, CONTACTS[-2:], term="o"))
    assert (found.vendor, found.title, found.problems) == ("cisco", "Directory", ())
    assert [(contact.name, contact.numbers) for contact in found.contacts] == [
        ("Zoë O'Brien & Söhne", ("110",)),
        ("Fire Alarm <Centre>", ("+12145550199",)),
        ("Fire Alarm <Centre>", ("+12145550198",)),
    ]
    assert "Next" not in _links(found)


@MODELS
def test_pages_hold_32_entries_and_lead_on(model: str) -> None:
    people = [Contact(f"u{n}", str(1000 + n), "Person", f"{n:03}", (f"+1214555{n:04}",)) for n in range(40)]
    seen: list[str] = []
    pages = [read_directory(_body(model, people, term="a&b", page=page)) for page in (1, 2, 3)]
    for page in pages:
        seen += [number for contact in page.contacts for number in contact.numbers]
    assert [len(page.contacts) for page in pages] == [32, 32, 16]
    assert seen == [number for person in people for number in person.telephones]
    assert [_links(page).get("Next") for page in pages] == [
        f"{URL}?term=a%26b&page=2",
        f"{URL}?term=a%26b&page=3",
        None,
    ]


@MODELS
def test_everybody_stands_on_the_pages_after_the_form(model: str) -> None:
    people = [Contact(f"u{n}", str(1000 + n), "Person", str(n)) for n in range(33)]
    first = read_directory(_body(model, people, page=2))
    assert (len(first.contacts), _links(first)["Next"]) == (32, f"{URL}?term=&page=3")
    last = read_directory(_body(model, people, page=3))
    assert [contact.numbers for contact in last.contacts] == [("1032",)]
    assert b"<Prompt>33-33 of 33</Prompt>" in _body(model, people, page=3)


@MODELS
def test_nobody_found_and_pages_beyond_the_end(model: str) -> None:
    for body in (_body(model, (), term="x"), _body(model, CONTACTS, term="x", page=999)):
        assert read_directory(body).contacts == () and b"Nobody found" in body


@MODELS
def test_without_an_address_there_are_no_links(model: str) -> None:
    body = _body(model, url=False)
    assert b"http" not in body and len(read_directory(body).contacts) == len(CONTACTS) + 1
