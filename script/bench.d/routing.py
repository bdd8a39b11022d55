#!/usr/bin/env python3
"""Decisions on calls: microseconds each, with 200 answering rules and different calls, and what a time frame costs.

Goal: at most 100 µs median with 200 rules, none of which holds but the last.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from provd.answering.rule import Destination, Rule
from provd.demo_routing import FRAMES
from provd.timeframe.active import active_ranges, is_active, next_changes
from provd.timeframe.frame import WEEKDAYS
from provd.timeframe.reading import read
from sip_edge.routing.decide import decide
from sip_edge.routing.facts import Call, Company, Frame, Inbound, Live, Person

COUNT, GOAL = 5_000, 100.0
START = 1_807_000_000  # a working day in April 2027
RULES = 200


def company() -> Company:
    """One person with 200 rules, each of a frame of its own that is one minute of the week."""
    frames = {}
    for number in range(1, RULES):
        at = f"{number % 24:02}:{number // 24:02}"
        days = {WEEKDAYS[number % 7]: [{"start": at, "end": f"{at[:4]}{int(at[4]) + 1}" if at[4] < "9" else "24:00"}]}
        frames[number] = Frame(number, f"Frame {number}", read({"when": "days_of_week", "days": days}))
    rules = (*(Rule(number, always=Destination("voicemail", "101")) for number in frames), Rule())
    busy = Person("101", rules=rules, devices=("101", "101a"), zone="America/Chicago")
    numbers = {"+12145550140": Inbound("+12145550140", "user", "101")}
    return Company("acme.example", people={"101": busy}, frames=frames, numbers=numbers)


def microseconds(work: Callable[[int], Any]) -> tuple[float, float]:
    """(median, 99th percentile) of COUNT calls, each with another number."""
    taken = []
    for number in range(COUNT):
        begun = time.perf_counter()
        work(number)
        taken.append((time.perf_counter() - begun) * 1e6)
    return statistics.median(taken), sorted(taken)[COUNT * 99 // 100]


def main() -> int:
    """Print one line a figure; exit 1 when the goal is missed."""
    of, live = company(), {"101": Live(frozenset({"101", "101a"}))}
    demo = [read(times) for _, times in FRAMES]
    rows: list[tuple[str, Callable[[int], Any]]] = [
        (
            f"decision with {RULES} rules, a caller each",
            lambda n: decide(Call("+12145550140", number=f"+1303555{n % 10000:04}"), of, live, START + n * 60),
        ),
        ("a frame at an instant", lambda n: is_active(demo[n % 4], "America/Chicago", START + n * 60)),
        ("its next change", lambda n: next_changes(demo[n % 4], "America/Chicago", START + n * 3600, 1)),
        ("its calendar of six weeks", lambda n: active_ranges(demo[n % 4], "UTC", START, START + 42 * 86_400)),
    ]
    figures = {}
    for name, work in rows:
        work(0)
        figures[name], late = microseconds(work)
        print(f"routing: {name}: {figures[name]:,.1f} µs median, {late:,.1f} µs p99")
    return 0 if figures[rows[0][0]] <= GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
