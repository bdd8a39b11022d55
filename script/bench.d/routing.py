#!/usr/bin/env python3
"""Decisions on calls: microseconds each, with 200 answering rules and different calls, and what a time frame costs; how
long a company of 2,000 people takes to be read anew after a change, and how far calls are behind the store then.

Goals: at most 100 µs median with 200 rules, none of which holds but the last; at most 1 s behind.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from provd.answering.rule import Destination, Rule
from provd.demo_routing import FRAMES
from provd.seal import Seal
from provd.store import answer_rules, answering, domains, migrations, timeframes, users
from provd.store.database import Store, open_database
from provd.timeframe.active import active_ranges, is_active, next_changes
from provd.timeframe.frame import WEEKDAYS
from provd.timeframe.reading import read
from sip_edge.companies import Companies
from sip_edge.routing.decide import decide
from sip_edge.routing.facts import Call, Company, Frame, Inbound, Live, Person

COUNT, GOAL = 5_000, 100.0
START = 1_807_000_000  # a working day in April 2027
RULES = 200
PEOPLE, BEHIND_GOAL = 2_000, 1.0


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


def large(store: Store) -> list[int]:
    """A company of PEOPLE, each with a rule of its own; returns their ids."""
    with store.transaction():
        acme = domains.create(store, "acme.example", START).id
        timeframes.create(store, acme, "Open", FRAMES[1][1], START)
        ids = [
            users.create(store, acme, str(1000 + n), START, first_name="P", last_name=str(n)).id for n in range(PEOPLE)
        ]
        for one in ids:
            answer_rules.create(store, acme, one, Rule(1, always=Destination("user", "1000")), START)
    return ids


async def behind(store: Store, ids: list[int]) -> tuple[list[float], float]:
    """(seconds from each change until calls know it, longest time that the loop was held meanwhile)."""
    companies, acme, taken, held = Companies(store), domains.by_name(store, "acme.example").id, [], 0.0
    await companies.of("acme.example")
    companies.start()
    for one in ids[:20]:
        before = companies.get("acme.example")
        answering.update(store, acme, one, START, do_not_disturb=True)
        begun = last = time.perf_counter()
        while companies.get("acme.example") is before:
            await asyncio.sleep(0.001)
            held, last = max(held, time.perf_counter() - last), time.perf_counter()
        taken.append(time.perf_counter() - begun)
    await companies.stop()
    return taken, held


def kept_true() -> bool:
    """Print how far calls are behind the store; whether the goal is met."""
    with tempfile.TemporaryDirectory() as folder:
        store = open_database(f"sqlite:///{folder}/bench.sqlite", Seal([bytes(32)]))
        migrations.migrate(store)
        taken, held = asyncio.run(behind(store, large(store)))
        store.close()
    print(
        f"routing: a change among {PEOPLE:,} people is known to calls after {statistics.median(taken) * 1000:,.0f} ms "
        f"median, {max(taken) * 1000:,.0f} ms at most; the loop was held {held * 1000:,.0f} ms at most"
    )
    return max(taken) <= BEHIND_GOAL


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
    return 0 if kept_true() and figures[rows[0][0]] <= GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
