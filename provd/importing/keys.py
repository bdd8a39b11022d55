"""From the keys that a phone had to keys as we keep them.  (pure)"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from provd.phone.key import Key, Position
from provd.phone.model import Family, Model
from provd.phone.text import has_control
from provd.simulate.reading import ReadAccount, Reading, ReadKey, arrange
from provd.simulate.reading.values import bare_target

TARGET_LIMIT = 200
LABEL_LIMIT = 100
_GRANDSTREAM = {name.lower(): name for name in ("keyMode", "account", "description", "value", "lockMode")}
_MACRO_LAST = 50  # Poly knows macros 1 to 50; ours are counted from 1, those kept from the end


@dataclass(slots=True)
class KeySet:
    """Keys by position text, as the store keeps them, `raw` parameters of those that only the vendor has words for,
    how many expansion modules they need, and sentences about what could not be kept."""

    keys: dict[str, dict[str, Any]] = field(default_factory=dict)
    raw: dict[str, str] = field(default_factory=dict)
    modules: int = 0
    sentences: list[str] = field(default_factory=list)


def arranged(reading: Reading, model: Model) -> Reading:
    """The reading with its keys counted as this model counts them."""
    facts = model.facts
    number = {name: value for name, value in facts.items() if isinstance(value, int)}
    banks = {"linekey": (model.keys, 1)}
    if "vpk" in number:
        banks |= {"vpk": (number["vpk"], 1), "mpk": (number["mpk"], 1)}
    if "side_keys" in number:
        banks |= {"side": (number["side_keys"], number["side_pages"])}
        banks |= {"internal": (number["dss_per_page"], number["dss_pages"])}
    size = model.modules.keys if model.modules else 0
    page = number.get("module_page", 0)
    highest = max((key.number for key in reading.keys if not key.module and key.kind != "none"), default=0)
    # The file does not tell how many modules there were: as few as hold all the keys.
    modules = max(1, -(-(highest - model.keys) // size)) if size else 1
    return arrange(reading, model.keys, size, banks, modules=modules, module_page=page)


def keys_of(reading: Reading, model: Model, family: Family, lines: Mapping[int, str]) -> KeySet:
    """The keys of an arranged reading. `lines`: number of each line that the phone will have → its label."""
    found = KeySet()
    hosts = [account.server for account in reading.accounts if account.server]
    shared = {account.index for account in reading.accounts if account.shared}
    for key in reading.keys:
        if key.kind == "none":
            continue
        place = _place(key, model)
        if place is None:
            found.sentences.append(f"Key {_shown(key)} ({key.raw[:60]}) has no place on this model and is left out.")
            continue
        made = _key(key, family, lines, shared, hosts)
        if isinstance(made, Key):
            found.keys[str(place)] = _as_json(made)
            found.modules = max(found.modules, place.module)
        else:
            _keep_raw(key, place, made, reading, family, found)
    _name_missing_lines(found, model, lines, reading.accounts)
    return found


def _place(key: ReadKey, model: Model) -> Position | None:
    if key.module == 0:
        return Position(0, key.number) if 1 <= key.number <= model.keys else None
    modules = model.modules
    if modules and key.module <= modules.most and 1 <= key.number <= modules.keys:
        return Position(key.module, key.number)
    return None


def _key(
    key: ReadKey, family: Family, lines: Mapping[int, str], shared: Collection[int], hosts: list[str]
) -> Key | str:
    """The key as ours; "" when only the vendor has words for it, else a sentence why it is left out."""
    line = key.line or 1
    if has_control(key.label):
        return "has a name that no file can carry"
    if key.kind in ("line", "shared_line"):
        if line not in lines:
            return f"is a key of line {line}, which has no account"
        label = None if key.label in ("", lines[line]) else key.label[:LABEL_LIMIT]
        return Key("shared_line" if line in shared else key.kind, "", label, line, bool(key.locked))
    if key.kind == "other" or key.kind not in family.keys or family.keys[key.kind].cannot:
        return ""
    target = bare_target(key.target, hosts) if key.kind != "url" else key.target
    if not target:
        return "has no number"
    if len(target) > TARGET_LIMIT or has_control(target):
        return "has a value that no file can carry"
    return Key(
        key.kind, target, key.label[:LABEL_LIMIT], line if line in lines else min(lines, default=1), bool(key.locked)
    )


def _as_json(key: Key) -> dict[str, Any]:
    said: dict[str, Any] = {"kind": key.kind, "target": key.target, "label": key.label, "line": key.line}
    said |= {"locked": key.locked}
    plain = {"target": "", "label": None, "line": 1, "locked": False}
    return {name: value for name, value in said.items() if name == "kind" or value != plain[name]}


def _keep_raw(key: ReadKey, place: Position, why: str, reading: Reading, family: Family, found: KeySet) -> None:
    kept = _raw_of(key, place, reading.parameters, family, found.raw) if not why else {}
    good = kept and all(family.raw_names.search(name) and not has_control(value) for name, value in kept.items())
    if good:
        found.raw |= kept
        found.keys[str(place)] = {"kind": "none"}  # so that nothing else comes to its place
        found.modules = max(found.modules, place.module)
        found.sentences.append(f"Key {_shown(key)} ({key.raw[:60]}) is kept as raw parameters.")
    else:
        reason = why or "is of a kind that cannot be kept"
        found.sentences.append(f"Key {_shown(key)} ({key.raw[:60]}) {reason} and is left out.")


def _raw_of(
    key: ReadKey, place: Position, parameters: Mapping[str, str], family: Family, taken: Mapping[str, str]
) -> dict[str, str]:
    """The vendor's own parameters of a key, under the names that they have on the place where it is now."""
    match family.id:
        case "yealink":
            new = f"expansion_module.{place.module}.key.{place.number}" if place.module else f"linekey.{place.number}"
            return _renamed(parameters, f"{key.bank}.{key.place or key.number}.", f"{new}.")
        case "poly-ucs" | "poly-edge-e":
            return _poly(key, parameters, taken)
        case "cisco-spa" | "cisco-mpp":
            end = str(family.facts.get("unit_key_end", "_"))
            new = (
                f"Unit_{place.module}_Key_{place.number}{end}" if place.module else f"Extended_Function_{place.number}_"
            )
            return {new: key.raw} if key.raw.startswith("fnc=") else {}
        case "grandstream":
            at = key.place or (key.module - 1) * 40 + key.number
            kept = _renamed(parameters, f"pks.{key.bank}.{at}.", f"pks.{key.bank}.{at}.")
            return {_capitals(name): value for name, value in kept.items()}
        case "fanvil":
            which = {"side": "dssSide", "internal": "internal"}.get(key.bank, "dssExpand")
            start = f"dsskey/{which}[{key.page}]/Fkey[{key.place}]/"
            return _renamed(parameters, start, start)
    return {}


def _renamed(parameters: Mapping[str, str], old: str, new: str) -> dict[str, str]:
    length = len(old)
    return {new + name[length:]: value for name, value in parameters.items() if name.lower().startswith(old.lower())}


def _capitals(name: str) -> str:
    start, _, member = name.rpartition(".")
    return f"{start}.{_GRANDSTREAM.get(member.lower(), member)}"


def _poly(key: ReadKey, parameters: Mapping[str, str], taken: Mapping[str, str]) -> dict[str, str]:
    """A key of a category of its own, or of a macro, which gets a number that no macro of ours has."""
    start = f"lineKey.{key.place}."
    kept = {name: value for name, value in parameters.items() if name.startswith(start)}
    if kept.get(f"{start}category") != "EFK":
        return kept
    macro = re.escape(kept.get(f"{start}index", ""))
    used = {int(found[1]) for name in taken if (found := re.match(r"efk\.efklist\.([0-9]+)\.", name))}
    number = min(used, default=_MACRO_LAST + 1) - 1
    for name, value in parameters.items():
        found = re.match(rf"efk\.efklist\.{macro}\.(.+)\Z", name)
        if found:
            kept[f"efk.efklist.{number}.{found[1]}"] = value
    return kept | {f"{start}index": str(number)}


def _shown(key: ReadKey) -> str:
    return f"{key.number} of module {key.module}" if key.module else str(key.number)


def _name_missing_lines(
    found: KeySet, model: Model, lines: Mapping[int, str], accounts: Collection[ReadAccount]
) -> None:
    """A phone needs a key for each line; where a file with keys has none for one, ours puts one on a free place."""
    named = {said.get("line", 1) for said in found.keys.values() if said["kind"] in ("line", "shared_line")}
    for line in sorted(set(lines) - named) if found.keys and accounts and model.keys else ():
        found.sentences.append(f"Line {line} had no key of its own; it gets one on the first free place.")
