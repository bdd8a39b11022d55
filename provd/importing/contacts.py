"""Shared contacts from the phone books of old phones, each once.  (pure)"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from provd.importing.plan import NewContact
from provd.phone.text import without_control
from provd.simulate.reading import ReadContact

MOST = 20_000
_NUMBER = re.compile(r"[0-9*#+().\- ]{1,40}")


def new_contacts(
    entries: Iterable[ReadContact],
    extensions: Collection[str],
    known: Iterable[tuple[str, str, tuple[str, ...]]],
) -> tuple[tuple[NewContact, ...], int]:
    """The contacts to make, and how many entries have no number that can be dialled.

    People of the company (`extensions`) are in its directory by themselves, and what is `known` (first name, last
    name, numbers) is not made again; the same name with other numbers is one contact with all of them.
    """
    present = {(_same(f"{first} {last}"), number) for first, last, numbers in known for number in map(_bare, numbers)}
    found: dict[str, tuple[str, dict[str, str]]] = {}
    undiallable = 0
    for entry in entries:
        numbers = [number.strip() for number in entry.numbers if _NUMBER.fullmatch(number.strip())]
        undiallable += not numbers
        name = " ".join(without_control(entry.name).split())[:200] or (numbers or [""])[0]
        fresh = {
            _bare(number): number
            for number in numbers
            if number not in extensions and (_same(name), _bare(number)) not in present
        }
        if fresh and (_same(name) in found or len(found) < MOST):
            _, mine = found.setdefault(_same(name), (name, {}))
            for bare, number in fresh.items():
                mine.setdefault(bare, number)
    made = [NewContact(*split_name(name), tuple(list(numbers.values())[:10])) for name, numbers in found.values()]
    return tuple(made), undiallable


def split_name(name: str) -> tuple[str, str]:
    """First and last name: `Ada Lovelace`, `Lovelace, Ada`; a single word is the last name."""
    last, comma, first = name.partition(",")
    if comma and first.strip() and last.strip():
        return first.strip(), last.strip()
    start, _, end = name.strip().rpartition(" ")
    return start.strip(), end


def _same(name: str) -> str:
    return " ".join(sorted(name.casefold().replace(",", " ").split()))


def _bare(number: str) -> str:
    return re.sub(r"[^0-9*#+]", "", number)
