"""Poly's keys: flexible line keys, the attendant's resource list, speed dials and enhanced feature keys.  (pure)

Without `lineKey.reassignment.enabled` the phone fills its keys itself: registrations (`reg.x.lineKeys` each), then
the resource list, then the speed dials of the directory. Source: UC Software 6.4 administrator guide.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from provd.simulate.reading.reading import ReadAccount, ReadKey
from provd.simulate.reading.values import bare_target, grouped, switch, whole

KEY_LIMIT = 400
_MACRO = re.compile(r"([0-9A-Za-z*#+.@_-]+)\$Tinvite\$\Z")
_TONES = re.compile(r"([0-9A-D*#,]+)\$Tdtmf\$\Z")
# Presence needs a service of another kind, so such a key is no lamp of ours.
_CATEGORIES = ("Unassigned", "Line", "BLF", "SpeedDial", "Presence", "EFK")


class _Layout:
    """The lists that keys point into, and what was found wrong while following the pointers."""

    def __init__(self, parameters: Mapping[str, str], accounts: Sequence[ReadAccount]) -> None:
        self.parameters = parameters
        self.accounts = {account.index: account for account in accounts}
        self.hosts = [account.server for account in accounts]
        self.problems: list[str] = []
        listed = grouped(parameters, r"attendant\.resourceList\.([0-9]{1,3})\.(.+)")
        self.resources = {number: entry for number, entry in listed.items() if entry.get("address")}
        # A resource list kept by the server makes the phone ignore the one in the file.
        if parameters.get("attendant.uri"):
            self.resources = {}
        self.dials = self._speed_dials()
        self.macros = grouped(parameters, r"efk\.efklist\.([0-9]{1,3})\.(.+)")
        self.next_resource = iter(sorted(self.resources))

    def _speed_dials(self) -> dict[int, dict[str, str]]:
        entries = grouped(self.parameters, r"directory\.([0-9]{1,5})\.(.+)").values()
        placed = ((whole(entry.get("sd"), 1, 9999), entry) for entry in entries)
        return {place: entry for place, entry in placed if place and entry.get("ct")}

    def line(self, number: int, index: int) -> ReadKey:
        account = self.accounts.get(index)
        if account is None or not account.enabled:
            self.problems.append(f"Key {number} is a line key for registration {index}, which has no address.")
            return self.none(number, f"Line {index}")
        kind = "shared_line" if account.shared else "line"
        return ReadKey(0, number, kind, label=account.label, line=index, raw=f"Line {index}")

    def resource(self, number: int, index: int) -> ReadKey:
        chosen = next(self.next_resource, 0) if index == 0 else index
        entry = self.resources.get(chosen)
        if entry is None:
            self.problems.append(f"Key {number} is a BLF key, but the resource list has no entry for it.")
            return self.none(number, f"BLF {index}")
        return ReadKey(
            0,
            number,
            "blf",
            target=bare_target(entry["address"], self.hosts),
            label=entry.get("label", ""),
            line=whole(self.parameters.get("attendant.reg"), 1, 99),
            pickup=self.parameters.get("call.directedCallPickupString", ""),
            raw=f"BLF {chosen} ({entry.get('type', 'normal')})",
        )

    def speed_dial(self, number: int, index: int) -> ReadKey:
        entry = self.dials.get(index, {})
        # The directory is a file of its own: say that the entry is missing only when a directory was read.
        if not entry and "directory" in self.parameters:
            self.problems.append(f"Key {number} is speed dial {index}, which no entry of the directory has.")
        name = entry.get("lb") or " ".join(filter(None, (entry.get("fn"), entry.get("ln"))))
        target = bare_target(entry.get("ct", ""), self.hosts)
        return ReadKey(0, number, "speed_dial", target=target, label=name, raw=f"SpeedDial {index}")

    def macro(self, number: int, index: int) -> ReadKey:
        entry, raw = self.macros.get(index, {}), f"EFK {index}"
        missing = [
            name
            for name in ("feature.enhancedFeatureKeys.enabled", "feature.EFKLineKey.enabled")
            if not switch(self.parameters.get(name))
        ]
        if missing or not entry or not switch(entry.get("status")):
            what = f'{missing[0]} is not "1"' if missing else f"efk.efklist.{index} is not there or not switched on"
            self.problems.append(f"Key {number} runs macro {index}, but {what}: the key does nothing.")
            return self.none(number, raw)
        action = entry.get("action.string", "")
        kind, target = _action(action)
        label = entry.get("label") or entry.get("mname", "")
        target = bare_target(target, self.hosts)
        return ReadKey(0, number, kind, target=target, label=label, raw=f"{raw} {action}")

    def none(self, number: int, raw: str = "Unassigned") -> ReadKey:
        return ReadKey(0, number, "none", raw=raw)


def keys_of(
    parameters: Mapping[str, str], accounts: Sequence[ReadAccount]
) -> tuple[tuple[ReadKey, ...], tuple[str, ...]]:
    """The line keys a phone shows, in order, and what is wrong with them.

    Numbers carry on into the expansion modules: lay them out with `placing.arrange`.
    """
    layout = _Layout(parameters, accounts)
    if switch(parameters.get("lineKey.reassignment.enabled")):
        keys = list(_assigned(layout))
        shown = {key.line for key in keys if key.kind in ("line", "shared_line")}
        layout.problems += [
            f"Line key reassignment is on, but no key has category Line for registration {account.index}."
            for account in accounts
            if account.enabled and account.index not in shown
        ]
    else:
        keys = list(_default(layout))
    return tuple(replace(key, bank="lineKey", place=key.number) for key in keys), tuple(layout.problems)


def _assigned(layout: _Layout) -> Iterator[ReadKey]:
    for number, members in grouped(layout.parameters, r"lineKey\.([0-9]{1,3})\.(category|index)").items():
        category = members.get("category", "")
        index = whole(members.get("index"), 0, 9999) or 0
        if not number:
            layout.problems.append("lineKey.0 is no key: keys are counted from 1.")
        elif category == "Line":
            yield layout.line(number, index)
        elif category == "BLF":
            yield layout.resource(number, index)
        elif category == "SpeedDial":
            yield layout.speed_dial(number, index)
        elif category == "EFK":
            yield layout.macro(number, index)
        elif category in _CATEGORIES[:1]:
            yield layout.none(number)
        else:
            if category not in _CATEGORIES:
                layout.problems.append(f"lineKey.{number}.category is not one of {', '.join(_CATEGORIES)}.")
            yield ReadKey(0, number, "other", raw=f"{category or 'no category'} {index}")


def _default(layout: _Layout) -> Iterator[ReadKey]:
    number = 0
    for account in layout.accounts.values():
        wanted = whole(layout.parameters.get(f"reg.{account.index}.lineKeys"), 1, 99) or 1
        for _ in range(wanted if account.enabled else 0):
            if number < KEY_LIMIT:
                number += 1
                yield layout.line(number, account.index)
    for index in sorted(layout.resources):
        number += 1
        yield layout.resource(number, index)
    for index in sorted(layout.dials):
        number += 1
        yield layout.speed_dial(number, index)


def _action(action: str) -> tuple[str, str]:
    """What a macro's action string amounts to: a kind of key and its target; other when it is more than one step."""
    if action.lower().startswith(("http://", "https://")):
        return "url", action
    for pattern, kind in ((_TONES, "dtmf"), (_MACRO, "speed_dial")):
        found = pattern.match(action)
        if found:
            return kind, found[1]
    return "other", ""
