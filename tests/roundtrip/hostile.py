"""A phone whose every free text is one text, and the shape of the files it gets."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from provd.phone.config import PhoneConfig
from provd.phone.directory import Contact
from provd.phone.key import KINDS, Key, Position
from provd.render import render, render_file
from provd.simulate.reading import Reading, ReadKey
from provd.simulate.reading.cisco_keys import parse_function
from provd.simulate.reading.markup import parse_markup
from tests.roundtrip.phones import FIRMWARE, RICH, Wish, configured, facts_of, people, rules

# Words of every vendor's language, and what breaks careless ones.
PIECES = (
    *("\n", "\r", "\r\n", "\t", "\0", "\x1b", "\x85", "\u2028", "\u2029", "\ud800", "\ufffe", "\uffff", "\U0001fffe"),
    *(
        '"',
        "'",
        "&",
        "<",
        ">",
        "&amp;",
        "&#10;",
        "<!--",
        "-->",
        "]]>",
        "<![CDATA[",
        "<?x?>",
        "/>",
        "</",
        "<!DOCTYPE a>",
    ),
    *(
        "%NULL%",
        "%NU%NULL%LL%",
        "{{",
        "}}",
        "{% raw %}",
        "{#",
        "#}",
        "{{ phone.accounts }}",
        "#SEARCH",
        "$PROXY",
        "$MA",
    ),
    *(";", "=", "|", "@", "#", "*", "$", "!", "^", "/", ",", "+", "\\", " ", "`", ":", "[", "]", "://"),
    *("\nlinekey.9.type = 15\n", "admin:", "include:config <x>", '" reg.9.address="9', "$Tinvite$", "$Tdtmf$"),
    *(
        "</item>",
        '<item name="x">',
        "</fkey>",
        ";fnc=sd;ext=9;nme=x",
        "1@9/bc",
        "|**",
        "</Name>",
        "<Telephone>9</Telephone>",
    ),
    *("\u202e", "\u200f", "שלום", "مرحبا", "😀", "👩‍👩‍👧", "Zoë", "ß", "\u0301", "\ufeff", "\u00a0", "\u00ad"),
)
ANY_TEXT = (
    st.lists(
        st.sampled_from(PIECES) | st.text(st.characters(exclude_categories=()), max_size=6), min_size=1, max_size=8
    )
    .map("".join)
    .filter(bool)
)
# What a technician writes every day; a phone must show it as it is.
HARMLESS = st.text("abcXYZ 0123456789äöüßéñ&'\"()-_.,:+", min_size=1, max_size=30).map(
    lambda text: " ".join(text.split())
)
# A vendor parameter that no template says, and one that stands in the place of what a template says.
RAW = {
    "yealink": ("features.dnd.allow", "call_waiting.enable"),
    "poly-ucs": ("feature.presence.label", "call.callWaiting.enable"),
    "poly-edge-e": ("feature.presence.label", "call.callWaiting.enable"),
    "cisco-spa": ("Ring1", "CW_Setting"),
    "cisco-mpp": ("Ring1", "CW_Setting"),
    "grandstream": ("call.ringtone.name", "call.callWaiting.enable"),
    "grandstream-ht": ("P9999", "P91"),
    "snom": ("ringer_name[2]", "call_waiting"),
    "fanvil": ("sip/line[1]/RingType", "sip/line[1]/DisplayName"),
}


def phone(family: str, text: str, *, targets: bool = True) -> PhoneConfig:
    """The richest phone of a family with `text` wherever a person may write freely.

    A number starts with digits of its own, so that no two of them are the same one; without `targets` it is nothing
    but these digits.
    """
    model, described = facts_of(RICH[family])
    after = text if targets else ""
    able = [kind for kind in KINDS if kind != "cascade" and not described.keys[kind].cannot]
    places = model.positions(1)
    keys = {place: _key(kind, place, text, after) for kind, place in zip(able, places, strict=False)}
    if model.modules:
        keys[Position(1, 2)] = _key("blf", Position(1, 2), text, after)
    contacts = tuple(
        Contact(f"c{n}", f"30{n}#{after}", text, text, (f"31{n}#{after}",), department=text) for n in range(2)
    )
    values: dict[str, Any] = dict.fromkeys(("admin.password", "user.password", "directory.title"), text)
    raw = dict.fromkeys(RAW[family], text)
    config = configured(
        Wish(model.id, people(2, shared=(2,)), keys, values, raw, contacts=contacts, modules=1, firmware=FIRMWARE)
    )
    accounts = tuple(
        replace(account, label=text, display_name=text, password=text, domain=f"d{after}")
        for account in config.accounts
    )
    return replace(config, accounts=accounts, urls=replace(config.urls, user="u" + text, password=text))


def _key(kind: str, place: Position, text: str, after: str) -> Key:
    number = f"2{place.module}{place.number:02}#"
    target = {"none": "", "url": f"http://a.example/{number}"}.get(KINDS[kind].target, number)
    return Key(kind, target + (after if target else ""), text, 2 if kind == "shared_line" else 1)


def shapes(config: PhoneConfig) -> dict[str, list[object]]:
    """The skeleton of every file of a phone by name."""
    return {name: shape(content) for name, content in render(config, *facts_of(config.model)).items()}


def searched(config: PhoneConfig, term: str) -> bytes:
    """The first page of a search for `term` that so many people match that there is a second page."""
    _, rule = next(found for found in rules(config, "directory") if "search" not in found[1].name)
    people_found = config.contacts * 80
    return render_file(rule, config, *facts_of(config.model), contacts=people_found, term=term, page=1)


def shape(content: bytes) -> list[object]:
    """All that a file is made of but its values: elements with their places and attributes, or the names of lines."""
    if content.startswith(b"#!"):
        lines = (line.strip() for line in re.split(r"\r\n|\n|\r", content.decode()))
        return [line.partition("=")[0].strip() for line in lines if line and not line.startswith("#")]
    telling = ("name", "idx", "index", "version", "type")
    found: list[object] = []
    waiting = [("", parse_markup(content))]
    while waiting:
        above, element = waiting.pop()
        path = f"{above}/{element.tag}"
        named = sorted(element.attributes)
        found.append((path, named, [element.attributes[name] for name in telling if name in named]))
        waiting += [(path, child) for child in element.children]
    return found


def what_stands(reading: Reading) -> object:
    """What a phone has come by: parameters and lines by name, keys by what they do but not to whom."""
    keys = [(key.module, key.number, key.line, key.pickup, *_doing(reading, key)) for key in reading.keys]
    accounts = [(account.index, account.enabled, account.user) for account in reading.accounts]
    return sorted(reading.parameters), keys, accounts, reading.includes, len(reading.directory_urls), reading.refused


def _doing(reading: Reading, key: ReadKey) -> tuple[object, ...]:
    """A Cisco key with the words of its function; a Poly macro as such, since what it dials decides on its kind."""
    if reading.family.startswith("cisco") and key.raw.startswith("fnc="):
        function = parse_function(key.raw)
        return key.kind, function.types, tuple(function.parameters), function.problem
    return ("macro",) if key.raw.startswith("EFK") else (key.kind,)
