"""The columns of a spreadsheet of phones: what the export writes and what an import understands.  (pure)"""

from __future__ import annotations

import re
from collections.abc import Iterable

# In this order the export writes them.
COLUMNS = ("mac", "model", "extension", "template", "site", "description")
SEPARATOR = " "
CLEAR = "-"

_SYNONYMS = {
    "mac": "mac macaddress macaddr macid hwaddress hardwareaddress ethernetaddress phonemac devicemac serial",
    "model": "model phonemodel devicemodel modelname phonetype devicetype type hardware",
    "extension": "extension extensions ext exts extn user device devices sipuser line lines number",
    "template": "template phonetemplate templatename layout",
    "site": "site sitename location office branch",
    "domain": "domain domainname",
    "description": "description desc note notes comment comments remark remarks phonename name",
}
_MEANING = {word: column for column, words in _SYNONYMS.items() for word in words.split()}
_LINE = re.compile(r"(?:line|extension|ext|account|device|user)0*([1-9][0-9]?)(?:extension|ext|device|user|number)?\Z")
_LETTERS = re.compile(r"[^a-z0-9]+")
_FORMULA = "=+-@\t\r'"


def column(heading: str) -> str | None:
    """Which column a heading means: one of COLUMNS, `domain`, `line 2` and so on, or None for one that is not known.

    Case, blanks and punctuation do not matter; the first line is the column `extension`. `domain` stands in the export
    of several companies.
    """
    word = _LETTERS.sub("", heading.lower())
    numbered = _LINE.match(word)
    if numbered:
        return "extension" if numbered[1] == "1" else f"line {numbered[1]}"
    return _MEANING.get(word)


def line_number(name: str) -> int | None:
    """1 for `extension`, 2 for `line 2`; None for any other column."""
    if name == "extension":
        return 1
    return int(name.removeprefix("line ")) if name.startswith("line ") else None


def joined(devices: Iterable[str]) -> str:
    """The devices on a phone's lines as one cell: `101 110a`. A line without a device between others is `-`."""
    return SEPARATOR.join(device or CLEAR for device in devices)


def devices_of(cell: str) -> list[str]:
    """The devices that a cell names, in the order of the lines; blanks and `, ; + / |` part them."""
    return [part for part in re.split(r"[\s,;+/|]+", cell.strip().lower()) if part]


def safe_cell(text: str) -> str:
    """The text as an export writes it: what a spreadsheet would take for a formula gets an apostrophe in front."""
    return f"'{text}" if text and text[0] in _FORMULA and text != CLEAR else text


def plain_cell(text: str) -> str:
    """The text of a cell, without the apostrophe that safe_cell() put in front."""
    return text[1:] if len(text) > 1 and text[0] == "'" and text[1] in _FORMULA else text
