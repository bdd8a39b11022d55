"""The company's directory as one phone shows it, and the cascades made from it.  (pure)"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from provd.phone.key import Key, Position
from provd.phone.layer import Sourced

SORTS = ("extension", "last_name", "first_name")
MOST_SELECTIONS = 64
SOURCES = ("company", "site", "department", "none")


@dataclass(frozen=True, slots=True)
class Contact:
    """One entry: a user of the company (`extension` set) or a shared contact (`extension` empty)."""

    id: str
    extension: str
    first_name: str
    last_name: str
    numbers: tuple[str, ...] = ()
    department: str = ""
    site: str = ""

    @property
    def name(self) -> str:
        """First and last name, or the extension where there is no name."""
        return f"{self.first_name} {self.last_name}".strip() or self.extension or (self.numbers or ("",))[0]

    @property
    def telephones(self) -> tuple[str, ...]:
        """The extension first, then the other numbers."""
        return ((self.extension,) if self.extension else ()) + tuple(n for n in self.numbers if n != self.extension)


@dataclass(frozen=True, slots=True)
class DirectoryChoice:
    """Where a phone's contacts come from, how they are sorted, which are hidden (SF-281 … SF-283)."""

    source: str = "company"
    sort: str = "extension"
    hidden: frozenset[str] = frozenset()


def choice_from(directory: Mapping[str, Sourced[object]]) -> DirectoryChoice:
    """Read the merged `directory` values of the layers; what is missing takes its default."""
    said = {name: sourced.value for name, sourced in directory.items()}
    hidden = said.get("hidden", ())
    return DirectoryChoice(
        source=str(said.get("source", "company")),
        sort=str(said.get("sort", "extension")),
        hidden=frozenset(str(item) for item in hidden) if isinstance(hidden, Iterable) else frozenset(),
    )


def shown(contacts: Iterable[Contact], choice: DirectoryChoice, site: str = "", department: str = "") -> list[Contact]:
    """The contacts a phone at `site`, of a user in `department`, shows: hidden ones left out, sorted as chosen."""
    if choice.source == "none":
        return []
    picked = [
        contact
        for contact in contacts
        if contact.id not in choice.hidden
        and not (choice.source == "site" and contact.site != site)
        and not (choice.source == "department" and contact.department != department)
    ]
    return sorted(picked, key=lambda contact: _rank(contact, choice.sort))


def _rank(contact: Contact, sort: str) -> tuple[object, ...]:
    extension = (not contact.extension, len(contact.extension), contact.extension)
    if sort == "last_name":
        return (contact.last_name.casefold(), contact.first_name.casefold(), *extension)
    if sort == "first_name":
        return (contact.first_name.casefold(), contact.last_name.casefold(), *extension)
    return (*extension, contact.last_name.casefold(), contact.first_name.casefold())


class CompanyDirectory:
    """A company's contacts, with what every phone asks of them worked out once: names and sorted selections."""

    def __init__(self, contacts: Iterable[Contact], frames: Mapping[str, str] | None = None) -> None:
        """`frames`: names of the company's time frames by number, for keys that toggle one."""
        self.frames = frames or {}
        self.contacts = tuple(contacts)
        self.names = {contact.extension: contact.name for contact in self.contacts if contact.extension}
        self.by_id = {contact.id: contact for contact in self.contacts}
        self._shown: dict[tuple[DirectoryChoice, str, str], tuple[Contact, ...]] = {}

    def shown(self, choice: DirectoryChoice, site: str, department: str) -> tuple[Contact, ...]:
        """As the function of the same name; the answer is kept for phones with the same choice and place."""
        key = (choice, site if choice.source == "site" else "", department if choice.source == "department" else "")
        found = self._shown.get(key)
        if found is None:
            if len(self._shown) >= MOST_SELECTIONS:
                self._shown.clear()
            found = self._shown[key] = tuple(shown(self.contacts, choice, site, department))
        return found


def search(contacts: Sequence[Contact], term: str) -> tuple[Contact, ...]:
    """The contacts whose name or a number of theirs contains `term`, in their order; all of them for an empty one."""
    wanted = term.strip().casefold()
    if not wanted:
        return tuple(contacts)
    return tuple(
        contact
        for contact in contacts
        if wanted in contact.name.casefold() or any(wanted in number for number in contact.telephones)
    )


def cascade(
    keys: Mapping[Position, Sourced[Key]],
    positions: Sequence[Position],
    contacts: Sequence[Contact],
    own: frozenset[str] = frozenset(),
) -> tuple[dict[Position, Sourced[Key]], int]:
    """Resolve every dynamic cascade of `keys` into BLF keys.

    `positions` are the phone's places in order, `contacts` already shown and sorted, `own` the phone's own
    extensions. A cascade starts on its own place and takes the free places after it up to the next cascade; a place
    that has a key keeps it. Returns the keys without cascades and how many people found no place.
    """
    resolved = {position: key for position, key in keys.items() if key.value.kind != "cascade"}
    starts = [position for position in positions if position in keys and keys[position].value.kind == "cascade"]
    left = 0
    for index, start in enumerate(starts):
        stop = starts[index + 1] if index + 1 < len(starts) else None
        places = [p for p in positions if p >= start and (stop is None or p < stop) and p not in resolved]
        people = _people(contacts, keys[start].value, own)
        left += max(0, len(people) - len(places))
        for place, person in zip(places, people, strict=False):
            chosen = keys[start].value
            key = Key("blf", person.extension, None, chosen.line, chosen.locked)
            resolved[place] = Sourced(key, keys[start].origin, keys[start].kind)
    return resolved, left


def static_cascade(
    start: Position,
    keys: Mapping[Position, Key],
    positions: Sequence[Position],
    contacts: Sequence[Contact],
    own: frozenset[str] = frozenset(),
) -> dict[Position, Key]:
    """The snapshot of SF-273: BLF keys from `start` on, to be saved as they are; labels do not follow renames."""
    wish = {start: Sourced(Key("cascade", *_wished(keys.get(start))), "", "")}
    wish |= {p: Sourced(key, "", "") for p, key in keys.items() if p != start and key.kind != "cascade"}
    resolved, _ = cascade(wish, [p for p in positions if p >= start], contacts, own)
    names = {contact.extension: contact.name for contact in contacts}
    return {
        position: Key("blf", sourced.value.target, names.get(sourced.value.target), sourced.value.line)
        for position, sourced in resolved.items()
        if position not in keys or position == start
    }


def _wished(key: Key | None) -> tuple[str, None, int]:
    return (key.target, None, key.line) if key and key.kind == "cascade" else ("", None, 1)


def _people(contacts: Sequence[Contact], wanted: Key, own: frozenset[str]) -> list[Contact]:
    return [
        contact
        for contact in contacts
        if contact.extension and contact.extension not in own and wanted.target in ("", contact.department)
    ]
