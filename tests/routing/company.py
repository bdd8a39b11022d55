"""A company as cases write it: a few words a person, read into what decisions are made from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from provd.answering.rule import Destination, Rule, SimRing
from provd.timeframe.reading import read
from sip_edge.routing.decision import Decision
from sip_edge.routing.facts import Call, Company, Frame, Inbound, Live, Person


def destination(text: str) -> Destination:
    """`user 102`, `external +12145550190 confirmed`."""
    kind, _, value = text.removesuffix(" confirmed").partition(" ")
    return Destination(kind, value, text.endswith(" confirmed"))


def _to(to: Destination | None) -> str:
    return f"{to.kind} {to.value}{' confirmed' if to.confirm else ''}" if to else ""


def sim_ring(text: str) -> SimRing:
    """`external +12145550190 after 10 confirmed`."""
    where, _, rest = text.partition(" after ")
    words = rest.split()
    confirm = text.endswith("confirmed")
    return SimRing(destination(where.removesuffix(" confirmed")), int(words[0]) if words else 0, confirm)


PLACES = ("always", "on_active", "busy", "no_answer", "offline", "on_dnd", "on_spam")


def rule(said: Mapping[str, Any]) -> Rule:
    fields: dict[str, Any] = {n: destination(value) if n in PLACES else value for n, value in said.items()}
    if "others" in fields:
        fields["others"] = tuple(sim_ring(one) for one in fields["others"])
    return Rule(**fields)


def person(extension: str, said: Mapping[str, Any]) -> Person:
    fields = dict(said)
    for name in ("allowed", "blocked", "switched_off"):
        fields[name] = frozenset(fields.get(name, ()))
    fields["rules"] = tuple(rule(one) for one in fields.get("rules", ({},)))
    fields["devices"] = tuple(fields.get("devices", (extension,)))
    fields["forwards"] = {name: destination(value) for name, value in fields.get("forwards", {}).items()}
    return Person(extension, **fields)


def company(said: Mapping[str, Any]) -> Company:
    fields = dict(said)
    people = {str(one): person(str(one), more or {}) for one, more in fields.pop("people", {}).items()}
    frames = {
        int(number): Frame(int(number), one["name"], read(one["times"], one.get("forced", "schedule")))
        for number, one in fields.pop("frames", {}).items()
    }
    numbers = {number: Inbound(number, **one) for number, one in fields.pop("numbers", {}).items()}
    for name in ("blocked", "orbits", "ready"):
        if name in fields:
            fields[name] = frozenset(fields[name])
    return Company("acme.example", people=people, frames=frames, numbers=numbers, **fields)


def live(said: Mapping[str, Any], of: Company) -> dict[str, Live]:
    """Everybody's phones are registered and free unless a case says otherwise."""
    found = {one.extension: Live(frozenset(one.devices)) for one in of.people.values()}
    for extension, more in said.items():
        now = found[str(extension)]
        registered = frozenset(more["registered"]) if "registered" in more else now.registered
        found[str(extension)] = Live(registered, more.get("calls", 0))
    return found


def call(said: Mapping[str, Any]) -> Call:
    return Call(**{**said, "hops": tuple(said.get("hops", ()))})


def told(found: Decision) -> dict[str, Any]:
    """A decision as cases compare it: only what is set."""
    legs = [
        leg.target + (f" after {leg.delay}" if leg.delay else "") + (" confirmed" if leg.confirm else "")
        for leg in found.legs
    ]
    return {
        "action": found.action, "legs": legs, "seconds": found.seconds, "screening": found.screening,
        "to": _to(found.destination), "busy": _to(found.busy), "no_answer": _to(found.no_answer),
        "feature": f"{found.feature} {found.argument}".strip(), "announcement": found.announcement,
        "status": found.status, "emergency": found.emergency, "number": found.caller_id.number,
        "name": found.caller_id.name,
    }  # fmt: skip
