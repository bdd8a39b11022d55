"""Grandstream keys: VPK, MPK and extension boards, with both scales of mode numbers.  (pure)

VPK n has P1363+2(n-1) mode, +1 account, P1465+2(n-1) description, +1 value up to 6, then four P-values each from
P23800; locked is P23968+(n-1). MPK n has mode P322+n and triples from P301 up to 7, then four each from P353 up to
18. Board keys have five P-values each from P23000. Sources: configuration templates GXP21xx 1.0.11.79 and GRP26xx
1.0.3.6.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from provd.simulate.reading.placing import placed
from provd.simulate.reading.reading import ReadKey
from provd.simulate.reading.values import grouped, switch, whole

BOARD_KEYS = 40

# Scale A: GRP26xx, and MPK and boards of every phone; names are read without regard to case and blanks.
_MODES_A = """
    speeddial blf presencewatcher eventlistblf speeddialaa dialdtmf voicemail callreturn transfer callpark intercom
    ldapsearch conference multicastpaging record calllog monitoredcp menu xmlapp information message forward dnd redial
    instantmessage multicastlistenaddress keypadlock gdsopendoor presenceeventlist provision phonebook line sharedline
    paging
"""
_SCALE_A = dict(enumerate(_MODES_A.split())) | {-1: "none"}
# Scale B: the fixed VPKs of GXP21xx. 0 and 1 are lines; from 10 on it is scale A moved by ten, but for DND.
_SCALE_B = {0: "line", 1: "sharedline", 32: "dnd", -1: "none"} | {code + 10: _SCALE_A[code] for code in range(18)}
_ALIASES = {
    "default": "line",
    "moniteredcp": "monitoredcp",
    "monitoredcallpark": "monitoredcp",
    "xmlapplication": "xmlapp",
}
_ALIASES |= {"speeddialviaactiveaccount": "speeddialaa", "instantmessages": "instantmessage", "dtmf": "dialdtmf"}
_KINDS = {
    "none": "none",
    "line": "line",
    "sharedline": "shared_line",
    "speeddial": "speed_dial",
    "speeddialaa": "speed_dial",
    "blf": "blf",
    "dialdtmf": "dtmf",
    "callpark": "park",
    "monitoredcp": "park",
    "xmlapp": "url",
}
# VPKs that are always there; later ones have to be written without a gap.
_FIXED = {"GXP2130": 3, "GXP2135": 8, "GXP2140": 4, "GXP2160": 6, "GXP2170": 12, "GRP2612": 4, "GRP2613": 6}
_FIXED |= {"GRP2614": 6, "GRP2615": 10, "GRP2616": 6}
_MOST_FIXED = 12

_MEMBERS = {"keymode": "mode", "lockmode": "locked"}

Entry = dict[str, str]


def keys_of(values: Mapping[str, str], model: str) -> tuple[tuple[ReadKey, ...], tuple[str, ...]]:
    """The keys that P-values and aliases (lower-case names) set up, and what is wrong with them.

    The mode numbers of VPKs are read by the model's scale; without a model the numbers themselves are asked.
    """
    problems: list[str] = []
    fixed = _FIXED.get(re.sub(r"[^A-Z0-9]", "", model.upper())[:7], _MOST_FIXED)
    vpks = _without_gap(_entries(values, "vpk", _VPK_VALUES), fixed, problems)
    scale = _SCALE_B if _uses_scale_b(vpks, model) else _SCALE_A
    keys = []
    for place, entry in vpks.items():
        # Scale B is that of the fixed VPKs; the ones that can be added and removed follow scale A everywhere.
        keys.append(_key(values, 0, "vpk", place, entry, scale if place <= fixed else _SCALE_A, problems))
    for place, entry in _entries(values, "mpk", _MPK_VALUES).items():
        keys.append(_key(values, 0, "mpk", place, entry, _SCALE_A, problems))
    for place, entry in _entries(values, "ext", _BOARD_VALUES).items():
        board, number = divmod(place - 1, BOARD_KEYS)
        keys.append(_key(values, board + 1, "ext", number + 1, entry, _SCALE_A, problems))
    return placed(keys), tuple(problems)


def _entries(values: Mapping[str, str], bank: str, numbered: dict[str, tuple[int, str]]) -> dict[int, Entry]:
    """The keys of one bank by place, each as mode, account, description, value and locked."""
    found: dict[int, Entry] = {}
    for name, (place, member) in numbered.items():
        if name in values:
            found.setdefault(place, {})[member] = values[name]
    for place, members in grouped(values, rf"pks\.{bank}\.([0-9]{{1,3}})\.(.+)").items():
        if place:
            entry = found.setdefault(place, {})
            entry.update({_MEMBERS.get(member, member): text for member, text in members.items()})
    return {place: found[place] for place in sorted(found) if "mode" in found[place]}


def _four(first: int, place: int) -> Iterator[tuple[str, tuple[int, str]]]:
    for step, member in enumerate(("mode", "account", "description", "value")):
        yield f"p{first + step}", (place, member)


def _vpk_p_values() -> Iterator[tuple[str, tuple[int, str]]]:
    for place in range(1, 49):
        if place <= 6:
            step = 2 * (place - 1)
            yield f"p{1363 + step}", (place, "mode")
            yield f"p{1364 + step}", (place, "account")
            yield f"p{1465 + step}", (place, "description")
            yield f"p{1466 + step}", (place, "value")
        else:
            yield from _four(23800 + 4 * (place - 7), place)
        yield f"p{23967 + place}", (place, "locked")


def _mpk_p_values() -> Iterator[tuple[str, tuple[int, str]]]:
    for place in range(1, 8):
        yield f"p{322 + place}", (place, "mode")
        for step, member in enumerate(("account", "description", "value")):
            yield f"p{301 + 3 * (place - 1) + step}", (place, member)
    for place in range(8, 19):
        yield from _four(353 + 4 * (place - 8), place)


_VPK_VALUES = dict(_vpk_p_values())
_MPK_VALUES = dict(_mpk_p_values())
_BOARD_VALUES = {name: at for place in range(1, 161) for name, at in _four(23000 + 5 * (place - 1), place)}


def _without_gap(vpks: dict[int, Entry], fixed: int, problems: list[str]) -> dict[int, Entry]:
    """VPKs up to the first gap after the fixed ones: the phone removes all that follow one that is left out."""
    last = max(vpks, default=0)
    for place in range(fixed + 1, last):
        if place not in vpks:
            problems.append(f"VPK {place} is left out, so the phone removes every VPK after it: write it as None.")
            return {number: entry for number, entry in vpks.items() if number < place}
    return vpks


def _uses_scale_b(vpks: Mapping[int, Entry], model: str) -> bool:
    """Whether VPK mode numbers follow scale B: by the model, else by numbers that make sense in one scale only."""
    if model:
        return model.upper().startswith("GXP")
    for place in vpks:
        code = whole(vpks[place].get("mode"))
        if code is None or (code in (0, 1) and not vpks[place].get("value")):
            continue
        if code in (0, 1) or 2 <= code <= 9 or 28 <= code <= 31 or code == 33:
            return False
    return True


def _key(
    values: Mapping[str, str],
    module: int,
    bank: str,
    place: int,
    entry: Entry,
    scale: Mapping[int, str],
    problems: list[str],
) -> ReadKey:
    word = entry["mode"]
    code = whole(word)
    name = scale.get(code, "") if code is not None else re.sub(r"[\s_-]", "", word.lower())
    name = _ALIASES.get(name, name)
    if name not in _SCALE_A.values():
        problems.append(f"{bank.upper()} {place} has a mode that no phone of the family knows.")
    kind = _KINDS.get(name, "other")
    line = _account_number(entry.get("account", ""))
    on_line = kind in ("line", "shared_line", "none")
    return ReadKey(
        module=module,
        number=place,
        kind=kind,
        target="" if on_line else entry.get("value", ""),
        label=entry.get("description", ""),
        line=None if kind in ("none", "url") else line,
        pickup=_pickup(values, line) if kind == "blf" else "",
        locked=switch(entry.get("locked")),
        raw=f"{word} ({name or 'unknown'}) {entry.get('value', '')}".rstrip(),
        bank=bank,
        place=0 if module else place,
    )


def _account_number(text: str) -> int | None:
    """1-based account from a number, which counts from 0, or from a name such as `Account1`."""
    named = re.match(r"account\s*([0-9]{1,2})\Z", text.strip().lower())
    if named:
        return int(named[1])
    number = whole(text, 0, 98)
    return None if number is None else number + 1


def _pickup(values: Mapping[str, str], line: int | None) -> str:
    account = line or 1
    found = values.get(f"account.{account}.sip.blf.callpickup.prefix", "")
    return found or (values.get("p1347", "") if account == 1 else "")
