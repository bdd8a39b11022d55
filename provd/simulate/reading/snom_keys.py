"""Snom's function keys: `<fkey idx="0" context="1" label="…">TYPE argument</fkey>`.  (pure)

idx counts from 0 and carries on through the expansion modules (`placing.arrange` splits them off). Source: Snom
Service Hub, function key types.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from provd.simulate.reading.placing import placed
from provd.simulate.reading.reading import ReadAccount, ReadKey
from provd.simulate.reading.values import bare_target, grouped, whole

_KINDS = {
    "none": "none",
    "line": "line",
    "mult": "shared_line",
    "blf": "blf",
    "dest": "blf",
    "speed": "speed_dial",
    "orbit": "park",
    "dtmf": "dtmf",
    "url": "url",
    "action_url": "url",
}
_OTHERS = frozenset(
    {
        "icom",
        "multicast",
        "redirect",
        "transfer",
        "conference",
        "presence",
        "p2t",
        "ivr",
        "button",
        "recorder",
        "auto_answer",
        "keyevent",
    }
)


def keys_of(
    parameters: Mapping[str, str], accounts: Sequence[ReadAccount]
) -> tuple[tuple[ReadKey, ...], tuple[str, ...]]:
    """The function keys in parameters named `fkey[idx]` and `fkey[idx]@attribute`, and what is wrong with them."""
    problems: list[str] = []
    shared = {account.index for account in accounts if account.shared}
    hosts = [account.server for account in accounts]
    found = grouped(parameters, r"fkey\[([0-9]{1,3})\](@?.*)")
    keys = [_key(index, members, shared, hosts, problems) for index, members in found.items() if "" in members]
    return placed(keys), tuple(problems)


def _key(
    index: int, members: Mapping[str, str], shared: set[int], hosts: Sequence[str], problems: list[str]
) -> ReadKey:
    text = members[""]
    word, _, argument = text.partition(" ")
    word, argument = word.lower(), argument.strip()
    kind = _KINDS.get(word, "other")
    if kind == "other" and word not in _OTHERS:
        problems.append(f"Key {index} (idx) has a type the phone does not know: it does nothing.")
    context = members.get("@context", "active").strip()
    line = whole(context, 1, 12)
    if line is None and context not in ("active", ""):
        problems.append(f"Key {index} (idx) has a context that is neither active nor an identity from 1 to 12.")
    pickup = ""
    if kind == "blf":
        argument, _, pickup = argument.partition("|")
    if kind == "line" and line in shared:
        kind = "shared_line"
    bare = kind in ("none", "line", "shared_line")
    target = argument if kind in ("url", "dtmf") else bare_target(argument, hosts)
    return ReadKey(
        module=0,
        number=index + 1,
        kind=kind,
        target="" if bare else target,
        label=members.get("@label") or members.get("@short_label", ""),
        line=line,
        pickup=pickup.strip(),
        locked=_locked(members.get("@perm")),
        raw=text,
        bank="fkey",
        place=index + 1,
    )


def _locked(perm: str | None) -> bool | None:
    """`R`, `&` and a blank lock; `RW`, `$`, `!` and nothing leave the key to the user."""
    if perm is None:
        return None
    return perm in ("R", "&", " ")
