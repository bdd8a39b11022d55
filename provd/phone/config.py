"""What one phone is to be, vendor-neutral and complete: the input of every template.  (pure)"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from provd.phone.directory import CompanyDirectory, Contact, DirectoryChoice, cascade, choice_from
from provd.phone.key import KINDS, Key, PhoneKey, Position
from provd.phone.layer import Merged, Sourced
from provd.phone.parameter import PARAMETERS, Value
from provd.phone.zone import Zone

MASK = "••••••••"


@dataclass(frozen=True, slots=True)
class Account:
    """One line of the phone: the SIP device it registers as, and where."""

    line: int
    extension: str
    device: str
    label: str
    display_name: str
    password: str
    domain: str
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Urls:
    """Addresses the phone is told. `base` is where its files are and ends with a slash; the token is part of it.

    `user` and `password` are the phone's own HTTP credentials, empty when the company does not use them.
    """

    base: str
    directory: str = ""
    firmware: str = ""
    user: str = ""
    password: str = ""


@dataclass(frozen=True, slots=True)
class UpdateWindow:
    """The nightly update: window as minutes after midnight, and the minute this phone takes within it."""

    start: int
    end: int
    minute: int

    @staticmethod
    def clock(minutes: int) -> str:
        """Minutes after midnight as `02:05`."""
        return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"


@dataclass(frozen=True, slots=True)
class PhoneFacts:
    """What the store and the settings know about one phone, before the layers are resolved."""

    mac: str
    model: str
    accounts: tuple[Account, ...]
    merged: Merged
    directory: CompanyDirectory
    positions: tuple[Position, ...]
    sip_host: str
    urls: Urls
    zone: Zone
    site: str = ""
    department: str = ""
    revision: str = ""
    modules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PhoneConfig:
    """Everything a template may say. `values` are the effective settings, `origins` the layer of each."""

    mac: str
    model: str
    accounts: tuple[Account, ...]
    keys: tuple[PhoneKey, ...]
    values: Mapping[str, Value]
    origins: Mapping[str, str]
    raw: Mapping[str, str]
    contacts: tuple[Contact, ...]
    directory: DirectoryChoice
    server: str
    urls: Urls
    zone: Zone
    update: UpdateWindow | None
    modules: tuple[str, ...] = ()
    revision: str = ""
    unplaced: int = 0
    secrets: bool = True
    places: Mapping[tuple[int, int], PhoneKey] = field(default_factory=dict, repr=False)

    def key_at(self, module: int, number: int) -> PhoneKey | None:
        """The key at a place of the phone itself (module 0) or of an expansion module; None where none is set."""
        return self.places.get((module, number))

    def account(self, line: int) -> Account | None:
        """The account of line 1, 2, …; None where the phone has none."""
        return next((account for account in self.accounts if account.line == line), None)


def resolve(facts: PhoneFacts) -> PhoneConfig:
    """Turn facts into the configuration: defaults for lines, cascades filled, codes and labels in place."""
    values = {name: sourced.value for name, sourced in facts.merged.values.items()}
    choice = choice_from(facts.merged.directory)
    contacts = facts.directory.shown(choice, facts.site, facts.department)
    chosen = with_lines(facts.merged.keys, facts.positions, facts.accounts)
    own = frozenset(account.extension for account in facts.accounts)
    placed, unplaced = cascade(chosen, facts.positions, contacts, own)
    names = {"": facts.directory.names, "timeframe_toggle": facts.directory.frames}
    fitting = frozenset(facts.positions)
    keys = tuple(
        phone_key(position, placed[position], values, names.get(placed[position].value.kind, names[""]), facts.accounts)
        for position in sorted(placed)
        if position in fitting
    )
    return PhoneConfig(
        mac=facts.mac,
        model=facts.model,
        accounts=facts.accounts,
        keys=keys,
        values=values,
        origins={name: sourced.origin for name, sourced in facts.merged.values.items()},
        raw={name: sourced.value for name, sourced in facts.merged.raw.items()},
        contacts=contacts,
        directory=choice,
        server=str(values["sip.server"]) or facts.sip_host,
        urls=facts.urls,
        zone=facts.zone,
        update=update_window(facts.mac, str(values["update.window"])) if values["update.nightly"] else None,
        modules=facts.modules,
        revision=facts.revision,
        unplaced=unplaced,
        places={(key.module, key.number): key for key in keys},
    )


def with_lines(
    keys: Mapping[Position, Sourced[Key]], positions: Sequence[Position], accounts: Sequence[Account]
) -> dict[Position, Sourced[Key]]:
    """Give every account that no key names a line key on the first free places: a phone without one cannot call."""
    full = dict(keys)
    named = {key.value.line for key in keys.values() if key.value.kind in ("line", "shared_line")}
    free = iter([position for position in positions if position not in full])
    for account in accounts:
        place = None if account.line in named else next(free, None)
        if place is not None:
            kind = "shared_line" if account.shared else "line"
            full[place] = Sourced(Key(kind, line=account.line), "default", "default")
    return full


def phone_key(
    position: Position,
    sourced: Sourced[Key],
    values: Mapping[str, Value],
    names: Mapping[str, str],
    accounts: Sequence[Account],
) -> PhoneKey:
    """A chosen key as the phone gets it: its code before its target, its label from `names`, which has what keys of its
    kind name: people by extension, time frames by number."""
    key = sourced.value
    kind = KINDS[key.kind]
    value = (str(values[kind.code]) if kind.code else "") + key.target
    account = next((account for account in accounts if account.line == key.line), None)
    if key.label is not None:
        label = key.label
    elif key.kind in ("line", "shared_line"):
        label = account.label if account else ""
    else:
        label = names.get(key.target) or (key.target if key.target and not kind.code else kind.title)
    return PhoneKey(
        module=position.module,
        number=position.number,
        kind=key.kind,
        value=value,
        label="" if key.kind == "none" else label,
        line=key.line,
        locked=key.locked,
        lamp=kind.lamp,
        pickup=str(values["pickup.code"]) if key.kind == "blf" else "",
        origin=sourced.origin,
    )


def update_window(mac: str, window: str) -> UpdateWindow:
    """Read `02:00-04:00` and give this phone its own minute in it, so that a fleet does not come all at once."""
    start, end = ((int(text[:2]) * 60 + int(text[3:])) for text in window.split("-"))
    length = (end - start) % 1440 or 1440
    jitter = int.from_bytes(hashlib.sha256(mac.encode()).digest()[:4], "big") % length
    return UpdateWindow(start, end, (start + jitter) % 1440)


def without_secrets(config: PhoneConfig, secret_names: re.Pattern[str] | None, instead: str = "") -> PhoneConfig:
    """The same configuration with every secret replaced by `instead`: blank for a phone that has proved nothing,
    MASK for a person. `secret_names` finds the raw vendor parameters of the family that hold one."""
    values = {name: (instead if value and PARAMETERS[name].secret else value) for name, value in config.values.items()}
    raw = {
        name: (instead if secret_names and secret_names.search(name) else value) for name, value in config.raw.items()
    }
    return replace(
        config,
        accounts=tuple(replace(account, password=instead) for account in config.accounts),
        values=values,
        raw=raw,
        urls=replace(config.urls, password=instead if config.urls.password else ""),
        secrets=False,
    )
