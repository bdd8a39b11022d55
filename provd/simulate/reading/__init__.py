"""Readers of vendor configuration files, written from the vendors' documents and from nothing else.  (pure)

They stand in for the phone: the virtual phones and the importer see with them, and the tests compare what they see
with what the product meant. They share no code and no table with the templates, on purpose.
"""

from __future__ import annotations

import re

from provd.simulate.reading.directory import Directory, read_directory
from provd.simulate.reading.guess import guess_family
from provd.simulate.reading.merging import DIALECTS, combined, merge
from provd.simulate.reading.placing import arrange
from provd.simulate.reading.reading import (
    SIZE_LIMIT,
    ReadAccount,
    ReadContact,
    Reading,
    ReadKey,
    Sheet,
    Source,
    Unreadable,
)

FAMILIES = tuple(DIALECTS)


def read(family: str, name: str, content: bytes, *, mac: str = "", model: str = "") -> Reading:
    """What a phone of `family` understands from one file.

    `name` is the file's name as fetched, `mac` the phone's own MAC in any spelling, `model` its model name: with
    them the phone refuses files of others, expands their macros and picks its own sections. Raises Unreadable, a
    ValueError with one sentence, when the bytes are hopeless or the family is unknown; every other fault is a
    sentence in `Reading.problems`.
    """
    if family not in DIALECTS:
        raise Unreadable(f"No phone family is called {family[:40]!r}: use one of {', '.join(FAMILIES)}.")
    if len(content) > SIZE_LIMIT:
        raise Unreadable(f"The file has {len(content)} bytes; {SIZE_LIMIT} are the most that is read.")
    own = re.sub(r"[^0-9a-f]", "", mac.lower())
    sheet = DIALECTS[family].parse(Source(family, name, content, own, model))
    return combined([sheet], family, own, model)


__all__ = [
    "FAMILIES",
    "Directory",
    "ReadAccount",
    "ReadContact",
    "ReadKey",
    "Reading",
    "Sheet",
    "Unreadable",
    "arrange",
    "guess_family",
    "merge",
    "read",
    "read_directory",
]
