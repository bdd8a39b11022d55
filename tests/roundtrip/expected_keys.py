"""What a vendor's phone is able to show on its keys, said from the vendors' documents."""

from __future__ import annotations

from dataclasses import dataclass

from provd.phone.config import PhoneConfig
from provd.phone.key import PhoneKey, Position
from provd.simulate.reading import Reading, ReadKey
from tests.roundtrip.phones import facts_of

POLY = ("poly-ucs", "poly-edge-e")
CISCO = ("cisco-spa", "cisco-mpp")
# Our kinds as a phone knows them: all that is watched is a busy lamp, all that is only dialled a speed dial.
KINDS = {kind: kind for kind in ("none", "line", "shared_line", "blf", "speed_dial", "dtmf", "url")}
KINDS |= dict.fromkeys(("park", "queue_toggle", "timeframe_toggle", "move_call"), "blf")
KINDS |= dict.fromkeys(("hot_desk", "queue_login", "queue_logout"), "speed_dial")


@dataclass(frozen=True, slots=True)
class Seen:
    """One key as far as it can be told from the file."""

    kind: str
    target: str = ""
    label: str = ""
    line: int | None = None
    locked: bool | None = None
    pickup: str = ""


def seen_keys(reading: Reading) -> dict[tuple[int, int], Seen]:
    """The keys the phone shows by place; two keys at one place are a fault."""
    found = {(key.module, key.number): _seen(key) for key in reading.keys}
    assert len(found) == len(reading.keys), "two keys sit at one place"
    return found


def _seen(key: ReadKey) -> Seen:
    dark = key.kind == "none" or (key.kind == "speed_dial" and not key.target)
    if dark:
        return Seen("none", locked=key.locked)
    return Seen(key.kind, key.target, key.label, key.line, key.locked, key.pickup)


def keys(config: PhoneConfig) -> dict[tuple[int, int], Seen]:
    """What every place of the phone and its modules should show."""
    model, _ = facts_of(config.model)
    return {
        (place.module, place.number): _key(config, place, config.key_at(place.module, place.number))
        for place in model.positions(len(config.modules))
    }


def _key(config: PhoneConfig, place: Position, key: PhoneKey | None) -> Seen:
    model, family = facts_of(config.model)
    locked = _locked(config, place, key)
    if key is None or key.kind == "none" or (key.kind.endswith("line") and not takes_lines(config, place)):
        return Seen("none", locked=locked)
    kind = "park" if key.kind == "park" and model.facts.get("park") == "orbit" else KINDS[key.kind]
    target = "" if kind.endswith("line") else key.value
    pickup = key.pickup
    if family.id in (*POLY, "grandstream") and kind == "blf":  # one code for the whole phone or account
        pickup = str(config.values["pickup.code"])
    return Seen(kind, target, label(config, key), _line(config, key, kind), locked, pickup)


def takes_lines(config: PhoneConfig, place: Position) -> bool:
    """Consoles of an SPA500 hold no lines; a Grandstream phone has them beside its main screen only."""
    model, family = facts_of(config.model)
    if family.id == "grandstream":
        return not place.module and place.number <= int(str(model.facts["line_vpk"]))
    return not (family.id == "cisco-spa" and place.module)


def _line(config: PhoneConfig, key: PhoneKey, kind: str) -> int | None:
    family = facts_of(config.model)[1].id
    if kind.endswith("line"):
        return key.line
    if family in POLY:
        watching = next((each.line for each in config.keys if KINDS[each.kind] == "blf"), None)
        return watching if kind == "blf" else None
    silent = {"yealink": ("url",), "grandstream": ("url",), "snom": ("url",), "fanvil": ("url", "dtmf")}
    return None if kind in silent.get(family, ()) else key.line


def _locked(config: PhoneConfig, place: Position, key: PhoneKey | None) -> bool | None:
    """Only these vendors lock single keys; the keys of a Grandstream phone that have a lock are those of the screen."""
    model, family = facts_of(config.model)
    screen = not place.module and place.number <= int(str(model.facts.get("vpk", 0)))
    if family.id in (*CISCO, "snom") or (family.id == "grandstream" and screen):
        return key is not None and key.locked
    return None


def label(config: PhoneConfig, key: PhoneKey) -> str:
    """The label of a key within what the vendor takes."""
    family = facts_of(config.model)[1]
    if family.id in POLY:
        account = config.account(key.line) if key.kind.endswith("line") else None
        return cut(account.label if account else key.label)
    return key.label[: family.label_length].rstrip() if family.id in (*CISCO, "grandstream", "fanvil") else key.label


def cut(text: str) -> str:
    """Poly keeps 40 bytes of UTF-8."""
    return text.encode()[:40].decode(errors="ignore")
