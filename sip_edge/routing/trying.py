"""Try a call: where it would go at a moment, and where from there when nobody answers, by the decisions of real
calls.  (pure)"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from provd.answering.rule import Destination
from sip_edge.routing.decide import decide, onward
from sip_edge.routing.decision import Decision
from sip_edge.routing.facts import Call, Company, Live
from sip_edge.routing.telling import told

MOST_STAGES = 24
"""Busy and unanswered branch at every phone that rings; longer trees help nobody."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One stop of the call. `when`: what must happen at the stop `after` (an index) to come here; empty for the
    first."""

    when: str
    after: int
    decision: Decision
    title: str

    @property
    def line(self) -> str:
        """What is compared with what a company expects."""
        return f"{self.when}: {self.title}" if self.when else self.title


def explore(call: Call, company: Company, live: Mapping[str, Live], instant: float) -> tuple[Stage, ...]:
    """Every stop that the call can come to, each after the one it comes from; at most MOST_STAGES."""
    first = decide(call, company, live, instant)
    stages = [Stage("", -1, first, told(first, company))]
    moments = [instant]
    place = 0
    while place < len(stages) < MOST_STAGES:
        before = stages[place].decision
        later = moments[place] + (before.seconds or 0)
        for when, to in _branches(before):
            found = onward(call, before, to, company, live, later)
            stages.append(Stage(when, place, found, told(found, company)))
            moments.append(later)
        place += 1
    return tuple(stages[:MOST_STAGES])


def _branches(found: Decision) -> list[tuple[str, Destination]]:
    if found.action != "ring":
        return []
    if found.busy is not None and found.busy == found.no_answer:
        return [("If busy or unanswered", found.busy)]
    both = (("If unanswered", found.no_answer), ("If busy", found.busy))
    return [(when, to) for when, to in both if to is not None]


def everybody(
    company: Company, offline: Collection[str] = (), calls: Mapping[str, int] | None = None
) -> dict[str, Live]:
    """All phones registered and free, but for the devices or extensions `offline`, and people with `calls`."""
    busy = calls or {}
    return {
        one.extension: Live(
            frozenset() if one.extension in offline else frozenset(one.devices) - frozenset(offline),
            busy.get(one.extension, 0),
        )
        for one in company.people.values()
    }


def read_call(asked: Mapping[str, Any]) -> Call:
    """The call of a question's fields."""
    called, number, name, extension, proven = (
        str(asked.get(one, "")) for one in ("called", "number", "caller_name", "extension", "proven")
    )
    return Call(called, number, name, extension, proven)


def shown(stages: tuple[Stage, ...]) -> list[dict[str, Any]]:
    """Stages as JSON."""
    return [
        {
            "when": one.when, "after": None if one.after < 0 else one.after, "title": one.title,
            "action": one.decision.action, "steps": list(one.decision.steps), "hops": list(one.decision.hops),
            "status": one.decision.status or None,
        }
        for one in stages
    ]  # fmt: skip


def lines(stages: tuple[Stage, ...]) -> list[str]:
    """What becomes of the call, as texts to compare."""
    return [one.line for one in stages]
