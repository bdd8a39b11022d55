"""Cisco's keys: line keys, extended functions and the keys of expansion modules (KEM, SPA500S).  (pure)

`Extended_Function_n_` holds `fnc=type+type;name=value;…`. Source: Cisco IP Phone Multiplatform, XML Reference Guide
(extended functions, Enable_Direct_PLK_Configuration from 11.3(7)) and KEM chapters.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from provd.simulate.reading.reading import ReadAccount, ReadKey
from provd.simulate.reading.values import bare_target, switch, whole

_UNIT = r"Unit_([1-9])_(Key|Extension|Short_Name|Share_Call_Appearance)_([0-9]{1,2})_?"


@dataclass(frozen=True, slots=True)
class Function:
    """One parsed `fnc` string: its types, its parameters, and what is wrong with it (a sentence without subject)."""

    types: tuple[str, ...]
    parameters: Mapping[str, str]
    problem: str = ""


def parse_function(text: str) -> Function:
    """`fnc=blf+sd+cp;sub=2001@$PROXY;nme=Ada` taken apart the way the phone does: at `;`, then at the first `=`."""
    parameters: dict[str, str] = {}
    problem = ""
    for part in filter(None, (piece.strip() for piece in text.split(";"))):
        name, equals, value = part.partition("=")
        name = name.strip().lower()
        if not equals:
            problem = "has a part without '=', which the phone cannot read"
        elif name in parameters:
            problem = f"names {name} twice"
        parameters[name] = value.strip()
    types = tuple(filter(None, (word.strip().lower() for word in parameters.get("fnc", "").split("+"))))
    if text.strip() and not types:
        problem = "does not name a function with fnc="
    return Function(types, parameters, problem)


class _Panel:
    """What the keys of one phone share: its accounts, its hosts and the pickup code."""

    def __init__(self, parameters: Mapping[str, str], accounts: Sequence[ReadAccount], family: str) -> None:
        self.parameters = parameters
        self.accounts = {account.index: account for account in accounts}
        self.hosts = [account.server for account in accounts]
        self.mpp = family == "cisco-mpp"
        self.problems: list[str] = []
        code = parameters.get("Attendant_Console_Call_Pickup_Code") or parameters.get("Call_Pickup_Code", "")
        self.pickup = code.removesuffix("#")

    def key(self, module: int, number: int, tag: str, extension: str, label: str, appearance: str) -> ReadKey:
        text = self.parameters.get(tag, "")
        line = whole(extension, 1, 99)
        if text and line is not None and not (self.mpp and self._direct(line)):
            self.problems.append(
                f"{tag} has a function, but the key belongs to line {line}: set its extension Disabled."
            )
            text = ""
        locked = {"na": True, "ro": True, "rw": False}.get(self.parameters.get(f"{tag}@ua", ""))
        if text:
            return self._function(module, number, tag, text, label, locked)
        if line is None:
            return ReadKey(module, number, "none", label=label, locked=locked, raw=f"Extension={extension}")
        kind = "shared_line" if self._shared(line, appearance.lower()) else "line"
        return ReadKey(module, number, kind, label=label, line=line, locked=locked, raw=f"Extension={extension}")

    def _direct(self, line: int) -> bool:
        """Whether a function works although the key names a line: from 11.3(7), for a line nobody set up."""
        account = self.accounts.get(line)
        taken = account is not None and bool(account.user or account.server)
        return switch(self.parameters.get("Enable_Direct_PLK_Configuration")) is not False and not taken

    def _shared(self, line: int, appearance: str) -> bool:
        account = self.accounts.get(line)
        return appearance == "shared" or (not appearance and account is not None and account.shared)

    def _function(self, module: int, number: int, tag: str, text: str, label: str, locked: bool | None) -> ReadKey:
        function = parse_function(text)
        if function.problem:
            self.problems.append(f"{tag} {function.problem}.")
        kind, target = self._kind(function)
        return ReadKey(
            module,
            number,
            kind,
            target=target,
            label=function.parameters.get("nme") or label,
            line=whole(function.parameters.get("vid"), 1, 99),
            pickup=self.pickup if kind == "blf" and "cp" in function.types else "",
            locked=locked,
            raw=text,
        )

    def _kind(self, function: Function) -> tuple[str, str]:
        get = function.parameters.get
        types = set(function.types)
        number = bare_target(get("ext", ""), self.hosts)
        watched = bare_target(get("sub") or get("usr") or "", self.hosts)
        if "prk" in types:
            return "park", get("orbit") or watched or number
        if "blf" in types:
            return "blf", watched or number
        if "sd" in types:
            return "speed_dial", number or watched
        if "xml" in types and self.mpp:
            return "url", get("url", "")
        return "other", number or watched


def keys_of(
    parameters: Mapping[str, str], accounts: Sequence[ReadAccount], family: str
) -> tuple[tuple[ReadKey, ...], tuple[str, ...]]:
    """The line keys and module keys that parameters set up, and what is wrong with them."""
    panel = _Panel(parameters, accounts, family)
    numbers = {
        int(found[1])
        for found in (re.match(r"(?:Extension|Extended_Function)_([0-9]{1,2})_\Z", name) for name in parameters)
        if found and int(found[1])
    }
    keys = [
        panel.key(
            0,
            number,
            f"Extended_Function_{number}_",
            parameters.get(f"Extension_{number}_", ""),
            parameters.get(f"Short_Name_{number}_", ""),
            parameters.get(f"Share_Call_Appearance_{number}_", ""),
        )
        for number in sorted(numbers)
    ]
    keys += _module_keys(parameters, panel)
    return tuple(keys), tuple(panel.problems)


def _module_keys(parameters: Mapping[str, str], panel: _Panel) -> list[ReadKey]:
    units: dict[tuple[int, int], dict[str, str]] = {}
    for name in parameters:
        found = re.match(_UNIT + r"\Z", name)
        if found and int(found[3]):
            units.setdefault((int(found[1]), int(found[3])), {})[found[2]] = name
    attached = whole(parameters.get("Number_of_Units"), 0, 9)
    keys = []
    for (unit, number), names in sorted(units.items()):
        if attached is not None and unit > attached:
            continue
        extension, label, appearance = (
            parameters.get(names.get(member, ""), "") for member in ("Extension", "Short_Name", "Share_Call_Appearance")
        )
        tag = names.get("Key", f"Unit_{unit}_Key_{number}_")
        keys.append(panel.key(unit, number, tag, extension, label, appearance))
    if attached is not None and any(unit > attached for unit, _ in units):
        panel.problems.append(f"Number_of_Units is {attached}: the phone ignores the keys of further modules.")
    return keys
