"""Answering rules as JSON: read, checked, and written.  (pure)"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from provd.answering.rule import (
    DESTINATIONS,
    FORWARDS,
    LONGEST_DELAY,
    MOST_OTHERS,
    RING_SECONDS,
    RINGS,
    Destination,
    Rule,
    SimRing,
)
from provd.errors import Invalid, Problem
from provd.numbering import e164

SWITCHES = ("enabled", "do_not_disturb", "screening", "own", "own_all")
_EXTENSION = re.compile(r"[0-9]{1,20}")
_DEVICE = re.compile(r"[0-9]{1,20}[a-z]{0,8}")
_RINGABLE = ("user", "device", "external")


def read(said: Mapping[str, Any], country: str, area_code: str = "") -> Rule:
    """The rule that a JSON object says, its outside numbers made E.164 by country and area code.

    Raises Invalid with everything that is wrong; whether users and phones exist is for who knows them (targets()).
    """
    problems: list[Problem] = []
    for name in sorted(said.keys() - {"timeframe", "ring", "seconds", "others", *SWITCHES, *FORWARDS}):
        problems.append(Problem(name[:40], f"A rule has no field {name[:40]}."))
    fields: dict[str, Any] = {"frame": said.get("timeframe"), "ring": said.get("ring", "all")}
    if fields["frame"] is not None and (isinstance(fields["frame"], bool) or not isinstance(fields["frame"], int)):
        problems.append(Problem("timeframe", "timeframe must be the number of a time frame, or empty."))
    if str(fields["ring"]) not in RINGS:
        problems.append(Problem("ring", f"ring must be one of {', '.join(RINGS)}."))
    for name in SWITCHES:
        fields[name] = said.get(name, name in ("enabled", "own"))
        if not isinstance(fields[name], bool):
            problems.append(Problem(name, f"{name} must be true or false."))
    fields["seconds"] = _seconds(said, problems)
    for name in FORWARDS:
        fields[name] = _destination(said.get(name), name, problems, country, area_code)
    fields["others"] = _others(said.get("others") or (), problems, country, area_code)
    if not problems and fields["ring"] == "several" and not (fields["own"] or fields["own_all"] or fields["others"]):
        problems.append(Problem("others", "“Several phones” rings nothing; add a phone, or choose another ring."))
    if problems:
        raise Invalid(problems)
    return Rule(**fields)


def write(rule: Rule) -> dict[str, Any]:
    """The rule as JSON; read() makes an equal one of it."""
    said: dict[str, Any] = {name: getattr(rule, name) for name in (*SWITCHES, "ring", "seconds")}
    said |= {name: written(getattr(rule, name)) for name in FORWARDS}
    said["others"] = [
        {"to": written(other.target), "delay": other.delay, "confirm": other.confirm} for other in rule.others
    ]
    return {"timeframe": rule.frame, **said}


def doubts(rule: Rule, extension: str) -> list[Problem]:
    """What of a rule of this extension may surprise, as warnings."""
    found: list[Problem] = []
    for place, other in enumerate(rule.others):
        if rule.seconds is not None and other.delay >= rule.seconds:
            text = f"{other.target.value} would begin after {other.delay} s, when the ringing is over; it never rings."
            found.append(Problem(f"others.{place}.delay", text, "warning"))  # AM-58
    if rule.always is not None and (rule.do_not_disturb or rule.screening or rule.ring == "several"):
        text = "Every call is forwarded at once, so that nothing else of this rule is looked at."
        found.append(Problem("always", text, "warning"))
    for name, to in rule.forwards():
        if to.kind == "user" and to.value == extension:
            found.append(Problem(name, f"{extension} forwards to itself; such a call is refused.", "warning"))
    return found


def destination(said: Any, field: str, country: str, area_code: str = "") -> Destination | None:
    """One place of a JSON object, None for null; raises Invalid for what is none."""
    problems: list[Problem] = []
    found = _destination(said, field, problems, country, area_code)
    if problems:
        raise Invalid(problems)
    return found


def written(to: Destination | None) -> dict[str, Any] | None:
    """One place as JSON; destination() makes an equal one of it."""
    return None if to is None else {"kind": to.kind, "value": to.value} | ({"confirm": True} if to.confirm else {})


def _seconds(said: Mapping[str, Any], problems: list[Problem]) -> int | None:
    given = said.get("seconds", 25)
    if isinstance(given, (bool, float)) or not isinstance(given, (int, type(None))) or given not in RING_SECONDS:
        text = "seconds must be 5 to 90 in steps of 5, 120 to 300 in steps of 30, 1200, or empty for unlimited."
        problems.append(Problem("seconds", text))
        return None
    return given


def _destination(
    said: Any, field: str, problems: list[Problem], country: str, area_code: str
) -> Destination | None:  # fmt: skip
    if said is None:
        return None
    kind, value = (said.get("kind"), said.get("value")) if isinstance(said, Mapping) else (None, None)
    if str(kind) not in DESTINATIONS or not isinstance(value, str):
        kinds = ", ".join(DESTINATIONS)
        problems.append(Problem(field, f"{field} needs a kind ({kinds}) and a value, or is empty."))
        return None
    if kind == "external":
        confirm = said.get("confirm", False)
        if not isinstance(confirm, bool):
            problems.append(Problem(field, f"{field}: confirm must be true or false."))
            return None
        try:
            return Destination("external", e164(value, country, area_code), confirm)
        except ValueError as error:
            problems.append(Problem(field, str(error)))
            return None
    if not (_DEVICE if kind == "device" else _EXTENSION).fullmatch(value):
        wanted = "a phone's name, such as 101a" if kind == "device" else "an extension, such as 101"
        problems.append(Problem(field, f"{field} must be {wanted}."))
    return Destination(str(kind), value)


def _others(given: Any, problems: list[Problem], country: str, area_code: str) -> tuple[SimRing, ...]:
    if not isinstance(given, (list, tuple)) or len(given) > MOST_OTHERS:
        problems.append(Problem("others", f"others must be a list of at most {MOST_OTHERS} places."))
        return ()
    found: list[SimRing] = []
    for place, said in enumerate(given):
        field = f"others.{place}"
        delay = said.get("delay", 0) if isinstance(said, Mapping) else None
        if isinstance(delay, bool) or not isinstance(delay, int) or not 0 <= delay <= LONGEST_DELAY:
            problems.append(Problem(field, f"{field} needs `to` and a delay from 0 to {LONGEST_DELAY} seconds."))
            continue
        to = _destination(said.get("to") or {}, f"{field}.to", problems, country, area_code)
        if to is not None and to.kind not in _RINGABLE:
            problems.append(Problem(f"{field}.to", f"{DESTINATIONS[to.kind]} does not ring; name a user or phone."))
        elif to is not None:
            confirm = to.confirm or (said.get("confirm") is True and to.kind == "external")
            found.append(SimRing(replace(to, confirm=False), delay, confirm))
    return tuple(found)
