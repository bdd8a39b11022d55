"""The contacts of a directory, in every vendor's XML.  (pure)

YealinkIPPhoneDirectory, CiscoIPPhoneDirectory and CiscoIPPhoneMenu, SnomIPPhoneDirectory and tbook,
FanvilIPPhoneDirectory, Poly's directory with item_list, Grandstream's AddressBook, Yealink's root_contact.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from provd.simulate.reading.markup import Element, parse_markup
from provd.simulate.reading.reading import ReadContact, Unreadable, limited
from provd.simulate.reading.values import bare_target

# Cisco phones show at most this many entries of one page (XML Applications, CiscoIPPhoneDirectory).
CISCO_PAGE = 32
# A Fanvil entry has one number of each of these kinds; elsewhere every number is a Telephone.
_FANVIL_NUMBERS = ("Telephone", "Mobile", "Other")
_PHONE_ROOT = re.compile(r"(Yealink|Cisco|Snom|Fanvil|Htek)IPPhone(Directory|Menu)\Z")


@dataclass(frozen=True, slots=True)
class Directory:
    """One directory document: whose form it has, its contacts, and the (name, URL) links to further pages."""

    vendor: str
    title: str
    contacts: tuple[ReadContact, ...]
    links: tuple[tuple[str, str], ...] = ()
    problems: tuple[str, ...] = ()


def read_directory(content: bytes) -> Directory:
    """The directory that a phone would show for these bytes; Unreadable when they are no directory."""
    root = parse_markup(content)
    named = _PHONE_ROOT.match(root.tag)
    if named:
        return _ip_phone(root, named[1].lower(), named[2])
    for tag, vendor, take in _FORMS:
        if root.tag == tag or (tag == "tbook" and root.tag == "settings" and root.child("tbook")):
            return _from_entries(vendor, take(root))
    raise Unreadable(f"The root element is <{root.tag}>, which is the directory of no phone that is known here.")


def _ip_phone(root: Element, vendor: str, kind: str) -> Directory:
    """The family of `…IPPhoneDirectory` documents, and Cisco's and Snom's menus of links."""
    problems: list[str] = []
    entries = [child for child in root.children if child.tag == "DirectoryEntry"]
    if vendor == "cisco" and len(entries) > CISCO_PAGE:
        problems.append(f"The page has {len(entries)} entries: the phone shows the first {CISCO_PAGE}.")
        entries = entries[:CISCO_PAGE]
    kinds = _FANVIL_NUMBERS if vendor == "fanvil" else ("Telephone",)
    most = None if vendor == "yealink" else 1
    found = []
    for number, entry in enumerate(entries, 1):
        numbers = [_texts(entry, kind) for kind in kinds]
        problems += [
            f"Entry {number} has {len(several)} {kind} elements: the phone takes the first."
            for kind, several in zip(kinds, numbers, strict=True)
            if most and len(several) > most
        ]
        found.append((entry.text_of("Name"), [text for several in numbers for text in several[:most]]))
    links = tuple(
        (item.text_of("Name"), item.text_of("URL"))
        for item in root.children
        if item.tag in ("MenuItem", "SoftKeyItem") and item.text_of("URL")
    )
    if kind == "Menu" and not links:
        problems.append("The menu has no MenuItem with a URL.")
    made = _from_entries(vendor, found)
    return Directory(vendor, root.text_of("Title"), made.contacts, links, limited((*problems, *made.problems)))


def _from_entries(vendor: str, entries: Iterable[tuple[str, list[str]]]) -> Directory:
    contacts: list[ReadContact] = []
    problems: list[str] = []
    for number, (name, numbers) in enumerate(entries, 1):
        if not numbers:
            problems.append(f"Entry {number} has no number: the phone drops it.")
            continue
        if not name:
            problems.append(f"Entry {number} has no name.")
        contacts.append(ReadContact(name, tuple(numbers)))
    return Directory(vendor, "", tuple(contacts), problems=limited(problems))


def _texts(element: Element, tag: str) -> list[str]:
    return [child.text.strip() for child in element.children if child.tag == tag and child.text.strip()]


def _poly(root: Element) -> list[tuple[str, list[str]]]:
    found = []
    for item in (element for element in root.walk() if element.tag == "item"):
        name = " ".join(filter(None, (item.text_of("fn"), item.text_of("ln")))) or item.text_of("lb")
        found.append((name, [bare_target(number) for number in _texts(item, "ct")]))
    return found


def _address_book(root: Element) -> list[tuple[str, list[str]]]:
    found = []
    for contact in (child for child in root.children if child.tag == "Contact"):
        name = " ".join(filter(None, (contact.text_of("FirstName"), contact.text_of("LastName"))))
        phones = [phone for phone in contact.children if phone.tag == "Phone"]
        found.append((name, [number for phone in phones for number in _texts(phone, "phonenumber")]))
    return found


def _tbook(root: Element) -> list[tuple[str, list[str]]]:
    book = root if root.tag == "tbook" else root.child("tbook")
    found = []
    for item in (child for child in (book.children if book else ()) if child.tag == "item"):
        name = " ".join(filter(None, (item.text_of("first_name"), item.text_of("last_name"))))
        found.append((name or item.text_of("name"), _texts(item, "number")))
    return found


def _root_contact(root: Element) -> list[tuple[str, list[str]]]:
    numbers = ("office_number", "mobile_number", "other_number")
    return [
        (
            contact.attributes.get("display_name", "").strip(),
            [contact.attributes[name].strip() for name in numbers if contact.attributes.get(name, "").strip()],
        )
        for contact in root.children
        if contact.tag == "contact"
    ]


_FORMS: tuple[tuple[str, str, Callable[[Element], list[tuple[str, list[str]]]]], ...] = (
    ("directory", "poly", _poly),
    ("AddressBook", "grandstream", _address_book),
    ("tbook", "snom", _tbook),
    ("root_contact", "yealink", _root_contact),
)
