"""Cisco profile and upgrade rules: options, conditions, alternatives and macros.  (pure)

`[--uid $SA --pwd $SB] ($SWVER lt 12.0)? https://host/$MA.xml | http://host/old.xml`. Source: Cisco IP Phone
Multiplatform, Provisioning Formats (macro expansion, conditional expressions, URL syntax).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_OPTIONS = re.compile(r"\A\s*\[[^\]]*\]\s*")
_CONDITION = re.compile(r"\A\s*\(([^()]*(?:\([^()]*\)[^()]*)*)\)\s*\?\s*")
_MACRO = re.compile(
    r"\$(?:\$|\(([A-Z]{1,6})\)|(MAC|MAU|MA|PSN|PN|SN|SWVER|HWVER|IP|EXTIP|CCERT|S[A-D]|UID[0-9]|[A-P]))"
)


def rule_target(rule: str, mac: str, parameters: Mapping[str, str], *, conditional: bool = False) -> str:
    """The URL a rule leads to, macros expanded as far as they are known; "" for a rule that leads nowhere.

    Conditions depend on the running firmware, which a file does not tell: the first alternative without a condition
    is taken, or simply the first when all have one or when `conditional` says that conditions are taken to hold.
    """
    alternatives = [part for part in _split(_OPTIONS.sub("", rule)) if part[1]]
    free = [url for condition, url in alternatives if conditional or not condition]
    urls = free or [url for _, url in alternatives]
    return expand(urls[0], mac, parameters) if urls else ""


def _split(rule: str) -> list[tuple[str, str]]:
    """The alternatives of a rule as (condition, URL)."""
    found = []
    for part in rule.split("|"):
        part = _OPTIONS.sub("", part)
        match = _CONDITION.match(part)
        found.append((match[1], _OPTIONS.sub("", part[match.end() :]).strip()) if match else ("", part.strip()))
    return found


def expand(text: str, mac: str, parameters: Mapping[str, str]) -> str:
    """The text with `$MA`, `$MAU`, `$MAC` and `$A`..`$P` (GPP_A..P) filled in once; others stay as they are.

    `$SA`..`$SD` are only expanded inside options, never in a URL.
    """

    def value(found: re.Match[str]) -> str:
        name = found[1] or found[2]
        if name is None:
            return "$"
        if mac and name in ("MA", "MAU", "MAC"):
            return {"MA": mac, "MAU": mac.upper(), "MAC": ":".join(re.findall("..", mac))}[name]
        if len(name) == 1:
            return parameters.get(f"GPP_{name}", "")
        return found[0]

    return _MACRO.sub(value, text)
