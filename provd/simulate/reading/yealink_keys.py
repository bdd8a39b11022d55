"""Yealink's keys: linekey, memorykey and expansion_module families.  (pure)

Type numbers from the vendor's key type table; `programablekey` holds soft keys and is no line key.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Set

from provd.simulate.reading.placing import placed
from provd.simulate.reading.reading import ReadKey
from provd.simulate.reading.values import grouped, whole

_TYPES = {
    0: "N/A",
    1: "Conference",
    2: "Forward",
    3: "Transfer",
    4: "Hold",
    5: "DND",
    6: "Redial",
    7: "Call Return",
    8: "SMS",
    9: "Direct Pickup",
    10: "Call Park",
    11: "DTMF",
    12: "Voice Mail",
    13: "Speed Dial",
    14: "Intercom",
    15: "Line",
    16: "BLF",
    17: "URL",
    18: "Group Listening",
    19: "Public Hold",
    20: "Private Hold",
    21: "Shared Line",
    22: "XML Group",
    23: "Group Pickup",
    24: "Multicast Paging",
    25: "Record",
    27: "XML Browser",
    28: "History",
    29: "Directory",
    30: "Menu",
    31: "Switch Account",
    32: "New SMS",
    33: "Status",
    34: "Hot Desking",
    35: "URL Record",
    38: "LDAP",
    39: "BLF List",
    40: "Prefix",
    41: "Zero Touch",
    42: "ACD",
    43: "Local Phonebook",
    44: "BroadSoft Phonebook",
    45: "Local Group",
    46: "Network Group",
    47: "XML Phonebook",
    48: "Switch Account Up",
    49: "Switch Account Down",
    50: "Keypad Lock",
    55: "Meet-Me Conference",
    56: "Retrieve Park",
    57: "Hoteling",
    58: "ACD Grace",
    59: "SISP Code",
    60: "Emergency",
    61: "Directory",
    66: "Paging List",
    73: "Custom Key",
    77: "Mobile Line",
}
_KINDS = {
    0: "none",
    10: "park",
    11: "dtmf",
    13: "speed_dial",
    15: "line",
    16: "blf",
    17: "url",
    21: "shared_line",
    27: "url",
}
_MODULE = re.compile(r"expansion_module\.([1-9])\.key\.[0-9]{1,3}\.")


def keys_of(parameters: Mapping[str, str], shared: Set[int]) -> tuple[tuple[ReadKey, ...], tuple[str, ...]]:
    """The keys that parameters (without `static.`) set up, and what is wrong with them.

    `shared` holds the accounts in shared line mode: their line keys are shared line keys.
    """
    keys: list[ReadKey] = []
    problems: list[str] = []
    for bank in ("linekey", "memorykey"):
        for number, members in grouped(parameters, bank + r"\.([0-9]{1,3})\.(.+)").items():
            keys += _key(0, bank, number, members, shared, problems)
    modules = sorted({int(found[1]) for found in map(_MODULE.match, parameters) if found})
    for module in modules:
        bank = f"expansion_module.{module}.key"
        for number, members in grouped(parameters, re.escape(bank) + r"\.([0-9]{1,3})\.(.+)").items():
            keys += _key(module, bank, number, members, shared, problems)
    return placed(keys), tuple(problems)


def _key(
    module: int, bank: str, number: int, members: Mapping[str, str], shared: Set[int], problems: list[str]
) -> list[ReadKey]:
    if not number:
        problems.append(f"{bank}.0 is no key: keys are counted from 1.")
        return []
    code = whole(members.get("type"), 0)
    if code is None and any(members.values()):
        problems.append(f"{bank}.{number} has no type that is a number: the phone leaves the key as it was.")
    kind = "none" if code is None else _KINDS.get(code, "other")
    account = whole(members.get("line"), 1, 99)
    if kind == "line" and account in shared:
        kind = "shared_line"
    on_line = kind in ("line", "shared_line")
    plain = kind in ("none", "url")
    word = "no type" if code is None else f"type={code} ({_TYPES.get(code, 'unknown')})"
    value = members.get("value", "")
    return [
        ReadKey(
            module=module,
            number=number,
            kind=kind,
            target="" if on_line or kind == "none" else value,
            label=members.get("label", ""),
            line=None if plain else account,
            pickup=(members.get("extension") or members.get("pickup_value") or "") if kind == "blf" else "",
            raw=f"{word} value={value}" if value else word,
            bank=bank,
            place=0 if module else number,
        )
    ]
