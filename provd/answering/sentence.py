"""An answering rule as a person would say it.  (pure)"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from provd.answering.rule import DESTINATIONS, RINGS, Destination, Rule

_NOBODY: Mapping[str, str] = {}


def told(rule: Rule, frame: str = "", names: Mapping[str, str] = _NOBODY, *, voicemail: bool = True) -> str:
    """`Weekdays: ring all my phones for 25 seconds, then User 102 Grace Hopper`. `frame` is the name of the time frame,
    empty for the default rule; `names` gives people by extension, `voicemail` whether there is a mailbox."""
    when = frame or "Otherwise"
    off = "" if rule.enabled else " (switched off)"
    return f"{when}{off}: {', '.join(_parts(rule, names, voicemail))}"


def _parts(rule: Rule, names: Mapping[str, str], voicemail: bool) -> list[str]:
    if rule.always is not None:
        return [f"send every call to {_place(rule.always, names)}"]
    parts: list[str] = []
    if rule.do_not_disturb:
        to = rule.on_dnd or rule.busy
        if to is None and not voicemail:
            return ["do not disturb, callers hear busy"]
        return [f"do not disturb, send calls to {_place(to, names) if to else 'voicemail'}"]
    for name, words in (("offline", "when no phone is registered"), ("on_active", "when I am on a call")):
        to = getattr(rule, name)
        if to is not None:
            parts.append(f"{words} send calls to {_place(to, names)}")
    if rule.screening:
        parts.append("ask callers for their names")
    length = "until somebody answers" if rule.seconds is None else f"for {rule.seconds} seconds"
    parts.append(f"ring {_rung(rule, names)} {length}")
    if rule.busy is not None:
        parts.append(f"when busy send calls to {_place(rule.busy, names)}")
    last = _place(rule.no_answer, names) if rule.no_answer else "voicemail" if voicemail else "the call ends"
    return [*parts, f"then {last}"]


def _rung(rule: Rule, names: Mapping[str, str]) -> str:
    if rule.ring != "several":
        return RINGS[rule.ring]
    words = [RINGS["all"]] if rule.own_all else ["my extension"] if rule.own else []
    for other in rule.others:
        after = f" after {other.delay} seconds" if other.delay else ""
        words.append(f"{_place(replace(other.target, confirm=other.confirm), names)}{after}")
    return " and ".join(words)


def _place(to: Destination, names: Mapping[str, str]) -> str:
    if to.kind == "external":
        return f"{to.value} (press 1 to take it)" if to.confirm else to.value
    name = names.get(to.value, "")
    return " ".join(word for word in (DESTINATIONS[to.kind], to.value, name) if word)
