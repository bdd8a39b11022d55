"""Which phones a rule rings, and when each begins.  (pure)"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from provd.answering.rule import Rule, SimRing
from sip_edge.routing.decision import Leg
from sip_edge.routing.facts import Live, Person

MOST_LEGS = 20
_EXTENSION = re.compile(r"\d+")
_NOBODY = Live()


def legs(
    person: Person, rule: Rule, live: Mapping[str, Live], seconds: int | None
) -> tuple[tuple[Leg, ...], tuple[str, ...]]:
    """The phones to ring with their delays (SF-106, SF-108), and sentences about those that are left out.

    A phone that cannot be reached is left out, and one whose delay is not shorter than the ringing (AM-58). Each rings
    once, at its earliest.
    """
    found: dict[str, Leg] = {}
    steps: list[str] = []
    for leg in _wanted(person, rule):
        if leg.kind == "device" and not _reached(leg.target, live):
            steps.append(f"{leg.target} is not registered.")
        elif seconds is not None and leg.delay >= seconds:
            steps.append(f"{leg.target} would begin after {leg.delay} s, when the ringing of {seconds} s is over.")
        elif leg.target not in found or leg.delay < found[leg.target].delay:
            found[leg.target] = leg
    ordered = sorted(found.values(), key=lambda leg: leg.delay)
    if len(ordered) > MOST_LEGS:
        steps.append(f"Only the first {MOST_LEGS} of {len(ordered)} phones ring.")
    return tuple(ordered[:MOST_LEGS]), tuple(steps)


def reachable(device: str, live: Mapping[str, Live]) -> bool:
    """Whether a device of the company, such as 101a, is registered."""
    return _reached(device, live)


def _wanted(person: Person, rule: Rule) -> Iterator[Leg]:
    everything = rule.ring == "all" or (rule.ring == "several" and rule.own_all)
    bare = rule.ring == "extension" or (rule.ring == "several" and rule.own)
    if everything:
        yield from (Leg("device", device) for device in person.devices)
    elif bare:
        yield Leg("device", person.extension)
    if rule.ring == "several":
        yield from (_other(one) for one in rule.others)


def _other(one: SimRing) -> Leg:
    """Another user's bare extension is the one device of that name, not the user's rules (platform-facts section 4)."""
    if one.target.kind == "external":
        return Leg("external", one.target.value, one.delay, one.confirm)
    return Leg("device", one.target.value, one.delay)


def _reached(device: str, live: Mapping[str, Live]) -> bool:
    owner = _EXTENSION.match(device)
    return owner is not None and device in live.get(owner[0], _NOBODY).registered
