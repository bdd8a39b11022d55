"""Which files make up one phone, in the order in which the phone reads them.  (pure)

Sources of the orders: the vendors' provisioning guides, as named in the readers of provd/simulate/reading/.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from provd.importing.naming import COMMON, DIRECTORY, OVERRIDE, OWN
from provd.phone.model import Model
from provd.simulate.reading import Reading, Unreadable, guess_family, merge, read

MOST_FILES = 24
_BOOK = re.compile(
    rb"<(?:(?:Yealink|Cisco|Snom|Fanvil|Htek)IPPhone(?:Directory|Menu)|directory|AddressBook|tbook|root_contact)[\s>]"
)


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file of the folder: its path within, its name, its bytes, and what the name says of it."""

    path: str
    name: str
    content: bytes = field(repr=False)
    mac: str = ""
    role: str = COMMON

    @property
    def folder(self) -> str:
        """The folder that it is in, relative to the one that is imported."""
        return posixpath.dirname(self.path)

    @property
    def book(self) -> bool:
        """Whether it is a directory of names and numbers, by its name or by what is in it."""
        return self.role == DIRECTORY or _BOOK.search(self.content[:4096]) is not None


@dataclass(frozen=True, slots=True)
class Group:
    """The files that carry the MAC of one phone; `family` is the first that one of them looks like, or ""."""

    mac: str
    files: tuple[FoundFile, ...]
    family: str

    @property
    def folder(self) -> str:
        """Where the phone's own files are."""
        return self.files[0].folder


class Library:
    """All files by name, to find those that a phone shares with others."""

    def __init__(self, files: Iterable[FoundFile]) -> None:
        self._by_name: dict[str, list[FoundFile]] = {}
        for file in files:
            self._by_name.setdefault(file.name.lower(), []).append(file)

    def all(self) -> Iterator[FoundFile]:
        """Every file."""
        for files in self._by_name.values():
            yield from files

    def find(self, name: str, near: str) -> FoundFile | None:
        """The file with this name, capitals or not: the one in the folder `near` if there is one, else the highest."""
        known = self._by_name.get(name.lower(), [])
        same = [file for file in known if file.folder == near]
        return next(iter(same or sorted(known, key=lambda file: (file.path.count("/"), file.path))), None)

    def present(self, names: Iterable[str], near: str) -> list[str]:
        """Those of `names` that lie in the folder `near`, or anywhere when none lies there."""
        known = [name for name in dict.fromkeys(names) if name.lower() in self._by_name]
        here = [name for name in known if any(file.folder == near for file in self._by_name[name.lower()])]
        return here or known


def groups(files: Iterable[FoundFile]) -> tuple[list[Group], list[FoundFile]]:
    """The phones of a folder by MAC, and files that are second copies of others and are not used."""
    by_mac: dict[str, dict[str, FoundFile]] = {}
    copies: list[FoundFile] = []
    for file in sorted(files, key=lambda one: (one.path.count("/"), one.path)):
        if not file.mac:
            continue
        mine = by_mac.setdefault(file.mac, {})
        if file.name.lower() in mine:
            copies.append(file)
        else:
            mine[file.name.lower()] = file
    made = []
    for mac, mine in sorted(by_mac.items()):
        own = [file for file in mine.values() if file.role in (OWN, OVERRIDE) and not file.book]
        rest = [file for file in mine.values() if file not in own]
        if own:
            family = next(filter(None, (guess_family(file.name, file.content) for file in own)), "")
            made.append(Group(mac, (*own, *rest), family))
    return made, copies


def common_names(model: Model) -> list[str]:
    """The names of the files that phones of a model share, as they ask for them."""
    names = [name if "." in name else f"{name}.htm" for name in model.files.values()]
    general = {"poly-ucs": "000000000000.cfg", "poly-edge-e": "000000000000.cfg", "grandstream": "cfg.xml"}
    return [*names, *filter(None, [general.get(model.family)])]


def reading_of(group: Group, library: Library, model: Model) -> tuple[Reading, list[FoundFile], list[str]]:
    """What the phone understood from all its files: the reading, the files in order, sentences about missing ones.

    Raises Unreadable when none of its files can be read.
    """
    order, missing = _ordered(group, library, model)
    readings: list[Reading] = []
    used: list[FoundFile] = []
    wrong: list[str] = []
    for file in order:
        try:
            readings.append(_read(file, group.mac, model))
            used.append(file)
        except Unreadable as error:
            wrong.append(f"{file.path} was left out: {error}")
    if not readings:
        raise Unreadable(wrong[0] if wrong else "There is no file of the phone that can be read.")
    return merge(readings), used, [*wrong, *missing]


def _read(file: FoundFile, mac: str, model: Model) -> Reading:
    return read(model.family, file.name, file.content, mac=mac, model=model.user_agents[0])


def _ordered(group: Group, library: Library, model: Model) -> tuple[list[FoundFile], list[str]]:
    """The phone's files in its order, with those that a boot, master or index file or a profile rule leads to."""
    near = group.folder
    own = [file for file in group.files if file.role == OWN and not file.book]
    over = [file for file in group.files if file.role == OVERRIDE]
    common = [file for name in common_names(model) if (file := library.find(name, near))]
    if model.family == "yealink":
        boot = next(filter(None, (_boot(own), library.find("y000000000000.boot", near))), None)
        own = [file for file in own if not file.name.lower().endswith(".boot")]
        order, missing = _included([boot], library, group, model) if boot else ([], [])
        order = [file for file in order if file is not boot]
        order = order if own and own[0] in order else [*(order or common), *own]
    elif model.family.startswith("poly"):
        order, missing = _poly(own, common, library, group, model)
    elif model.family.startswith("grandstream"):
        order, missing = [*own, *common], []
    else:
        # What profile rules and index files name beside these is the phone's own again, or an image.
        order, missing = _included([*common, *own], library, group, model)[0], []
        order = [*(file for file in order if file not in own), *own]
    return list(dict.fromkeys([*order, *over]))[:MOST_FILES], missing


def _boot(own: list[FoundFile]) -> FoundFile | None:
    return next((file for file in own if file.name.lower().endswith(".boot")), None)


def _poly(
    own: list[FoundFile], common: list[FoundFile], library: Library, group: Group, model: Model
) -> tuple[list[FoundFile], list[str]]:
    """A Poly phone reads what its master file lists, then its directory; without a master, whatever carries its MAC."""
    masters = [file for file in (*own, *common) if b"CONFIG_FILES" in file.content]
    order, missing = _included(masters[:1], library, group, model) if masters else ([], [])
    if len(order) < 2:
        order = [*order, *(file for file in own if file not in order)]
    book = library.find(f"{group.mac}-directory.xml", group.folder)
    book = book or library.find("000000000000-directory.xml", group.folder)
    return [*order, *([book] if book else [])], missing


def _included(
    files: list[FoundFile], library: Library, group: Group, model: Model
) -> tuple[list[FoundFile], list[str]]:
    """Files with those that they name, each once, and sentences about those that are not in the folder."""
    order = list(files)
    missing: list[str] = []
    for file in order:  # grows while it is walked
        try:
            named = _read(file, group.mac, model).includes
        except Unreadable:
            continue
        for include in named:
            name = _base(include, group.mac, model)
            known = library.find(name, file.folder)
            if known is None:
                missing.append(f"{file.path} names {name[:80]}, which is not in the folder.")
            elif known not in order and not known.book and len(order) < MOST_FILES:
                order.append(known)
    return order, missing


def _base(include: str, mac: str, model: Model) -> str:
    """The name of the file at the end of an address, with the vendors' words for MAC and model filled in."""
    words: Mapping[str, str] = {"$mac": mac, "{mac}": mac, "[phone_mac_address]": mac, "[macaddress]": mac}
    text = re.split(r"[?#]", include)[0]
    for word, value in words.items():
        text = re.sub(re.escape(word), value, text, flags=re.IGNORECASE)
    text = re.sub(r"\{model\}|\$PN\b", model.user_agents[0], text)
    return re.split(r"[/\\]", text)[-1]
