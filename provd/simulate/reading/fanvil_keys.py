"""Fanvil's keys: side keys, DSS pages, and the value language of memory keys.  (pure)

`<number>@<SIP line>/<sub code>[<pickup code and number>]`: `2001@1/bc*82001` is a lamp on 2001 over line 1 that
picks up with *8 and the number. Sources: Fanvil Auto Provision Description; configuration exports.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from provd.simulate.reading.placing import placed
from provd.simulate.reading.reading import ReadAccount, ReadKey
from provd.simulate.reading.values import bare_target, whole

_BANKS = (
    ("side", r"(?:.*/)?dssside\[([0-9]{1,2})\]/fkey\[([0-9]{1,3})\]/(type|value|title)\Z"),
    ("internal", r"(?:.*/)?internal\[([0-9]{1,2})\]/fkey\[([0-9]{1,3})\]/(type|value|title)\Z"),
    ("side", r".*/sidekeyconfig([0-9]{1,2})/fkey([0-9]{1,3})(type|value|title)\Z"),
    ("internal", r".*/dsskeyconfig([0-9]{1,2})/fkey([0-9]{1,3})(type|value|title)\Z"),
    ("internal", r".*/functionkey(/)functionkeyentry\[fkey([0-9]{1,3})\]/(type|value|title)\Z"),
    ("internal", r".*/functionkey(/)fkey([0-9]{1,3})(type|value|title)\Z"),
    ("expand", r"(?:.*/)?dssexpand\[([0-9]{1,2})\]/fkey\[([0-9]{1,3})\]/(type|value|title)\Z"),
)
_ORDER = ("side", "internal", "expand")
_SUB_CODES = {
    "bcV": "blf",
    "bc": "blf",
    "bb": "blf",
    "ba": "blf",
    "bf": "blf",
    "bd": "blf",
    "f": "speed_dial",
    "c": "park",
    "i": "other",
    "a": "other",
    "m": "other",
    "p": "other",
}
_TYPES = {
    0: "none",
    1: "memory key",
    2: "line",
    3: "key event",
    4: "DTMF",
    7: "URL",
    13: "BLF list",
    14: "multicast",
    20: "action URL",
    21: "XML browser",
}
_PLAIN_KINDS = {0: "none", 4: "dtmf", 7: "url", 20: "url", 21: "url"}

Fields = dict[str, str]


def keys_of(values: Mapping[str, str], accounts: Sequence[ReadAccount]) -> tuple[tuple[ReadKey, ...], tuple[str, ...]]:
    """The keys in parameters by plain path (see `fanvil.plain`), and what is wrong with them."""
    found: dict[tuple[str, int, int], Fields] = {}
    for bank, pattern in _BANKS:
        compiled = re.compile(pattern)
        for name, value in values.items():
            match = compiled.match(name)
            if match:
                page = 1 if match[1] == "/" else int(match[1])
                found.setdefault((bank, page, int(match[2])), {})[match[3]] = value
    problems: list[str] = []
    keys = []
    for (bank, page, place), fields in sorted(found.items(), key=lambda item: (_ORDER.index(item[0][0]), item[0])):
        if not page or not place:
            problems.append(f"{bank} page {page} key {place} is no key: pages and keys are counted from 1.")
        elif "type" in fields:
            keys.append(_key(bank, page, place, fields, accounts, problems))
    return placed(keys), tuple(problems)


def _key(
    bank: str, page: int, place: int, fields: Fields, accounts: Sequence[ReadAccount], problems: list[str]
) -> ReadKey:
    code, value = whole(fields["type"], 0), fields.get("value", "")
    where = f"{bank} page {page} key {place}"
    kind, target, line, pickup = _meaning(code, value, accounts)
    if kind == "broken":
        problems.append(f"{where} has a value that its type does not take: the key does nothing.")
        kind = "other"
    elif code not in _TYPES:
        problems.append(f"{where} has a type the phone does not know: the key does nothing.")
    extra = bank == "expand"
    return ReadKey(
        module=page if extra else 0,
        number=place,
        kind=kind,
        target=target,
        label=fields.get("title", ""),
        line=line,
        pickup=pickup,
        raw=f"type={fields['type']} ({_TYPES.get(code or 0, 'unknown')}) value={value}",
        bank=bank,
        page=page,
        place=0 if extra else place,
    )


def _meaning(code: int | None, value: str, accounts: Sequence[ReadAccount]) -> tuple[str, str, int | None, str]:
    """Kind, target, line and pickup code of a key; the kind is `broken` when the value does not fit the type."""
    if code in _PLAIN_KINDS:
        kind = _PLAIN_KINDS[code]
        return kind, ("" if kind == "none" else value), None, ""
    if code == 2:
        found = re.match(r"SIP([0-9]{1,2})\Z", value)
        if found is None:
            return "broken", "", None, ""
        line = int(found[1])
        shared = any(account.index == line and account.shared for account in accounts)
        return ("shared_line" if shared else "line"), "", line, ""
    if code == 1:
        return memory_key(value, [account.server for account in accounts])
    return "other", value, None, ""


def memory_key(value: str, hosts: Sequence[str]) -> tuple[str, str, int | None, str]:
    """Kind, target, line and pickup code of a memory key's value; (`none`, …) when empty, (`broken`, …) when odd."""
    if not value:
        return "none", "", None, ""
    number, at, rest = value.rpartition("@")
    found = re.match(r"([0-9]{1,2})/(.*)\Z", rest, re.DOTALL)
    sub = next((code for code in _SUB_CODES if found and found[2].startswith(code)), None)
    if not at or found is None or sub is None:
        return "broken", value, None, ""
    kind, tail = _SUB_CODES[sub], found[2][len(sub) :]
    # The pickup part is the code with the number behind it.
    pickup = tail.removesuffix(number.rstrip()) if kind == "blf" else ""
    if tail and kind != "blf":
        return "broken", value, None, ""
    return kind, bare_target(number, hosts), int(found[1]), pickup
