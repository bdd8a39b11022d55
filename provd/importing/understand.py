"""What one phone of an old folder is to be here: its accounts, keys, settings and raw parameters.  (pure)"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from provd.importing.keys import arranged, keys_of
from provd.importing.plan import PhoneLayer, WishedLine
from provd.importing.report import listed
from provd.importing.settings import settings_of
from provd.importing.vendor_terms import TERMS, Terms, plain_name
from provd.importing.written import Written
from provd.phone.model import Family, Model
from provd.phone.text import has_control, without_control
from provd.simulate.reading import ReadAccount, Reading

NAME_LIMIT = 200  # longer than any vendor's
VALUE_LIMIT = 2000
RAW_LIMIT = 150_000  # characters of all raw parameters of a phone; a layer may have half a megabyte
_DEVICE = re.compile(r"([0-9]{1,20})([a-z]{0,8})")


@dataclass(frozen=True, slots=True)
class DraftAccount:
    """An account of a phone that can be a device here: `extension` is the user's, `name` the device's."""

    line: WishedLine
    extension: str
    password: str
    display_name: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A phone understood. `understood`, `kept`, `replaced` and `unknown` count its parameters (report.PhoneOutcome)."""

    mac: str
    model: Model
    files: tuple[str, ...]
    accounts: tuple[DraftAccount, ...]
    expansions: tuple[str, ...]
    layer: PhoneLayer
    sentences: tuple[str, ...]
    understood: int
    kept: int
    replaced: int
    unknown: int


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the company says and what the person who imports says: `company` values, `zones` (settings.offsets),
    `renamed`: SIP user → device name."""

    company: Mapping[str, Any]
    zones: Mapping[str, int]
    renamed: Mapping[str, str]


def understand(
    mac: str, reading: Reading, model: Model, family: Family, written: Written, around: Surroundings,
    files: Sequence[str],
) -> Draft:  # fmt: skip
    """Turn the reading of a phone's files into what it is to be here."""
    reading = arranged(reading, model)
    accounts, said = _accounts(reading, model, around.renamed)
    lines = {account.line.line: account.line.label for account in accounts}
    keys = keys_of(reading, model, family, lines)
    plain = {plain_name(family.id, name): value for name, value in reading.parameters.items()}
    values, about = settings_of(reading, written.settings(plain), around.company, around.zones)
    sorted_out = _Sorted.of(reading, family, written, lines, keys.raw)
    raw = sorted_out.raw | keys.raw
    secret = family.secret_parameters
    layer = PhoneLayer(
        values, keys.keys, raw, frozenset(name for name in raw if secret is not None and secret.search(name))
    )
    modules = model.modules
    return Draft(
        mac=mac,
        model=model,
        files=tuple(files),
        accounts=accounts,
        expansions=(modules.names[0],) * keys.modules if modules else (),
        layer=layer,
        sentences=(*said, *keys.sentences, *_modules(keys.modules, model), *about, *sorted_out.sentences),
        understood=sorted_out.understood,
        kept=len(raw),
        replaced=sorted_out.replaced,
        unknown=len(sorted_out.unknown),
    )


def _modules(count: int, model: Model) -> list[str]:
    if not count or model.modules is None:
        return []
    return [f"It has keys on {count} expansion module{'s' * (count > 1)}, taken for {model.modules.names[0]}."]


def _accounts(reading: Reading, model: Model, renamed: Mapping[str, str]) -> tuple[tuple[DraftAccount, ...], list[str]]:
    found: list[DraftAccount] = []
    sentences: list[str] = []
    for account in reading.accounts:
        if not account.enabled or not account.user:
            continue
        user = account.user.partition("@")[0]
        device = _DEVICE.fullmatch(renamed.get(user, user))
        if account.index > model.accounts:
            sentences.append(f"Account {account.index} is left out: the model has {model.accounts}.")
        elif device is None:
            sentences.append(
                f"Account {account.index} registers as {user[:40]!r}, which is no extension; "
                "give it one with --account USER=EXTENSION."
            )
        else:
            found.append(_draft(account, device[0], device[1]))
            if account.auth_user not in ("", account.user, user):
                sentences.append(
                    f"Account {account.index} logged in as {account.auth_user[:40]!r}, now as {device[0]}."
                )
    if not found:
        sentences.append("It has no account that can be set up, so it gets no line.")
    return tuple(found), sentences


def _draft(account: ReadAccount, device: str, extension: str) -> DraftAccount:
    display = _text(account.display_name)
    label = _text(account.label)
    line = WishedLine(account.index, device, account.shared, label)
    # A password that no file could carry is as good as none.
    password = account.password if len(account.password) <= 128 and not has_control(account.password) else ""
    return DraftAccount(line, extension, password.strip() and password, "" if display == extension else display)


def _text(text: str) -> str:
    return " ".join(without_control(text).split())[:200]


@dataclass(slots=True)
class _Sorted:
    """Parameters by what becomes of them."""

    raw: dict[str, str]
    unknown: list[str]
    other: list[str]
    understood: int = 0
    replaced: int = 0
    size: int = 0

    @property
    def sentences(self) -> list[str]:
        """Which parameters were not kept, by name; never their values, which may be secret."""
        told = []
        if self.unknown:
            told.append(f"Not understood and not kept: {listed(self.unknown)}.")
        if self.other:
            told.append(f"Said otherwise by this server: {listed(self.other)}.")
        return told

    @classmethod
    def of(
        cls, reading: Reading, family: Family, written: Written, lines: Mapping[int, str], taken: Mapping[str, str]
    ) -> _Sorted:
        sorted_out, terms = cls({}, [], []), TERMS[family.id]
        names = {plain_name(family.id, name) for name in taken}
        for name, value in reading.parameters.items():
            plain = plain_name(family.id, name)
            if plain in names:
                continue  # counted with the raw parameters of its key
            if len(name) > NAME_LIMIT:
                sorted_out.unknown.append(f"{name[:40]}…")
                continue
            if plain in written.names or terms.keys.fullmatch(name):
                sorted_out.understood += 1
                told = terms.keys.fullmatch(name) or terms.old.fullmatch(name) or _of_no_account(name, terms, lines)
                if not told and value.lower() != written.always.get(plain, value).lower():
                    sorted_out.other.append(name)
            elif terms.old.fullmatch(name) or not value or _of_no_account(name, terms, lines) or _old(value, reading):
                sorted_out.replaced += 1
            elif _keepable(name, value, family) and sorted_out.size < RAW_LIMIT:
                sorted_out.raw[name] = value
                sorted_out.size += len(name) + len(value)
            else:
                sorted_out.unknown.append(name)
        return sorted_out


def _of_no_account(name: str, terms: Terms, lines: Mapping[int, str]) -> bool:
    found = terms.account.fullmatch(name) if terms.account else None
    return found is not None and int(found[1]) not in lines


def _old(value: str, reading: Reading) -> bool:
    """Whether a value is an address on the old provisioning server."""
    found = re.match(r"[a-z]+://([^/:?#]+)", reading.provisioning_url, re.IGNORECASE)
    return found is not None and "://" in value and found[1].lower() in value.lower()


def _keepable(name: str, value: str, family: Family) -> bool:
    # The P-values of a Grandstream phone have no place among the names of its newer files, which ours are.
    numbered = family.id == "grandstream" and re.fullmatch(r"[Pp][0-9]+", name)
    fits = family.raw_names.search(name) is not None and len(value) <= VALUE_LIMIT
    return fits and not numbered and not has_control(value)
