"""Which phones to start: those that are set up in the database, or those of a list."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from provd.errors import ProvdError
from provd.facts import Addresses
from provd.phone.mac import parse_mac
from provd.settings import Settings
from provd.simulate.makes import MAKES, Make, Unit, find_make
from provd.store import domains, phones, tokens
from provd.store.database import Store
from provd.store.rows import Phone

Listed = tuple[Unit, str]  # a phone and the URL it starts with


@dataclass(frozen=True, slots=True)
class Choice:
    """Which phones, and how many at most; an empty `vendor` or `model` means any."""

    count: int
    vendor: str = ""
    model: str = ""

    def takes(self, make: Make) -> bool:
        """Whether a phone of this make is meant."""
        vendor = self.vendor.lower() in ("", make.vendor.lower(), make.family)
        return vendor and (not self.model or find_make(self.model) == make)

    def check(self) -> None:
        """Raise ProvdError when no phone could be meant."""
        if self.count < 1:
            raise ProvdError("Give --phones a number from 1 on.")
        vendors = sorted({make.vendor.lower() for make in MAKES.values()})
        families = {make.family for make in MAKES.values()}
        if self.vendor and self.vendor.lower() not in {*vendors, *families}:
            raise ProvdError(f"No virtual phone is of {self.vendor}; choose one of {', '.join(vendors)}.")
        if self.model and find_make(self.model) is None:
            raise ProvdError(f"No virtual phone is a {self.model}; `provd/simulate/makes.py` lists those there are.")


def spread(found: Iterable[Listed], count: int) -> list[Listed]:
    """At most `count` of them, one vendor after the other in turn, each vendor's in their order."""
    by_vendor: dict[str, list[Listed]] = {}
    for listed in found:
        by_vendor.setdefault(listed[0].make.vendor, []).append(listed)
    taken: list[Listed] = []
    for turn in range(max(map(len, by_vendor.values()), default=0)):
        taken += [queue[turn] for queue in by_vendor.values() if turn < len(queue)]
    return taken[:count]


def set_up(store: Store, choice: Choice, url: str, addresses: Addresses | None, protocol: str) -> list[Listed]:
    """The phones of the database that are meant, each with `url` or else with its company's provisioning URL."""
    found: list[tuple[Phone, Make, str]] = []
    for domain in domains.find(store):
        start = url
        if addresses is not None:
            start = addresses.base(protocol, tokens.newest(store, domain.id))
        for phone in _every(store, domain.id):
            make = find_make(phone.model)
            if make is not None and choice.takes(make):
                found.append((phone, make, start))
    kept = spread(((Unit(phone.mac, make, len(phone.expansions)), start) for phone, make, start in found), choice.count)
    by_mac = {phone.mac: phone for phone, _, _ in found}
    return [(_with_login(store, unit, by_mac[unit.mac]), start) for unit, start in kept]


def _every(store: Store, domain_id: int) -> Iterable[Phone]:
    after: str | None = ""
    while after is not None:
        page = phones.find(store, domain_id, limit=500, after=after)
        yield from page.items
        after = page.next


def _with_login(store: Store, unit: Unit, phone: Phone) -> Unit:
    password = phones.digest_password(store, phone.domain_id, phone.id)
    return Unit(unit.mac, unit.make, unit.modules, phone.digest_user, password)


def running_at(settings: Settings) -> Addresses:
    """Where the server of these settings listens, from its ports.json; ProvdError when it has not been started."""
    path = settings.data_dir / "ports.json"
    try:
        ports = json.loads(path.read_text(encoding="utf-8"))
        return Addresses(settings.host, int(ports["http"]), int(ports["https"]), int(ports["tftp"]))
    except (OSError, ValueError, KeyError, TypeError):
        raise ProvdError(
            f"{path} does not tell where provd listens; start `provd serve` first or give --url."
        ) from None


def listed(path: Path, choice: Choice, url: str) -> list[Listed]:
    """The phones of a list: a line each with MAC, model and perhaps the number of expansion modules."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ProvdError(f"{path} cannot be read as text ({error}); give a list of MAC and model.") from None
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        words = re.split(r"[\s,;]+", line.partition("#")[0].strip())
        if words != [""]:
            unit = _unit(f"{path} line {number}", words)
            found += [(unit, url)] if choice.takes(unit.make) else []
    return spread(found, choice.count)


def _unit(where: str, words: Sequence[str]) -> Unit:
    make = find_make(words[1]) if len(words) in (2, 3) else None
    modules = words[2] if len(words) == 3 else "0"
    if make is None or not re.fullmatch("[0-9]", modules):
        raise ProvdError(f"{where} is not a MAC, a model and perhaps the number of its expansion modules.")
    try:
        return Unit(parse_mac(words[0]), make, int(modules))
    except ValueError as error:
        raise ProvdError(f"{where}: {error}") from None
