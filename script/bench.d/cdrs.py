#!/usr/bin/env python3
"""The call history with a million records on SQLite: any filter and page, an export of a month, the archives.

Goals: any filter and page within 200 ms; an export's memory stays flat however many calls are in it; a slice of the
archives holds the database for at most 20 ms.

`script/bench cdrs --calls 100000` makes fewer.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from provd.exporting import archiving, layouts
from provd.exporting.files import ExportFolder
from provd.exporting.making import pages
from provd.seal import Seal
from provd.store import archives, cdrs, domains
from provd.store.cdrs import Filter
from provd.store.database import Store, open_database
from provd.store.migrations import migrate

DAY = 86_400
NOW = 1_780_000_000
SPAN, MONTH = 184 * DAY, 31 * DAY
PEOPLE = 500
GOAL, HELD, FLAT = 0.200, 0.020, 8_000_000
ROUNDS = 5
BATCH = 20_000
_CDR = (
    "INSERT INTO cdrs (id, domain_id, call, part, at, answered, ended, direction, from_name, from_number, "
    "from_extension, dialed, to_number, to_name, disposition, status, blocked, missed, note, note_disposition, "
    "note_reason, noted_by) VALUES (?, ?, ?, 1, ?, ?, ?, ?, ?, ?, '', ?, ?, ?, ?, 200, ?, ?, '', '', '', '')"
)
_PERSON = "INSERT INTO cdr_people (cdr_id, domain_id, extension, at) VALUES (?, ?, ?, ?)"


def fill(store: Store, count: int) -> int:
    """A company that has had so many calls in six months; → its id."""
    acme, dice = domains.create(store, "bench.example", NOW).id, random.Random(7)
    for start in range(0, count, BATCH):
        rows, people = [], []
        for number in range(start + 1, min(start + BATCH, count) + 1):
            at = NOW - SPAN + number * SPAN / (count + 1)
            extension, missed = str(1000 + dice.randrange(PEOPLE)), number % 6 == 0
            direction = ("inbound", "outbound", "internal")[number % 3]
            caller, dialed = f"+1214{dice.randrange(10**7):07}", f"1303{dice.randrange(10**7):07}"
            rows.append(
                (number, acme, f"call-{number:07}", at, None if missed else at + 5, at + 5 + dice.randrange(600),
                 direction, f"Caller {number % 9000}", caller, dialed, extension, "Somebody",
                 "no_answer" if missed else "answered", False, missed)
            )  # fmt: skip
            people.append((number, acme, extension, at))
        with store.batch():
            store.many(_CDR, rows)
            store.many(_PERSON, people)
    return acme


def filters() -> Iterator[tuple[str, Filter]]:
    """Every filter, alone and with others, over the latest and the oldest month."""
    for name, until in (("latest", NOW), ("oldest", NOW - SPAN + MONTH)):
        span = (until - MONTH, until)
        yield f"{name} month, no filter", Filter(*span)
        for kind in ("inbound", "outbound", "internal", "missed"):
            yield f"{name} month, {kind}", Filter(*span, kind=kind)
        yield f"{name} month, user", Filter(*span, extension="1042")
        yield f"{name} month, user who has none", Filter(*span, extension="9999")
        yield f"{name} month, caller", Filter(*span, caller="55501")
        yield f"{name} month, caller whom nobody knows", Filter(*span, caller="999999999999")
        yield f"{name} month, dialed that is none", Filter(*span, dialed="999999999999")
        yield f"{name} month, user, caller and missed", Filter(*span, "1042", "77", "", "missed")
        yield f"{name} month, by end, of an export", Filter(*span, by_end=True)


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """→ (seconds, what came of it)."""
    began = time.perf_counter()
    found = work()
    return time.perf_counter() - began, found


def listed(store: Store, acme: int) -> float:
    """Prints a line for every filter; → the worst time."""
    print("| filter | calls | first page ms | worst ms | page in the midst ms |\n|---|---|---|---|---|")
    worst = 0.0
    for name, wanted in filters():
        middle = f"{(wanted.since + wanted.until) / 2!r}/1"
        first = [timed(partial(cdrs.find, store, acme, wanted, limit=50)) for _ in range(ROUNDS)]
        deep = [timed(partial(cdrs.find, store, acme, wanted, limit=50, cursor=middle))[0] for _ in range(ROUNDS)]
        page = first[0][1]
        times = [took for took, _ in first]
        worst = max(worst, *times, *deep)
        print(
            f"| {name} | {len(page.items)}{'+' if page.next else ''} | {statistics.median(times) * 1000:.1f} "
            f"| {max(times) * 1000:.1f} | {statistics.median(deep) * 1000:.1f} |"
        )
    return worst


def memory() -> int:
    """Octets of this process in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


def exported(store: Store, acme: int, days: int) -> tuple[float, int, int, int]:
    """An export of so many days, thrown away; → (seconds, calls, octets, octets that the process grew by)."""
    zone, before, most, octets, count = ZoneInfo("America/Chicago"), memory(), 0, 0, 0
    began = time.perf_counter()
    for some in pages(store, acme, Filter(NOW - days * DAY, NOW, by_end=True)):
        octets += len(layouts.rows("advanced", some, zone).encode())
        count += len(some)
        most = max(most, memory())
    return time.perf_counter() - began, count, octets, most - before


def archived(store: Store, folder: Path) -> tuple[float, float, int]:
    """Slices of archives; → (median and worst seconds that the rows take to go, calls)."""
    held: list[float] = []
    real = archives.moved

    def moved(*given: Any) -> None:
        held.append(timed(lambda: real(*given))[0])

    archives.moved = moved  # type: ignore[assignment]
    later, count = NOW + 20 * DAY, 0
    while len(held) < 100 and (some := archiving.step(store, ExportFolder(folder), later)):
        count += some
    archives.moved = real
    return statistics.median(held), max(held), count


def main() -> int:
    """Print the tables; exit 1 when a goal is missed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--calls", type=int, default=1_000_000)
    said = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        store = open_database(f"sqlite:///{name}/bench.db", Seal([bytes(32)]))
        migrate(store)
        took, acme = timed(lambda: fill(store, said.calls))
        print(f"cdrs: {said.calls:,} calls of {PEOPLE} people, written in {took:.0f} s")
        worst = listed(store, acme)
        exported(store, acme, 1)
        day, month = exported(store, acme, 1), exported(store, acme, 31)
        for days, one in ((1, day), (31, month)):
            print(
                f"cdrs: export of {days} days: {one[1]:,} calls, {one[2] / 1e6:.1f} MB in {one[0]:.1f} s, the process "
                f"grew by {one[3] / 1e6:.1f} MB"
            )
        median, most, count = archived(store, Path(name) / "exports")
        print(f"cdrs: archives: {count:,} calls left; a slice held the database {median * 1000:.1f} ms, at worst "
              f"{most * 1000:.1f} ms")  # fmt: skip
        store.close()
    print(f"cdrs: worst filter and page {worst * 1000:.0f} ms (goal {GOAL * 1000:.0f} ms)")
    return 0 if worst <= GOAL and month[3] <= FLAT and median <= HELD else 1


if __name__ == "__main__":
    sys.exit(main())
