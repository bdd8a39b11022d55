"""Which of somebody's answering rules is in force (SF-092 to SF-096).  (pure)"""

from __future__ import annotations

from typing import NamedTuple

from provd.answering.rule import DEFAULT, Rule
from provd.timeframe.active import next_changes, title_at
from provd.timeframe.clock import to_wall
from sip_edge.routing.facts import Company, Person


class Found(NamedTuple):
    """The rule in force, its place in the list from 0 on (-1: there is none that holds), and why."""

    rule: Rule
    place: int
    why: str


def in_force(person: Person, company: Company, instant: float) -> Found:
    """The first rule, from the top, that is enabled and whose time frame holds on the clock of its person (AM-65).

    `instant` is epoch seconds. Where none holds, the extension is rung as the default says (SF-096). Raises KeyError
    for a zone that is not known.
    """
    picked = _picked(person, company)
    if picked is not None:
        return picked
    wall = to_wall(person.zone or company.zone, instant)
    for place, rule in enumerate(person.rules):
        if rule.frame is None:
            return Found(rule, place, "The default rule is in force, as no rule above it is.")
        frame = company.frames.get(rule.frame)
        if not rule.enabled or frame is None or rule.frame in person.switched_off:
            continue
        title = title_at(frame.times, wall)
        if title is not None:
            return Found(rule, place, f"The rule “{frame.name}” is in force: {title}.")
    return Found(DEFAULT, -1, "No rule is in force; the phones ring as usual.")


def until(person: Person, company: Company, instant: float) -> int | None:
    """When another rule will be in force than at `instant`, in epoch seconds.

    None when that is never, or not within what next_changes() looks at; and for a rule that was put in force until
    further notice. Frames above the rule in force can only begin, and its own can only end: the first of these is it.
    """
    if _picked(person, company) is not None:
        return None
    now = in_force(person, company, instant)
    rules = person.rules[: now.place + 1] if now.place >= 0 else person.rules
    frames = (
        company.frames.get(rule.frame)
        for rule in rules
        if rule.frame is not None and rule.enabled and rule.frame not in person.switched_off
    )
    zone = person.zone or company.zone
    found = [next_changes(frame.times, zone, instant, 1) for frame in frames if frame is not None]
    return min((changes[0].at for changes in found if changes), default=None)


def _picked(person: Person, company: Company) -> Found | None:
    """The rule that the person has put in force until further notice, whatever the clock says (SF-016)."""
    if person.chosen is None:
        return None
    for place, rule in enumerate(person.rules):
        if (rule.frame or 0) == person.chosen:
            frame = company.frames.get(rule.frame or 0)
            name = f"The rule “{frame.name}”" if frame else "The default rule"
            return Found(rule, place, f"{name} is in force, as {person.extension} has chosen.")
    return None
